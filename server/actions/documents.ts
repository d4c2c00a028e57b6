import { Types } from "mongoose";
import type { DocumentInput, DocumentPatch } from "../../contract/document.ts";
import type { Locale } from "../../contract/locales.ts";
import type { Context } from "../context.ts";
import { AppError, notFound } from "../errors.ts";
import { DocumentModel, type DocumentRecord } from "../models/document.ts";
import type { StoredAttachment } from "../models/message.ts";
import { versionFilter } from "../models/version.ts";
import { requirePermission } from "../policies/roles.ts";
import type { Viewer } from "../policies/viewer.ts";
import { findDocument } from "../queries/documents.ts";
import { takeAttachments } from "./attachments.ts";

/** @throws AppError forbidden, unknown_attachment */
export async function createDocument(
  ctx: Context,
  { viewer, input }: { viewer: Viewer; input: DocumentInput },
): Promise<DocumentRecord> {
  requirePermission(viewer, "documents.edit");
  const now = ctx.clock.now();
  const record: DocumentRecord = {
    _id: new Types.ObjectId(),
    workspaceId: new Types.ObjectId(viewer.workspaceId),
    title: input.title,
    kind: input.kind,
    products: input.products,
    files: await takeFiles(ctx, viewer, input.files),
    enabled: input.enabled ?? true,
    createdAt: now,
    updatedAt: now,
  };
  await DocumentModel.create(record);
  changed(ctx, viewer);
  return record;
}

/** Changes what is given and keeps the rest, files of other languages too. @throws AppError not_found, version_mismatch, unknown_attachment */
export async function updateDocument(
  ctx: Context,
  { viewer, id, change, version }: { viewer: Viewer; id: string; change: DocumentPatch; version?: number | undefined },
): Promise<DocumentRecord> {
  requirePermission(viewer, "documents.edit");
  const { files = {}, ...rest } = change;
  const before = await findDocument(viewer.workspaceId, id);
  const given = Object.entries(files).filter((entry): entry is [Locale, string] => entry[1] !== null);
  // A file that stays is named again by clients that send the whole: it is there already.
  const fresh = given.filter(([locale, file]) => before.files[locale]?.id.toHexString() !== file);
  const taken = await takeFiles(ctx, viewer, Object.fromEntries(fresh));
  const removed = Object.entries(files).filter(([, file]) => file === null);
  const document = await DocumentModel.findOneAndUpdate(
    { _id: id, workspaceId: viewer.workspaceId, ...versionFilter(version) },
    {
      $set: {
        ...rest,
        ...Object.fromEntries(Object.entries(taken).map(([locale, file]) => [`files.${locale}`, file])),
        updatedAt: ctx.clock.now(),
      },
      ...(removed.length > 0 && { $unset: Object.fromEntries(removed.map(([locale]) => [`files.${locale}`, ""])) }),
      $inc: { version: 1 },
    },
    { returnDocument: "after" },
  ).lean<DocumentRecord>();
  if (!document) throw new AppError("version_mismatch");
  changed(ctx, viewer);
  return document;
}

/** What was sent already stays with its messages. @throws AppError not_found */
export async function deleteDocument(ctx: Context, { viewer, id }: { viewer: Viewer; id: string }): Promise<void> {
  requirePermission(viewer, "documents.edit");
  const { deletedCount } = await DocumentModel.deleteOne({ _id: id, workspaceId: viewer.workspaceId });
  if (deletedCount === 0) throw notFound("document");
  changed(ctx, viewer);
}

/** Documents are part of what the bot knows: it reads everything again. */
function changed(ctx: Context, { workspaceId }: Viewer): void {
  ctx.bus.emit("faq.imported", { workspaceId });
}

async function takeFiles(
  ctx: Context,
  viewer: Viewer,
  files: Partial<Record<Locale, string>>,
): Promise<Partial<Record<Locale, StoredAttachment>>> {
  const entries = Object.entries(files) as [Locale, string][];
  const stored = await takeAttachments(ctx, {
    workspaceId: viewer.workspaceId,
    ids: entries.map(([, id]) => id),
    owner: `user:${viewer.userId}`,
  });
  return Object.fromEntries(entries.map(([locale], at) => [locale, stored[at]]));
}
