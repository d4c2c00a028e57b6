import { z } from "zod";
import { idSchema, localeSchema } from "./common.ts";

export const HANDOFF_REASONS = [
  "customer_request",
  "missing_knowledge",
  "unsupported_request",
  "policy_restriction",
  "tool_failure",
  "low_confidence",
  "sentiment",
  "repeated",
  "usage_limit",
] as const;
export const handoffReasonSchema = z.enum(HANDOFF_REASONS);
export type HandoffReason = z.infer<typeof handoffReasonSchema>;

export const botModeSchema = z.enum(["auto", "draft", "off"]);
export type BotMode = z.infer<typeof botModeSchema>;

export const decisionKindSchema = z.enum(["answer", "clarify", "offer", "hand_off", "silent"]);
export type DecisionKind = z.infer<typeof decisionKindSchema>;

export const decisionSourceSchema = z.object({
  faqId: z.string(),
  externalId: z.string().optional(),
  /** 0 to 1: how well the entry fits the question. */
  score: z.number(),
  /** The entry's first question in the reader's language, for people. */
  title: z.string().optional(),
});
export type DecisionSource = z.infer<typeof decisionSourceSchema>;

/** What the bot would do with a message: also the answer of `POST /api/v1/bot/preview`. */
export const botDecisionSchema = z.object({
  language: localeSchema,
  decision: decisionKindSchema,
  reason: handoffReasonSchema.optional(),
  /** 0 to 1, calibrated: the share of such answers that are right. */
  confidence: z.number().min(0).max(1),
  /** Best first; the runners-up follow the chosen one. */
  sources: z.array(decisionSourceSchema),
  text: z.string().optional(),
});
export type BotDecision = z.infer<typeof botDecisionSchema>;

/** What of a decision is kept beside the message it led to. */
export const decisionSummarySchema = z.object({
  decision: decisionKindSchema,
  reason: handoffReasonSchema.optional(),
  confidence: z.number(),
  sources: z.array(decisionSourceSchema),
  model: z.string().optional(),
  tokens: z.number().int().optional(),
  /** Milliseconds. */
  latency: z.number(),
});
export type DecisionSummary = z.infer<typeof decisionSummarySchema>;

/** Of a new inbox: measured on labelled questions, most answers above it are right and few below it would be. */
export const DEFAULT_THRESHOLD = 0.35;

export const botSettingsSchema = z.object({
  mode: botModeSchema,
  /** Below this confidence the bot hands off. */
  threshold: z.number().min(0).max(1),
});
export type BotSettings = z.infer<typeof botSettingsSchema>;

export const botPreviewSchema = z
  .object({
    text: z.string().min(1).max(10_000),
    locale: z.string().max(35).optional(),
    inboxKey: z.string().max(64).optional(),
  })
  .strict();

/** An answer waiting for an agent (draft mode). */
export const draftSchema = z.object({
  id: idSchema,
  text: z.string(),
  locale: z.string().optional(),
  bot: decisionSummarySchema,
  /** The buyer's message it answers. */
  seq: z.number().int(),
  createdAt: z.iso.datetime(),
});
export type Draft = z.infer<typeof draftSchema>;
