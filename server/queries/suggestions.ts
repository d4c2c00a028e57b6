import { Types } from "mongoose";
import { AppError, notFound } from "../errors.ts";
import { SuggestionModel, type SuggestionRecord } from "../models/suggestion.ts";

/** A page of open suggestions, those asked most often first. */
export async function listSuggestions(
  workspaceId: string,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<{ items: SuggestionRecord[]; nextCursor: string | null }> {
  const [, count, id] = /^(\d{1,9})\.([0-9a-f]{24})$/.exec(cursor ?? "") ?? [];
  if (cursor !== undefined && !id) throw new AppError("invalid_cursor");
  const after = id && {
    $or: [{ count: { $lt: Number(count) } }, { count: Number(count), _id: { $gt: new Types.ObjectId(id) } }],
  };
  const rows = await SuggestionModel.find({ workspaceId, state: "open", ...after })
    .sort({ count: -1, _id: 1 })
    .limit(limit + 1)
    .lean<SuggestionRecord[]>();
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items,
    nextCursor: rows.length > limit && last ? `${last.count}.${last._id.toHexString()}` : null,
  };
}

/** @throws AppError not_found, also for one that is accepted or dismissed already */
export async function findSuggestion(workspaceId: string, id: string): Promise<SuggestionRecord> {
  const suggestion = await SuggestionModel.findOne({ _id: id, workspaceId }).lean<SuggestionRecord>();
  if (!suggestion) throw notFound("suggestion");
  return suggestion;
}
