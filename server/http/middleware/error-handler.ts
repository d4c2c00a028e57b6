import type { ErrorRequestHandler } from "express";
import type { Context } from "../../context.ts";
import { AppError, errorBody, toAppError } from "../../errors.ts";
import { loggableUrl } from "../../log.ts";
import { renderErrorPage } from "../error-page.ts";
import { localeOf } from "../locale.ts";

/** The one place where an error becomes a response: counted, reported if it is ours, in the reader's language. */
export function errorHandler(ctx: Context): ErrorRequestHandler {
  return (thrown: unknown, req, res, _next) => {
    const error = knownError(thrown);
    ctx.metrics.errors.inc({ code: error.code, via: "http" });
    const facts = { code: error.code, method: req.method, path: loggableUrl(req.originalUrl) };
    if (error.reported) ctx.log.error({ ...facts, err: error.cause ?? error }, "request failed");
    else ctx.log.debug(facts, "request refused");
    if (res.headersSent) {
      // Half a response can not be taken back; cutting it off tells the client that it is not whole.
      res.destroy();
      return;
    }
    res.status(error.status).set("Cache-Control", "no-store");
    if (error.status === 401) res.set("WWW-Authenticate", "Bearer");
    if (typeof error.details?.retryAfter === "number") res.set("Retry-After", String(error.details.retryAfter));
    const locale = localeOf(req, res);
    const body = errorBody(error, ctx.translate, locale);
    const forPerson = !req.originalUrl.startsWith("/api/") && req.accepts(["json", "html"]) === "html";
    if (forPerson) res.type("html").send(renderErrorPage(ctx.translate, locale, res, error.status, body));
    else res.json({ error: body });
  };
}

/** Express's own refusals (a path that does not decode, a malformed header) are the client's, not ours. */
function knownError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const status = (thrown as { status?: unknown } | null)?.status;
  if (thrown instanceof URIError || status === 400) return new AppError("invalid_request");
  if (status === 404) return new AppError("unknown_route");
  return toAppError(thrown);
}
