import { Types } from "mongoose";
import { AppError } from "../errors.ts";
import { ReviewItemModel, type ReviewItemRecord } from "../models/review-item.ts";

/** A page of what a person should check, or has checked, newest first. @throws AppError invalid_cursor */
export async function listReviewItems(
  workspaceId: string,
  { state, cursor, limit }: { state: "open" | "done"; cursor?: string | undefined; limit: number },
): Promise<{ items: ReviewItemRecord[]; nextCursor: string | null }> {
  if (cursor !== undefined && !/^[0-9a-f]{24}$/.test(cursor)) throw new AppError("invalid_cursor");
  const rows = await ReviewItemModel.find({
    workspaceId,
    open: state === "open",
    ...(cursor !== undefined && { _id: { $lt: new Types.ObjectId(cursor) } }),
  })
    .sort({ _id: -1 })
    .limit(limit + 1)
    .lean<ReviewItemRecord[]>();
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?._id.toHexString() ?? null) : null };
}
