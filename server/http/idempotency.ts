import type { Request, Response } from "express";
import { claimRequest } from "../actions/idempotency.ts";
import type { Context } from "../context.ts";
import { invalidRequest } from "../errors.ts";
import type { Viewer } from "../policies/viewer.ts";

/**
 * Runs a POST once for its Idempotency-Key: a repeat gets the first answer with `Idempotency-Replayed: true`. A refusal
 * is not kept, so that a corrected request may use the same key. What is shown once is neither kept nor answered again:
 * `withheld` names it instead.
 * @throws AppError conflict, invalid_request (a malformed key), and what `run` throws
 */
export async function runOnce(
  {
    ctx,
    viewer,
    req,
    res,
    body,
    shownOnce,
  }: { ctx: Context; viewer: Viewer; req: Request; res: Response; body: unknown; shownOnce: readonly string[] },
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
    // Answers kept by an earlier version hold everything.
    res.type("json").send(JSON.stringify(withhold(JSON.parse(claim.body), shownOnce)));
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
  else
    await claim.settle({
      status: res.statusCode,
      body: result === undefined ? undefined : JSON.stringify(withhold(result, shownOnce)),
    });
  return result;
}

/** An answer without what is shown once. */
function withhold(answer: unknown, shownOnce: readonly string[]): unknown {
  if (shownOnce.length === 0 || typeof answer !== "object" || answer === null) return answer;
  const withheld = shownOnce.filter((name) => name in answer);
  if (withheld.length === 0) return answer;
  const rest = Object.entries(answer).filter(([name]) => !withheld.includes(name));
  return { ...Object.fromEntries(rest), withheld };
}
