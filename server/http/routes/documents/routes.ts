import { z } from "zod";
import { idSchema, pageQuerySchema, pageSchema } from "../../../../contract/common.ts";
import { documentInputSchema, documentPatchSchema, productDocumentSchema } from "../../../../contract/document.ts";
import { createDocument, deleteDocument, updateDocument } from "../../../actions/documents.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentDocument } from "../../../presenters/bot.ts";
import { findDocument, listDocuments } from "../../../queries/documents.ts";
import { defineRoute } from "../../route.ts";
import { sendVersion, wantedVersion } from "../../version.ts";

const read = { auth: "user", roles: PERMISSIONS["documents.read"] } as const;
const edit = { auth: "user", roles: PERMISSIONS["documents.edit"] } as const;
const params = z.object({ id: idSchema });

export const documentRoutes = [
  defineRoute({
    ...read,
    method: "get",
    path: "/documents",
    summary: "Documents of products: manuals, guides, size charts",
    query: pageQuerySchema,
    responses: { 200: pageSchema(productDocumentSchema) },
    errors: ["invalid_cursor"],
    async handler({ ctx, viewer, query }) {
      const { items, nextCursor } = await listDocuments(viewer.workspaceId, query);
      return { items: items.map((document) => presentDocument(ctx, document)), nextCursor };
    },
  }),
  defineRoute({
    ...edit,
    method: "post",
    path: "/documents",
    summary: "Add a document; the bot sends it to who asks for it",
    body: documentInputSchema,
    responses: { 201: productDocumentSchema },
    errors: ["unknown_attachment"],
    handler: async ({ ctx, viewer, body }) => presentDocument(ctx, await createDocument(ctx, { viewer, input: body })),
  }),
  defineRoute({
    ...read,
    method: "get",
    path: "/documents/:id",
    summary: "One document",
    params,
    responses: { 200: productDocumentSchema },
    async handler({ ctx, viewer, params: { id }, res }) {
      const document = presentDocument(ctx, await findDocument(viewer.workspaceId, id));
      sendVersion(res, document.version);
      return document;
    },
  }),
  defineRoute({
    ...edit,
    method: "patch",
    path: "/documents/:id",
    summary: "Change a document; what is not given stays, a file of null is taken away",
    params,
    body: documentPatchSchema,
    responses: { 200: productDocumentSchema },
    errors: ["unknown_attachment", "version_mismatch"],
    async handler({ ctx, viewer, params: { id }, body, req, res }) {
      const change = { viewer, id, change: body, version: wantedVersion(req) };
      const document = presentDocument(ctx, await updateDocument(ctx, change));
      sendVersion(res, document.version);
      return document;
    },
  }),
  defineRoute({
    ...edit,
    method: "delete",
    path: "/documents/:id",
    summary: "Delete a document",
    params,
    responses: { 204: "empty" },
    handler: async ({ ctx, viewer, params: { id } }) => deleteDocument(ctx, { viewer, id }),
  }),
];
