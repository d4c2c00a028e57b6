import type { Types } from "mongoose";
import { notFound } from "../errors.ts";
import {
  ContactIdentityModel,
  type ContactIdentityRecord,
  ContactModel,
  type ContactRecord,
} from "../models/contact.ts";

/** @throws AppError not_found, also for another workspace's */
export async function findContact(workspaceId: string, id: string): Promise<ContactRecord> {
  const contact = await ContactModel.findOne({ _id: id, workspaceId }).lean<ContactRecord>();
  if (!contact) throw notFound("contact");
  return contact;
}

/** The addresses a contact writes from. */
export async function identitiesOf(contactId: Types.ObjectId): Promise<ContactIdentityRecord[]> {
  return ContactIdentityModel.find({ contactId }).lean<ContactIdentityRecord[]>();
}
