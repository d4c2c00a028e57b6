import { AppError, notFound } from "../errors.ts";
import { CannedResponseModel, type CannedResponseRecord } from "../models/canned-response.ts";

/** A page of a workspace's canned responses by their shortcuts, which is what the cursor names. @throws AppError invalid_cursor */
export async function listCannedResponses(
  workspaceId: string,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<{ items: CannedResponseRecord[]; nextCursor: string | null }> {
  if (cursor !== undefined && !/^[\p{L}\p{M}\p{N}_-]{1,40}$/u.test(cursor)) throw new AppError("invalid_cursor");
  const rows = await CannedResponseModel.find({
    workspaceId,
    ...(cursor !== undefined && { shortcut: { $gt: cursor } }),
  })
    .sort({ shortcut: 1 })
    .limit(limit + 1)
    .lean<CannedResponseRecord[]>();
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.shortcut ?? null) : null };
}

/** @throws AppError not_found, also for another workspace's */
export async function findCannedResponse(workspaceId: string, id: string): Promise<CannedResponseRecord> {
  const found = await CannedResponseModel.findOne({ _id: id, workspaceId }).lean<CannedResponseRecord>();
  if (!found) throw notFound("canned_response");
  return found;
}
