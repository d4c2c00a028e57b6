import type { Request, Response } from "express";
import { claimRequest } from "../actions/idempotency.ts";
import type { Context } from "../context.ts";
import { invalidRequest } from "../errors.ts";
import type { Viewer } from "../policies/viewer.ts";

/**
 * Runs a POST once for its Idempotency-Key: a repeat gets the first answer with `Idempotency-Replayed: true`. A refusal
 * is not kept, so that a corrected request may use the same key.
 * @throws AppError conflict, invalid_request (a malformed key), and what `run` throws
 */
export async function runOnce(
  { ctx, viewer, req, res, body }: { ctx: Context; viewer: Viewer; req: Request; res: Response; body: unknown },
  run: () => Promise<unknown>,
): Promise<unknown> {
  const key = req.headers["idempotency-key"];
  if (key === undefined) return run();
  if (typeof key !== "string" || !/^[\x21-\x7e][\x20-\x7e]{0,254}$/.test(key)) {
    throw invalidRequest([{ path: "headers.idempotency-key", message: "must be 1 to 255 printable ASCII characters" }]);
  }
  // An upload's bytes are not read here: its length and type stand for them.
  const length = `${req.headers["content-length"] ?? ""} ${req.headers["content-type"] ?? ""}`;
  const content = [req.method, req.originalUrl, body === undefined ? length : JSON.stringify(body)];
  const claim = await claimRequest(ctx, viewer, { key, content });
  if ("status" in claim) {
    res.status(claim.status).set("Idempotency-Replayed", "true");
    if (claim.body === undefined) {
      res.end();
      return undefined;
    }
    res.type("json").send(claim.body);
    return undefined;
  }
  let result: unknown;
  try {
    result = await run();
  } catch (error) {
    await claim.release();
    throw error;
  }
  // What the handler wrote itself, it wrote as a stream: that is not kept.
  if (res.headersSent) await claim.release();
  else await claim.settle({ status: res.statusCode, body: result === undefined ? undefined : JSON.stringify(result) });
  return result;
}
