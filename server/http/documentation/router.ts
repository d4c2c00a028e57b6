import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Router } from "express";
import { z } from "zod";
import type { Context } from "../../context.ts";
import { localeOf } from "../locale.ts";
import { nonceOf } from "../middleware/security-headers.ts";
import type { Route } from "../route.ts";
import { type OpenApiDocument, openApiDocument } from "./openapi.ts";
import { renderDocumentation } from "./page.ts";

/** `/api/v1/openapi.json` for programs and `/api/docs` for people: the same facts, made once. */
export function documentation(ctx: Context, routes: readonly Route[]): Router {
  let document: OpenApiDocument | undefined;
  const read = () => {
    document ??= openApiDocument(routes, readVersion());
    return document;
  };
  const router = Router();
  router.get("/v1/openapi.json", (_req, res) => {
    res.set({ "Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*" }).json(read());
  });
  router.get("/docs", (req, res) => {
    const html = renderDocumentation(read(), ctx.translate, localeOf(req, res), nonceOf(res));
    res.set({ "Cache-Control": "no-cache", Vary: "Accept-Language" }).type("html").send(html);
  });
  return router;
}

function readVersion(): string {
  const path = join(import.meta.dirname, "..", "..", "..", "package.json");
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(path, "utf8"))).version;
}
