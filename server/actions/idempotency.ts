import { createHash } from "node:crypto";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { IdempotencyModel, type IdempotencyRecord } from "../models/idempotency.ts";
import type { Viewer } from "../policies/viewer.ts";
import { decrypt, encrypt } from "../signing.ts";
import { duplicateKeyOf } from "./append-message.ts";

const KEPT_MS = 24 * 3_600_000;
/** Longer than a request takes: after it, a node that died with the request is not waited for. */
const CLAIM_MS = 60_000;

export interface StoredAnswer {
  status: number;
  /** JSON; undefined for an empty answer. */
  body: string | undefined;
}

/** A request under a key, claimed by this node. */
export interface Claim {
  /** Keeps the answer for a day. */
  settle(answer: StoredAnswer): Promise<void>;
  /** Nothing came of it: the key is free again. */
  release(): Promise<void>;
}

/**
 * Takes a request under its Idempotency-Key up, or returns the answer that it got before. Keys belong to who sends them.
 * @param content what makes the request this one and no other
 * @throws AppError conflict: the key was used for something else, or the first request is still in work
 */
export async function claimRequest(
  ctx: Context,
  viewer: Viewer,
  { key, content }: { key: string; content: readonly string[] },
): Promise<StoredAnswer | Claim> {
  const _id = digest([viewer.workspaceId, viewer.apiKeyId ?? viewer.userId, key]);
  const fingerprint = digest(content);
  const now = ctx.clock.now();
  const claimedUntil = new Date(now.getTime() + CLAIM_MS);
  const expiresAt = new Date(now.getTime() + KEPT_MS);
  try {
    await IdempotencyModel.create({ _id, fingerprint, claimedUntil, expiresAt });
  } catch (error) {
    if (!duplicateKeyOf(error)) throw error;
    const first = await IdempotencyModel.findOne({ _id }).lean<IdempotencyRecord>();
    // It was released between the two: as if the first were still in work.
    if (!first) throw inWork();
    const expired = first.expiresAt <= now;
    if (first.fingerprint !== fingerprint && !expired)
      throw new AppError("conflict", { reason: "idempotency_key_reused" });
    if (first.status !== undefined && !expired) {
      const { status, body } = first;
      return { status, body: body === undefined ? undefined : decrypt(ctx.config.secretKey, body) };
    }
    if (first.claimedUntil && first.claimedUntil > now) throw inWork();
    const taken = await IdempotencyModel.updateOne(
      { _id, expiresAt: first.expiresAt, claimedUntil: first.claimedUntil ?? { $exists: false } },
      { $set: { fingerprint, claimedUntil, expiresAt }, $unset: { status: "", body: "" } },
    );
    if (taken.matchedCount === 0) throw inWork();
  }
  return {
    async settle({ status, body }) {
      const kept = body === undefined ? {} : { body: encrypt(ctx.config.secretKey, body) };
      await IdempotencyModel.updateOne(
        { _id, claimedUntil },
        { $set: { status, ...kept }, $unset: { claimedUntil: "" } },
      );
    },
    async release() {
      await IdempotencyModel.deleteOne({ _id, claimedUntil });
    },
  };
}

function inWork(): AppError {
  return new AppError("conflict", { reason: "request_in_progress", retryAfter: 1 });
}

function digest(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
