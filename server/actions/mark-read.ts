import type { Types } from "mongoose";
import type { Context } from "../context.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import { announcing } from "./announce.ts";

const UNREAD_BATCH = 200;

/** The buyer has read up to a seq: what we sent up to there is read. */
export async function markReadByContact(
  ctx: Context,
  { conversationId, seq }: { conversationId: Types.ObjectId; seq: number },
): Promise<void> {
  const conversation = await ConversationModel.findOneAndUpdate(
    { _id: conversationId, contactReadSeq: { $lt: seq }, lastSeq: { $gte: seq } },
    { $set: { contactReadSeq: seq } },
    { returnDocument: "before" },
  ).lean<ConversationRecord>();
  if (!conversation) return;
  const range = { conversationId, seq: { $gt: conversation.contactReadSeq, $lte: seq } };
  const sent = { direction: "outgoing" as const, private: false, status: { $in: ["sent", "delivered"] as const } };
  const messages = await MessageModel.find({
    ...range,
    direction: sent.direction,
    private: false,
    status: { $in: [...sent.status.$in] },
  })
    .limit(UNREAD_BATCH)
    .lean<MessageRecord[]>();
  if (messages.length > 0) {
    // One change each: an event that is to be announced has an id of its own.
    const changes = messages.map((message) => ({ message, fields: announcing(ctx, "message.updated") }));
    await MessageModel.collection.bulkWrite(
      changes.map(({ message: { _id }, fields: { announce, announceAt } }) => ({
        updateOne: {
          filter: { _id, status: { $in: ["sent", "delivered"] } },
          update: {
            $set: { status: "read", ...(announceAt && { announceAt }) },
            ...(announce && { $push: { announce: { $each: announce } } }),
          },
        },
      })) as never,
    );
    for (const { message, fields } of changes) {
      ctx.bus.emit("message.updated", { message: { ...message, status: "read", ...fields } });
    }
  }
  ctx.bus.emit("conversation.updated", { conversation: { ...conversation, contactReadSeq: seq } });
}

/** An agent has seen the conversation up to a seq. */
export async function markReadByAgent(
  ctx: Context,
  { conversation, seq }: { conversation: ConversationRecord; seq: number },
): Promise<void> {
  const changed = await ConversationModel.findOneAndUpdate(
    { _id: conversation._id, lastSeq: { $gte: seq }, $or: [{ agentReadSeq: { $lt: seq } }, { unread: { $gt: 0 } }] },
    [
      {
        $set: {
          agentReadSeq: { $max: ["$agentReadSeq", seq] },
          unread: { $cond: [{ $gte: [seq, "$lastSeq"] }, 0, "$unread"] },
        },
      },
    ],
    { returnDocument: "after", updatePipeline: true },
  ).lean<ConversationRecord>();
  if (changed) ctx.bus.emit("conversation.updated", { conversation: changed });
}
