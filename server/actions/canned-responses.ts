import { Types } from "mongoose";
import type { CannedResponseInput, CannedResponsePatch } from "../../contract/canned-response.ts";
import type { Context } from "../context.ts";
import { AppError, notFound } from "../errors.ts";
import { CannedResponseModel, type CannedResponseRecord } from "../models/canned-response.ts";
import { versionFilter } from "../models/version.ts";
import { requirePermission } from "../policies/roles.ts";
import type { Viewer } from "../policies/viewer.ts";
import { findCannedResponse } from "../queries/canned-responses.ts";
import { duplicateKeyOf } from "./append-message.ts";

/** @throws AppError forbidden, conflict (the shortcut is taken) */
export async function createCannedResponse(
  ctx: Context,
  { viewer, input }: { viewer: Viewer; input: CannedResponseInput },
): Promise<CannedResponseRecord> {
  requirePermission(viewer, "canned_responses.edit");
  const now = ctx.clock.now();
  const record: CannedResponseRecord = {
    _id: new Types.ObjectId(),
    workspaceId: new Types.ObjectId(viewer.workspaceId),
    ...input,
    createdAt: now,
    updatedAt: now,
  };
  await orTaken(CannedResponseModel.create(record));
  return record;
}

/** Changes what is given. @throws AppError forbidden, not_found, version_mismatch, conflict (the shortcut is taken) */
export async function updateCannedResponse(
  ctx: Context,
  {
    viewer,
    id,
    change,
    version,
  }: { viewer: Viewer; id: string; change: CannedResponsePatch; version?: number | undefined },
): Promise<CannedResponseRecord> {
  requirePermission(viewer, "canned_responses.edit");
  await findCannedResponse(viewer.workspaceId, id);
  const changed = await orTaken(
    CannedResponseModel.findOneAndUpdate(
      { _id: id, workspaceId: viewer.workspaceId, ...versionFilter(version) },
      { $set: { ...change, updatedAt: ctx.clock.now() }, $inc: { version: 1 } },
      { returnDocument: "after" },
    ).lean<CannedResponseRecord>(),
  );
  if (!changed) throw new AppError("version_mismatch");
  return changed;
}

/** @throws AppError forbidden, not_found */
export async function deleteCannedResponse({ viewer, id }: { viewer: Viewer; id: string }): Promise<void> {
  requirePermission(viewer, "canned_responses.edit");
  const { deletedCount } = await CannedResponseModel.deleteOne({ _id: id, workspaceId: viewer.workspaceId });
  if (deletedCount === 0) throw notFound("canned_response");
}

async function orTaken<T>(write: PromiseLike<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (duplicateKeyOf(error)) throw new AppError("conflict", { field: "shortcut" });
    throw error;
  }
}
