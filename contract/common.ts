import { z } from "zod";
import { LOCALES } from "./locales.ts";

export const idSchema = z.string().regex(/^[0-9a-f]{24}$/, "must be a 24-digit hexadecimal id");
export const localeSchema = z.enum(LOCALES);
/** ISO 8601 in UTC, as `Date.toISOString` prints. */
export const instantSchema = z.iso.datetime();

/** Without control characters or line ends of any kind: a signed text that is joined with others must be one piece. */
export const ONE_LINE = /^[^\p{Cc}\u2028\u2029]*$/u;
const ONE_LINE_MESSAGE = "must be one line without control characters";
/** Text of one line, such as a customer number or a name. */
export const oneLineSchema = z.string().regex(ONE_LINE, ONE_LINE_MESSAGE);

/** A text a client chooses to make a retry return the first result. */
export const echoIdSchema = z.string().min(1).max(100);

/** Characters, counted as JavaScript does (UTF-16 code units). */
export const MESSAGE_MAX_LENGTH = 10_000;

/**
 * Text exactly as written, but for lone surrogates, which have no UTF-8 form, and NUL, which no client shows.
 */
export const messageTextSchema = z
  .string()
  .max(MESSAGE_MAX_LENGTH, { error: "message_too_long" })
  .refine((text) => text.isWellFormed() && !text.includes("\u0000"), { error: "invalid_encoding" });

/** An address that people are led to by a click: of the web, so that none runs a program or names a file. */
export const webUrlSchema = z.url({ protocol: /^https?$/, hostname: /.+/ }).max(2_000);

/** A link as it was stored, if it is one of the web: what is older than that rule may hold others. */
export function webUrlOf(url: string | undefined): string | undefined {
  return url !== undefined && webUrlSchema.safeParse(url).success ? url : undefined;
}

export const localizedTextSchema = z.partialRecord(localeSchema, z.string().max(10_000));

export const pageQuerySchema = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

/** A page of a list; `nextCursor` is null on the last one. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/**
 * `fields=number,state` of a list whose items are heavy: names what each is answered with; its id always is. All of it
 * when absent.
 */
export function fieldsSchema(item: z.ZodObject) {
  const names = Object.keys(item.shape);
  const one = `(?:${names.join("|")})`;
  return z
    .string()
    .max(1_000)
    .regex(new RegExp(`^${one}(?:,${one})*$`), `must be some of ${names.join(", ")}, separated by commas`)
    .transform((text): ReadonlySet<string> => new Set(text.split(",")))
    .optional()
    .meta({ description: "Fields to answer with, separated by commas. All when absent." });
}

/** An object in part: the fields that are wanted and its id. */
export function withFields<T extends { id: string }>(item: T, fields: ReadonlySet<string> | undefined): SparseOf<T> {
  if (!fields) return item;
  return Object.fromEntries(
    Object.entries(item).filter(([name]) => name === "id" || fields.has(name)),
  ) as unknown as SparseOf<T>;
}
export type SparseOf<T extends { id: string }> = Pick<T, "id"> & Partial<T>;
