import { z } from "zod";
import { idSchema, instantSchema, pageQuerySchema } from "./common.ts";
import { personSchema } from "./conversation.ts";

/** What a column of an order file can tell. */
export const ORDER_IMPORT_FIELDS = [
  "orderId",
  "number",
  "status",
  "createdAt",
  "paidAt",
  "shippedAt",
  "deliveredAt",
  "cancelledAt",
  "promisedAt",
  "buyerId",
  "buyerName",
  "buyerEmail",
  "buyerPhone",
  "buyerCountry",
  "buyerLocale",
  "total",
  "currency",
  "shipping",
  "tax",
  "discount",
  "itemSku",
  "itemName",
  "itemQuantity",
  "itemPrice",
  /** Of a JSON file: a list of items. */
  "items",
  "carrier",
  "trackingNumber",
  "trackingUrl",
] as const;
export const orderImportFieldSchema = z.enum(ORDER_IMPORT_FIELDS);
export type OrderImportField = z.infer<typeof orderImportFieldSchema>;

/** Field → name of the file's column. */
export const importMappingSchema = z.partialRecord(orderImportFieldSchema, z.string().min(1).max(200));
export type ImportMapping = z.infer<typeof importMappingSchema>;

export const IMPORT_MAX_BYTES = 32 * 1024 * 1024;
export const IMPORT_MAX_ROWS = 100_000;

export const importFormatSchema = z.enum(["csv", "json"]);
export type ImportFormat = z.infer<typeof importFormatSchema>;

/** A file's text: CSV with a line of headings, or a JSON array of objects. */
export const createImportSchema = z
  .object({
    format: importFormatSchema,
    content: z.string().min(1).max(IMPORT_MAX_BYTES),
    name: z.string().max(255).optional(),
    /** What is guessed from the headings is replaced by this where it is given. */
    mapping: importMappingSchema.optional(),
    /** Begin at once, where what is needed is mapped; else look first and `POST …/start`. */
    start: z.boolean().optional(),
  })
  .strict();

export const startImportSchema = z.object({ mapping: importMappingSchema.optional() }).strict();

/** ready: read in, waits to be started; stopped: by a person, may be started again. */
export const importStateSchema = z.enum(["ready", "running", "stopped", "done"]);
export type ImportState = z.infer<typeof importStateSchema>;

export const importSchema = z.object({
  id: idSchema,
  kind: z.literal("orders"),
  name: z.string(),
  format: importFormatSchema,
  state: importStateSchema,
  /** The file's columns with values of the first rows. */
  columns: z.array(z.object({ name: z.string(), samples: z.array(z.string()) })),
  mapping: importMappingSchema,
  /** What must still be mapped before it can start: one of each inner list. */
  missing: z.array(z.array(orderImportFieldSchema)),
  /** Rows of the file. */
  total: z.number().int(),
  /** Rows that are done: ok + duplicate + error. */
  processed: z.number().int(),
  ok: z.number().int(),
  duplicate: z.number().int(),
  error: z.number().int(),
  by: personSchema,
  createdAt: instantSchema,
  startedAt: instantSchema.nullable(),
  finishedAt: instantSchema.nullable(),
});
export type Import = z.infer<typeof importSchema>;

export const importRowResultSchema = z.enum(["ok", "duplicate", "error"]);
export type ImportRowResult = z.infer<typeof importRowResultSchema>;

/** Why a row was not taken in; the text is under `imports.problems.<code>` in the locale files. */
export const IMPORT_PROBLEMS = [
  "missing",
  "not_a_number",
  "not_a_date",
  "not_an_email",
  "not_a_country",
  "not_a_currency",
  "unknown_status",
  "too_long",
  "malformed_row",
  "not_valid",
  /** The order is there, and belongs to somebody else. */
  "another_buyer",
] as const;
export type ImportProblemCode = (typeof IMPORT_PROBLEMS)[number];

/** One line of the report. */
export const importRowSchema = z.object({
  /** The row's place in the file, from 1, without the line of headings. */
  row: z.number().int(),
  result: importRowResultSchema,
  orderId: z.string().optional(),
  problems: z.array(
    z.object({
      code: z.enum(IMPORT_PROBLEMS),
      column: z.string().optional(),
      value: z.string().optional(),
      /** In the reader's language. */
      message: z.string(),
    }),
  ),
});
export type ImportRow = z.infer<typeof importRowSchema>;

export const importRowsQuerySchema = pageQuerySchema.extend({ result: importRowResultSchema.optional() });
