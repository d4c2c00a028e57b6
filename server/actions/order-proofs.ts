import type { Locale } from "../../contract/locales.ts";
import type { Context } from "../context.ts";
import type { ConversationRecord } from "../models/conversation.ts";
import { MailedCodeModel, type MailedCodeRecord } from "../models/mailed-code.ts";
import type { MessageRecord } from "../models/message.ts";
import { OrderProofModel, type OrderProofRecord } from "../models/order-proof.ts";
import { verifySignature } from "../signing.ts";
import { duplicateKeyOf } from "./append-message.ts";
import { counted, fitsCode, plainNumber, requestOrderCode } from "./mailed-codes.ts";

/** A proof holds for this conversation this long. */
const PROOF_VALID_MS = 24 * 3600_000;
const MAX_TRIES = 5;
const MAX_SENT = 2;
/** Codes typed in a day, right or wrong. */
const TRIES_OF_CONVERSATION = { points: 10, seconds: 24 * 3600 };
const TRIES_OF_ORDER = { points: 20, seconds: 24 * 3600 };
const PURPOSE = "order-code";

/**
 * Has a one-time code mailed to where an order was placed from. The buyer is told the same, and as fast, whether or not
 * there is such an order: it is looked up when the mail is sent, after the answer. Deciding again about the same message
 * asks for no second code.
 * @returns the code on its way; undefined when there is no way to mail, or enough was asked for: then a person is needed
 */
export async function requestProof(
  ctx: Context,
  {
    conversation,
    number,
    seq,
    locale,
  }: { conversation: ConversationRecord; number: string; seq: number; locale: Locale },
): Promise<MailedCodeRecord | undefined> {
  const { workspaceId, contactId, _id: conversationId } = conversation;
  const known = await OrderProofModel.findOne({ conversationId, number }).lean<OrderProofRecord>();
  if (known?.codeId && known.askedSeq === seq) {
    return (await MailedCodeModel.findById(known.codeId).lean<MailedCodeRecord>()) ?? undefined;
  }
  if (known && known.sent >= MAX_SENT) return undefined;
  const code = await requestOrderCode(ctx, { workspaceId, conversationId, contactId, number, locale });
  if (!code) return undefined;
  try {
    await OrderProofModel.updateOne(
      { conversationId, number },
      {
        $set: {
          workspaceId,
          tries: known?.tries ?? 0,
          codeId: code._id,
          askedSeq: seq,
          validUntil: code.validUntil,
          expiresAt: new Date(ctx.clock.now().getTime() + PROOF_VALID_MS),
        },
        $unset: { codeHash: "" },
        $inc: { sent: 1 },
      },
      { upsert: true },
    );
  } catch (error) {
    // Another node decided about the same message at the same time: its code is the one.
    if (!duplicateKeyOf(error)) throw error;
  }
  return code;
}

/**
 * Looks whether a text is the code that this conversation waits for.
 * @returns undefined when none is waited for, or the text has no six digits
 */
export async function tryOrderCode(
  ctx: Context,
  {
    conversation,
    message: { text, seq },
  }: { conversation: ConversationRecord; message: Pick<MessageRecord, "text" | "seq"> },
): Promise<{ state: "proven"; orderNumber: string } | { state: "wrong" | "spent" } | undefined> {
  const code = /^\D{0,40}(\d{3})[ -]?(\d{3})\D{0,20}$/.exec(text.normalize("NFKC").trim())?.slice(1).join("");
  if (!code) return undefined;
  const now = ctx.clock.now();
  const open = await OrderProofModel.find({ conversationId: conversation._id }).lean<OrderProofRecord[]>();
  const before = open.find(({ judgedSeq }) => judgedSeq === seq);
  if (before?.judged === "proven") return { state: "proven", orderNumber: before.number };
  if (before?.judged) return { state: before.judged };
  const waiting = open.filter((proof) => !proof.provenAt && proof.validUntil > now && proof.number !== code);
  if (waiting.length === 0) return undefined;
  let someAllowed = false;
  for (const proof of waiting) {
    const { _id, number } = proof;
    const allowed = await mayTry(ctx, proof);
    someAllowed ||= allowed;
    // The try is counted before it is judged, so that many at once gain nothing.
    const tried = await OrderProofModel.findOneAndUpdate(
      { _id, tries: { $lt: MAX_TRIES }, provenAt: { $exists: false } },
      { $inc: { tries: 1 } },
      { returnDocument: "after" },
    ).lean<OrderProofRecord>();
    const right = allowed && tried !== null && (await fits(ctx, proof, code));
    if (!right) continue;
    await OrderProofModel.updateOne(
      { _id },
      {
        $set: {
          provenAt: now,
          ...(right.orderId && { orderId: right.orderId }),
          judgedSeq: seq,
          judged: "proven",
          expiresAt: new Date(now.getTime() + PROOF_VALID_MS),
        },
        $unset: { codeHash: "" },
      },
    );
    return { state: "proven", orderNumber: number };
  }
  const left = someAllowed && waiting.some(({ tries }) => tries + 1 < MAX_TRIES);
  const state = left ? "wrong" : "spent";
  await OrderProofModel.updateMany(
    { _id: { $in: waiting.map(({ _id }) => _id) } },
    { $set: { judgedSeq: seq, judged: state } },
  );
  return { state };
}

/** The order that the code is for, if it is this proof's; codes of before were kept as a hash. */
async function fits(ctx: Context, { _id, codeId, codeHash, orderId }: OrderProofRecord, code: string) {
  if (codeId) return fitsCode(ctx, codeId, code);
  const same = codeHash !== undefined && verifySignature(ctx.config.secretKey, PURPOSE, `${_id}.${code}`, codeHash);
  return same ? { orderId } : undefined;
}

/** Whether the conversation and the order have a try left today. */
async function mayTry(ctx: Context, { workspaceId, conversationId, number }: OrderProofRecord): Promise<boolean> {
  return (
    (await counted(ctx, "code-tries-conversation", String(conversationId), TRIES_OF_CONVERSATION)) &&
    (await counted(ctx, "code-tries-order", `${workspaceId}:${plainNumber(number)}`, TRIES_OF_ORDER))
  );
}
