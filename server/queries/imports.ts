import { Types } from "mongoose";
import type { ImportRowResult } from "../../contract/import.ts";
import { AppError, notFound } from "../errors.ts";
import { ImportModel, type ImportRecord, ImportRowModel, type ImportRowRecord } from "../models/import.ts";

/** @throws AppError not_found, also for another workspace's */
export async function findImport(workspaceId: string, id: string): Promise<ImportRecord> {
  const record = await ImportModel.findOne({ _id: id, workspaceId }).lean<ImportRecord>();
  if (!record) throw notFound("import");
  return record;
}

/** A page of imports, newest first. @throws AppError invalid_cursor */
export async function listImports(
  workspaceId: string,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<{ items: ImportRecord[]; nextCursor: string | null }> {
  if (cursor !== undefined && !/^[0-9a-f]{24}$/.test(cursor)) throw new AppError("invalid_cursor");
  const rows = await ImportModel.find({
    workspaceId,
    ...(cursor !== undefined && { _id: { $lt: new Types.ObjectId(cursor) } }),
  })
    .sort({ _id: -1 })
    .limit(limit + 1)
    .lean<ImportRecord[]>();
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?._id.toHexString() ?? null) : null };
}

/** A page of an import's report in the order of the file: rows that are done. @throws AppError invalid_cursor */
export async function listImportRows(
  importId: Types.ObjectId,
  { cursor, limit, result }: { cursor?: string | undefined; limit: number; result?: ImportRowResult | undefined },
): Promise<{ items: ImportRowRecord[]; nextCursor: string | null }> {
  if (cursor !== undefined && !/^\d{1,9}$/.test(cursor)) throw new AppError("invalid_cursor");
  const rows = await ImportRowModel.find({
    importId,
    result: result ?? { $exists: true },
    row: { $gt: Number(cursor ?? 0) },
  })
    .sort({ row: 1 })
    .limit(limit + 1)
    .lean<ImportRowRecord[]>();
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.row) : null };
}
