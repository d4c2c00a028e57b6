import type { BusinessHours } from "../../contract/hours.ts";
import type { Locale } from "../../contract/locales.ts";
import type { Context } from "../context.ts";
import { AppError, notFound } from "../errors.ts";
import { versionFilter } from "../models/version.ts";
import { WorkspaceModel, type WorkspaceRecord } from "../models/workspace.ts";
import { requirePermission } from "../policies/roles.ts";
import type { Viewer } from "../policies/viewer.ts";

/** @throws AppError forbidden, version_mismatch */
export async function updateWorkspace(
  ctx: Context,
  viewer: Viewer,
  options: {
    change: {
      name?: string | undefined;
      locale?: Locale | undefined;
      businessHours?: BusinessHours | null | undefined;
    };
    version?: number | undefined;
  },
): Promise<WorkspaceRecord> {
  requirePermission(viewer, "workspace.edit");
  const workspace = await WorkspaceModel.findOneAndUpdate(
    { _id: viewer.workspaceId, ...versionFilter(options.version) },
    { $set: options.change, $inc: { version: 1 } },
    { returnDocument: "after" },
  ).lean<WorkspaceRecord>();
  if (!workspace) throw options.version === undefined ? notFound("workspace") : new AppError("version_mismatch");
  // Rules of outside hours sleep while the team has none.
  await ctx.rules.refresh();
  ctx.log.info({ audit: "workspace.updated", by: viewer.userId, change: options.change }, "workspace updated");
  return workspace;
}
