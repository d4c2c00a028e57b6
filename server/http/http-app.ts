import express, { type Express } from "express";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { type ApiOptions, createApi } from "./api.ts";
import { documentation } from "./documentation/router.ts";
import { identifyClient } from "./middleware/client.ts";
import { errorHandler } from "./middleware/error-handler.ts";
import { observeRequests } from "./middleware/observe.ts";
import { securityHeaders } from "./middleware/security-headers.ts";
import { operations, type ReadyCheck } from "./operations.ts";
import { pages } from "./pages.ts";
import type { Route } from "./route.ts";

export interface HttpOptions extends ApiOptions {
  /** The API's routes, of all resources. */
  routes: readonly Route[];
  /** Rejects while the database can not be reached. */
  ready: ReadyCheck;
  /** Where the built screens are; dist/web when absent. */
  webDirectory?: string;
}

/** The hub's whole HTTP side. `app.ts` puts it behind a server. */
export function createHttpApp(ctx: Context, options: HttpOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  // Nested objects in queries are no part of the API; the simple parser can not be made to build them.
  app.set("query parser", "simple");
  app.use(identifyClient(ctx.config));
  app.use(observeRequests(ctx));
  app.use(securityHeaders(ctx.config));
  app.use(operations(ctx, options.ready));
  app.use("/api", documentation(ctx, options.routes));
  app.use("/api/v1", createApi(ctx, options.routes, options));
  app.use(pages(ctx, options.webDirectory));
  app.use(() => {
    throw new AppError("unknown_route");
  });
  app.use(errorHandler(ctx));
  return app;
}
