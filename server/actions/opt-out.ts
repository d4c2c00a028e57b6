import type { Types } from "mongoose";
import type { Context } from "../context.ts";
import { notFound } from "../errors.ts";
import { ContactModel, type ContactRecord } from "../models/contact.ts";
import type { ConversationRecord } from "../models/conversation.ts";
import type { MessageRecord } from "../models/message.ts";
import { findContact } from "../queries/contacts.ts";
import { sign, verifySignature } from "../signing.ts";
import { appendMessage } from "./append-message.ts";

/** A contact wants no message that the shop begins, or wants them again. The first time counts. */
export async function setOptOut(
  ctx: Context,
  {
    workspaceId,
    contactId,
    by,
  }: { workspaceId: Types.ObjectId | string; contactId: Types.ObjectId | string; by: "link" | "word" | null },
): Promise<ContactRecord | null> {
  const contact = await ContactModel.findOneAndUpdate(
    { _id: contactId, workspaceId, optedOut: { $exists: by === null } },
    by
      ? { $set: { optedOut: { at: ctx.clock.now(), by } }, $inc: { version: 1 } }
      : { $unset: { optedOut: "" }, $inc: { version: 1 } },
    { returnDocument: "after" },
  ).lean<ContactRecord>();
  if (!contact) return ContactModel.findOne({ _id: contactId, workspaceId }).lean<ContactRecord>();
  ctx.bus.emit("contact.updated", { contact });
  ctx.log.info({ contactId: contact._id.toHexString(), by }, by ? "contact opted out" : "contact opted in");
  return contact;
}

/** Tells a buyer who asked by word that it is done, once for each time they ask. */
export async function confirmOptOut(
  ctx: Context,
  {
    conversation,
    message,
    asked,
    locale,
  }: { conversation: ConversationRecord; message: MessageRecord; asked: "stop" | "start"; locale: string },
): Promise<void> {
  await appendMessage(
    ctx,
    {
      workspaceId: conversation.workspaceId,
      conversationId: conversation._id,
      inboxId: conversation.inboxId,
      sourceId: `optout:${message._id.toHexString()}`,
      channel: conversation.channel,
      direction: "outgoing",
      private: false,
      author: { type: "system" },
      text: ctx.translate(locale, `proactive.${asked === "stop" ? "stopped" : "started"}`),
      attachments: [],
      status: "pending",
      automatic: true,
      locale,
    },
    { owed: ["deliver"] },
  );
}

const PURPOSE = "unsubscribe";

/** Where a contact stops what the shop begins, without a login. It stays good for as long as the mail may be read. */
export function unsubscribeUrl(ctx: Context, contactId: Types.ObjectId): string {
  const id = contactId.toHexString();
  return `${ctx.address}/api/v1/unsubscribe/${id}${sign(ctx.config.secretKey, PURPOSE, id)}`;
}

/** The contact of such a link; one that was merged into another is that other one. @throws AppError not_found */
export async function contactOfToken(ctx: Context, token: string): Promise<ContactRecord> {
  const id = token.slice(0, 24);
  if (!/^[0-9a-f]{24}$/.test(id) || !verifySignature(ctx.config.secretKey, PURPOSE, id, token.slice(24))) {
    throw notFound("contact");
  }
  const contact = await ContactModel.findById(id).lean<ContactRecord>();
  if (!contact) throw notFound("contact");
  return contact.mergedInto ? findContact(contact.workspaceId, id) : contact;
}
