import { Types } from "mongoose";
import type { InboundMail } from "../../channels/email/receive.ts";
import { messageOfId } from "../../channels/email/thread.ts";
import type { Context } from "../context.ts";
import { ContactIdentityModel } from "../models/contact.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import type { InboxRecord } from "../models/inbox.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import { mailSecret } from "../signing.ts";
import { announcingUpdate } from "./announce.ts";
import { waitAgain } from "./recount-waiting.ts";

/**
 * A report about a mail of ours: the message it is about fails with the reason, and an address that does not work, or
 * whose owner complained, gets nothing more that the shop begins. False where the report names no message of ours.
 */
export async function recordBounce(
  ctx: Context,
  { inbox, inbound }: { inbox: InboxRecord; inbound: InboundMail },
): Promise<boolean> {
  const { bounce, complaint } = inbound.classified;
  const secret = mailSecret(ctx.config.secretKey);
  const named = [...(bounce?.originalIds ?? []), ...(complaint?.originalIds ?? [])]
    .map((id) => messageOfId(id, secret))
    .find((found) => found !== undefined);
  const message = named
    ? await MessageModel.findOne({
        conversationId: new Types.ObjectId(named.conversationId),
        seq: named.seq,
      }).lean<MessageRecord>()
    : await lastOf(inbound);
  if (!message?.workspaceId.equals(inbox.workspaceId)) return false;
  const { reader, copies } = await sentTo(message);
  const recipients = addressesMeant(
    [...(bounce?.recipients ?? []), ...(complaint?.recipients ?? [])],
    [...(reader ? [reader] : []), ...copies],
  );
  if (complaint || bounce?.kind === "hard") {
    const { workspaceId, channel } = inbox;
    await markUnreachable(ctx, {
      workspaceId,
      channel,
      recipients,
      reason: complaint ? "suppressed" : (bounce?.reason ?? "unknown"),
    });
  }
  if (bounce?.action === "failed") {
    // A copy alone that did not arrive: the buyer has the mail.
    const copyOnly = recipients.length > 0 && !recipients.some((address) => address === reader);
    const address = recipients[0] ?? bounce.recipients[0];
    if (!copyOnly && message.direction === "outgoing") await waitAgain(ctx, message);
    const { push, set } = announcingUpdate(ctx, "message.updated");
    const failed = await MessageModel.findOneAndUpdate(
      { _id: message._id, direction: "outgoing", status: { $in: ["pending", "sent", "delivered"] } },
      {
        $set: {
          ...(!copyOnly && { status: "failed" }),
          failure: `email:failures.${bounce.reason}`,
          problem: {
            kind: bounce.kind,
            ...(address && { address }),
            ...(bounce.status && { status: bounce.status }),
            ...(bounce.diagnostic && { said: bounce.diagnostic }),
          },
          ...set,
        },
        ...push,
      },
      { returnDocument: "after" },
    ).lean<MessageRecord>();
    if (failed) ctx.bus.emit("message.updated", { message: failed });
  }
  ctx.log.info(
    { messageId: message._id.toHexString(), class: inbound.classified.class, reason: bounce?.reason },
    "mail report",
  );
  return true;
}

/** Whom a mail of ours went to, in lower case. */
async function sentTo(message: MessageRecord): Promise<{ reader: string | undefined; copies: string[] }> {
  const conversation = await ConversationModel.findById(message.conversationId).lean<ConversationRecord>();
  const reader = (message.forwardTo ?? conversation?.answerTo ?? conversation?.contact.email)?.toLowerCase();
  const copies = [...(message.original?.cc ?? []), ...(message.original?.bcc ?? [])];
  return { reader, copies: copies.map(({ address }) => address.toLowerCase()) };
}

/**
 * Which of the addresses that the mail went to a report is about. Nobody else's, whatever it says: reports are easy to
 * make up. One that names only strangers tells of where an alias leads, so it is about the alias.
 */
function addressesMeant(reported: readonly string[], sent: readonly string[]): string[] {
  const named = new Set(reported.map((address) => address.toLowerCase()));
  const meant = sent.filter((address) => named.has(address));
  return meant.length === 0 && sent.length === 1 ? [...sent] : meant;
}

/** A report without the original's id may still have come to the address that carries the conversation. */
async function lastOf(inbound: InboundMail): Promise<MessageRecord | null> {
  const { conversationId } = inbound.hints;
  if (!conversationId) return null;
  return MessageModel.findOne({
    conversationId: new Types.ObjectId(conversationId),
    direction: "outgoing",
    private: false,
  })
    .sort({ seq: -1 })
    .lean<MessageRecord>();
}

/** Nothing that the shop begins goes to these addresses any more. */
export async function markUnreachable(
  ctx: Context,
  {
    workspaceId,
    channel,
    recipients,
    reason,
  }: Pick<InboxRecord, "workspaceId" | "channel"> & { recipients: readonly string[]; reason: string },
): Promise<void> {
  if (recipients.length === 0) return;
  await ContactIdentityModel.updateMany(
    {
      workspaceId,
      channel,
      key: { $in: recipients.map((address) => address.toLowerCase()) },
    },
    { $set: { unreachable: { at: ctx.clock.now(), reason } } },
  );
}
