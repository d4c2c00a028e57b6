import { Types } from "mongoose";
import type { z } from "zod";
import type { checkInQuerySchema } from "../../contract/automation.ts";
import { AppError, notFound } from "../errors.ts";
import { CheckInModel, type CheckInRecord } from "../models/check-in.ts";

/** @throws AppError not_found, also for another workspace's */
export async function findCheckIn(workspaceId: string | Types.ObjectId, id: string): Promise<CheckInRecord> {
  const checkIn = await CheckInModel.findOne({ _id: id, workspaceId }).lean<CheckInRecord>();
  if (!checkIn) throw notFound("check_in");
  return checkIn;
}

/** A page of check-ins, newest first. @throws AppError invalid_cursor */
export async function listCheckIns(
  workspaceId: string,
  { automation, conversation, contact, order, outcome, cursor, limit }: z.output<typeof checkInQuerySchema>,
): Promise<{ items: CheckInRecord[]; nextCursor: string | null }> {
  if (cursor !== undefined && !/^[0-9a-f]{24}$/.test(cursor)) throw new AppError("invalid_cursor");
  const rows = await CheckInModel.find({
    workspaceId: new Types.ObjectId(workspaceId),
    ...(automation !== undefined && { automationId: new Types.ObjectId(automation) }),
    ...(conversation !== undefined && { conversationId: new Types.ObjectId(conversation) }),
    ...(contact !== undefined && { contactId: new Types.ObjectId(contact) }),
    ...(order !== undefined && { orderId: order }),
    ...(outcome === "waiting" && { finishedAt: { $exists: false } }),
    ...(outcome !== undefined && outcome !== "waiting" && { outcome }),
    ...(cursor !== undefined && { _id: { $lt: new Types.ObjectId(cursor) } }),
  })
    .sort({ _id: -1 })
    .limit(limit + 1)
    .lean<CheckInRecord[]>();
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?._id.toHexString() ?? null) : null };
}
