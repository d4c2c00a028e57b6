import { randomInt } from "node:crypto";
import { Types } from "mongoose";
import type { Locale } from "../../contract/locales.ts";
import type { Context } from "../context.ts";
import type { ConversationRecord } from "../models/conversation.ts";
import type { MessageRecord } from "../models/message.ts";
import { OrderProofModel, type OrderProofRecord } from "../models/order-proof.ts";
import { inboxOfChannel } from "../queries/inboxes.ts";
import { findOrderByNumber } from "../queries/orders.ts";
import { sign, verifySignature } from "../signing.ts";
import { duplicateKeyOf } from "./append-message.ts";

const CODE_VALID_MS = 15 * 60_000;
/** A proof holds for this conversation this long. */
const PROOF_VALID_MS = 24 * 3600_000;
const MAX_TRIES = 5;
const MAX_SENT = 2;
/** Codes on their way to one order's address at a time, from all conversations. */
const MAX_AT_ONCE = 3;
const PURPOSE = "order-code";

/**
 * Mails a one-time code to where an order was placed from. The buyer is told the same whether or not there is such an
 * order, so that numbers can not be tried out.
 * @returns false when there is no way to mail, or enough was sent for this number: then a person is needed
 */
export async function sendOrderCode(
  ctx: Context,
  { conversation, number, locale }: { conversation: ConversationRecord; number: string; locale: Locale },
): Promise<boolean> {
  const { workspaceId, _id: conversationId } = conversation;
  const channelName = ctx.channels.names().find((name) => {
    const { proactive, live } = ctx.channels.get(name).capabilities;
    return proactive && !live && ctx.channels.get(name).addressed;
  });
  const inbox = channelName && (await inboxOfChannel(workspaceId, channelName));
  if (!channelName || !inbox) return false;
  const known = await OrderProofModel.findOne({ conversationId, number }).lean<OrderProofRecord>();
  if (known && known.sent >= MAX_SENT) return false;

  const order = await findOrderByNumber(workspaceId, number);
  const email = order?.buyer.email;
  const now = ctx.clock.now();
  const code = String(randomInt(0, 1_000_000)).padStart(6, "0");
  const id = known?._id ?? new Types.ObjectId();
  const crowded =
    order &&
    (await OrderProofModel.countDocuments({ orderId: order._id, validUntil: { $gt: now } })) >=
      MAX_AT_ONCE + (known ? 1 : 0);
  const reachable = order && email && !crowded;
  try {
    await OrderProofModel.updateOne(
      { conversationId, number },
      {
        $set: {
          workspaceId,
          tries: known?.tries ?? 0,
          validUntil: new Date(now.getTime() + CODE_VALID_MS),
          expiresAt: new Date(now.getTime() + PROOF_VALID_MS),
          ...(reachable && { orderId: order._id, codeHash: hashOf(ctx, id, code) }),
        },
        $setOnInsert: { _id: id },
        $inc: { sent: 1 },
      },
      { upsert: true },
    );
  } catch (error) {
    if (duplicateKeyOf(error)) return true;
    throw error;
  }
  if (!reachable) return true;
  const say = (key: string) => ctx.translate(locale, `bot:code.${key}`, { code, order: order.number });
  const sent = await ctx.channels.get(channelName).send({
    id: new Types.ObjectId().toHexString(),
    // Not the buyer's conversation: who owns the order may answer this mail, and must not land with whoever asked.
    conversationId: new Types.ObjectId().toHexString(),
    seq: 0,
    text: say("body"),
    subject: say("subject"),
    attachments: [],
    automatic: true,
    locale,
    thread: { subject: say("subject"), earlier: [] },
    inbox: {
      id: inbox._id.toHexString(),
      key: inbox.key,
      name: inbox.name,
      settings: inbox.settings,
      ...(inbox.address && { address: inbox.address }),
    },
    to: { contactId: conversation.contactId.toHexString(), name: order.buyer.name ?? "", email, locale },
  });
  if (sent.status === "failed") ctx.log.warn({ reason: sent.reason }, "a one-time code could not be mailed");
  return true;
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
  for (const { _id, codeHash, number } of waiting) {
    // The try is counted before it is judged, so that many at once gain nothing.
    const counted = await OrderProofModel.findOneAndUpdate(
      { _id, tries: { $lt: MAX_TRIES }, provenAt: { $exists: false } },
      { $inc: { tries: 1 } },
      { returnDocument: "after" },
    ).lean<OrderProofRecord>();
    if (!counted || !codeHash || !verifySignature(ctx.config.secretKey, PURPOSE, `${_id}.${code}`, codeHash)) continue;
    await OrderProofModel.updateOne(
      { _id },
      {
        $set: { provenAt: now, judgedSeq: seq, judged: "proven", expiresAt: new Date(now.getTime() + PROOF_VALID_MS) },
        $unset: { codeHash: "" },
      },
    );
    return { state: "proven", orderNumber: number };
  }
  const left = waiting.some(({ tries }) => tries + 1 < MAX_TRIES);
  const state = left ? "wrong" : "spent";
  await OrderProofModel.updateMany(
    { _id: { $in: waiting.map(({ _id }) => _id) } },
    { $set: { judgedSeq: seq, judged: state } },
  );
  return { state };
}

function hashOf(ctx: Context, id: Types.ObjectId, code: string): string {
  return sign(ctx.config.secretKey, PURPOSE, `${id.toHexString()}.${code}`);
}
