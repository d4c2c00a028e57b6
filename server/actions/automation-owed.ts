import type { Types } from "mongoose";
import type { Context } from "../context.ts";
import { gather } from "../database/together.ts";
import { OrderEventModel, type OrderEventRecord } from "../models/order.ts";
import { OWED_LEASE_MS } from "./append-message.ts";
import { rebuildOrder } from "./record-order-event.ts";

/** Rules have looked at an order event. Those settled side by side are one write. */
export const settleOrderEvent = gather<Types.ObjectId, void>(async (ids) => {
  await OrderEventModel.collection.updateMany({ _id: { $in: [...ids] } }, { $unset: { owed: "", owedAt: "" } });
  return ids.map(() => undefined);
});

/** Takes over order events that nobody looked at in time, each by one node. */
export async function takeOverdueOrderEvents(ctx: Context, limit: number): Promise<OrderEventRecord[]> {
  const now = ctx.clock.now();
  const due = await OrderEventModel.find({ owedAt: { $lte: now } })
    .sort({ owedAt: 1 })
    .limit(limit)
    .lean<OrderEventRecord[]>();
  const taken: OrderEventRecord[] = [];
  for (const event of due) {
    const mine = await OrderEventModel.findOneAndUpdate(
      { _id: event._id, owedAt: event.owedAt },
      { $set: { owedAt: new Date(now.getTime() + OWED_LEASE_MS) } },
      { returnDocument: "after" },
    ).lean<OrderEventRecord>();
    if (mine) taken.push(mine);
  }
  return taken;
}

/** What a process held before a crash is due at once. Looking twice puts nothing down twice. */
export async function expireOrderEvents(ctx: Context): Promise<void> {
  const now = ctx.clock.now();
  await OrderEventModel.updateMany({ owedAt: { $gt: now } }, { $set: { owedAt: now } });
}

/** The order of an event, folded anew: a crash may have come before that. */
export async function orderOfEvent(ctx: Context, { workspaceId, orderId }: OrderEventRecord) {
  return rebuildOrder(ctx, { workspaceId, orderId });
}
