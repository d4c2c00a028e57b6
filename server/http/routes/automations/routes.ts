import { Types } from "mongoose";
import { z } from "zod";
import {
  ACTION_NAMES,
  automationFiguresSchema,
  automationFileSchema,
  automationSchema,
  automationSettingsSchema,
  automationVersionSchema,
  createAutomationSchema,
  dryRunResultSchema,
  dryRunSchema,
  importResultSchema,
  updateAutomationSchema,
  updateAutomationSettingsSchema,
} from "../../../../contract/automation.ts";
import { FIELDS, OPERATORS, TRIGGERS } from "../../../../contract/automation-tables.ts";
import { idSchema } from "../../../../contract/common.ts";
import {
  createAutomation,
  deleteAutomation,
  importAutomations,
  restoreAutomation,
  updateAutomation,
  updateAutomationSettings,
} from "../../../actions/automations.ts";
import { dryRun } from "../../../automation/dry-run.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import {
  exportFile,
  presentAutomation,
  presentAutomationSettings,
  presentVersion,
} from "../../../presenters/automations.ts";
import { automationFigures } from "../../../queries/automation-figures.ts";
import {
  automationHistory,
  automationSettings,
  findAutomation,
  listAutomations,
} from "../../../queries/automations.ts";
import { listTemplates } from "../../../queries/templates.ts";
import { defineRoute } from "../../route.ts";
import { sendVersion, wantedVersion } from "../../version.ts";

const read = { auth: "user", roles: PERMISSIONS["automations.read"] } as const;
const edit = { auth: "user", roles: PERMISSIONS["automations.edit"] } as const;
const params = z.object({ id: idSchema });
const IMPORT_MAX_BYTES = 8 * 1024 * 1024;

const infoSchema = z.record(z.string(), z.unknown());
const catalogSchema = z.object({
  triggers: z.record(z.string(), infoSchema),
  fields: z.record(z.string(), infoSchema),
  operators: z.record(z.string(), z.record(z.string(), z.string())),
  actions: z.array(z.string()),
});

export const automationRoutes = [
  defineRoute({
    ...read,
    method: "get",
    path: "/automations",
    summary: "Rules for automatic messages, with how often they were triggered, sent and held",
    responses: { 200: z.array(automationSchema) },
    handler: async ({ viewer }) => (await listAutomations(viewer.workspaceId)).map(presentAutomation),
  }),
  defineRoute({
    ...edit,
    method: "post",
    path: "/automations",
    summary: "Make a rule; it is off unless `enabled` says otherwise",
    body: createAutomationSchema,
    responses: { 201: automationSchema },
    errors: ["conflict"],
    handler: async ({ ctx, viewer, body }) => presentAutomation(await createAutomation(ctx, viewer, body)),
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/automations/figures",
    summary: "What came of each rule in the last 30 days: sent, answered, held back",
    responses: { 200: z.array(automationFiguresSchema) },
    handler: ({ ctx, viewer }) => automationFigures(viewer.workspaceId, ctx.clock.now()),
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/automations/catalog",
    summary: "What rules are made of: triggers, the fields of conditions with their operators, actions",
    responses: { 200: catalogSchema },
    handler: () => ({ triggers: TRIGGERS, fields: FIELDS, operators: OPERATORS, actions: [...ACTION_NAMES] }),
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/automations/settings",
    summary:
      "What holds for all rules: buyers' quiet hours, the cap of messages to one buyer, where credits are asked for",
    responses: { 200: automationSettingsSchema },
    async handler({ viewer, res }) {
      const settings = await automationSettings(new Types.ObjectId(viewer.workspaceId));
      sendVersion(res, settings.version);
      return presentAutomationSettings(settings);
    },
  }),
  defineRoute({
    ...edit,
    method: "patch",
    path: "/automations/settings",
    summary: "Change what holds for all rules",
    body: updateAutomationSettingsSchema,
    responses: { 200: automationSettingsSchema },
    errors: ["version_mismatch"],
    async handler({ ctx, viewer, body, req, res }) {
      const settings = await updateAutomationSettings(ctx, viewer, { change: body, version: wantedVersion(req) });
      sendVersion(res, settings.version);
      return presentAutomationSettings(settings);
    },
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/automations/export",
    summary: "All rules with the templates that they send, as a file that can be imported",
    responses: { 200: automationFileSchema },
    async handler({ viewer, res }) {
      const [rules, templates] = await Promise.all([
        listAutomations(viewer.workspaceId),
        listTemplates(viewer.workspaceId),
      ]);
      res.set("Content-Disposition", 'attachment; filename="automations.json"');
      return exportFile(rules, templates);
    },
  }),
  defineRoute({
    ...edit,
    method: "post",
    path: "/automations/import",
    summary: "Take in an exported file: what is known by its key or name is changed, the rest is added and stays off",
    body: automationFileSchema,
    maxBody: IMPORT_MAX_BYTES,
    responses: { 200: importResultSchema },
    errors: ["template_invalid"],
    handler: ({ ctx, viewer, body }) => importAutomations(ctx, viewer, body),
  }),
  defineRoute({
    ...read,
    method: "post",
    path: "/automations/dry-run",
    summary:
      "What a rule would have sent in the past days, to whom, each text, and what it would have held; writes nothing",
    body: dryRunSchema,
    responses: { 200: dryRunResultSchema },
    errors: ["not_found"],
    handler: ({ ctx, viewer, body }) => dryRun(ctx, viewer.workspaceId, body),
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/automations/:id",
    summary: "One rule",
    params,
    responses: { 200: automationSchema },
    async handler({ viewer, params: { id }, res }) {
      const rule = presentAutomation(await findAutomation(viewer.workspaceId, id));
      sendVersion(res, rule.version);
      return rule;
    },
  }),
  defineRoute({
    ...edit,
    method: "patch",
    path: "/automations/:id",
    summary: "Change a rule, or turn it on or off; what is not given stays",
    params,
    body: updateAutomationSchema,
    responses: { 200: automationSchema },
    errors: ["version_mismatch"],
    async handler({ ctx, viewer, params: { id }, body, req, res }) {
      const change = { id, change: body, version: wantedVersion(req) };
      const rule = presentAutomation(await updateAutomation(ctx, viewer, change));
      sendVersion(res, rule.version);
      return rule;
    },
  }),
  defineRoute({
    ...edit,
    method: "delete",
    path: "/automations/:id",
    summary: "Delete a rule; what it was still to send is cancelled",
    params,
    responses: { 204: "empty" },
    handler: ({ ctx, viewer, params: { id } }) => deleteAutomation(ctx, viewer, { id }),
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/automations/:id/history",
    summary: "The latest versions of a rule, newest first: who changed what",
    params,
    responses: { 200: z.array(automationVersionSchema) },
    handler: async ({ viewer, params: { id } }) =>
      (await automationHistory(viewer.workspaceId, id)).map(presentVersion),
  }),
  defineRoute({
    ...edit,
    method: "post",
    path: "/automations/:id/restore",
    summary: "Bring an earlier version of a rule back, as a new one",
    params,
    body: z.object({ version: z.number().int().min(1) }).strict(),
    responses: { 200: automationSchema },
    errors: ["version_mismatch"],
    async handler({ ctx, viewer, params: { id }, body, req, res }) {
      const wanted = { id, of: body.version, version: wantedVersion(req) };
      const rule = presentAutomation(await restoreAutomation(ctx, viewer, wanted));
      sendVersion(res, rule.version);
      return rule;
    },
  }),
];
