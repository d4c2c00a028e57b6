import { z } from "zod";
import {
  cannedResponseInputSchema,
  cannedResponsePatchSchema,
  cannedResponseSchema,
} from "../../../../contract/canned-response.ts";
import { idSchema, pageQuerySchema, pageSchema } from "../../../../contract/common.ts";
import { createCannedResponse, deleteCannedResponse, updateCannedResponse } from "../../../actions/canned-responses.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentCannedResponse } from "../../../presenters/settings.ts";
import { findCannedResponse, listCannedResponses } from "../../../queries/canned-responses.ts";
import { defineRoute } from "../../route.ts";
import { sendVersion, wantedVersion } from "../../version.ts";

const read = { auth: "user", roles: PERMISSIONS["canned_responses.read"] } as const;
const edit = { auth: "user", roles: PERMISSIONS["canned_responses.edit"] } as const;
const params = z.object({ id: idSchema });

export const cannedResponseRoutes = [
  defineRoute({
    ...read,
    method: "get",
    path: "/canned-responses",
    summary: "Texts that agents write often, by their shortcuts",
    query: pageQuerySchema,
    responses: { 200: pageSchema(cannedResponseSchema) },
    errors: ["invalid_cursor"],
    async handler({ viewer, query }) {
      const { items, nextCursor } = await listCannedResponses(viewer.workspaceId, query);
      return { items: items.map(presentCannedResponse), nextCursor };
    },
  }),
  defineRoute({
    ...edit,
    method: "post",
    path: "/canned-responses",
    summary: "Add a canned response",
    body: cannedResponseInputSchema,
    responses: { 201: cannedResponseSchema },
    errors: ["conflict"],
    handler: async ({ ctx, viewer, body }) =>
      presentCannedResponse(await createCannedResponse(ctx, { viewer, input: body })),
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/canned-responses/:id",
    summary: "One canned response",
    params,
    responses: { 200: cannedResponseSchema },
    async handler({ viewer, params: { id }, res }) {
      const found = presentCannedResponse(await findCannedResponse(viewer.workspaceId, id));
      sendVersion(res, found.version);
      return found;
    },
  }),
  defineRoute({
    ...edit,
    method: "patch",
    path: "/canned-responses/:id",
    summary: "Change a canned response; texts, when given, replace all languages",
    params,
    body: cannedResponsePatchSchema,
    responses: { 200: cannedResponseSchema },
    errors: ["conflict", "version_mismatch"],
    async handler({ ctx, viewer, params: { id }, body, req, res }) {
      const change = { viewer, id, change: body, version: wantedVersion(req) };
      const changed = presentCannedResponse(await updateCannedResponse(ctx, change));
      sendVersion(res, changed.version);
      return changed;
    },
  }),
  defineRoute({
    ...edit,
    method: "delete",
    path: "/canned-responses/:id",
    summary: "Delete a canned response",
    params,
    responses: { 204: "empty" },
    handler: async ({ viewer, params: { id } }) => deleteCannedResponse({ viewer, id }),
  }),
];
