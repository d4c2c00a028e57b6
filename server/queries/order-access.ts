import type { Context } from "../context.ts";
import type { ConversationRecord } from "../models/conversation.ts";
import type { MessageRecord } from "../models/message.ts";
import type { OrderRecord } from "../models/order.ts";
import { OrderProofModel } from "../models/order-proof.ts";
import { findOrdersByNumber, ordersOfContact } from "./orders.ts";

const STILL_MEANT_MS = 14 * 24 * 3600_000;
const OPEN_STATES = ["created", "paid", "shipped", "out_for_delivery"];

/**
 * The order a buyer asks for, if they are known to own it: the shop vouched for them, their mail provenly comes from the
 * address the order was placed with, or they typed the code mailed there. For one who asks by a mail that proves nothing,
 * the code alone counts: the conversation may be read elsewhere than in the mailbox that the mail names.
 * @param asked the messages that are answered
 */
export async function ownedOrder(
  ctx: Context,
  conversation: ConversationRecord,
  number: string | undefined,
  asked: readonly Pick<MessageRecord, "channel" | "original">[],
): Promise<OrderRecord | undefined> {
  const { workspaceId, orderId } = conversation;
  const wanted = number ?? orderId;
  const proven = asked.every((message) => isProven(ctx, message));
  if (wanted === undefined) return proven ? onlyOpenOrder(ctx, conversation) : undefined;
  // Two shops may both have an order of this number: the buyer means their own.
  for (const order of await findOrdersByNumber(workspaceId, wanted)) {
    if ((proven && owns(ctx, conversation, order)) || (await typedCode(conversation, order))) return order;
  }
  return undefined;
}

/** Anybody can send a mail in anybody's name: each needs a proof. One that came otherwise (`original` absent) was typed at the message centre. */
function isProven(ctx: Context, { channel, original }: Pick<MessageRecord, "channel" | "original">): boolean {
  if (!ctx.channels.get(channel).addressed || !original) return true;
  return original.proof === "pass" && original.role === undefined;
}

function owns(ctx: Context, conversation: ConversationRecord, order: OrderRecord): boolean {
  const { contact, contactId, channel } = conversation;
  if (contact.verified && order.contactId?.equals(contactId)) return true;
  const email = order.buyer.email?.toLowerCase();
  return ctx.channels.get(channel).addressed === true && email !== undefined && contact.email?.toLowerCase() === email;
}

async function typedCode(conversation: ConversationRecord, order: OrderRecord): Promise<boolean> {
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
