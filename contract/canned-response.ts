import { z } from "zod";
import { idSchema, instantSchema, localeSchema, messageTextSchema } from "./common.ts";

/** What agents type after a slash: letters of any script, digits, hyphen and underscore. */
const shortcutSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[\p{L}\p{M}\p{N}_-]{1,40}$/u, "must be 1 to 40 letters, digits, hyphens or underscores");

const textsSchema = z
  .partialRecord(localeSchema, messageTextSchema.min(1))
  .refine((texts) => Object.keys(texts).length > 0, "must have a text in at least one language");

/** A text that agents write often, by language. `{{buyer.name}}`, `{{agent.name}}` and `{{shop.name}}` are filled in. */
export const cannedResponseInputSchema = z.object({ shortcut: shortcutSchema, texts: textsSchema }).strict();
export type CannedResponseInput = z.output<typeof cannedResponseInputSchema>;

/** `texts` replaces all of them. */
export const cannedResponsePatchSchema = cannedResponseInputSchema.partial();
export type CannedResponsePatch = z.output<typeof cannedResponsePatchSchema>;

export const cannedResponseSchema = z.object({
  id: idSchema,
  /** Counts changes: send it as `If-Match: "version"` to change only what you saw. */
  version: z.number().int(),
  shortcut: z.string(),
  texts: z.partialRecord(localeSchema, z.string()),
  createdAt: instantSchema,
  updatedAt: instantSchema,
});
export type CannedResponse = z.infer<typeof cannedResponseSchema>;
