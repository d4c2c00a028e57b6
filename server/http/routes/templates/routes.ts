import { z } from "zod";
import { idSchema, localeSchema } from "../../../../contract/common.ts";
import {
  previewTemplateSchema,
  type Template,
  templateCatalogSchema,
  templateInputSchema,
  templatePreviewSchema,
  templateSchema,
  translateTemplateSchema,
  updateTemplateSchema,
  writtenSchema,
} from "../../../../contract/template.ts";
import { translateTemplate } from "../../../actions/template-translations.ts";
import { createTemplate, deleteTemplate, updateTemplate } from "../../../actions/templates.ts";
import { standardTemplates } from "../../../automation/defaults.ts";
import { FILTERS } from "../../../automation/liquid.ts";
import { previewTemplate } from "../../../automation/preview.ts";
import { listVariables } from "../../../automation/variables.ts";
import { notFound } from "../../../errors.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentTemplate } from "../../../presenters/automations.ts";
import { findTemplate, listTemplates, templateUsers } from "../../../queries/templates.ts";
import { workspaceName } from "../../../queries/workspace.ts";
import type { TemplateRecord } from "../../../records.ts";
import { defineRoute } from "../../route.ts";
import { sendVersion, wantedVersion } from "../../version.ts";

/** Of one user: an editor shows one with every pause in typing. */
const PREVIEW_LIMIT = { points: 120, seconds: 60 };

const read = { auth: "user", roles: PERMISSIONS["automations.read"] } as const;
const edit = { auth: "user", roles: PERMISSIONS["automations.edit"] } as const;
const params = z.object({ id: idSchema });
const MAX_BYTES = 4 * 1024 * 1024;

async function present(template: TemplateRecord): Promise<Template> {
  const usedBy = (await templateUsers(template.workspaceId)).get(template.key) ?? [];
  return presentTemplate(template, { usedBy, standard: standardTemplates().has(template.key) });
}

export const templateRoutes = [
  defineRoute({
    ...read,
    method: "get",
    path: "/templates",
    summary: "Message templates",
    responses: { 200: z.array(templateSchema) },
    async handler({ viewer }) {
      const users = await templateUsers(viewer.workspaceId);
      return (await listTemplates(viewer.workspaceId)).map((template) =>
        presentTemplate(template, {
          usedBy: users.get(template.key) ?? [],
          standard: standardTemplates().has(template.key),
        }),
      );
    },
  }),
  defineRoute({
    ...edit,
    method: "post",
    path: "/templates",
    summary: "Make a template; one that can not be filled in is refused with the places of its mistakes",
    body: templateInputSchema,
    maxBody: MAX_BYTES,
    responses: { 201: templateSchema },
    errors: ["conflict", "template_invalid"],
    handler: async ({ ctx, viewer, body }) => present(await createTemplate(ctx, viewer, body)),
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/templates/variables",
    summary: "The variables and filters of templates, with examples in a language",
    query: z.object({ locale: localeSchema.default("en") }),
    responses: { 200: templateCatalogSchema },
    handler: async ({ ctx, viewer, query: { locale } }) => ({
      variables: listVariables(ctx.clock.now(), await workspaceName(viewer.workspaceId), { locale, timeZone: "UTC" }),
      filters: Object.entries(FILTERS).map(([name, example]) => ({ name, example })),
    }),
  }),
  defineRoute({
    ...read,
    method: "post",
    path: "/templates/preview",
    summary: "A template as a buyer would read it, stored or not, with a real order or a made-up one; writes nothing",
    body: previewTemplateSchema,
    maxBody: MAX_BYTES,
    responses: { 200: templatePreviewSchema },
    errors: ["not_found"],
    async handler({ ctx, viewer, body }) {
      await ctx.limits.consume("template-preview", viewer.apiKeyId ?? viewer.userId, PREVIEW_LIMIT);
      return previewTemplate(ctx, viewer.workspaceId, body);
    },
  }),
  defineRoute({
    ...edit,
    method: "post",
    path: "/templates/translate",
    summary: "A template's words in another language, as a draft of the model; writes nothing",
    body: translateTemplateSchema,
    maxBody: MAX_BYTES,
    responses: { 200: writtenSchema },
    errors: ["model_required", "budget_spent", "model_failed"],
    handler({ ctx, viewer, body, res }) {
      const gone = new AbortController();
      res.once("close", () => gone.abort());
      return translateTemplate(ctx, { viewer, ...body, signal: gone.signal });
    },
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/templates/:id",
    summary: "One template",
    params,
    responses: { 200: templateSchema },
    async handler({ viewer, params: { id }, res }) {
      const template = await present(await findTemplate(viewer.workspaceId, id));
      sendVersion(res, template.version);
      return template;
    },
  }),
  defineRoute({
    ...edit,
    method: "patch",
    path: "/templates/:id",
    summary: "Change a template; `texts` replaces all of them",
    params,
    body: updateTemplateSchema,
    maxBody: MAX_BYTES,
    responses: { 200: templateSchema },
    errors: ["version_mismatch", "template_invalid"],
    async handler({ ctx, viewer, params: { id }, body, req, res }) {
      const change = { id, change: body, version: wantedVersion(req) };
      const template = await present(await updateTemplate(ctx, viewer, change));
      sendVersion(res, template.version);
      return template;
    },
  }),
  defineRoute({
    ...edit,
    method: "delete",
    path: "/templates/:id",
    summary: "Delete a template that no rule sends",
    params,
    responses: { 204: "empty" },
    errors: ["conflict"],
    handler: ({ ctx, viewer, params: { id } }) => deleteTemplate(ctx, viewer, { id }),
  }),
  defineRoute({
    ...edit,
    method: "post",
    path: "/templates/:id/reset",
    summary: "Bring back the texts that Parley comes with",
    params,
    responses: { 200: templateSchema },
    errors: ["version_mismatch"],
    async handler({ ctx, viewer, params: { id }, req, res }) {
      const { key } = await findTemplate(viewer.workspaceId, id);
      const standard = standardTemplates().get(key);
      if (!standard) throw notFound("template");
      const { texts, fallback } = standard;
      const change = { id, change: { texts, fallback }, version: wantedVersion(req) };
      const template = await present(await updateTemplate(ctx, viewer, change));
      sendVersion(res, template.version);
      return template;
    },
  }),
];
