import { z } from "zod";
import { attachmentSchema } from "./attachment.ts";
import { idSchema, instantSchema, localeSchema } from "./common.ts";

export const DOCUMENT_KINDS = ["manual", "install_guide", "size_chart", "warranty", "other"] as const;
export const documentKindSchema = z.enum(DOCUMENT_KINDS);
export type DocumentKind = z.infer<typeof documentKindSchema>;

const textSchema = z.string().trim().min(1).max(200);

/** A document of a product, such as its manual: one file for each language. */
export const documentInputSchema = z
  .object({
    title: textSchema,
    kind: documentKindSchema,
    /** What buyers call the product, its models too; the bot knows the document by them. */
    products: z.array(textSchema).max(50).default([]),
    /** Uploaded files (`POST /attachments`) by language. */
    files: z.partialRecord(localeSchema, idSchema),
    enabled: z.boolean().optional(),
  })
  .strict();
export type DocumentInput = z.output<typeof documentInputSchema>;

/** A file of null takes that language away. */
export const documentPatchSchema = z
  .object({
    title: textSchema,
    kind: documentKindSchema,
    products: z.array(textSchema).max(50),
    files: z.partialRecord(localeSchema, idSchema.nullable()),
    enabled: z.boolean(),
  })
  .partial()
  .strict();
export type DocumentPatch = z.output<typeof documentPatchSchema>;

export const productDocumentSchema = z.object({
  id: idSchema,
  /** Counts changes: send it as `If-Match: "version"` to change only what you saw. */
  version: z.number().int(),
  title: z.string(),
  kind: documentKindSchema,
  products: z.array(z.string()),
  files: z.partialRecord(localeSchema, attachmentSchema),
  enabled: z.boolean(),
  createdAt: instantSchema,
  updatedAt: instantSchema,
});
export type ProductDocument = z.infer<typeof productDocumentSchema>;
