import { z } from "zod";
import { idSchema, localeSchema, localizedTextSchema } from "./common.ts";

const questionsSchema = z.partialRecord(localeSchema, z.array(z.string().min(1).max(1_000)).max(100));

/** One entry of the seller's FAQ: ways to ask it and the answer, by language. */
export const faqInputSchema = z
  .object({
    externalId: z.string().min(1).max(200).optional(),
    questions: questionsSchema,
    answers: localizedTextSchema,
    enabled: z.boolean().optional(),
  })
  .strict();
export type FaqInput = z.infer<typeof faqInputSchema>;

export const faqPatchSchema = faqInputSchema.partial();
export const faqImportSchema = z.array(faqInputSchema).max(10_000);

export const faqSchema = z.object({
  id: idSchema,
  /** Counts changes: send it as `If-Match: "version"` to change only what you saw. */
  version: z.number().int(),
  externalId: z.string().optional(),
  questions: questionsSchema,
  answers: localizedTextSchema,
  enabled: z.boolean(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type Faq = z.infer<typeof faqSchema>;

export const faqImportResultSchema = z.object({
  created: z.number().int(),
  updated: z.number().int(),
  unchanged: z.number().int(),
});
