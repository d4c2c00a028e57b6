import { createHmac, timingSafeEqual } from "node:crypto";
import { Refusal } from "./integration.ts";

/** Whether two texts are the same, in a time that does not tell where they differ. */
export function sameInConstantTime(one: string, other: string): boolean {
  const left = Buffer.from(one);
  const right = Buffer.from(other);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** @throws Refusal invalid_signature unless the HMAC of the bytes under the secret is the given one */
export function requireHmac(
  given: string | undefined,
  {
    secret,
    bytes,
    algorithm = "sha256",
    encoding = "base64",
  }: { secret: string; bytes: Buffer; algorithm?: "sha256" | "sha512" | "sha1"; encoding?: "base64" | "hex" },
): void {
  const right = createHmac(algorithm, secret).update(bytes).digest(encoding);
  const shown = encoding === "hex" ? given?.toLowerCase() : given;
  if (secret === "" || shown === undefined || !sameInConstantTime(right, shown)) throw new Refusal("invalid_signature");
}

/** Older than this, or as far ahead, a request is a repeat of something that was listened to. */
export const STALE_AFTER_MS = 10 * 60_000;

/** @throws Refusal stale_signature for a moment that is too far off; invalid_signature for none */
export function requireFresh(at: Date | undefined, now: Date, toleranceMs = STALE_AFTER_MS): void {
  if (!at || Number.isNaN(at.getTime())) throw new Refusal("invalid_signature");
  if (Math.abs(now.getTime() - at.getTime()) > toleranceMs) throw new Refusal("stale_signature");
}

/**
 * A body's JSON. Whole numbers too large to be kept exactly, as some platforms' ids are, come as their digits.
 * @throws Refusal invalid_json
 */
export function parseBody(rawBody: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(rawBody), exactly);
  } catch (error) {
    throw new Refusal("invalid_json", { cause: error });
  }
}

/** A reviver; the third argument is that of https://tc39.es/proposal-json-parse-with-source/. */
function exactly(_key: string, value: unknown, { source }: { source?: string } = {}): unknown {
  const inexact = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  return inexact && source !== undefined && /^-?\d+$/.test(source) ? source : value;
}
