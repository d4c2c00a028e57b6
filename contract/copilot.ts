import { z } from "zod";
import { decisionSourceSchema } from "./bot.ts";
import { localeSchema } from "./common.ts";

export const COPILOT_KINDS = ["draft", "shorter", "friendlier", "translate"] as const;
export const copilotKindSchema = z.enum(COPILOT_KINDS);
export type CopilotKind = z.infer<typeof copilotKindSchema>;

/** The language to write in; the buyer's when absent. */
const inLocale = { locale: localeSchema.optional() };

/** `draft` writes a reply to the buyer's last messages; the others rewrite `text`. */
export const copilotSchema = z.discriminatedUnion("kind", [
  z
    .object({
      kind: z.literal("draft"),
      /** What the agent wants to say, in a few words. */
      text: z.string().max(10_000).optional(),
      ...inLocale,
    })
    .strict(),
  z.object({ kind: copilotKindSchema.exclude(["draft"]), text: z.string().min(1).max(10_000), ...inLocale }).strict(),
]);
export type CopilotInput = z.infer<typeof copilotSchema>;

/** What an agent should look at before sending: it stands in no source, or the seller forbids it. */
export const copilotWarningSchema = z.object({
  code: z.enum(["unfounded", "forbidden", "promise", "wrong_language", "too_long"]),
  /** The words in question. */
  text: z.string().optional(),
});
export type CopilotWarning = z.infer<typeof copilotWarningSchema>;

/** Server-sent events of `POST /conversations/:id/copilot`, each a JSON object in `data`. Closing the connection stops it. */
export const copilotEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("delta"), text: z.string() }),
  z.object({
    type: z.literal("done"),
    /** The whole text; replaces what the deltas gave. */
    text: z.string(),
    locale: localeSchema,
    sources: z.array(decisionSourceSchema),
    warnings: z.array(copilotWarningSchema),
    /** Absent when it is the FAQ's own answer. */
    model: z.string().optional(),
    tokens: z.number().int().optional(),
  }),
  z.object({ type: z.literal("error"), error: z.object({ code: z.string(), message: z.string() }) }),
]);
export type CopilotEvent = z.infer<typeof copilotEventSchema>;

/** Messages to read in a language. Those that are in it, or translated already, cost nothing. */
export const translateMessagesSchema = z
  .object({ to: localeSchema, seqs: z.array(z.number().int().positive()).min(1).max(50) })
  .strict();
