import type { Request } from "express";
import { isOwnOrigin } from "../../client-address.ts";
import type { Config } from "../../config.ts";
import { AppError } from "../../errors.ts";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses an unsafe request that another website's page sent with our cookie (CSRF). Browsers say where a request comes
 * from: in Sec-Fetch-Site, older ones in Origin; a client that sends neither is no browser. The order of the
 * checks is that of Go's net/http CrossOriginProtection.
 * @throws AppError origin_not_allowed
 */
export function requireSameOrigin(req: Request, config: Config): void {
  if (SAFE.has(req.method)) return;
  const site = req.headers["sec-fetch-site"];
  if (site === "same-origin" || site === "none") return;
  const origin = req.headers.origin;
  if (site === undefined && (origin === undefined || isOwnOrigin(config, req, origin))) return;
  if (origin !== undefined && origin === config.publicUrl) return;
  throw new AppError("origin_not_allowed");
}
