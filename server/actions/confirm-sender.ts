import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { ContactIdentityModel, type ContactIdentityRecord } from "../models/contact.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import { accessConversation } from "../policies/conversations.ts";
import type { Viewer } from "../policies/viewer.ts";
import { announcingUpdate } from "./announce.ts";

interface Which {
  viewer: Viewer;
  conversationId: string;
  messageId: string;
}

/**
 * Whoever wrote a message from another address is the contact: the address is the contact's from now on, what came from it
 * is theirs, and the conversation is answered there.
 * @throws AppError not_found, conflict where nothing is to be confirmed, address_of_another_contact
 */
export async function confirmSender(ctx: Context, which: Which): Promise<MessageRecord> {
  const { conversation, message, address } = await load(which);
  const { workspaceId, contactId } = conversation;
  const identity = await ContactIdentityModel.findOneAndUpdate(
    { workspaceId, channel: message.channel, key: address },
    { $setOnInsert: { contactId, createdAt: ctx.clock.now(), verified: false } },
    { upsert: true, returnDocument: "after" },
  ).lean<ContactIdentityRecord>();
  if (!identity?.contactId.equals(contactId)) {
    throw new AppError("address_of_another_contact", { contactId: identity?.contactId.toHexString() });
  }
  const answered = await ConversationModel.findOneAndUpdate(
    { _id: conversation._id },
    { $set: { answerTo: address }, $addToSet: { participants: address }, $pull: { refusedSenders: address } },
    { returnDocument: "after" },
  ).lean<ConversationRecord>();
  if (answered) ctx.bus.emit("conversation.updated", { conversation: answered });
  const changed = await changeAll(
    ctx,
    { conversation, address },
    {
      $set: { "author.id": contactId.toHexString() },
      $unset: { "original.role": "" },
    },
  );
  return changed.find(({ _id }) => _id.equals(message._id)) ?? message;
}

/**
 * Whoever wrote a message from another address is not the contact: what came from it stays, marked, and what comes next
 * from there begins a conversation of its own.
 * @throws AppError not_found, conflict
 */
export async function refuseSender(ctx: Context, which: Which): Promise<MessageRecord> {
  const { conversation, message, address } = await load(which);
  await ConversationModel.updateOne(
    { _id: conversation._id },
    { $addToSet: { refusedSenders: address }, $pull: { participants: address } },
  );
  const changed = await changeAll(ctx, { conversation, address }, { $set: { "original.role": "refused" } });
  return changed.find(({ _id }) => _id.equals(message._id)) ?? message;
}

async function load({ viewer, conversationId, messageId }: Which) {
  const conversation = await accessConversation(viewer, conversationId);
  const message = await MessageModel.findOne({
    _id: messageId,
    conversationId: conversation._id,
  }).lean<MessageRecord>();
  if (!message) throw new AppError("not_found");
  const address = message.original?.from?.address.toLowerCase();
  if (!message.original?.role || !address) throw new AppError("conflict");
  return { conversation, message, address };
}

/** All that came from this address into the conversation. */
async function changeAll(
  ctx: Context,
  { conversation, address }: { conversation: ConversationRecord; address: string },
  change: { $set: Record<string, string>; $unset?: Record<string, ""> },
): Promise<MessageRecord[]> {
  const marked = await MessageModel.find({
    conversationId: conversation._id,
    "original.role": { $exists: true },
  }).lean<MessageRecord[]>();
  const changed: MessageRecord[] = [];
  for (const { _id, original } of marked) {
    if (original?.from?.address.toLowerCase() !== address) continue;
    const { push, set } = announcingUpdate(ctx, "message.updated");
    const message = await MessageModel.findOneAndUpdate(
      { _id },
      { ...change, $set: { ...change.$set, ...set }, ...push },
      { returnDocument: "after" },
    ).lean<MessageRecord>();
    if (!message) continue;
    changed.push(message);
    ctx.bus.emit("message.updated", { message });
  }
  return changed;
}
