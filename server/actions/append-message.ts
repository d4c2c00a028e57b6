import { Types } from "mongoose";
import { owesRules } from "../automation/triggers.ts";
import type { Context } from "../context.ts";
import { gather, insertTogether, UNJOURNALED } from "../database/together.ts";
import { ConversationModel, type ConversationRecord, type LastMessage, NOT_WAITING } from "../models/conversation.ts";
import { MessageModel, type MessageRecord, type OwedWork } from "../models/message.ts";
import { isAnswer } from "../queries/answers.ts";
import { findInbox } from "../queries/inboxes.ts";
import { announcing } from "./announce.ts";
import { claimedNow } from "./claims.ts";

/** A message before it has its place in the conversation. */
export type NewMessage = Omit<
  MessageRecord,
  "_id" | "seq" | "owed" | "owedAt" | "claimedBy" | "announce" | "announceAt" | "createdAt"
>;

export interface Appended {
  message: MessageRecord;
  /** As it is after the message; undefined for a duplicate. */
  conversation?: ConversationRecord;
  /** The same (inbox, sourceId) was there already: `message` is the first one. */
  duplicate: boolean;
}

/** Another message took the place: the caller's view of the conversation is out of date. */
export class SeqTaken extends Error {}

/** Through the plain driver: every field is set, and casting costs more than the write on this path. */
const insertMessage = insertTogether(MessageModel);

const DUPLICATE_KEY = 11000;
const PREVIEW_LENGTH = 200;
/** After so many tries a place that is refused and yet free is no longer tried. */
const MOST_TRIES = 5;

/**
 * Stores a message at the next place of its conversation, then brings the conversation up to date.
 * The message is written together with the work it owes, and that the conversation lags is seen from its seq
 * (`reconcile-conversations`), so a crash in between loses nothing.
 * @param dueAt when what it owes is to be done; by default at once, by this node
 * @param expectedSeq when given, the message takes this place or none
 * @param origin the socket it came by, which learns of it by its acknowledgement
 * @throws SeqTaken when the expected place is taken
 */
export async function appendMessage(
  ctx: Context,
  fields: NewMessage,
  {
    owed = [],
    dueAt,
    expectedSeq,
    origin,
  }: { owed?: OwedWork[]; dueAt?: Date; expectedSeq?: number; origin?: string } = {},
): Promise<Appended> {
  const now = ctx.clock.now();
  const { held } = fields;
  const works: OwedWork[] = owesRules(ctx.rules, held ? { ...fields, private: false } : fields)
    ? [...owed, "automation"]
    : owed;
  const document: MessageRecord = {
    ...fields,
    _id: new Types.ObjectId(),
    seq: 0,
    createdAt: now,
    // A reply that can be taken back is news once it has left.
    ...(!held && announcing(ctx, "message.created")),
    ...(works.length > 0 && { owed: works, ...(dueAt ? { owedAt: dueAt } : claimedNow(ctx)) }),
  };
  const key = fields.conversationId.toHexString();
  let seq = expectedSeq ?? (ctx.seqHints.get(key) ?? (await lastSeqOf(fields.conversationId))) + 1;
  for (let tries = 1; ; tries += 1) {
    document.seq = seq;
    try {
      await insertMessage(withoutUndefined(document));
      break;
    } catch (error) {
      const taken = duplicateKeyOf(error);
      if (!taken) throw error;
      // Some databases do not say which key it was: then it may be either.
      if (taken.length === 0 || taken.includes("sourceId")) {
        const first = await firstOf(fields);
        if (first) {
          // Whoever repeats it may do so because a crash came before the rest was done.
          await foldMessage(ctx, first);
          return { message: first, duplicate: true };
        }
        if (taken.length > 0) throw error;
      }
      if (expectedSeq !== undefined) throw new SeqTaken();
      const next = (await lastSeqOf(fields.conversationId)) + 1;
      // Where the place was taken, somebody has got on. Where nobody has, it is another key, and no place will do.
      if (tries >= MOST_TRIES && next === seq) {
        throw new Error(`message ${seq} of ${key} is refused as a duplicate of none`, { cause: error });
      }
      seq = next;
    }
  }
  ctx.seqHints.set(key, seq);
  const conversation = await foldMessage(ctx, document);
  ctx.bus.emit("message.created", {
    message: document,
    conversation,
    owed: works,
    ...(origin && { origin }),
  });
  return { message: document, conversation, duplicate: false };
}

/**
 * Brings a conversation up to a message: counters, last message, waiting time. Safe to repeat: a fold that
 * already passed the message changes nothing; one that lags is caught up in order of seq.
 */
export async function foldMessage(ctx: Context, message: MessageRecord): Promise<ConversationRecord> {
  const conversation = (await foldOne(message)) ?? (await catchUp(ctx, message));
  return message.direction === "incoming" ? reopenFor(ctx, message, conversation) : conversation;
}

/** A buyer who writes to a resolved or sleeping conversation wakes it; one resolved after the message stays so. */
async function reopenFor(
  ctx: Context,
  message: MessageRecord,
  conversation: ConversationRecord,
): Promise<ConversationRecord> {
  const asleep = conversation.status === "resolved" || conversation.status === "snoozed";
  if (!asleep || conversation.statusSeq >= message.seq) return conversation;
  const inbox = await findInbox(ctx, message.inboxId);
  const withBot = !conversation.assigneeId && inbox?.bot.mode !== "off";
  const reopened = await ConversationModel.findOneAndUpdate(
    { _id: conversation._id, status: { $in: ["resolved", "snoozed"] }, statusSeq: { $lt: message.seq } },
    {
      $set: { status: withBot ? "pending" : "open", active: true, statusSeq: message.seq },
      $unset: { snoozedUntil: "" },
    },
    { returnDocument: "after" },
  ).lean<ConversationRecord>();
  return reopened ?? conversation;
}

async function catchUp(ctx: Context, message: MessageRecord): Promise<ConversationRecord> {
  for (;;) {
    const conversation = await ConversationModel.findById(message.conversationId).lean<ConversationRecord>();
    if (!conversation) throw new Error(`conversation ${message.conversationId} is gone`);
    if (conversation.lastSeq >= message.seq) return conversation;
    const next = await MessageModel.findOne({
      conversationId: message.conversationId,
      seq: conversation.lastSeq + 1,
    }).lean<MessageRecord>();
    if (!next) throw new Error(`conversation ${message.conversationId} has a gap after ${conversation.lastSeq}`);
    await foldOne(next);
    ctx.seqHints.set(message.conversationId.toHexString(), next.seq);
  }
}

/** Null where the conversation did not stand right before the message. A fold that a crash loses is made again. */
const foldOne = gather<MessageRecord, ConversationRecord | null>(async (messages) => {
  const folds = messages.map((message) => ({
    filter: { _id: message.conversationId, lastSeq: message.seq - 1 },
    update: foldOf(message),
  }));
  const [first] = folds;
  if (folds.length === 1) {
    const found = await ConversationModel.collection.findOneAndUpdate(first!.filter, first!.update, {
      ...UNJOURNALED,
      returnDocument: "after",
    });
    return [found as ConversationRecord | null];
  }
  await ConversationModel.collection.bulkWrite(
    folds.map((updateOne) => ({ updateOne })),
    { ...UNJOURNALED, ordered: false },
  );
  const ids = messages.map(({ conversationId }) => conversationId);
  const conversations = (await ConversationModel.collection
    .find({ _id: { $in: ids } })
    .toArray()) as ConversationRecord[];
  const byId = new Map(conversations.map((each) => [each._id.toHexString(), each]));
  return messages.map((message) => {
    const conversation = byId.get(message.conversationId.toHexString());
    return conversation && conversation.lastSeq >= message.seq ? conversation : null;
  });
});

/** What a message changes on its conversation, as an update that needs no look at the conversation first. */
function foldOf(message: MessageRecord): Record<string, Record<string, unknown>> {
  const at = message.createdAt;
  const set: Record<string, unknown> = { lastSeq: message.seq };
  const update: Record<string, Record<string, unknown>> = { $set: set };
  if (message.private || message.direction === "activity") return update;
  set.lastActivityAt = at;
  set.lastMessage = lastMessageOf(message);
  // Agents may write in their own language; all others write in the buyer's.
  if (message.locale && message.author.type !== "user" && !(message.direction === "incoming" && message.automatic)) {
    set.locale = message.locale;
  }
  if (message.direction === "incoming" && message.automatic) {
    // No person wrote it, so nobody waits for an answer.
    update.$inc = { unread: 1 };
  } else if (message.direction === "incoming" && message.original?.role) {
    // Somebody else than the buyer wrote: people should look, but the buyer has said and read nothing.
    update.$min = { waitingSince: at, queueOrder: at.getTime() };
    update.$inc = { unread: 1 };
  } else if (message.direction === "incoming") {
    set.channel = message.channel;
    set.lastIncomingAt = at;
    update.$min = { waitingSince: at, queueOrder: at.getTime() };
    update.$inc = { unread: 1 };
    // The buyer wrote, so the buyer has read what stood there; and a person wrote, whatever came before.
    update.$max = { contactReadSeq: message.seq, kind: "person" };
  } else if (message.automation) {
    // Nobody has read what the buyer wrote: whoever waits still does.
    set.lastRuleAt = at;
  } else if (isAnswer(message)) {
    set.queueOrder = NOT_WAITING - at.getTime();
    update.$unset = { waitingSince: "" };
    if (message.author.type === "user") {
      set.unread = 0;
      update.$max = { agentReadSeq: message.seq, kind: "person" };
    }
  }
  return update;
}

/** A message as lists show it. */
export function lastMessageOf({ seq, text, direction, author, attachments, createdAt }: MessageRecord): LastMessage {
  return {
    seq,
    text: text.slice(0, PREVIEW_LENGTH).toWellFormed(),
    direction,
    author: author.type,
    attachments: attachments.length,
    at: createdAt,
  };
}

/** The message of this inbox with the same source; null also where it has none. */
async function firstOf({ inboxId, sourceId }: NewMessage): Promise<MessageRecord | null> {
  if (sourceId === undefined) return null;
  return MessageModel.findOne({ inboxId, sourceId }).lean<MessageRecord>();
}

async function lastSeqOf(conversationId: Types.ObjectId): Promise<number> {
  const last = await MessageModel.findOne({ conversationId }, { seq: 1 }).sort({ seq: -1 }).lean<{ seq: number }>();
  return last?.seq ?? 0;
}

/** The fields of the unique index that refused a write, empty where the database does not say; undefined when the error is another one. */
export function duplicateKeyOf(error: unknown): string[] | undefined {
  if (typeof error !== "object" || error === null || !("code" in error) || error.code !== DUPLICATE_KEY)
    return undefined;
  if ("keyPattern" in error && error.keyPattern) return Object.keys(error.keyPattern);
  // Older servers and sharded clusters name the index alone: `index: inboxId_1_sourceId_1 dup key: …`.
  const message = "errmsg" in error ? error.errmsg : "message" in error ? error.message : "";
  const [, index = ""] = /index: (?:\S+\.\$)?(\S+)/.exec(String(message)) ?? [];
  return index.split(/_-?1(?:_|$)/).filter(Boolean);
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}
