import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { ContactIdentityModel } from "../models/contact.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import { accessConversation } from "../policies/conversations.ts";
import type { Viewer } from "../policies/viewer.ts";
import { announcingUpdate } from "./announce.ts";
import { claimedNow } from "./claims.ts";
import { updateContact } from "./contacts.ts";
import { recountWaiting } from "./recount-waiting.ts";

/**
 * Sends a failed message again. With `to`, the address was wrong: the buyer's is corrected for this message and all later
 * ones; what was passed on to somebody else goes to the new address instead.
 * @throws AppError not_found, conflict when the message has not failed
 */
export async function retryMessage(
  ctx: Context,
  {
    viewer,
    conversationId,
    messageId,
    to,
  }: { viewer: Viewer; conversationId: string; messageId: string; to?: string | undefined },
): Promise<MessageRecord> {
  const conversation = await accessConversation(viewer, conversationId);
  const failed = await MessageModel.findOne({
    _id: messageId,
    conversationId: conversation._id,
    status: "failed",
  }).lean<MessageRecord>();
  if (!failed) throw new AppError("conflict");
  // The address first: a crash in between leaves a failed message that is tried again.
  if (to && !failed.forwardTo) await correctAddress(ctx, { viewer, conversation, message: failed, to });
  const { push, set } = announcingUpdate(ctx, "message.updated");
  const message = await MessageModel.findOneAndUpdate(
    { _id: failed._id, status: "failed" },
    {
      $set: {
        status: "pending",
        owed: ["deliver"],
        ...claimedNow(ctx),
        attempts: 0,
        ...(to && failed.original && { "original.to": [{ address: to, name: "" }] }),
        ...(to && failed.forwardTo && { forwardTo: to }),
        ...set,
      },
      ...push,
      $unset: { failure: "", problem: "", sendingAt: "", mayBeTwice: "" },
    },
    { returnDocument: "after" },
  ).lean<MessageRecord>();
  if (!message) throw new AppError("conflict");
  await recountWaiting(ctx, conversation._id);
  ctx.bus.emit("message.updated", { message });
  ctx.bus.emit("message.owed", { message });
  return message;
}

/** The buyer is reached there from now on, and recognised when they answer from there. */
async function correctAddress(
  ctx: Context,
  {
    viewer,
    conversation,
    message,
    to,
  }: { viewer: Viewer; conversation: ConversationRecord; message: MessageRecord; to: string },
): Promise<void> {
  const { workspaceId, contactId } = conversation;
  const key = to.toLowerCase();
  await updateContact(ctx, { workspaceId: viewer.workspaceId, contactId, change: { email: key } });
  // An address that is somebody else's already stays theirs; they may answer here all the same.
  await ContactIdentityModel.updateOne(
    { workspaceId, channel: message.channel, key },
    { $setOnInsert: { contactId, createdAt: ctx.clock.now(), verified: false } },
    { upsert: true },
  );
  await ConversationModel.collection.updateOne(
    { _id: conversation._id },
    { $addToSet: { participants: key }, $unset: { answerTo: "" } },
  );
}
