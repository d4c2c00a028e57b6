import type { RequestHandler } from "express";
import type { Context } from "../../context.ts";
import { loggableUrl } from "../../log.ts";

/** Measures every request by its route's pattern (never by its path: ids would make endless series). */
export function observeRequests(ctx: Context): RequestHandler {
  return (req, res, next) => {
    const end = ctx.metrics.requests.startTimer();
    res.once("close", () => {
      const route = typeof res.locals.route === "string" ? res.locals.route : "other";
      const seconds = end({ method: req.method, route, status: String(res.statusCode) });
      ctx.log.debug(
        { method: req.method, path: loggableUrl(req.originalUrl), status: res.statusCode, seconds },
        "request",
      );
    });
    next();
  };
}
