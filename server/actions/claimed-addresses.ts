import { Types } from "mongoose";
import type { Context } from "../context.ts";
import { notFound } from "../errors.ts";
import { ClaimedAddressModel, type ClaimedAddressRecord } from "../models/claimed-address.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import { sign, verifySignature } from "../signing.ts";
import { onceMore } from "./buyer-revocations.ts";
import { recordActivity } from "./change-conversation.ts";
import { clearHint } from "./contacts.ts";

const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;
/** Mails to one address that nobody has proven, of all conversations together. */
export const CLAIMED_LIMITS = { hour: 4, day: 12 };
/** How long the link in a mail works. */
const KEPT_MS = 400 * DAY_MS;
const ROUNDS = 5;

/** Whether a mail may go to such an address now: `notMeUrl` goes with it. Else when, or never because its owner said no. */
export type Turn = { notMeUrl: string } | { until: Date } | "refused";

/** Takes one of the mails that an address may get. */
export async function takeTurn(ctx: Context, { _id, workspaceId }: ConversationRecord, email: string): Promise<Turn> {
  const now = ctx.clock.now();
  const address = email.toLowerCase();
  const expiresAt = new Date(now.getTime() + KEPT_MS);
  for (let round = 0; round < ROUNDS; round += 1) {
    const row = await onceMore(() =>
      ClaimedAddressModel.findOneAndUpdate(
        { workspaceId, address },
        { $setOnInsert: { sentAt: [], version: 0, expiresAt } },
        { upsert: true, returnDocument: "after" },
      ).lean<ClaimedAddressRecord>(),
    );
    if (!row || row.refusedAt) return "refused";
    const lately = row.sentAt.filter((at) => at.getTime() > now.getTime() - DAY_MS);
    const until = freeAt(lately, now);
    if (until) return { until };
    const { matchedCount } = await ClaimedAddressModel.updateOne(
      { _id: row._id, version: row.version, refusedAt: { $exists: false } },
      { $set: { sentAt: [...lately, now], expiresAt }, $inc: { version: 1 } },
    );
    if (matchedCount > 0) return { notMeUrl: notMeUrl(ctx, row._id, _id) };
  }
  return { until: new Date(now.getTime() + 60_000) };
}

/** The link again, for a mail whose turn was taken before; undefined when its owner has said no since. */
export async function turnTaken(ctx: Context, { _id, workspaceId }: ConversationRecord, email: string): Promise<Turn> {
  const row = await ClaimedAddressModel.findOne({
    workspaceId,
    address: email.toLowerCase(),
  }).lean<ClaimedAddressRecord>();
  return row && !row.refusedAt ? { notMeUrl: notMeUrl(ctx, row._id, _id) } : "refused";
}

/** When the next mail may go; undefined: now. */
function freeAt(sentAt: readonly Date[], now: Date): Date | undefined {
  const times = [
    [CLAIMED_LIMITS.hour, HOUR_MS],
    [CLAIMED_LIMITS.day, DAY_MS],
  ].map(([count = 0, span = 0]) => (sentAt.at(-count)?.getTime() ?? Number.NEGATIVE_INFINITY) + span);
  const until = Math.max(...(sentAt.length > 0 ? times : [0]));
  return until > now.getTime() ? new Date(until) : undefined;
}

const PURPOSE = "claimed address";

/** Where whoever gets such a mail says that it is not theirs. It opens nothing. */
function notMeUrl(ctx: Context, id: Types.ObjectId, conversationId: Types.ObjectId): string {
  const text = id.toHexString() + conversationId.toHexString();
  return `${ctx.address}/api/v1/not-me/${text}${sign(ctx.config.secretKey, PURPOSE, text)}`;
}

/** What such a link speaks of. @throws AppError not_found */
export async function claimOfToken(
  ctx: Context,
  token: string,
): Promise<{ row: ClaimedAddressRecord; conversationId: Types.ObjectId }> {
  const text = token.slice(0, 48);
  if (!/^[0-9a-f]{48}$/.test(text) || !verifySignature(ctx.config.secretKey, PURPOSE, text, token.slice(48))) {
    throw notFound("address");
  }
  const row = await ClaimedAddressModel.findById(text.slice(0, 24)).lean<ClaimedAddressRecord>();
  if (!row) throw notFound("address");
  return { row, conversationId: new Types.ObjectId(text.slice(24)) };
}

/**
 * Whoever reads the address did not give it: no chat is mailed there again, the contact of the conversation loses it, and the
 * agents are told. Repeating it changes nothing.
 */
export async function refuseAddress(
  ctx: Context,
  { row, conversationId }: { row: ClaimedAddressRecord; conversationId: Types.ObjectId },
): Promise<void> {
  await ClaimedAddressModel.updateOne(
    { _id: row._id, refusedAt: { $exists: false } },
    { $set: { refusedAt: ctx.clock.now() }, $inc: { version: 1 }, $unset: { expiresAt: "" } },
  );
  const { workspaceId, address } = row;
  const conversation = await ConversationModel.findOne({ _id: conversationId, workspaceId }).lean<ConversationRecord>();
  if (!conversation) return;
  await clearHint(ctx, { workspaceId, contactId: conversation.contactId, emailHint: address });
  await recordActivity(ctx, {
    conversation,
    activity: { kind: "address_refused", name: address },
    sourceId: `not-me:${row._id.toHexString()}:${conversationId.toHexString()}`,
  });
  ctx.log.info({ conversationId: conversationId.toHexString() }, "an address given in a chat was refused by its owner");
}
