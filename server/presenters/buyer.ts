import type { BuyerOrder, BuyerThread } from "../../contract/buyer.ts";
import { webUrlOf } from "../../contract/common.ts";
import type { ConversationRecord } from "../models/conversation.ts";
import type { MessageRecord } from "../models/message.ts";
import type { OrderRecord } from "../models/order.ts";
import { isPublic } from "./messages.ts";

const PREVIEW_LENGTH = 160;

/**
 * Whether the buyer may see a message of a conversation of theirs: what is public, but for what others wrote to the shop
 * about it, and what no person wrote (a bounce, an absence note).
 * @param addresses those the buyer writes from; the conversation's own address when absent
 */
export function isForBuyer(
  message: MessageRecord,
  conversation: ConversationRecord,
  addresses?: ReadonlySet<string>,
): boolean {
  if (!isPublic(message)) return false;
  if (message.direction !== "incoming") return true;
  if (message.automatic) return false;
  const from = message.original?.from?.address.toLowerCase();
  return from === undefined || from === conversation.contact.email?.toLowerCase() || (addresses?.has(from) ?? false);
}

/** A conversation as a line of the buyer's list. `last`: the newest message that the buyer may see. */
export function presentBuyerThread(conversation: ConversationRecord, last: MessageRecord | undefined): BuyerThread {
  const own = last?.direction === "incoming";
  return {
    id: conversation._id.toHexString(),
    status: conversation.status,
    unread: last !== undefined && !own && last.seq > conversation.contactReadSeq,
    lastMessage: last
      ? {
          text: last.text.slice(0, PREVIEW_LENGTH).toWellFormed(),
          at: last.createdAt.toISOString(),
          own,
          automatic: last.automatic,
          attachments: last.attachments.length,
        }
      : null,
    lastActivityAt: (last?.createdAt ?? conversation.createdAt).toISOString(),
    ...(conversation.orderId !== undefined && { orderId: conversation.orderId }),
    ...(conversation.subject && { subject: conversation.subject }),
  };
}

/** An order without what is the shop's own affair. */
export function presentBuyerOrder(order: OrderRecord): BuyerOrder {
  const { carrier, number } = order.tracking ?? {};
  const url = webUrlOf(order.tracking?.url);
  return {
    orderId: order.orderId,
    number: order.number,
    state: order.state,
    delayed: order.delayed,
    items: order.items.map(({ name, quantity, price }) => ({ name, quantity, ...(price !== undefined && { price }) })),
    orderedAt: (order.timeline[0]?.occurredAt ?? order.createdAt).toISOString(),
    ...(order.total !== undefined && { total: order.total }),
    ...(order.currency !== undefined && { currency: order.currency }),
    ...(order.promisedAt && { promisedAt: order.promisedAt.toISOString() }),
    ...(order.deliveredAt && { deliveredAt: order.deliveredAt.toISOString() }),
    ...(order.tracking && {
      tracking: {
        ...(carrier !== undefined && { carrier }),
        ...(number !== undefined && { number }),
        ...(url !== undefined && { url }),
      },
    }),
  };
}
