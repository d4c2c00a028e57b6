import { z } from "zod";
import { checkInQuerySchema, checkInSchema } from "../../../../contract/automation.ts";
import { idSchema, pageSchema } from "../../../../contract/common.ts";
import { cancelCheckIn } from "../../../actions/check-ins.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentCheckIn } from "../../../presenters/automations.ts";
import { findCheckIn, listCheckIns } from "../../../queries/check-ins.ts";
import { defineRoute } from "../../route.ts";

const read = { auth: "user", roles: PERMISSIONS["automations.read"] } as const;
const params = z.object({ id: idSchema });

export const checkInRoutes = [
  defineRoute({
    ...read,
    method: "get",
    path: "/check-ins",
    summary: "What rules sent, will send or held back and why, newest first; of a rule, conversation, contact or order",
    query: checkInQuerySchema,
    responses: { 200: pageSchema(checkInSchema) },
    errors: ["invalid_cursor"],
    async handler({ viewer, query }) {
      const { items, nextCursor } = await listCheckIns(viewer.workspaceId, query);
      return { items: items.map(presentCheckIn), nextCursor };
    },
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/check-ins/:id",
    summary: "One check-in",
    params,
    responses: { 200: checkInSchema },
    handler: async ({ viewer, params: { id } }) => presentCheckIn(await findCheckIn(viewer.workspaceId, id)),
  }),
  defineRoute({
    ...read,
    method: "post",
    path: "/check-ins/:id/cancel",
    summary: "Keep a message that waits from being sent",
    params,
    responses: { 200: checkInSchema },
    errors: ["conflict"],
    handler: async ({ ctx, viewer, params: { id } }) => presentCheckIn(await cancelCheckIn(ctx, viewer, { id })),
  }),
];
