import { Types } from "mongoose";
import type { BuyerStart } from "../../contract/buyer.ts";
import type { Context } from "../context.ts";
import { AppError, notFound } from "../errors.ts";
import type { ContactRecord } from "../models/contact.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import type { InboxRecord } from "../models/inbox.ts";
import type { MessageRecord } from "../models/message.ts";
import { accessBuyerConversation, type Buyer, buyerKey, requireStart } from "../policies/buyer.ts";
import { listBuyerOrders } from "../queries/buyers.ts";
import { findContact } from "../queries/contacts.ts";
import { inboxOfChannel } from "../queries/inboxes.ts";
import { OWN_THREAD } from "../queries/outbox.ts";
import { takeAttachments } from "./attachments.ts";
import { ensureContact } from "./contacts.ts";
import { ensureConversation, receiveMessage } from "./receive-message.ts";

interface Writing {
  echoId: string;
  text: string;
  attachments?: string[] | undefined;
  /** The buyer asks for a person. */
  human?: boolean | undefined;
}

/**
 * What a buyer writes into a thread at the message centre, once per echoId.
 * @throws AppError not_found, empty_message, message_too_long, unknown_attachment, unknown_inbox
 */
export async function writeAsBuyer(
  ctx: Context,
  {
    buyer,
    conversationId,
    message,
    origin,
  }: { buyer: Buyer; conversationId: string; message: Writing; origin?: string },
): Promise<MessageRecord> {
  const conversation = await accessBuyerConversation(buyer, conversationId);
  const inbox = await messageCentreInbox(buyer.workspaceId);
  return receive(ctx, { buyer, conversation, inbox, message, origin });
}

/**
 * Begins a thread, about an order of the buyer's where one is named. A retry with the same echoId finds the first one.
 * @throws AppError code_needed for what their link does not open, not_found for an order that is not theirs, and those of `writeAsBuyer`
 */
export async function startThread(
  ctx: Context,
  { buyer, start }: { buyer: Buyer; start: BuyerStart },
): Promise<{ conversation: ConversationRecord; message: MessageRecord }> {
  const { orderId, ...message } = start;
  requireStart(buyer, orderId);
  if (!message.text?.trim() && !message.attachments?.length) throw new AppError("empty_message");
  if (orderId !== undefined && !(await listBuyerOrders(buyer)).some((order) => order.orderId === orderId)) {
    throw notFound("order");
  }
  // Before anything is made: a refused file leaves no empty thread behind.
  await takeAttachments(ctx, {
    workspaceId: buyer.workspaceId,
    ids: message.attachments ?? [],
    owner: buyerKey(buyer),
  });
  const inbox = await messageCentreInbox(buyer.workspaceId);
  const contact = await contactOf(ctx, buyer, inbox);
  const threadId = `${OWN_THREAD}${contact._id.toHexString()}:${message.echoId}`;
  const conversation = await ensureConversation(ctx, { inbox, contact, threadId, orderId });
  const known = { ...buyer, contactIds: [...buyer.contactIds, contact._id] };
  const stored = await receive(ctx, {
    buyer: known,
    conversation,
    inbox,
    message: { ...message, text: message.text ?? "" },
  });
  return { conversation, message: stored };
}

/** What the message centre's threads come in by. @throws AppError unknown_inbox while it is turned off */
export async function messageCentreInbox(workspaceId: string): Promise<InboxRecord> {
  const inbox = await inboxOfChannel(new Types.ObjectId(workspaceId), "insite");
  if (!inbox) throw new AppError("unknown_inbox");
  return inbox;
}

async function receive(
  ctx: Context,
  {
    buyer,
    conversation,
    inbox,
    message: { echoId, text, attachments = [], human },
    origin,
  }: {
    buyer: Buyer;
    conversation: ConversationRecord;
    inbox: InboxRecord;
    message: Writing;
    origin?: string | undefined;
  },
): Promise<MessageRecord> {
  const { maxLength } = ctx.channels.get(inbox.channel).capabilities;
  if (text.length > maxLength) throw new AppError("message_too_long", { max: maxLength });
  if (!conversation.hosted) {
    await ConversationModel.updateOne({ _id: conversation._id }, { $set: { hosted: true } });
  }
  const key = buyerKey(buyer);
  const { message } = await receiveMessage(ctx, {
    inbox,
    inbound: {
      sourceId: `${key}:${conversation._id.toHexString()}:${echoId}`,
      from: { key },
      text,
      attachmentIds: attachments,
      echoId,
      ...(human && { wantsHuman: true }),
    },
    verified: true,
    uploader: key,
    known: {
      contactId: conversation.contactId,
      contactName: conversation.contact.name,
      conversationId: conversation._id,
    },
    ...(origin !== undefined && { origin }),
  });
  return message;
}

/** The contact that new threads belong to: the customer's, else the one that has the address. */
async function contactOf(ctx: Context, buyer: Buyer, inbox: InboxRecord): Promise<ContactRecord> {
  const { externalId, email, contactIds, name, locale } = buyer;
  const workspaceId = new Types.ObjectId(buyer.workspaceId);
  const told = { ...(name !== undefined && { name }), ...(locale !== undefined && { locale }) };
  if (externalId !== undefined) {
    const sender = { key: `customer:${externalId}`, ...told, ...(email !== undefined && { email }) };
    return ensureContact(ctx, { workspaceId, channel: inbox.channel, sender, verified: true });
  }
  const [known] = contactIds;
  if (known) return findContact(buyer.workspaceId, known.toHexString());
  if (email === undefined) throw notFound("contact");
  const channel = ctx.channels.names().find((each) => ctx.channels.get(each).addressed) ?? inbox.channel;
  return ensureContact(ctx, { workspaceId, channel, sender: { key: email, email, ...told }, verified: true });
}
