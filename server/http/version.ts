import type { Request, Response } from "express";
import { AppError } from "../errors.ts";

/** Tells a reader which version they see, for `If-Match` (RFC 9110 section 13.1.1). */
export function sendVersion(res: Response, version: number): void {
  res.set("ETag", `"${version}"`);
}

/**
 * The version a change is meant for; undefined when the client did not say, or says any (`*`).
 * @throws AppError version_mismatch for one that we never gave out
 */
export function wantedVersion(req: Request): number | undefined {
  const header = req.headers["if-match"]?.trim();
  if (header === undefined || header === "*") return undefined;
  const version = /^"(\d{1,15})"$/.exec(header)?.[1];
  if (version === undefined) throw new AppError("version_mismatch");
  return Number(version);
}
