import type { Types } from "mongoose";
import type { Context } from "../context.ts";
import { UNJOURNALED } from "../database/together.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import { announcingUpdate } from "./announce.ts";
import type { WorkList } from "./claims.ts";

/** Messages that owe work. */
export const OWED_MESSAGES: WorkList = { collection: MessageModel.collection, due: "owedAt" };

/**
 * Nothing is owed any more by these messages; one that somebody had sent again meanwhile is left alone. One write for many, which does
 * not wait for the disk: work that is done again changes nothing.
 */
export async function settleOwed(ids: Types.ObjectId[]): Promise<void> {
  if (ids.length === 0) return;
  await MessageModel.collection.updateMany(
    { _id: { $in: ids }, status: { $ne: "pending" } },
    { $unset: { owed: "", owedAt: "", claimedBy: "" } },
    UNJOURNALED,
  );
}

/** Whether a message is still to be sent, and by this node: somebody may have withdrawn it, or another node have it. */
export async function stillToSend(ctx: Context, { _id }: Pick<MessageRecord, "_id">): Promise<boolean> {
  const found = await MessageModel.findOne({ _id, status: "pending", claimedBy: ctx.node }, { _id: 1 }).lean();
  return found !== null;
}

/**
 * The same, and notes that the message is being handed over. Until `recordDelivery`, whoever finds the note knows that it may
 * have arrived.
 */
export async function beginSending(ctx: Context, { _id }: Pick<MessageRecord, "_id">): Promise<boolean> {
  const { matchedCount } = await MessageModel.updateOne(
    { _id, status: "pending", claimedBy: ctx.node },
    { $set: { sendingAt: ctx.clock.now() } },
  );
  return matchedCount > 0;
}

/**
 * How sending went. `retryAt` set: not yet, try again then. That it went out is recorded whoever has the message by now; that it
 * did not, only by the node that has it.
 * @param mayBeTwice no answer was seen, and it is sent again
 */
export async function recordDelivery(
  ctx: Context,
  {
    message,
    status,
    failure,
    problem,
    retryAt,
    mayBeTwice,
  }: {
    message: MessageRecord;
    status: "pending" | "sent" | "delivered" | "failed";
    failure?: string;
    problem?: MessageRecord["problem"];
    retryAt?: Date;
    mayBeTwice?: true;
  },
): Promise<void> {
  const { push, set } = announcingUpdate(ctx, "message.updated");
  const out = status === "sent" || status === "delivered";
  const updated = await MessageModel.findOneAndUpdate(
    {
      _id: message._id,
      // Read marks overtake a slow send: never go back.
      status: { $in: ["pending", "sent"] },
      ...(!out && { claimedBy: ctx.node }),
    },
    {
      $set: {
        status,
        ...(failure && { failure }),
        ...(problem && { problem }),
        ...(retryAt && { owedAt: retryAt }),
        ...(mayBeTwice && { mayBeTwice }),
        ...set,
      },
      $unset: {
        sendingAt: "",
        ...(retryAt && { claimedBy: "" }),
        ...(!failure && { failure: "", problem: "" }),
      },
      $inc: { attempts: 1 },
      ...push,
    },
    { returnDocument: "after" },
  ).lean<MessageRecord>();
  if (updated) ctx.bus.emit("message.updated", { message: updated });
}
