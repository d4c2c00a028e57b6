import { randomUUID } from "node:crypto";
import type { z } from "zod";
import type { createOrderSchema, updateOrderSchema } from "../../contract/order.ts";
import type { Context } from "../context.ts";
import { AppError, notFound } from "../errors.ts";
import { OrderEventModel, OrderModel, type OrderRecord } from "../models/order.ts";
import type { Viewer } from "../policies/viewer.ts";
import { findOrder } from "../queries/orders.ts";
import { recordOrderEvent } from "./record-order-event.ts";

/**
 * An order that nobody reported yet, entered by hand: its first event, so that what is reported later adds to it.
 * @throws AppError conflict where there is an order of this id
 */
export async function createOrder(
  ctx: Context,
  viewer: Viewer,
  input: z.output<typeof createOrderSchema>,
): Promise<OrderRecord> {
  const { workspaceId } = viewer;
  const { orderId } = input;
  if (await OrderModel.exists({ workspaceId, orderId })) throw new AppError("conflict", { orderId });
  const { duplicate } = await recordOrderEvent(ctx, {
    workspaceId,
    // One id for all who enter this order at once: the first one's stays.
    event: { ...input, eventId: `entered:${orderId}`, type: "created", occurredAt: ctx.clock.now().toISOString() },
  });
  if (duplicate) throw new AppError("conflict", { orderId });
  const order = await OrderModel.findOne({ workspaceId, orderId }).lean<OrderRecord>();
  if (!order) throw notFound("order");
  return order;
}

/** Corrects an order by an event that tells the right facts: the ones before stay on record. @throws AppError not_found */
export async function updateOrder(
  ctx: Context,
  viewer: Viewer,
  { id, change }: { id: string; change: z.output<typeof updateOrderSchema> },
): Promise<OrderRecord> {
  const { workspaceId } = viewer;
  const { orderId } = await findOrder(workspaceId, id);
  const occurredAt = ctx.clock.now().toISOString();
  await recordOrderEvent(ctx, {
    workspaceId,
    event: { ...change, eventId: randomUUID(), type: "updated", occurredAt, orderId },
  });
  return findOrder(workspaceId, id);
}

/** Removes an order and all that was reported of it, the order last: what a crash leaves is removed by a repeat. @throws AppError not_found */
export async function deleteOrder(viewer: Viewer, id: string): Promise<void> {
  const { _id, workspaceId, orderId } = await findOrder(viewer.workspaceId, id);
  await OrderEventModel.deleteMany({ workspaceId, orderId });
  await OrderModel.deleteOne({ _id, workspaceId });
}
