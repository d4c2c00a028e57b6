import { z } from "zod";
import { idSchema, localeSchema, pageQuerySchema, pageSchema } from "../../../../contract/common.ts";
import {
  faqDraftSchema,
  faqImportResultSchema,
  faqImportSchema,
  faqInputSchema,
  faqPatchSchema,
  faqPreviewResultSchema,
  faqPreviewSchema,
  faqSchema,
  faqTranslateSchema,
} from "../../../../contract/faq.ts";
import { approveFaqDraft, discardFaqDraft, translateFaq } from "../../../actions/faq-translations.ts";
import { createFaq, deleteFaq, importFaqs, updateFaq } from "../../../actions/faqs.ts";
import { previewFaqImport } from "../../../actions/preview-faq-import.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentFaq } from "../../../presenters/settings.ts";
import { findFaq, listFaqs } from "../../../queries/faqs.ts";
import { defineRoute } from "../../route.ts";
import { sendVersion, wantedVersion } from "../../version.ts";

const read = { auth: "user", roles: PERMISSIONS["faqs.read"] } as const;
const edit = { auth: "user", roles: PERMISSIONS["faqs.edit"] } as const;
const params = z.object({ id: idSchema });
const draftParams = params.extend({ locale: localeSchema });
const IMPORT_MAX_BYTES = 32 * 1024 * 1024;

export const faqRoutes = [
  defineRoute({
    ...read,
    method: "get",
    path: "/faqs",
    summary: "The FAQ's entries",
    query: pageQuerySchema.extend({ q: z.string().max(200).optional() }),
    responses: { 200: pageSchema(faqSchema) },
    errors: ["invalid_cursor"],
    async handler({ viewer, query }) {
      const { items, nextCursor } = await listFaqs(viewer.workspaceId, query);
      return { items: items.map(presentFaq), nextCursor };
    },
  }),
  defineRoute({
    ...edit,
    method: "post",
    path: "/faqs",
    summary: "Add an entry; the bot knows it at once",
    body: faqInputSchema,
    responses: { 201: faqSchema },
    errors: ["conflict"],
    handler: async ({ ctx, viewer, body }) =>
      presentFaq(await createFaq(ctx, { workspaceId: viewer.workspaceId, input: body })),
  }),
  defineRoute({
    ...edit,
    method: "post",
    path: "/faqs/import",
    summary: "Take in many entries; known externalIds are replaced, the same file twice changes nothing",
    body: faqImportSchema,
    maxBody: IMPORT_MAX_BYTES,
    responses: { 200: faqImportResultSchema },
    async handler({ ctx, viewer, body }) {
      const result = await importFaqs(ctx, { workspaceId: viewer.workspaceId, entries: body });
      return result;
    },
  }),
  defineRoute({
    ...edit,
    method: "post",
    path: "/faqs/import/preview",
    summary: "What importing a CSV or Markdown file or a help-centre page would do; writes nothing",
    body: faqPreviewSchema,
    maxBody: IMPORT_MAX_BYTES,
    responses: { 200: faqPreviewResultSchema },
    errors: ["import_unreadable", "page_unreadable"],
    handler: ({ ctx, viewer, body }) => previewFaqImport(ctx, { viewer, input: body }),
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/faqs/:id",
    summary: "One entry",
    params,
    responses: { 200: faqSchema },
    async handler({ viewer, params: { id }, res }) {
      const faq = presentFaq(await findFaq(viewer.workspaceId, id));
      sendVersion(res, faq.version);
      return faq;
    },
  }),
  defineRoute({
    ...edit,
    method: "patch",
    path: "/faqs/:id",
    summary: "Change an entry; what is not given stays",
    params,
    body: faqPatchSchema,
    responses: { 200: faqSchema },
    errors: ["conflict", "version_mismatch"],
    async handler({ ctx, viewer, params: { id }, body, req, res }) {
      const change = { workspaceId: viewer.workspaceId, id, change: body, version: wantedVersion(req) };
      const faq = presentFaq(await updateFaq(ctx, change));
      sendVersion(res, faq.version);
      return faq;
    },
  }),
  defineRoute({
    ...edit,
    method: "delete",
    path: "/faqs/:id",
    summary: "Delete an entry",
    params,
    responses: { 204: "empty" },
    handler: async ({ ctx, viewer, params: { id } }) => deleteFaq(ctx, { workspaceId: viewer.workspaceId, id }),
  }),
  defineRoute({
    ...edit,
    method: "post",
    path: "/faqs/:id/translate",
    summary: "Translate an entry by machine, as drafts that a person approves",
    params,
    body: faqTranslateSchema,
    responses: { 200: faqSchema },
    errors: ["model_required", "budget_spent", "model_failed"],
    async handler({ ctx, viewer, params: { id }, body, res }) {
      const gone = new AbortController();
      res.once("close", () => gone.abort());
      return presentFaq(await translateFaq(ctx, { viewer, id, ...body, signal: gone.signal }));
    },
  }),
  defineRoute({
    ...edit,
    method: "post",
    path: "/faqs/:id/drafts/:locale/approve",
    summary: "Make a translated draft part of the entry, as it is or edited",
    params: draftParams,
    body: faqDraftSchema,
    responses: { 200: faqSchema },
    errors: ["draft_gone", "version_mismatch"],
    handler: async ({ ctx, viewer, params: { id, locale }, body, req }) =>
      presentFaq(await approveFaqDraft(ctx, { viewer, id, locale, edit: body, version: wantedVersion(req) })),
  }),
  defineRoute({
    ...edit,
    method: "delete",
    path: "/faqs/:id/drafts/:locale",
    summary: "Discard a translated draft",
    params: draftParams,
    responses: { 200: faqSchema },
    handler: async ({ ctx, viewer, params: { id, locale } }) =>
      presentFaq(await discardFaqDraft(ctx, { viewer, id, locale })),
  }),
];
