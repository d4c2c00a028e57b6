import { z } from "zod";
import { idSchema, localeSchema, localizedTextSchema, webUrlSchema } from "./common.ts";

const questionsSchema = z.partialRecord(localeSchema, z.array(z.string().min(1).max(1_000)).max(100));

/** One entry of the seller's FAQ: ways to ask it and the answer, by language. */
export const faqInputSchema = z
  .object({
    externalId: z.string().min(1).max(200).optional(),
    questions: questionsSchema,
    answers: localizedTextSchema,
    enabled: z.boolean().optional(),
    /** The answer goes with the state of the buyer's order, once it is known to be theirs. */
    orderStatus: z.boolean().optional(),
    /** Documents that are sent with the answer, each in the buyer's language. */
    documents: z.array(idSchema).max(5).optional(),
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
  orderStatus: z.boolean().optional(),
  documents: z.array(idSchema).optional(),
  /** Machine translations that wait for a person's approval, by language. */
  drafts: z
    .partialRecord(
      localeSchema,
      z.object({
        questions: z.array(z.string()),
        answer: z.string(),
        model: z.string().optional(),
        createdAt: z.iso.datetime(),
      }),
    )
    .optional(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type Faq = z.infer<typeof faqSchema>;

export const faqImportResultSchema = z.object({
  created: z.number().int(),
  updated: z.number().int(),
  unchanged: z.number().int(),
});

/** Where entries come from: a file's text, or a help-centre page's address. */
export const faqPreviewSchema = z.discriminatedUnion("format", [
  z
    .object({
      format: z.enum(["csv", "markdown"]),
      content: z.string().min(1).max(5_000_000),
      /** The language of what names none; the workspace's when absent. */
      locale: localeSchema.optional(),
    })
    .strict(),
  z.object({ format: z.literal("url"), url: webUrlSchema, locale: localeSchema.optional() }).strict(),
]);
export type FaqPreviewInput = z.infer<typeof faqPreviewSchema>;

/** What an import would do, entry by entry; `entries` can be sent to `POST /faqs/import` as they are. */
export const faqPreviewResultSchema = z.object({
  entries: z.array(faqInputSchema),
  /** In the order of `entries`. */
  effects: z.array(z.enum(["create", "update", "unchanged"])),
  /** What was left out. `line` counts from 1. */
  problems: z.array(
    z.object({
      line: z.number().int().optional(),
      code: z.enum(["no_question", "no_answer", "unknown_locale", "too_long", "too_many"]),
      text: z.string().optional(),
    }),
  ),
});
export type FaqPreviewResult = z.infer<typeof faqPreviewResultSchema>;

export const faqTranslateSchema = z
  .object({
    to: z.array(localeSchema).min(1).max(18),
    /** The language to translate from; the workspace's, or the first that has an answer. */
    from: localeSchema.optional(),
  })
  .strict();

/** Approves a draft, as it is or edited. */
export const faqDraftSchema = z
  .object({
    questions: z.array(z.string().min(1).max(1_000)).max(100),
    answer: z.string().min(1).max(10_000),
  })
  .partial()
  .strict();

/** Questions that buyers asked, no entry answered and agents did. */
export const suggestionSchema = z.object({
  id: idSchema,
  /** Counts changes. */
  version: z.number().int(),
  questions: questionsSchema,
  /** An agent's own reply, the one most like the others. */
  answers: localizedTextSchema,
  /** How often it was asked. */
  count: z.number().int(),
  conversations: z.array(idSchema),
  lastAskedAt: z.iso.datetime(),
  createdAt: z.iso.datetime(),
});
export type Suggestion = z.infer<typeof suggestionSchema>;

/** Makes an entry of a suggestion, as it is or edited. */
export const acceptSuggestionSchema = z
  .object({ questions: questionsSchema, answers: localizedTextSchema })
  .partial()
  .strict();
