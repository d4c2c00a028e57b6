import type { Types } from "mongoose";
import type { Target } from "../automation/target.ts";
import type { Context } from "../context.ts";
import type { CheckInPlan, CheckInRecord } from "../models/check-in.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import { MessageModel, type MessageRecord, type SentByRule } from "../models/message.ts";
import type { OrderRecord } from "../models/order.ts";
import { withoutSource } from "../sources.ts";
import { appendMessage } from "./append-message.ts";
import { ensureConversation } from "./receive-message.ts";

/** What makes a message of a check-in the same one, however often it is sent. */
export function ruleSourceId(checkIn: Pick<CheckInRecord, "_id">, actionId: string): string {
  return `automation:${checkIn._id.toHexString()}:${actionId}`;
}

/** The message that a check-in sent before a crash, if it did. */
export async function findSent(plan: CheckInPlan, sourceId: string): Promise<MessageRecord | null> {
  return MessageModel.findOne({ inboxId: plan.inboxId, sourceId }).lean<MessageRecord>();
}

/**
 * The conversation a message goes into. A new one is closed until the buyer answers, so that what the shop begins does not stand
 * among those who wait.
 */
export async function conversationForRule(
  ctx: Context,
  { target, order, subject }: { target: Target; order: OrderRecord | null; subject?: string | undefined },
): Promise<ConversationRecord> {
  const { conversation, inbox, contact, email } = target;
  const address = target.channel.addressed ? email : undefined;
  if (conversation) {
    if (!address || conversation.contact.email) return conversation;
    const reachable = { $set: { "contact.email": address } };
    await ConversationModel.collection.updateOne({ _id: conversation._id }, reachable);
    return conversation;
  }
  const made = await ensureConversation(ctx, {
    inbox,
    contact,
    threadId: order ? `order:${withoutSource(inbox.source, order.orderId)}` : `contact:${contact._id.toHexString()}`,
    ...(order && { orderId: order.orderId }),
    about: { ...(subject !== undefined && { subject }), ...(address && { participants: [address.toLowerCase()] }) },
  });
  if (made.lastSeq > 0) return made;
  const closed = await ConversationModel.findOneAndUpdate(
    { _id: made._id, lastSeq: 0 },
    { $set: { status: "resolved", active: false, ...(address && { "contact.email": address }) } },
    { returnDocument: "after" },
  ).lean<ConversationRecord>();
  return closed ?? made;
}

/** A rule's message on its way out, once. */
export async function sendByRule(
  ctx: Context,
  {
    plan,
    workspaceId,
    sourceId,
    sentBy,
    message,
    locale,
    subject,
  }: {
    plan: CheckInPlan;
    workspaceId: Types.ObjectId;
    sourceId: string;
    sentBy: SentByRule;
    message: { text: string; html?: string };
    locale: string;
    /** Of a mail that begins a thread; an answer keeps the thread's. */
    subject?: string | undefined;
  },
): Promise<MessageRecord> {
  const { message: stored } = await appendMessage(
    ctx,
    {
      workspaceId,
      conversationId: plan.conversationId,
      inboxId: plan.inboxId,
      sourceId,
      channel: plan.channel,
      direction: "outgoing",
      private: false,
      author: { type: "system" },
      text: message.text,
      attachments: [],
      status: "pending",
      automatic: true,
      locale,
      automation: sentBy,
      ...(message.html !== undefined && { html: message.html }),
      ...(subject !== undefined && { original: { subject, to: [], cc: [], stored: false, notes: [] } }),
    },
    { owed: ["deliver"] },
  );
  return stored;
}
