import { updateWorkspace } from "../../../actions/workspace.ts";
import { notFound } from "../../../errors.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentWorkspace } from "../../../presenters/user.ts";
import { findWorkspace } from "../../../queries/workspace.ts";
import { defineRoute } from "../../route.ts";
import { sendVersion, wantedVersion } from "../../version.ts";
import { updateWorkspaceSchema, workspaceSchema } from "./schema.ts";

export const workspaceRoutes = [
  defineRoute({
    method: "get",
    path: "/workspace",
    summary: "The shop this login or key belongs to",
    auth: "user",
    roles: PERMISSIONS["workspace.read"],
    responses: { 200: workspaceSchema },
    async handler({ viewer, res }) {
      const workspace = await findWorkspace(viewer.workspaceId);
      if (!workspace) throw notFound("workspace");
      sendVersion(res, workspace.version ?? 0);
      return presentWorkspace(workspace);
    },
  }),
  defineRoute({
    method: "patch",
    path: "/workspace",
    summary: "Change the shop's name or main language",
    auth: "user",
    roles: PERMISSIONS["workspace.edit"],
    body: updateWorkspaceSchema,
    responses: { 200: workspaceSchema },
    errors: ["version_mismatch"],
    async handler({ viewer, body, ctx, req, res }) {
      const workspace = await updateWorkspace(ctx, viewer, { change: body, version: wantedVersion(req) });
      sendVersion(res, workspace.version ?? 0);
      return presentWorkspace(workspace);
    },
  }),
];
