import { Types } from "mongoose";
import type { CompensationState } from "../../contract/compensation.ts";
import { AppError, notFound } from "../errors.ts";
import {
  CompensationModel,
  type CompensationRecord,
  CompensationRuleModel,
  type CompensationRuleRecord,
} from "../models/compensation.ts";

type Id = string | Types.ObjectId;

/** In the order they were made: the first that fits is the one. */
export async function listCompensationRules(workspaceId: Id): Promise<CompensationRuleRecord[]> {
  return CompensationRuleModel.find({ workspaceId }).sort({ _id: 1 }).lean<CompensationRuleRecord[]>();
}

/** @throws AppError not_found, also for another workspace's */
export async function findCompensationRule(workspaceId: Id, id: string): Promise<CompensationRuleRecord> {
  const rule = await CompensationRuleModel.findOne({ _id: id, workspaceId }).lean<CompensationRuleRecord>();
  if (!rule) throw notFound("compensation_rule");
  return rule;
}

/** @throws AppError not_found, also for another workspace's */
export async function findCompensation(workspaceId: Id, id: string): Promise<CompensationRecord> {
  const credit = await CompensationModel.findOne({ _id: id, workspaceId }).lean<CompensationRecord>();
  if (!credit) throw notFound("compensation");
  return credit;
}

/** A page, newest first. @throws AppError invalid_cursor */
export async function listCompensations(
  workspaceId: string,
  { state, cursor, limit }: { state?: CompensationState | undefined; cursor?: string | undefined; limit: number },
): Promise<{ items: CompensationRecord[]; nextCursor: string | null }> {
  if (cursor !== undefined && !/^[0-9a-f]{24}$/.test(cursor)) throw new AppError("invalid_cursor");
  const rows = await CompensationModel.find({
    workspaceId: new Types.ObjectId(workspaceId),
    ...(state !== undefined && { state }),
    ...(cursor !== undefined && { _id: { $lt: new Types.ObjectId(cursor) } }),
  })
    .sort({ _id: -1 })
    .limit(limit + 1)
    .lean<CompensationRecord[]>();
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?._id.toHexString() ?? null) : null };
}
