import type { BusinessHours } from "../../contract/hours.ts";
import type { Locale } from "../../contract/locales.ts";
import type { Context } from "../context.ts";
import { notFound } from "../errors.ts";
import { WorkspaceModel, type WorkspaceRecord } from "../models/workspace.ts";
import { requirePermission } from "../policies/roles.ts";
import type { Viewer } from "../policies/viewer.ts";

/** @throws AppError forbidden */
export async function updateWorkspace(
  ctx: Context,
  viewer: Viewer,
  options: {
    change: {
      name?: string | undefined;
      locale?: Locale | undefined;
      businessHours?: BusinessHours | null | undefined;
    };
  },
): Promise<WorkspaceRecord> {
  requirePermission(viewer, "workspace.edit");
  const workspace = await WorkspaceModel.findOneAndUpdate(
    { _id: viewer.workspaceId },
    { $set: options.change },
    { returnDocument: "after" },
  ).lean<WorkspaceRecord>();
  if (!workspace) throw notFound("workspace");
  ctx.log.info({ audit: "workspace.updated", by: viewer.userId, change: options.change }, "workspace updated");
  return workspace;
}
