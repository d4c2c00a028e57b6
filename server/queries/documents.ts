import { Types } from "mongoose";
import type { Locale } from "../../contract/locales.ts";
import { AppError, notFound } from "../errors.ts";
import { DocumentModel, type DocumentRecord } from "../models/document.ts";
import type { StoredAttachment } from "../models/message.ts";

/** A page of a workspace's documents, oldest first. */
export async function listDocuments(
  workspaceId: string,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<{ items: DocumentRecord[]; nextCursor: string | null }> {
  if (cursor !== undefined && !/^[0-9a-f]{24}$/.test(cursor)) throw new AppError("invalid_cursor");
  const rows = await DocumentModel.find({ workspaceId, ...(cursor && { _id: { $gt: new Types.ObjectId(cursor) } }) })
    .sort({ _id: 1 })
    .limit(limit + 1)
    .lean<DocumentRecord[]>();
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?._id.toHexString() ?? null) : null };
}

/** @throws AppError not_found, also for another workspace's */
export async function findDocument(workspaceId: string, id: string): Promise<DocumentRecord> {
  const document = await DocumentModel.findOne({ _id: id, workspaceId }).lean<DocumentRecord>();
  if (!document) throw notFound("document");
  return document;
}

/** The documents the bot may send. */
export async function enabledDocuments(workspaceId: string): Promise<DocumentRecord[]> {
  const documents = await DocumentModel.find({ workspaceId }).sort({ _id: 1 }).lean<DocumentRecord[]>();
  return documents.filter((document) => document.enabled && Object.keys(document.files).length > 0);
}

/** The files of some documents for a reader: in their language, else in the shop's, else in English, else in any. */
export async function filesFor(
  workspaceId: Types.ObjectId,
  ids: readonly string[],
  locales: readonly Locale[],
): Promise<StoredAttachment[]> {
  const found = await DocumentModel.find({
    workspaceId,
    _id: { $in: ids.filter((id) => /^[0-9a-f]{24}$/.test(id)).map((id) => new Types.ObjectId(id)) },
  }).lean<DocumentRecord[]>();
  return ids.flatMap((id) => {
    const document = found.find(({ _id, enabled }) => enabled && _id.toHexString() === id);
    const file = document && fileFor(document, locales);
    return file ? [file] : [];
  });
}

function fileFor({ files }: DocumentRecord, locales: readonly Locale[]): StoredAttachment | undefined {
  const wanted = locales.flatMap((locale): Locale[] =>
    locale === "zh-CN" ? [locale, "zh-TW"] : locale === "zh-TW" ? [locale, "zh-CN"] : [locale],
  );
  const locale = [...wanted, "en" as const].find((each) => files[each]);
  return locale ? files[locale] : Object.values(files)[0];
}
