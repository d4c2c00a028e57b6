import type { Types } from "mongoose";
import type { Context } from "../context.ts";
import { UNJOURNALED } from "../database/together.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import { announcingUpdate } from "./announce.ts";
import { OWED_LEASE_MS } from "./append-message.ts";

/** Nothing is owed any more by these messages. One write for many, which does not wait for the disk: work that is done again changes nothing. */
export async function settleOwed(ids: Types.ObjectId[]): Promise<void> {
  if (ids.length === 0) return;
  await MessageModel.collection.updateMany({ _id: { $in: ids } }, { $unset: { owed: "", owedAt: "" } }, UNJOURNALED);
}

/**
 * Takes over messages whose work is overdue, a batch at a time, each by one node: the lease moves on.
 */
export async function takeOverdue(ctx: Context, limit: number): Promise<MessageRecord[]> {
  const now = ctx.clock.now();
  const due = await MessageModel.find({ owedAt: { $lte: now } })
    .sort({ owedAt: 1 })
    .limit(limit)
    .lean<MessageRecord[]>();
  const taken: MessageRecord[] = [];
  for (const message of due) {
    const mine = await MessageModel.findOneAndUpdate(
      { _id: message._id, owedAt: message.owedAt },
      { $set: { owedAt: new Date(now.getTime() + OWED_LEASE_MS) } },
      { returnDocument: "after" },
    ).lean<MessageRecord>();
    if (mine) taken.push(mine);
  }
  return taken;
}

/**
 * Makes all owed work due at once. For the start of a process: what it held before a crash would otherwise
 * wait for its lease. Work is idempotent, so a second node that still does it costs nothing but the effort.
 */
export async function expireLeases(ctx: Context): Promise<void> {
  const now = ctx.clock.now();
  await MessageModel.updateMany({ owedAt: { $gt: now } }, { $set: { owedAt: now } });
}

/** How sending went. `retryAt` set: not yet, try again then. */
export async function recordDelivery(
  ctx: Context,
  {
    message,
    status,
    failure,
    problem,
    retryAt,
  }: {
    message: MessageRecord;
    status: "pending" | "sent" | "delivered" | "failed";
    failure?: string;
    problem?: MessageRecord["problem"];
    retryAt?: Date;
  },
): Promise<void> {
  const { push, set } = announcingUpdate(ctx, "message.updated");
  const updated = await MessageModel.findOneAndUpdate(
    // Read marks overtake a slow send: never go back.
    { _id: message._id, status: { $in: ["pending", "sent"] } },
    {
      $set: {
        status,
        ...(failure && { failure }),
        ...(problem && { problem }),
        ...(retryAt && { owedAt: retryAt }),
        ...set,
      },
      ...(!failure && { $unset: { failure: "", problem: "" } }),
      $inc: { attempts: 1 },
      ...push,
    },
    { returnDocument: "after" },
  ).lean<MessageRecord>();
  if (updated) ctx.bus.emit("message.updated", { message: updated });
}
