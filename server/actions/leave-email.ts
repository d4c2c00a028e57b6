import type { Types } from "mongoose";
import type { Context } from "../context.ts";
import { findConversation } from "../queries/conversations.ts";
import { changeConversation } from "./change-conversation.ts";
import { clearHint, updateContact } from "./contacts.ts";
import { scheduleContinuation } from "./continue-elsewhere.ts";

/**
 * A shopper says where answers are to go once they have left, or that they would rather not (`email` absent). Nobody has proven
 * that the address is theirs: it is noted as a hint, and changes nothing where an address is known.
 */
export async function leaveEmail(
  ctx: Context,
  { conversationId, email }: { conversationId: Types.ObjectId; email: string | undefined },
): Promise<void> {
  const conversation = await findConversation(conversationId);
  if (!conversation || conversation.contact.email) return;
  const { workspaceId, contactId } = conversation;
  if (email !== undefined) {
    await updateContact(ctx, { workspaceId, contactId, change: { emailHint: email.toLowerCase() } });
  } else if (conversation.contact.emailHint) {
    await clearHint(ctx, { workspaceId, contactId, emailHint: conversation.contact.emailHint });
  }
  await changeConversation(ctx, { _id: conversationId }, { $set: { askedEmail: true } });
  // What is unread by now may have been answered before there was an address.
  if (email !== undefined && conversation.contactReadSeq < conversation.lastSeq) {
    await scheduleContinuation(ctx, { conversationId });
  }
}
