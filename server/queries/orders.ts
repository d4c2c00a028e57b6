import { Types } from "mongoose";
import type { OrderState } from "../../contract/order.ts";
import { AppError, notFound } from "../errors.ts";
import { OrderEventModel, type OrderEventRecord, OrderModel, type OrderRecord } from "../models/order.ts";

interface OrderQuery {
  cursor?: string | undefined;
  limit: number;
  contact?: string | undefined;
  state?: OrderState | undefined;
  /** The exact number or id. */
  q?: string | undefined;
}

/** A page of orders, newest first. */
export async function listOrders(
  workspaceId: string,
  { cursor, limit, contact, state, q }: OrderQuery,
): Promise<{ items: OrderRecord[]; nextCursor: string | null }> {
  if (cursor !== undefined && !/^[0-9a-f]{24}$/.test(cursor)) throw new AppError("invalid_cursor");
  const rows = await OrderModel.find({
    workspaceId,
    ...(contact !== undefined && { contactId: new Types.ObjectId(contact) }),
    ...(state !== undefined && { state }),
    ...(q?.trim() && {
      $or: [
        { workspaceId, number: q.trim().replace(/^#/, "") },
        { workspaceId, orderId: q.trim() },
      ],
    }),
    ...(cursor !== undefined && { _id: { $lt: new Types.ObjectId(cursor) } }),
  })
    .sort({ _id: -1 })
    .limit(limit + 1)
    .lean<OrderRecord[]>();
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?._id.toHexString() ?? null) : null };
}

/** @throws AppError not_found, also for another workspace's */
export async function findOrder(workspaceId: string, id: string): Promise<OrderRecord> {
  const order = await OrderModel.findOne({ _id: id, workspaceId }).lean<OrderRecord>();
  if (!order) throw notFound("order");
  return order;
}

/** A page of what was reported of an order, as it happened. @throws AppError invalid_cursor */
export async function listOrderEvents(
  { workspaceId, orderId }: Pick<OrderRecord, "workspaceId" | "orderId">,
  { cursor, limit }: Pick<OrderQuery, "cursor" | "limit">,
): Promise<{ items: OrderEventRecord[]; nextCursor: string | null }> {
  const rows = await OrderEventModel.find({ workspaceId, orderId, ...(cursor !== undefined && afterEvent(cursor)) })
    .sort({ occurredAt: 1, _id: 1 })
    .limit(limit + 1)
    .lean<OrderEventRecord[]>();
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items,
    nextCursor: rows.length > limit && last ? `${last.occurredAt.getTime()}.${last._id.toHexString()}` : null,
  };
}

function afterEvent(cursor: string) {
  const [, at, id] = /^(-?\d{1,16})\.([0-9a-f]{24})$/.exec(cursor) ?? [];
  if (at === undefined || id === undefined) throw new AppError("invalid_cursor");
  const occurredAt = new Date(Number(at));
  if (Number.isNaN(occurredAt.getTime())) throw new AppError("invalid_cursor");
  return { $or: [{ occurredAt: { $gt: occurredAt } }, { occurredAt, _id: { $gt: new Types.ObjectId(id) } }] };
}

/** A contact's order by the number people call it or the shop's id. */
export async function findOrderOf(contactId: Types.ObjectId, workspaceId: Types.ObjectId, number: string) {
  return OrderModel.findOne({
    workspaceId,
    contactId,
    $or: [{ number }, { orderId: number }],
  }).lean<OrderRecord>();
}

/** Several shops number alike: more orders of one number than this are not looked at. */
const MOST_OF_A_NUMBER = 20;

/** Orders of the workspace by the number people call them or the shop's id, whoever's they are. */
export async function findOrdersByNumber(workspaceId: Types.ObjectId, number: string): Promise<OrderRecord[]> {
  const wanted = number.replace(/^#/, "");
  return OrderModel.find({
    $or: [
      { workspaceId, number: wanted },
      { workspaceId, orderId: wanted },
    ],
  })
    .limit(MOST_OF_A_NUMBER)
    .lean<OrderRecord[]>();
}

/** The first of them. */
export async function findOrderByNumber(workspaceId: Types.ObjectId, number: string): Promise<OrderRecord | null> {
  return (await findOrdersByNumber(workspaceId, number))[0] ?? null;
}

/** A contact's latest orders, newest first. */
export async function ordersOfContact(workspaceId: Types.ObjectId, contactId: Types.ObjectId): Promise<OrderRecord[]> {
  return OrderModel.find({ workspaceId, contactId }).sort({ _id: -1 }).limit(20).lean<OrderRecord[]>();
}
