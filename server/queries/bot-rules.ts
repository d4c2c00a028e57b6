import type { Types } from "mongoose";
import type { BotRules } from "../../contract/bot.ts";
import { BotRulesModel, type BotRulesRecord, BotUsageModel, type BotUsageRecord } from "../models/bot-rules.ts";

type Id = string | Types.ObjectId;

/** Of a workspace that laid nothing down. */
export const DEFAULT_RULES: BotRules = {
  tone: "",
  forbidden: [],
  handOff: { keywords: [], topics: [] },
  budget: { tokens: null, money: null, pricePerMillion: null, currency: "USD" },
};

/** What the seller laid down for the bot. */
export async function botRules(workspaceId: Id): Promise<{ rules: BotRules; version: number }> {
  const record = await BotRulesModel.findById(workspaceId).lean<BotRulesRecord>();
  return { rules: record?.rules ?? DEFAULT_RULES, version: record?.version ?? 0 };
}

/** A day as usage is counted by: UTC. */
export function usageDay(now: Date): string {
  return now.toISOString().slice(0, 10);
}

/** Tokens that a day allows; infinite without a limit. Money counts by the price set. */
export function dailyTokens({ tokens, money, pricePerMillion }: BotRules["budget"]): number {
  const byMoney = money !== null && pricePerMillion ? Math.floor((money / pricePerMillion) * 1_000_000) : null;
  return Math.min(tokens ?? Number.POSITIVE_INFINITY, byMoney ?? Number.POSITIVE_INFINITY);
}

/** Tokens left of a day's budget. */
export async function tokensLeft(workspaceId: Id, now: Date): Promise<number> {
  const { rules } = await botRules(workspaceId);
  const limit = dailyTokens(rules.budget);
  if (limit === Number.POSITIVE_INFINITY) return limit;
  const used = await BotUsageModel.findOne({ workspaceId, day: usageDay(now) }).lean<BotUsageRecord>();
  return Math.max(0, limit - (used?.tokens ?? 0));
}

/** What the last days that had any cost, newest first. */
export async function usageOf(workspaceId: Id, days: number): Promise<BotUsageRecord[]> {
  return BotUsageModel.find({ workspaceId }).sort({ day: -1 }).limit(days).lean<BotUsageRecord[]>();
}
