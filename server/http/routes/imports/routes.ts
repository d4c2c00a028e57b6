import { z } from "zod";
import { idSchema, pageQuerySchema, pageSchema } from "../../../../contract/common.ts";
import {
  createImportSchema,
  IMPORT_MAX_BYTES,
  importFormatSchema,
  importRowSchema,
  importRowsQuerySchema,
  importSchema,
  startImportSchema,
} from "../../../../contract/import.ts";
import { createImport, startImport, stopImport } from "../../../actions/imports.ts";
import { decodeText } from "../../../order-files/read.ts";
import { PERMISSIONS } from "../../../policies/roles.ts";
import { presentImport, presentImportRow } from "../../../presenters/imports.ts";
import { findImport, listImportRows, listImports } from "../../../queries/imports.ts";
import { defineRoute, RAW_BODY } from "../../route.ts";
import { formatOf, readFile } from "./upload.ts";

const manage = { auth: "user", roles: PERMISSIONS["orders.import"] } as const;
const params = z.object({ id: idSchema });

export const importRoutes = [
  defineRoute({
    ...manage,
    method: "post",
    path: "/imports",
    summary: "Read in a file of orders: CSV with a line of headings, or a JSON list; at most 100,000 rows",
    body: createImportSchema,
    // Signs that JSON escapes take more room than in the file.
    maxBody: 2 * IMPORT_MAX_BYTES,
    responses: { 201: importSchema },
    handler: async ({ ctx, viewer, body }) => presentImport(await createImport(ctx, viewer, body)),
  }),
  defineRoute({
    ...manage,
    method: "post",
    path: "/imports/upload",
    summary: "The same with the file itself as the body, or in a multipart form; in whatever encoding it was saved",
    query: z.object({
      name: z.string().max(255).optional(),
      format: importFormatSchema.optional(),
      start: z.enum(["true", "false"]).optional(),
    }),
    body: RAW_BODY,
    maxBody: IMPORT_MAX_BYTES,
    responses: { 201: importSchema },
    errors: ["payload_too_large", "unsupported_media_type"],
    async handler({ ctx, viewer, query, req, res, locale }) {
      const file = await readFile(req, res);
      const record = await createImport(ctx, viewer, {
        content: decodeText(file.bytes, locale),
        format: query.format ?? formatOf(file),
        name: query.name ?? file.name?.slice(0, 255),
        start: query.start === "true",
      });
      return presentImport(record);
    },
  }),
  defineRoute({
    ...manage,
    method: "get",
    path: "/imports",
    summary: "Imports with their progress, newest first",
    query: pageQuerySchema,
    responses: { 200: pageSchema(importSchema) },
    errors: ["invalid_cursor"],
    async handler({ viewer, query }) {
      const { items, nextCursor } = await listImports(viewer.workspaceId, query);
      return { items: items.map(presentImport), nextCursor };
    },
  }),
  defineRoute({
    ...manage,
    method: "get",
    path: "/imports/:id",
    summary: "An import with its columns, mapping and progress",
    params,
    responses: { 200: importSchema },
    handler: async ({ viewer, params: { id } }) => presentImport(await findImport(viewer.workspaceId, id)),
  }),
  defineRoute({
    ...manage,
    method: "post",
    path: "/imports/:id/start",
    summary: "Start an import, with another mapping where the guess was wrong; or go on with a stopped one",
    params,
    body: startImportSchema,
    responses: { 202: importSchema },
    errors: ["conflict"],
    handler: async ({ ctx, viewer, params: { id }, body }) =>
      presentImport(await startImport(ctx, viewer, { id, ...body })),
  }),
  defineRoute({
    ...manage,
    method: "post",
    path: "/imports/:id/stop",
    summary: "Stop an import; what was taken in stays",
    params,
    responses: { 200: importSchema },
    handler: async ({ ctx, viewer, params }) => presentImport(await stopImport(ctx, viewer, params)),
  }),
  defineRoute({
    ...manage,
    method: "get",
    path: "/imports/:id/rows",
    summary: "What became of each row, in the order of the file",
    params,
    query: importRowsQuerySchema,
    responses: { 200: pageSchema(importRowSchema) },
    errors: ["invalid_cursor"],
    async handler({ ctx, viewer, params: { id }, query, locale }) {
      const record = await findImport(viewer.workspaceId, id);
      const { items, nextCursor } = await listImportRows(record._id, query);
      return { items: items.map((row) => presentImportRow(row, ctx.translate, locale)), nextCursor };
    },
  }),
];
