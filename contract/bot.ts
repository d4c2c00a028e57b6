import { z } from "zod";
import { idSchema, instantSchema, localeSchema } from "./common.ts";

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
  /** It tells of the buyer's order. */
  order: z.boolean().optional(),
  model: z.string().optional(),
  tokens: z.number().int().optional(),
  /** Milliseconds. */
  latency: z.number(),
});
export type DecisionSummary = z.infer<typeof decisionSummarySchema>;

/** Of a new inbox: measured on labelled questions, most answers above it are right and few below it would be. */
export const DEFAULT_THRESHOLD = 0.35;

export const toneSchema = z.string().trim().max(200);

/** Of one inbox. */
export const botSettingsSchema = z.object({
  mode: botModeSchema,
  /** Below this confidence the bot hands off: high is cautious, low is eager. */
  threshold: z.number().min(0).max(1),
  /** How replies of this inbox sound when a model writes them; the workspace's tone when absent or empty. */
  tone: toneSchema.optional(),
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
  /** Names of documents that go with it. */
  files: z.array(z.string()).optional(),
  /** The buyer's message it answers. */
  seq: z.number().int(),
  createdAt: z.iso.datetime(),
});
export type Draft = z.infer<typeof draftSchema>;

const wordsSchema = z.string().trim().min(1).max(100);

/** A subject that always goes to a person, told by examples as an FAQ entry is. */
export const handOffTopicSchema = z
  .object({
    name: z.string().trim().min(1).max(100),
    examples: z.partialRecord(localeSchema, z.array(z.string().min(1).max(1_000)).max(50)),
  })
  .strict();
export type HandOffTopic = z.infer<typeof handOffTopicSchema>;

/** What the seller lays down for the bot in all inboxes. */
export const botRulesSchema = z.object({
  /** How replies sound when a model writes them, such as "warm and brief". */
  tone: toneSchema,
  /** Words that no reply may contain, in any language: promises the shop does not make. */
  forbidden: z.array(wordsSchema).max(100),
  handOff: z.object({
    /** Words in a buyer's message that bring a person at once. */
    keywords: z.array(wordsSchema).max(200),
    topics: z.array(handOffTopicSchema).max(50),
  }),
  /** What the model may cost in a day (UTC); null is no limit. Above it the bot keeps to the FAQ. */
  budget: z.object({
    tokens: z.number().int().min(0).max(1_000_000_000).nullable(),
    /** In `currency`, counted with `pricePerMillion`. */
    money: z.number().min(0).max(1_000_000).nullable(),
    /** What the model's provider takes for a million tokens. */
    pricePerMillion: z.number().min(0).max(10_000).nullable(),
    /** ISO 4217. */
    currency: z.string().regex(/^[A-Z]{3}$/, "must be a currency such as USD"),
  }),
});
export type BotRules = z.infer<typeof botRulesSchema>;

export const botRulesPatchSchema = z
  .object({
    tone: botRulesSchema.shape.tone,
    forbidden: botRulesSchema.shape.forbidden,
    handOff: botRulesSchema.shape.handOff.partial().strict(),
    budget: botRulesSchema.shape.budget.partial().strict(),
  })
  .partial()
  .strict();
export type BotRulesPatch = z.infer<typeof botRulesPatchSchema>;

/** The rules with what the hub knows beside them. */
export const botRulesViewSchema = botRulesSchema.extend({
  /** A language model is set up: drafts, rewrites and translations work. */
  model: z.boolean(),
  /** Rankings are joined with embeddings. */
  embeddings: z.boolean(),
  /** Counts changes: send it as `If-Match: "version"` to change only what you saw. */
  version: z.number().int(),
});

export type BotRulesView = z.infer<typeof botRulesViewSchema>;

export const botUsageDaySchema = z.object({
  /** UTC, such as 2026-05-02. */
  day: z.iso.date(),
  tokens: z.number().int(),
  /** Calls of the model. */
  calls: z.number().int(),
  /** By the price set now; null without one. */
  money: z.number().nullable(),
});
export const botUsageSchema = z.object({
  today: botUsageDaySchema,
  /** Tokens left today; null without a limit. */
  left: z.number().int().nullable(),
  currency: z.string(),
  /** The last 30 days that had any, newest first. */
  days: z.array(botUsageDaySchema),
});
export type BotUsage = z.infer<typeof botUsageSchema>;

/** A short account of a conversation for the person who takes over. */
export const handoffSummarySchema = z.object({
  /** What the buyer wants, in their words. */
  wish: z.string(),
  /** What the bot did so far, oldest first; `title` names the FAQ entry. */
  tried: z.array(z.object({ decision: decisionKindSchema, title: z.string().optional() })),
  orderNumber: z.string().optional(),
  /** Files the buyer sent. */
  files: z.number().int().optional(),
  /** In whole sentences in the workspace's language, where a model wrote one. */
  text: z.string().optional(),
  model: z.string().optional(),
});
export type HandoffSummary = z.infer<typeof handoffSummarySchema>;

const replayEntrySchema = z
  .object({
    /** An entry that there is; absent adds one. */
    id: idSchema.optional(),
    questions: z.partialRecord(localeSchema, z.array(z.string().min(1).max(1_000)).max(100)).optional(),
    answers: z.partialRecord(localeSchema, z.string().max(10_000)).optional(),
    enabled: z.boolean().optional(),
    /** Leave it out. */
    remove: z.boolean().optional(),
  })
  .strict();

/** What would be different: entries and rules as they are not saved yet. */
export const replaySchema = z
  .object({
    inboxId: idSchema.optional(),
    faqs: z.array(replayEntrySchema).max(500).default([]),
    threshold: z.number().min(0).max(1).optional(),
    rules: botRulesPatchSchema.pick({ forbidden: true, handOff: true }).optional(),
    /** Past questions that are asked again, the latest first. */
    limit: z.number().int().min(1).max(500).default(200),
  })
  .strict();
export type ReplayInput = z.output<typeof replaySchema>;

const replayedSchema = z.object({
  decision: decisionKindSchema,
  reason: handoffReasonSchema.optional(),
  confidence: z.number(),
  /** The entry it answers with, by its first question. */
  title: z.string().optional(),
  text: z.string().optional(),
});
export const replayChangeSchema = z.object({
  conversationId: idSchema,
  seq: z.number().int(),
  at: instantSchema,
  question: z.string(),
  before: replayedSchema,
  after: replayedSchema,
});
export type ReplayChange = z.infer<typeof replayChangeSchema>;

/** Server-sent events of `POST /bot/replay`, each a JSON object in `data`. */
export const replayEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("progress"), done: z.number().int(), total: z.number().int() }),
  z.object({ type: z.literal("change"), change: replayChangeSchema }),
  z.object({
    type: z.literal("done"),
    total: z.number().int(),
    changed: z.number().int(),
    /** Questions answered by the bot, before and after. */
    answeredBefore: z.number().int(),
    answeredAfter: z.number().int(),
  }),
]);
export type ReplayEvent = z.infer<typeof replayEventSchema>;
