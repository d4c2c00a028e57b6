import type { Context } from "../context.ts";
import type { ConversationRecord } from "../models/conversation.ts";
import type { OrderRecord } from "../models/order.ts";
import { OrderProofModel } from "../models/order-proof.ts";
import { findOrdersByNumber, ordersOfContact } from "./orders.ts";

const STILL_MEANT_MS = 14 * 24 * 3600_000;
const OPEN_STATES = ["created", "paid", "shipped", "out_for_delivery"];

/**
 * The order a buyer asks for, if they are known to own it: the shop vouched for them, their mail comes from the address the
 * order was placed with (an answer can only reach its owner), or they typed the code mailed there.
 */
export async function ownedOrder(
  ctx: Context,
  conversation: ConversationRecord,
  number: string | undefined,
): Promise<OrderRecord | undefined> {
  const { workspaceId, orderId } = conversation;
  const wanted = number ?? orderId;
  if (wanted === undefined) return onlyOpenOrder(ctx, conversation);
  // Two shops may both have an order of this number: the buyer means their own.
  for (const order of await findOrdersByNumber(workspaceId, wanted)) {
    if (await owns(ctx, conversation, order)) return order;
  }
  return undefined;
}

async function owns(ctx: Context, conversation: ConversationRecord, order: OrderRecord): Promise<boolean> {
  const { contact, contactId, channel } = conversation;
  if (contact.verified && order.contactId?.equals(contactId)) return true;
  const email = order.buyer.email?.toLowerCase();
  if (email && ctx.channels.get(channel).addressed && contact.email?.toLowerCase() === email) return true;
  const proof = await OrderProofModel.findOne({
    conversationId: conversation._id,
    orderId: order._id,
    provenAt: { $exists: true },
  }).lean();
  return proof !== null;
}

/** Without a number: the one order that is under way or came lately. */
async function onlyOpenOrder(ctx: Context, { workspaceId, contactId, contact }: ConversationRecord) {
  if (!contact.verified) return undefined;
  const since = ctx.clock.now().getTime() - STILL_MEANT_MS;
  const meant = (await ordersOfContact(workspaceId, contactId)).filter(
    ({ state, deliveredAt }) => OPEN_STATES.includes(state) || (deliveredAt && deliveredAt.getTime() > since),
  );
  return meant.length === 1 ? meant[0] : undefined;
}
