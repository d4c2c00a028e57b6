import { z } from "zod";
import { idSchema } from "../../../../contract/common.ts";
import { inboxSchema, updateInboxSchema } from "../../../../contract/settings.ts";
import { readIdentitySecret, rotateIdentitySecret, updateInbox } from "../../../actions/inboxes.ts";
import { notFound } from "../../../errors.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentInbox } from "../../../presenters/settings.ts";
import { listInboxes } from "../../../queries/inboxes.ts";
import { defineRoute } from "../../route.ts";
import { sendVersion, wantedVersion } from "../../version.ts";

const params = z.object({ id: idSchema });
const secretSchema = z.object({ secret: z.string() });
const read = { auth: "user", roles: PERMISSIONS["inboxes.read"] } as const;
const edit = { auth: "user", roles: PERMISSIONS["inboxes.edit"] } as const;
const secret = { auth: "user", roles: PERMISSIONS["inboxes.secret"] } as const;

export const inboxRoutes = [
  defineRoute({
    ...read,
    method: "get",
    path: "/inboxes",
    summary: "The workspace's inboxes",
    responses: { 200: z.array(inboxSchema) },
    handler: async ({ ctx, viewer }) =>
      (await listInboxes(viewer.workspaceId)).map((inbox) => presentInbox(ctx.channels, inbox)),
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/inboxes/:id",
    summary: "One inbox",
    params,
    responses: { 200: inboxSchema },
    async handler({ ctx, viewer, params: { id }, res }) {
      const inbox = (await listInboxes(viewer.workspaceId)).find((one) => one._id.toHexString() === id);
      if (!inbox) throw notFound("inbox");
      sendVersion(res, inbox.version ?? 0);
      return presentInbox(ctx.channels, inbox);
    },
  }),
  defineRoute({
    ...edit,
    method: "patch",
    path: "/inboxes/:id",
    summary: "Change an inbox: greeting, bot mode, threshold, colour …",
    params,
    body: updateInboxSchema,
    responses: { 200: inboxSchema },
    errors: ["version_mismatch"],
    async handler({ ctx, viewer, params: { id }, body, req, res }) {
      const change = { workspaceId: viewer.workspaceId, id, change: body, version: wantedVersion(req) };
      const inbox = await updateInbox(ctx, change);
      sendVersion(res, inbox.version ?? 0);
      return presentInbox(ctx.channels, inbox);
    },
  }),
  defineRoute({
    ...secret,
    method: "get",
    path: "/inboxes/:id/identity-secret",
    summary: "The secret by which the shop signs its customers' identities",
    params,
    responses: { 200: secretSchema },
    handler: async ({ ctx, viewer, params: { id } }) => ({
      secret: await readIdentitySecret(ctx, { workspaceId: viewer.workspaceId, id }),
    }),
  }),
  defineRoute({
    ...secret,
    method: "post",
    path: "/inboxes/:id/identity-secret",
    summary: "Make a new identity secret; the old one stops working",
    params,
    shownOnce: ["secret"],
    responses: { 200: secretSchema },
    handler: async ({ ctx, viewer, params: { id } }) => ({
      secret: await rotateIdentitySecret(ctx, { workspaceId: viewer.workspaceId, id }),
    }),
  }),
];
