import type { Types } from "mongoose";
import type { Context } from "../context.ts";
import { gather } from "../database/together.ts";
import { OrderEventModel, type OrderEventRecord } from "../models/order.ts";
import type { WorkList } from "./claims.ts";
import { rebuildOrder } from "./record-order-event.ts";

/** Order events that rules have not looked at. */
export const OWED_ORDER_EVENTS: WorkList = { collection: OrderEventModel.collection, due: "owedAt" };

/** Rules have looked at an order event. Those settled side by side are one write. */
export const settleOrderEvent = gather<Types.ObjectId, void>(async (ids) => {
  await OrderEventModel.collection.updateMany(
    { _id: { $in: [...ids] } },
    { $unset: { owed: "", owedAt: "", claimedBy: "" } },
  );
  return ids.map(() => undefined);
});

/** The order of an event, folded anew: a crash may have come before that. */
export async function orderOfEvent(ctx: Context, { workspaceId, orderId }: OrderEventRecord) {
  return rebuildOrder(ctx, { workspaceId, orderId });
}
