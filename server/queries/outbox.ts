import { Types } from "mongoose";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import type { InboxRecord } from "../models/inbox.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import { withoutSource } from "../sources.ts";

/**
 * Ids are made by several processes, in order only to the second: what is younger than this might still be
 * preceded by another, and is given out with the next poll.
 */
const SETTLING_SECONDS = 2;

/** Begins the ids of threads that were begun in the message centre. */
export const OWN_THREAD = "messages:";

export interface OutboxEntry {
  message: MessageRecord;
  threadId: string;
  /** By the platform's own id. */
  orderId?: string;
}

/**
 * Replies that go out by an inbox's own channel after a cursor, oldest first: what an agent sends another way in the same
 * conversation is not for the platform. `next` is the cursor to go on with.
 */
export async function readOutbox(
  ctx: Context,
  {
    inbox: { _id: inboxId, channel, source },
    after,
    limit,
  }: { inbox: Pick<InboxRecord, "_id" | "channel" | "source">; after?: string | undefined; limit: number },
): Promise<{ items: OutboxEntry[]; next: string | null }> {
  if (after !== undefined && !/^[0-9a-f]{24}$/.test(after)) throw new AppError("invalid_cursor");
  const settled = Types.ObjectId.createFromTime(Math.floor(ctx.clock.now().getTime() / 1_000) - SETTLING_SECONDS);
  // One that can still be taken back may leave after younger ones: what follows it waits, so that no cursor passes it.
  const held = await MessageModel.findOne({ inboxId, held: { $exists: true } }, { _id: 1 })
    .sort({ _id: 1 })
    .lean<Pick<MessageRecord, "_id">>();
  const before = held && held._id < settled ? held._id : settled;
  const messages = await MessageModel.find({
    inboxId,
    channel,
    direction: "outgoing",
    private: false,
    _id: { ...(after !== undefined && { $gt: new Types.ObjectId(after) }), $lt: before },
  })
    .sort({ _id: 1 })
    .limit(limit)
    .lean<MessageRecord[]>();
  const conversations = await ConversationModel.find(
    { _id: { $in: messages.map(({ conversationId }) => conversationId) } },
    { threadKey: 1, threadId: 1, inboxId: 1, orderId: 1 },
  ).lean<Pick<ConversationRecord, "_id" | "threadKey" | "threadId" | "inboxId" | "orderId">[]>();
  const threads = new Map(
    conversations.map((one) => {
      const orderId = one.orderId === undefined ? undefined : withoutSource(source, one.orderId);
      return [one._id.toHexString(), { threadId: threadIdOf(one) ?? "", ...(orderId !== undefined && { orderId }) }];
    }),
  );
  return {
    items: messages
      .map((message) => ({ message, ...(threads.get(message.conversationId.toHexString()) ?? { threadId: "" }) }))
      // Begun in the hub's own message centre: no platform knows them, and their buyers read them there.
      .filter(({ threadId }) => !threadId.startsWith(OWN_THREAD)),
    next: messages.at(-1)?._id.toHexString() ?? after ?? null,
  };
}

/** The provider's id of a conversation's thread, where it has one. */
export function threadIdOf({
  threadKey,
  threadId,
  inboxId,
}: Pick<ConversationRecord, "threadKey" | "threadId" | "inboxId">): string | undefined {
  if (threadId !== undefined) return threadId;
  const prefix = `${inboxId.toHexString()}:`;
  return threadKey?.startsWith(prefix) ? threadKey.slice(prefix.length) : undefined;
}
