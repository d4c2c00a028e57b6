import { z } from "zod";
import { idSchema, pageQuerySchema, pageSchema } from "../../../../contract/common.ts";
import {
  faqImportResultSchema,
  faqImportSchema,
  faqInputSchema,
  faqPatchSchema,
  faqSchema,
} from "../../../../contract/faq.ts";
import { createFaq, deleteFaq, importFaqs, updateFaq } from "../../../actions/faqs.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentFaq } from "../../../presenters/settings.ts";
import { findFaq, listFaqs } from "../../../queries/faqs.ts";
import { defineRoute } from "../../route.ts";
import { sendVersion, wantedVersion } from "../../version.ts";

const read = { auth: "user", roles: PERMISSIONS["faqs.read"] } as const;
const edit = { auth: "user", roles: PERMISSIONS["faqs.edit"] } as const;
const params = z.object({ id: idSchema });
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
];
