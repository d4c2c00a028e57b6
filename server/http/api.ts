import { type RequestHandler, type Response, Router } from "express";
import { authenticateRequest } from "../actions/authenticate.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { requireRole, requireScope, requireUnbound } from "../policies/roles.ts";
import type { Viewer } from "../policies/viewer.ts";
import { addressKey, type RateLimit } from "../rate-limits.ts";
import { runOnce } from "./idempotency.ts";
import { localeOf } from "./locale.ts";
import { readJson } from "./middleware/body.ts";
import { requireSameOrigin } from "./middleware/same-origin.ts";
import { allowOtherSites } from "./middleware/security-headers.ts";
import { RAW_BODY, type ResponseSpec, type Route, scopeOf } from "./route.ts";

/** Bounds of one caller, unless a route declares its own for addresses. */
export interface ApiLimits {
  /** Requests that no user or key stands behind, per address. */
  address: RateLimit;
  /** Requests of one user or API key. */
  viewer: RateLimit;
}
export const API_LIMITS: ApiLimits = {
  address: { points: 1200, seconds: 60 },
  viewer: { points: 30_000, seconds: 60 },
};

export interface ApiOptions {
  limits?: ApiLimits;
  /** Checks every JSON response against its declared schema; a mismatch is an internal error. For tests. */
  verifyResponses?: boolean;
}

/** The API's router. Every route runs rate limit → auth → validate → handler; errors go to the app's one handler. */
export function createApi(ctx: Context, routes: readonly Route[], options: ApiOptions = {}): Router {
  const router = Router();
  const limits = options.limits ?? API_LIMITS;
  const methods = new Map<string, Set<string>>();
  const open = new Set<string>();
  for (const route of routes) {
    router[route.method](route.path, handlerOf(ctx, route, limits, options.verifyResponses ?? false));
    const known = methods.get(route.path) ?? new Set(["OPTIONS"]);
    methods.set(route.path, known.add(route.method.toUpperCase()));
    if (route.method === "get") known.add("HEAD");
    if (route.cors) open.add(route.path);
  }
  for (const [path, allowed] of methods) router.all(path, otherMethods([...allowed].sort(), open.has(path)));
  router.use(() => {
    throw new AppError("unknown_route");
  });
  return router;
}

function handlerOf(ctx: Context, route: Route, limits: ApiLimits, verify: boolean): RequestHandler {
  const bucket = route.limit ? `${route.method} ${route.path}` : "api";
  const limit = route.limit ?? limits.address;
  const success = Number(Object.keys(route.responses)[0] ?? 200);
  return async (req, res) => {
    res.locals.route = route.path;
    res.set("Cache-Control", "no-store");
    if (route.cors) allowOtherSites(res);
    const address = addressKey(req.ip);

    let viewer: Viewer | undefined;
    if (route.auth === "public") {
      await consume(ctx, res, { bucket, key: address, limit });
      if (route.sameOrigin) requireSameOrigin(req, ctx.config);
    } else {
      // Known callers count by who they are; whoever fails to prove it counts by address, and is stopped before
      // the database is asked again.
      if (route.limit) await ctx.limits.consume(bucket, address, limit);
      else await ctx.limits.check(bucket, address, limit);
      viewer = await authenticateRequest(ctx, req.headers);
      if (!viewer) {
        if (!route.limit) await ctx.limits.consume(bucket, address, limit);
        throw new AppError("unauthenticated");
      }
      res.locals.locale = viewer.locale;
      const key = viewer.apiKeyId ?? viewer.userId;
      await consume(ctx, res, { bucket: "viewer", key, limit: limits.viewer });
      if (!viewer.apiKeyId) requireSameOrigin(req, ctx.config);
      if (viewer.mustChangePassword && !route.whilePasswordExpired) throw new AppError("password_change_required");
      if (route.roles) requireRole(viewer, route.roles);
      requireScope(viewer, scopeOf(route));
      if (!route.bound) requireUnbound(viewer);
    }

    const body = route.body && route.body !== RAW_BODY ? await readJson(req, res, route.maxBody) : undefined;
    res.status(success);
    const run = () => route.run({ body, viewer, locale: localeOf(req, res), req, res, ctx });
    const result =
      viewer && route.method === "post"
        ? await runOnce({ ctx, viewer, req, res, body, shownOnce: route.shownOnce }, run)
        : await run();
    if (res.headersSent) return;
    send(res, result, route.responses[res.statusCode], verify);
  };
}

/** Takes a point, and tells the caller what is left (draft-ietf-httpapi-ratelimit-headers-06). */
async function consume(
  ctx: Context,
  res: Response,
  { bucket, key, limit }: { bucket: string; key: string; limit: RateLimit },
): Promise<void> {
  const { points, seconds } = limit;
  res.set({ "RateLimit-Limit": String(points), "RateLimit-Policy": `${points};w=${seconds}` });
  try {
    const { remaining, reset } = await ctx.limits.consume(bucket, key, limit);
    res.set({ "RateLimit-Remaining": String(remaining), "RateLimit-Reset": String(reset) });
  } catch (error) {
    if (error instanceof AppError && error.code === "rate_limited") {
      res.set({ "RateLimit-Remaining": "0", "RateLimit-Reset": String(error.details?.retryAfter ?? seconds) });
    }
    throw error;
  }
}

function send(res: Response, result: unknown, spec: ResponseSpec | undefined, verify: boolean): void {
  if (spec === "file") return; // The handler streams it.
  if (spec === undefined || spec === "empty") {
    res.end();
    return;
  }
  if (verify) {
    const plain: unknown = JSON.parse(JSON.stringify(result));
    const parsed = spec.safeParse(plain);
    if (!parsed.success) throw new Error(`The response does not match its schema: ${parsed.error.message}`);
  }
  res.json(result);
}

/** Answers the methods a known path does not have: OPTIONS (a preflight, where the path is open), else 405. */
function otherMethods(allowed: string[], cors: boolean): RequestHandler {
  return (req, res) => {
    res.set("Allow", allowed.join(", "));
    if (req.method !== "OPTIONS") throw new AppError("method_not_allowed", { allowed });
    if (cors) {
      allowOtherSites(res);
      res.set({
        "Access-Control-Allow-Methods": allowed.join(", "),
        "Access-Control-Allow-Headers": "Authorization, Content-Type",
        "Access-Control-Max-Age": "7200",
      });
    }
    res.status(204).end();
  };
}
