import { Types } from "mongoose";
import { AppError, notFound } from "../errors.ts";
import {
  ContactIdentityModel,
  type ContactIdentityRecord,
  ContactModel,
  type ContactRecord,
  searchWords,
} from "../models/contact.ts";

/** Merges of merges: longer chains than this are not followed. */
const MOST_MERGES = 20;

/**
 * A contact by id; one that was merged into another is that other one.
 * @throws AppError not_found, also for another workspace's
 */
export async function findContact(workspaceId: string | Types.ObjectId, id: string): Promise<ContactRecord> {
  let wanted = new Types.ObjectId(id);
  for (let merges = 0; merges < MOST_MERGES; merges += 1) {
    const contact = await ContactModel.findOne({ _id: wanted, workspaceId }).lean<ContactRecord>();
    if (!contact) break;
    if (!contact.mergedInto) return contact;
    wanted = contact.mergedInto;
  }
  throw notFound("contact");
}

/** The addresses a contact writes from. */
export async function identitiesOf(contactId: Types.ObjectId): Promise<ContactIdentityRecord[]> {
  const identities = await ContactIdentityModel.find({ contactId }).lean<ContactIdentityRecord[]>();
  return identities.sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime());
}

/** A page of contacts, newest first; `q`: words that name or address begin with. @throws AppError invalid_cursor */
export async function listContacts(
  workspaceId: string,
  { cursor, limit, q }: { cursor?: string | undefined; limit: number; q?: string | undefined },
): Promise<{ items: ContactRecord[]; nextCursor: string | null }> {
  if (cursor !== undefined && !/^[0-9a-f]{24}$/.test(cursor)) throw new AppError("invalid_cursor");
  const words = q?.trim() ? searchWords(q.trim()) : [];
  const rows = await ContactModel.find({
    workspaceId,
    mergedInto: { $exists: false },
    ...(words.length > 0 && { $and: words.map((word) => ({ searchWords: { $regex: `^${escaped(word)}` } })) }),
    ...(cursor !== undefined && { _id: { $lt: new Types.ObjectId(cursor) } }),
  })
    .sort({ _id: -1 })
    .limit(limit + 1)
    .lean<ContactRecord[]>();
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?._id.toHexString() ?? null) : null };
}

function escaped(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
