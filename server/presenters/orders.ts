import { webUrlOf } from "../../contract/common.ts";
import type { Order, RecordedOrderEvent } from "../../contract/order.ts";
import type { OrderEventRecord, OrderRecord } from "../models/order.ts";

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
    timeline: order.timeline.map(({ occurredAt, ...rest }) => ({ ...rest, occurredAt: occurredAt.toISOString() })),
    createdAt: (
      (order.timeline.find(({ type }) => type === "created") ?? order.timeline[0])?.occurredAt ?? order.createdAt
    ).toISOString(),
    updatedAt: order.updatedAt.toISOString(),
    ...(order.contactId && { contactId: order.contactId.toHexString() }),
    ...(order.total !== undefined && { total: order.total }),
    ...(order.shipping !== undefined && { shipping: order.shipping }),
    ...(order.tax !== undefined && { tax: order.tax }),
    ...(order.discount !== undefined && { discount: order.discount }),
    ...(order.refunded !== undefined && { refunded: order.refunded }),
    ...(order.currency !== undefined && { currency: order.currency }),
    ...(order.shippedAt && { shippedAt: order.shippedAt.toISOString() }),
    ...(order.promisedAt && { promisedAt: order.promisedAt.toISOString() }),
    ...(order.deliveredAt && { deliveredAt: order.deliveredAt.toISOString() }),
    ...(order.tracking && { tracking: presentTracking(order.tracking) }),
    ...(order.extra && { extra: order.extra }),
  };
}

/** Orders of before may hold links that are no web addresses: those are left out. */
function presentTracking({ url, ...tracking }: NonNullable<OrderRecord["tracking"]>): NonNullable<Order["tracking"]> {
  return { ...tracking, ...(webUrlOf(url) && { url: webUrlOf(url) }) };
}

export function presentOrderEvent(event: OrderEventRecord): RecordedOrderEvent {
  return {
    id: event._id.toHexString(),
    eventId: event.eventId,
    type: event.type,
    occurredAt: event.occurredAt.toISOString(),
    receivedAt: event.createdAt.toISOString(),
    payload: event.payload,
  };
}
