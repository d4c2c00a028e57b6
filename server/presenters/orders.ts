import type { Order } from "../../contract/order.ts";
import type { OrderRecord } from "../models/order.ts";

export function presentOrder(order: OrderRecord): Order {
  const { externalId, name, country } = order.buyer;
  return {
    id: order._id.toHexString(),
    orderId: order.orderId,
    number: order.number,
    state: order.state,
    delayed: order.delayed,
    buyer: { externalId, ...(name !== undefined && { name }), ...(country !== undefined && { country }) },
    items: order.items,
    timeline: order.timeline.map(({ type, occurredAt }) => ({ type, occurredAt: occurredAt.toISOString() })),
    updatedAt: order.updatedAt.toISOString(),
    ...(order.contactId && { contactId: order.contactId.toHexString() }),
    ...(order.total !== undefined && { total: order.total }),
    ...(order.currency !== undefined && { currency: order.currency }),
    ...(order.promisedAt && { promisedAt: order.promisedAt.toISOString() }),
    ...(order.deliveredAt && { deliveredAt: order.deliveredAt.toISOString() }),
    ...(order.tracking && { tracking: order.tracking }),
  };
}
