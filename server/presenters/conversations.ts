import type { ContactSummary, Conversation } from "../../contract/conversation.ts";
import type { PublicConversation } from "../../contract/sockets.ts";
import type { ContactRecord } from "../models/contact.ts";
import { type ConversationRecord, priorityOf } from "../models/conversation.ts";

/** A conversation as agents see it, in lists too. */
export function presentConversation(conversation: ConversationRecord): Conversation {
  const { contact, draft, lastMessage } = conversation;
  return {
    id: conversation._id.toHexString(),
    inboxId: conversation.inboxId.toHexString(),
    channel: conversation.channel,
    status: conversation.status,
    kind: conversation.kind,
    contact: { id: conversation.contactId.toHexString(), ...contact },
    assignee: conversation.assigneeId
      ? { id: conversation.assigneeId.toHexString(), name: conversation.assigneeName ?? "" }
      : null,
    labels: conversation.labels,
    priority: priorityOf(conversation),
    lastSeq: conversation.lastSeq,
    lastMessage: lastMessage ? { ...lastMessage, at: lastMessage.at.toISOString() } : null,
    waitingSince: conversation.waitingSince?.toISOString() ?? null,
    unread: conversation.unread,
    snoozedUntil: conversation.snoozedUntil?.toISOString() ?? null,
    draft: draft
      ? {
          id: draft.id.toHexString(),
          text: draft.text,
          bot: draft.bot,
          seq: draft.seq,
          createdAt: draft.createdAt.toISOString(),
          ...(draft.locale && { locale: draft.locale }),
          ...(draft.attachments?.length && { files: draft.attachments.map(({ name }) => name) }),
        }
      : null,
    contactReadSeq: conversation.contactReadSeq,
    agentReadSeq: conversation.agentReadSeq,
    createdAt: conversation.createdAt.toISOString(),
    lastActivityAt: conversation.lastActivityAt.toISOString(),
    ...(conversation.orderId !== undefined && { orderId: conversation.orderId }),
    ...(conversation.subject && { subject: conversation.subject }),
    ...(conversation.answerTo && { answerTo: conversation.answerTo }),
    ...(conversation.locale && { locale: conversation.locale }),
    ...(conversation.handoffReason && { handoffReason: conversation.handoffReason }),
  };
}

/** Whether the widget asks where to answer: somebody waits for a person, and there is no address, and they were not asked yet. */
export function asksForEmail({ status, waitingSince, contact, askedEmail, channel }: ConversationRecord): boolean {
  const waits = status === "open" && waitingSince !== undefined && channel === "chat";
  return waits && !contact.email && !contact.emailHint && !askedEmail;
}

/** What the shopper learns of their conversation. */
export function presentPublicConversation(conversation: ConversationRecord): PublicConversation {
  return {
    id: conversation._id.toHexString(),
    status: conversation.status,
    lastSeq: conversation.lastSeq,
    agentReadSeq: conversation.agentReadSeq,
    contactReadSeq: conversation.contactReadSeq,
    ...(asksForEmail(conversation) && { askEmail: true }),
    ...(conversation.assigneeId && { assignee: { name: conversation.assigneeName ?? "" } }),
  };
}

export function presentContact(contact: ContactRecord): ContactSummary {
  return {
    id: contact._id.toHexString(),
    name: contact.name,
    verified: contact.verified,
    version: contact.version ?? 0,
    ...(contact.email && { email: contact.email }),
    ...(contact.emailHint && !contact.email && { emailHint: contact.emailHint }),
    ...(contact.locale && { locale: contact.locale }),
    ...(contact.country && { country: contact.country }),
    ...(contact.timeZone && { timeZone: contact.timeZone }),
  };
}
