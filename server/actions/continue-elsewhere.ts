import type { Types } from "mongoose";
import type { OutboundMessage } from "../../channels/channel.ts";
import type { Context } from "../context.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import { inboxOfChannel } from "../queries/inboxes.ts";
import { missedMessages, waitsHere } from "../queries/threads.ts";

/** A buyer who comes back within this time reads it where it was written. */
const CONTINUE_AFTER_MS = 2 * 60_000;
const RETRY_AFTER_MS = 5 * 60_000;
const BATCH = 50;

/** When the next of those is due. */
export async function nextContinuation(): Promise<Date | undefined> {
  const next = await ConversationModel.findOne({ continueAt: { $gt: new Date(0) } }, { continueAt: 1 })
    .sort({ continueAt: 1 })
    .lean<Pick<ConversationRecord, "continueAt">>();
  return next?.continueAt;
}

/** An answer waits on a live channel that the buyer has left. */
export async function scheduleContinuation(
  ctx: Context,
  { conversationId }: { conversationId: Types.ObjectId; seq: number },
): Promise<void> {
  const at = new Date(ctx.clock.now().getTime() + CONTINUE_AFTER_MS);
  await ConversationModel.collection.updateOne(
    { _id: conversationId, continueAt: { $exists: false } },
    { $set: { continueAt: at } },
  );
  ctx.bus.emit("continuation.scheduled", { at });
}

/**
 * Sends what buyers missed on a live channel by the one that reaches them elsewhere, in one message. A crash after sending
 * repeats the same message, which its channel shows once. Returns how many were sent.
 */
export async function continueElsewhere(ctx: Context): Promise<number> {
  const now = ctx.clock.now();
  const due = await ConversationModel.find({ continueAt: { $lte: now } })
    .sort({ continueAt: 1 })
    .limit(BATCH)
    .lean<ConversationRecord[]>();
  let sent = 0;
  for (const conversation of due) {
    const mine = await ConversationModel.findOneAndUpdate(
      { _id: conversation._id, continueAt: conversation.continueAt },
      { $set: { continueAt: new Date(now.getTime() + RETRY_AFTER_MS) } },
    ).lean();
    if (mine && (await continueOne(ctx, conversation))) sent++;
  }
  return sent;
}

async function continueOne(ctx: Context, conversation: ConversationRecord): Promise<boolean> {
  const name = ctx.channels.names().find((each) => {
    const { threads, proactive, live } = ctx.channels.get(each).capabilities;
    return threads && proactive && !live;
  });
  const inbox = name && (await inboxOfChannel(conversation.workspaceId, name));
  const { contact } = conversation;
  const last = await lastMissed(ctx, conversation);
  if (!name || !inbox || !contact.email || !last) {
    await settle(conversation, undefined);
    return false;
  }
  const missed = await missedMessages(ctx, conversation, { ...last, seq: last.seq + 1 });
  const message: OutboundMessage = {
    id: last._id.toHexString(),
    conversationId: conversation._id.toHexString(),
    seq: last.seq,
    text: "",
    attachments: [],
    automatic: false,
    missed,
    thread: { subject: conversation.subject ?? "", earlier: [] },
    inbox: {
      id: inbox._id.toHexString(),
      key: inbox.key,
      name: inbox.name,
      settings: inbox.settings,
      ...(inbox.address && { address: inbox.address }),
    },
    to: {
      contactId: conversation.contactId.toHexString(),
      name: contact.name,
      email: contact.email,
      ...(contact.locale && { locale: contact.locale }),
    },
    ...(conversation.locale && { locale: conversation.locale }),
  };
  const result = await ctx.channels.get(name).send(message);
  if (result.status === "failed" && result.retry) return false;
  await settle(conversation, last.seq);
  return result.status !== "failed";
}

/** The newest answer of a person or the bot that the buyer has not read where it was written. */
async function lastMissed(ctx: Context, conversation: ConversationRecord): Promise<MessageRecord | undefined> {
  const after = Math.max(conversation.contactReadSeq, conversation.continuedSeq ?? 0);
  const unread = await MessageModel.find({ conversationId: conversation._id, seq: { $gt: after } })
    .sort({ seq: -1 })
    .limit(50)
    .lean<MessageRecord[]>();
  // Who wrote since then is there, or was reached another way.
  if (unread.some((each) => each.direction === "incoming")) return undefined;
  return unread.find((each) => each.direction === "outgoing" && !each.private && waitsHere(ctx, conversation, each));
}

async function settle(conversation: ConversationRecord, seq: number | undefined): Promise<void> {
  await ConversationModel.collection.updateOne(
    { _id: conversation._id },
    { $unset: { continueAt: "" }, ...(seq !== undefined && { $set: { continuedSeq: seq } }) },
  );
}
