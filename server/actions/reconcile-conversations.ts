import { Types } from "mongoose";
import type { Context } from "../context.ts";
import { ConversationModel } from "../models/conversation.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import { foldMessage } from "./append-message.ts";

const BATCH = 2_000;

/**
 * Brings conversations up to their messages where a crash came between the two writes: a message whose seq is
 * above its conversation's `lastSeq` is the record of that work. Looks at messages made since an instant (ids
 * begin with their second); returns how many conversations lagged.
 */
export async function reconcileConversations(ctx: Context, since: Date): Promise<number> {
  let after = Types.ObjectId.createFromTime(Math.max(0, Math.floor(since.getTime() / 1_000)));
  let repaired = 0;
  for (;;) {
    const rows = await MessageModel.find({ _id: { $gt: after } }, { conversationId: 1, seq: 1 })
      .sort({ _id: 1 })
      .limit(BATCH)
      .lean<Pick<MessageRecord, "_id" | "conversationId" | "seq">[]>();
    const last = rows.at(-1);
    if (!last) return repaired;
    after = last._id;
    const highest = new Map<string, number>();
    for (const { conversationId, seq } of rows) {
      const id = conversationId.toHexString();
      highest.set(id, Math.max(seq, highest.get(id) ?? 0));
    }
    const conversations = await ConversationModel.find({ _id: { $in: [...highest.keys()] } }, { lastSeq: 1 }).lean<
      { _id: Types.ObjectId; lastSeq: number }[]
    >();
    for (const { _id, lastSeq } of conversations) {
      const seq = highest.get(_id.toHexString()) ?? 0;
      if (lastSeq >= seq) continue;
      const message = await MessageModel.findOne({ conversationId: _id, seq }).lean<MessageRecord>();
      if (!message) continue;
      const conversation = await foldMessage(ctx, message);
      ctx.bus.emit("conversation.updated", { conversation });
      repaired += 1;
    }
  }
}

/** The same after a start: a crash left its mark on the newest messages, however long ago that was. */
export async function reconcileAfterStart(ctx: Context): Promise<number> {
  const newest = await MessageModel.findOne({}, { _id: 1 }).sort({ _id: -1 }).lean<{ _id: Types.ObjectId }>();
  if (!newest) return 0;
  return reconcileConversations(ctx, new Date(newest._id.getTimestamp().getTime() - 120_000));
}
