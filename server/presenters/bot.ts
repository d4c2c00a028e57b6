import type { z } from "zod";
import type { BotRules, BotUsage, botRulesViewSchema } from "../../contract/bot.ts";
import type { ProductDocument } from "../../contract/document.ts";
import type { Suggestion } from "../../contract/faq.ts";
import type { Context } from "../context.ts";
import type { BotUsageRecord } from "../models/bot-rules.ts";
import type { DocumentRecord } from "../models/document.ts";
import type { SuggestionRecord } from "../models/suggestion.ts";
import { presentAttachment } from "./attachments.ts";

export function presentBotRules(
  ctx: Context,
  { rules, version }: { rules: BotRules; version: number },
): z.infer<typeof botRulesViewSchema> {
  const { apiKey, baseUrl, embeddingModel } = ctx.config.openai;
  const model = Boolean(apiKey || baseUrl);
  return { ...rules, version, model, embeddings: model && Boolean(embeddingModel) };
}

/** `left`: tokens of today; infinite without a limit. */
export function presentUsage(
  { rules: { budget }, left, today }: { rules: BotRules; left: number; today: string },
  days: readonly BotUsageRecord[],
): BotUsage {
  const dayOf = ({ day, tokens, calls }: Pick<BotUsageRecord, "day" | "tokens" | "calls">) => ({
    day,
    tokens,
    calls,
    money: budget.pricePerMillion === null ? null : (tokens / 1_000_000) * budget.pricePerMillion,
  });
  return {
    today: dayOf(days.find(({ day }) => day === today) ?? { day: today, tokens: 0, calls: 0 }),
    left: Number.isFinite(left) ? left : null,
    currency: budget.currency,
    days: days.map(dayOf),
  };
}

export function presentDocument(ctx: Context, document: DocumentRecord): ProductDocument {
  return {
    id: document._id.toHexString(),
    version: document.version ?? 0,
    title: document.title,
    kind: document.kind,
    products: document.products,
    files: Object.fromEntries(
      Object.entries(document.files).map(([locale, file]) => [locale, presentAttachment(ctx, file)]),
    ),
    enabled: document.enabled,
    createdAt: document.createdAt.toISOString(),
    updatedAt: document.updatedAt.toISOString(),
  };
}

export function presentSuggestion(suggestion: SuggestionRecord): Suggestion {
  return {
    id: suggestion._id.toHexString(),
    version: suggestion.version ?? 0,
    questions: suggestion.questions,
    answers: suggestion.answers,
    count: suggestion.count,
    conversations: suggestion.conversationIds.map((id) => id.toHexString()),
    lastAskedAt: suggestion.lastAskedAt.toISOString(),
    createdAt: suggestion.createdAt.toISOString(),
  };
}
