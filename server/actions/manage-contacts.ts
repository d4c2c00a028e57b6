import { Types } from "mongoose";
import type { z } from "zod";
import type { createContactSchema } from "../../contract/contact.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { ContactIdentityModel, ContactModel, type ContactRecord } from "../models/contact.ts";
import { ConversationModel } from "../models/conversation.ts";
import { OrderModel } from "../models/order.ts";
import type { Viewer } from "../policies/viewer.ts";
import { findContact } from "../queries/contacts.ts";
import { duplicateKeyOf } from "./append-message.ts";
import { findContactId, newContact } from "./contacts.ts";

/**
 * A contact that somebody knows of before it writes. Its address is taken first: the unique index lets one contact have it, and
 * a mail that arrives in between makes the contact under the id that the address names.
 * @throws AppError conflict, naming the contact that has the address
 */
export async function createContact(
  ctx: Context,
  viewer: Viewer,
  input: z.output<typeof createContactSchema>,
): Promise<ContactRecord> {
  const workspaceId = new Types.ObjectId(viewer.workspaceId);
  const key = input.email?.toLowerCase();
  const contact = newContact(ctx, { workspaceId, sender: { key: key ?? "", ...input }, verified: false });
  if (key !== undefined) {
    try {
      await ContactIdentityModel.create({
        workspaceId,
        channel: "email",
        key,
        contactId: contact._id,
        verified: false,
        createdAt: contact.createdAt,
      });
    } catch (error) {
      if (!duplicateKeyOf(error)) throw error;
      const contactId = await findContactId(workspaceId, "email", key);
      throw new AppError("conflict", { ...(contactId && { contactId: contactId.toHexString() }) });
    }
  }
  await ContactModel.updateOne({ _id: contact._id }, { $setOnInsert: contact }, { upsert: true });
  return contact;
}

/**
 * Removes a contact with its addresses. One with conversations or orders stays: they would belong to nobody.
 * @throws AppError not_found, contact_has_history
 */
export async function deleteContact(ctx: Context, viewer: Viewer, id: string): Promise<void> {
  const { _id: contactId, workspaceId } = await findContact(viewer.workspaceId, id);
  const [conversation, order] = await Promise.all([
    ConversationModel.exists({ contactId }),
    OrderModel.exists({ workspaceId, contactId }),
  ]);
  if (conversation || order) throw new AppError("contact_has_history");
  await ContactIdentityModel.deleteMany({ contactId });
  await ContactModel.deleteOne({ _id: contactId, workspaceId });
  ctx.bus.emit("contact.deleted", { workspaceId: workspaceId.toHexString(), contactId: contactId.toHexString() });
}
