import { Types } from "mongoose";
import type { PostMessage } from "../../contract/message.ts";
import type { Context } from "../context.ts";
import { AppError, notFound } from "../errors.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import { InboxModel, type InboxRecord } from "../models/inbox.ts";
import type { MessageRecord } from "../models/message.ts";
import type { Viewer } from "../policies/viewer.ts";
import { ensureContact } from "./contacts.ts";
import { ensureConversation } from "./receive-message.ts";
import { sendReply } from "./send-reply.ts";

/**
 * An agent writes first: a new conversation with its first message. A retry with the same echoId finds the first one.
 * @throws AppError unknown_channel where the inbox's channel can not begin, and those of sendReply
 */
export async function startConversation(
  ctx: Context,
  {
    viewer,
    inboxId,
    to,
    subject,
    message,
  }: {
    viewer: Viewer;
    inboxId: string;
    to: { email: string; name?: string | undefined };
    subject: string;
    message: PostMessage;
  },
): Promise<{ conversation: ConversationRecord; message: MessageRecord }> {
  const inbox = await InboxModel.findOne({ _id: inboxId, workspaceId: viewer.workspaceId }).lean<InboxRecord>();
  if (!inbox) throw notFound("inbox");
  const { capabilities, addressed } = ctx.channels.get(inbox.channel);
  if (!capabilities.proactive || !addressed) throw new AppError("unknown_channel", { channel: inbox.channel });
  if (message.text.trim() === "" && !message.attachments?.length) throw new AppError("empty_message");
  const key = to.email.toLowerCase();
  const contact = await ensureContact(ctx, {
    workspaceId: inbox.workspaceId,
    channel: inbox.channel,
    sender: { key, email: key, ...(to.name && { name: to.name }) },
    verified: false,
  });
  const threadId = `new:${message.echoId ? `${viewer.userId}:${message.echoId}` : new Types.ObjectId().toHexString()}`;
  const made = await ensureConversation(ctx, { inbox, contact, identity: key, threadId });
  const conversation = await ConversationModel.findOneAndUpdate(
    { _id: made._id },
    { $set: { subject, status: "open" }, $addToSet: { participants: key } },
    { returnDocument: "after" },
  ).lean<ConversationRecord>();
  const sent = await sendReply(ctx, { viewer, conversationId: made._id.toHexString(), body: message });
  return { conversation: conversation ?? made, message: sent };
}
