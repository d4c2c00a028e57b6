import { z } from "zod";
import { idSchema, pageSchema } from "../../../../contract/common.ts";
import {
  compensationQuerySchema,
  compensationRuleInputSchema,
  compensationRuleSchema,
  compensationSchema,
  decideCompensationSchema,
  updateCompensationRuleSchema,
} from "../../../../contract/compensation.ts";
import {
  automationSecret,
  createCompensationRule,
  decideCompensation,
  deleteCompensationRule,
  updateCompensationRule,
} from "../../../actions/compensations.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentCompensation, presentCompensationRule } from "../../../presenters/compensations.ts";
import {
  findCompensation,
  findCompensationRule,
  listCompensationRules,
  listCompensations,
} from "../../../queries/compensations.ts";
import { defineRoute } from "../../route.ts";
import { sendVersion, wantedVersion } from "../../version.ts";

const read = { auth: "user", roles: PERMISSIONS["automations.read"] } as const;
const edit = { auth: "user", roles: PERMISSIONS["automations.edit"] } as const;
const approve = { auth: "user", roles: PERMISSIONS["compensations.approve"] } as const;
const params = z.object({ id: idSchema });

export const compensationRoutes = [
  defineRoute({
    ...read,
    method: "get",
    path: "/compensations",
    summary: "What buyers were credited, wait for approval or are to be paid by hand, newest first",
    query: compensationQuerySchema,
    responses: { 200: pageSchema(compensationSchema) },
    errors: ["invalid_cursor"],
    async handler({ viewer, query }) {
      const { items, nextCursor } = await listCompensations(viewer.workspaceId, query);
      return { items: items.map(presentCompensation), nextCursor };
    },
  }),
  defineRoute({
    ...approve,
    method: "get",
    path: "/compensations/secret",
    summary: "What signs the calls of rules, as a webhook's secret signs its deliveries",
    responses: { 200: z.object({ secret: z.string() }) },
    handler: ({ ctx, viewer }) => ({ secret: automationSecret(ctx, viewer.workspaceId) }),
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/compensations/:id",
    summary: "One credit",
    params,
    responses: { 200: compensationSchema },
    handler: async ({ viewer, params: { id } }) => presentCompensation(await findCompensation(viewer.workspaceId, id)),
  }),
  defineRoute({
    ...approve,
    method: "post",
    path: "/compensations/:id/decide",
    summary: "Approve or reject a credit, mark it as paid by hand, or ask the shop's system again",
    params,
    body: decideCompensationSchema,
    responses: { 200: compensationSchema },
    errors: ["conflict", "unavailable"],
    handler: async ({ ctx, viewer, params: { id }, body }) =>
      presentCompensation(await decideCompensation(ctx, viewer, { id, ...body })),
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/compensation-rules",
    summary: "How much buyers get for what; the first rule that fits is the one",
    responses: { 200: z.array(compensationRuleSchema) },
    handler: async ({ viewer }) => (await listCompensationRules(viewer.workspaceId)).map(presentCompensationRule),
  }),
  defineRoute({
    ...edit,
    method: "post",
    path: "/compensation-rules",
    summary: "Make a compensation rule",
    body: compensationRuleInputSchema,
    responses: { 201: compensationRuleSchema },
    errors: ["conflict"],
    handler: async ({ ctx, viewer, body }) => presentCompensationRule(await createCompensationRule(ctx, viewer, body)),
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/compensation-rules/:id",
    summary: "One compensation rule",
    params,
    responses: { 200: compensationRuleSchema },
    async handler({ viewer, params: { id }, res }) {
      const rule = presentCompensationRule(await findCompensationRule(viewer.workspaceId, id));
      sendVersion(res, rule.version);
      return rule;
    },
  }),
  defineRoute({
    ...edit,
    method: "patch",
    path: "/compensation-rules/:id",
    summary: "Change a compensation rule; credits that were made stay as they are",
    params,
    body: updateCompensationRuleSchema,
    responses: { 200: compensationRuleSchema },
    errors: ["version_mismatch"],
    async handler({ ctx, viewer, params: { id }, body, req, res }) {
      const change = { id, change: body, version: wantedVersion(req) };
      const rule = presentCompensationRule(await updateCompensationRule(ctx, viewer, change));
      sendVersion(res, rule.version);
      return rule;
    },
  }),
  defineRoute({
    ...edit,
    method: "delete",
    path: "/compensation-rules/:id",
    summary: "Delete a compensation rule",
    params,
    responses: { 204: "empty" },
    handler: ({ ctx, viewer, params: { id } }) => deleteCompensationRule(ctx, viewer, { id }),
  }),
];
