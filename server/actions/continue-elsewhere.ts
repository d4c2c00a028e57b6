import type { Types } from "mongoose";
import type { Attempt, OutboundMessage } from "../../channels/channel.ts";
import type { Context } from "../context.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import type { InboxRecord } from "../models/inbox.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import { inboxOfChannel } from "../queries/inboxes.ts";
import { filesOf, missedMessages, waitsHere } from "../queries/threads.ts";
import { takeTurn, turnTaken } from "./claimed-addresses.ts";

/** A buyer who comes back within this time reads it where it was written. */
const CONTINUE_AFTER_MS = 2 * 60_000;
/** Longer than a mail server may take to answer. */
const RETRY_AFTER_MS = 5 * 60_000;
const BATCH = 50;
/** Sent side by side: a mail server that hangs holds up few. */
const AT_ONCE = 4;
/** Of a mail whose arrival was never confirmed. */
const MOST_TRIES = 2;

/** When the next of those is due. */
export async function nextContinuation(): Promise<Date | undefined> {
  const next = await ConversationModel.findOne({ continueAt: { $gt: new Date(0) } }, { continueAt: 1 })
    .sort({ continueAt: 1 })
    .lean<Pick<ConversationRecord, "continueAt">>();
  return next?.continueAt;
}

/** An answer waits on a live channel, where the buyer has not read it yet. */
export async function scheduleContinuation(
  ctx: Context,
  { conversationId }: { conversationId: Types.ObjectId },
): Promise<void> {
  const at = new Date(ctx.clock.now().getTime() + CONTINUE_AFTER_MS);
  await ConversationModel.collection.updateOne(
    { _id: conversationId, continueAt: { $exists: false } },
    { $set: { continueAt: at } },
  );
  ctx.bus.emit("continuation.scheduled", { at });
}

/**
 * Sends what buyers have not read on a live channel by the one that reaches them elsewhere, in one message. Each is marked right
 * before it is handed over; who finds the mark sends it once more and tells the agents. Returns how many were sent.
 */
export async function continueElsewhere(ctx: Context): Promise<number> {
  const due = await ConversationModel.find({ continueAt: { $lte: ctx.clock.now() } })
    .sort({ continueAt: 1 })
    .limit(BATCH)
    .lean<ConversationRecord[]>();
  let sent = 0;
  const next = due.values();
  const work = async () => {
    for (const seen of next) {
      const lease = new Date(ctx.clock.now().getTime() + RETRY_AFTER_MS);
      const mine = await ConversationModel.findOneAndUpdate(
        { _id: seen._id, continueAt: seen.continueAt },
        { $set: { continueAt: lease } },
        { returnDocument: "after" },
      ).lean<ConversationRecord>();
      if (mine && (await continueOne(ctx, mine))) sent++;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return sent;
}

/** @param conversation with the claim as `continueAt` */
async function continueOne(ctx: Context, conversation: ConversationRecord): Promise<boolean> {
  const name = ctx.channels.names().find((each) => {
    const { threads, proactive, live } = ctx.channels.get(each).capabilities;
    return threads && proactive && !live;
  });
  const inbox = name && (await inboxOfChannel(conversation.workspaceId, name));
  const address = conversation.contact.email ?? conversation.contact.emailHint;
  const unread = await unreadAnswers(ctx, conversation);
  const last = unread.at(-1);
  if (!name || !inbox || !address || !last) {
    await settle(conversation, {});
    return false;
  }
  const due = new Date(Math.min(...unread.map(writtenAt)) + CONTINUE_AFTER_MS);
  if (due > ctx.clock.now()) {
    // What was due before has been read; this came later.
    await putOff(ctx, conversation, due);
    return false;
  }
  const before = conversation.continuing?.seq === last.seq ? conversation.continuing : undefined;
  const tries = before?.tries ?? 0;
  if (tries > 0) await markTwice(ctx, last);
  if (tries >= MOST_TRIES) {
    await settle(conversation, { seq: last.seq });
    return false;
  }
  let notMeUrl: string | undefined;
  if (!conversation.contact.email) {
    const turn = await (before ? turnTaken : takeTurn)(ctx, conversation, address);
    if (turn === "refused") {
      await settle(conversation, {});
      return false;
    }
    if ("until" in turn) {
      await putOff(ctx, conversation, turn.until);
      return false;
    }
    ({ notMeUrl } = turn);
    await claimed(conversation, { $set: { continuing: { seq: last.seq, tries } } });
  }
  const message = await messageOf(ctx, { conversation, inbox, last, address, notMeUrl });
  const attempt: Attempt = {
    begin: () =>
      claimed(
        conversation,
        { $set: { continuing: { seq: last.seq, tries: tries + 1 } } },
        { contactReadSeq: { $lt: last.seq } },
      ),
  };
  const result = await ctx.channels.get(name).send(message, attempt);
  if (result.status === "withdrawn") {
    // Read at the last moment, or another node has it.
    await claimed(conversation, { $unset: { continueAt: "", continuing: "" } }, { contactReadSeq: { $gte: last.seq } });
    return false;
  }
  if (result.status === "failed" && result.retry && !(result.unconfirmed && tries + 1 >= MOST_TRIES)) {
    // An answer was seen, so it did not arrive.
    if (!result.unconfirmed) await claimed(conversation, { $set: { continuing: { seq: last.seq, tries } } });
    return false;
  }
  if (result.status === "failed") {
    if (result.unconfirmed) await markTwice(ctx, last);
    ctx.log.warn({ conversationId: message.conversationId, reason: result.reason }, "a buyer who left was not reached");
  }
  await settle(conversation, { seq: last.seq });
  return result.status !== "failed";
}

/** @param notMeUrl of an address that nobody has proven: it gets what was said here, and no more */
async function messageOf(
  ctx: Context,
  {
    conversation,
    inbox,
    last,
    address,
    notMeUrl,
  }: {
    conversation: ConversationRecord;
    inbox: InboxRecord;
    last: MessageRecord;
    address: string;
    notMeUrl: string | undefined;
  },
): Promise<OutboundMessage> {
  const { contact } = conversation;
  const proven = notMeUrl === undefined;
  const missed = await missedMessages(ctx, conversation, { ...last, seq: last.seq + 1 }, { proven });
  const locale = conversation.locale ?? contact.locale;
  return {
    id: last._id.toHexString(),
    conversationId: conversation._id.toHexString(),
    seq: last.seq,
    text: "",
    automatic: false,
    ...filesOf(ctx, missed, { locale }),
    // Where the address may be a stranger's, nothing that the visitor wrote goes there.
    thread: { subject: proven ? (conversation.subject ?? "") : "", earlier: [] },
    ...(!proven && { linkless: true, notMeUrl }),
    inbox: {
      id: inbox._id.toHexString(),
      key: inbox.key,
      name: inbox.name,
      settings: inbox.settings,
      ...(inbox.address && { address: inbox.address }),
    },
    to: {
      contactId: conversation.contactId.toHexString(),
      name: proven ? contact.name : "",
      email: address,
      ...(contact.locale && { locale: contact.locale }),
    },
    ...(conversation.locale && { locale: conversation.locale }),
  };
}

/** What people or the bot answered and the buyer has not read where it was written, oldest first. */
async function unreadAnswers(ctx: Context, conversation: ConversationRecord): Promise<MessageRecord[]> {
  const after = Math.max(conversation.contactReadSeq, conversation.continuedSeq ?? 0);
  const unread = await MessageModel.find({ conversationId: conversation._id, seq: { $gt: after } })
    .sort({ seq: -1 })
    .limit(50)
    .lean<MessageRecord[]>();
  // Who wrote since then is there, or was reached another way.
  if (unread.some((each) => each.direction === "incoming" && !each.original?.role)) return [];
  return unread
    .filter((each) => each.direction === "outgoing" && !each.private && waitsHere(ctx, conversation, each))
    .reverse();
}

function writtenAt({ leftAt, createdAt }: MessageRecord): number {
  return (leftAt ?? createdAt).getTime();
}

/** Changes a conversation while its claim is still this one. */
async function claimed(
  { _id, continueAt }: ConversationRecord,
  update: Record<string, Record<string, unknown>>,
  filter: Record<string, unknown> = {},
): Promise<boolean> {
  const { matchedCount } = await ConversationModel.collection.updateOne(
    { _id, continueAt, ...filter } as never,
    update,
  );
  return matchedCount > 0;
}

async function putOff(ctx: Context, conversation: ConversationRecord, until: Date): Promise<void> {
  await claimed(conversation, { $set: { continueAt: until } });
  ctx.bus.emit("continuation.scheduled", { at: until });
}

/** Nothing more is to be sent, up to `seq` because it was. */
async function settle(conversation: ConversationRecord, { seq }: { seq?: number }): Promise<void> {
  await claimed(conversation, {
    $unset: { continueAt: "", continuing: "" },
    ...(seq !== undefined && { $set: { continuedSeq: seq } }),
  });
}

/** No answer was seen to a mail that was handed over: agents see that it may have arrived twice. */
async function markTwice(ctx: Context, { _id }: MessageRecord): Promise<void> {
  const message = await MessageModel.findOneAndUpdate(
    { _id, mayBeTwice: { $exists: false } },
    { $set: { mayBeTwice: true } },
    { returnDocument: "after" },
  ).lean<MessageRecord>();
  if (message) ctx.bus.emit("message.updated", { message });
}
