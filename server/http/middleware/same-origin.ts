import type { Request } from "express";
import { AppError } from "../../errors.ts";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses an unsafe request that another website's page sent with our cookie (CSRF). Browsers say where a request comes
 * from: in Sec-Fetch-Site, older ones in Origin; a client that sends neither is no browser. The order of the
 * checks is that of Go's net/http CrossOriginProtection.
 * @throws AppError origin_not_allowed
 */
export function requireSameOrigin(req: Request, publicUrl: string | undefined): void {
  if (SAFE.has(req.method)) return;
  const site = req.headers["sec-fetch-site"];
  if (site === "same-origin" || site === "none") return;
  const origin = req.headers.origin;
  if (site === undefined) {
    if (origin === undefined) return;
    // The scheme is not compared: behind a proxy that ends TLS we do not see it.
    if (URL.canParse(origin) && new URL(origin).host === req.headers.host) return;
  }
  if (origin !== undefined && origin === publicUrl) return;
  throw new AppError("origin_not_allowed");
}
