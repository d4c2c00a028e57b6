import { Types } from "mongoose";
import type { BotRules, BotRulesPatch } from "../../contract/bot.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { BotRulesModel, type BotRulesRecord, BotUsageModel } from "../models/bot-rules.ts";
import { versionFilter } from "../models/version.ts";
import { requirePermission } from "../policies/roles.ts";
import type { Viewer } from "../policies/viewer.ts";
import { DEFAULT_RULES, usageDay } from "../queries/bot-rules.ts";
import { duplicateKeyOf } from "./append-message.ts";

/**
 * Changes what is given and keeps the rest.
 * @param version the one its author saw: another is not changed
 * @throws AppError forbidden, version_mismatch
 */
export async function updateBotRules(
  ctx: Context,
  { viewer, change, version }: { viewer: Viewer; change: BotRulesPatch; version?: number | undefined },
): Promise<{ rules: BotRules; version: number }> {
  requirePermission(viewer, "bot.edit");
  const _id = new Types.ObjectId(viewer.workspaceId);
  const now = ctx.clock.now();
  try {
    await BotRulesModel.updateOne(
      { _id },
      { $setOnInsert: { rules: DEFAULT_RULES, version: 0, updatedAt: now } },
      { upsert: true },
    );
  } catch (error) {
    // Somebody else made it at the same moment.
    if (!duplicateKeyOf(error)) throw error;
  }
  const record = await BotRulesModel.findOneAndUpdate(
    { _id, ...versionFilter(version) },
    { $set: { ...changesOf(change), updatedAt: now }, $inc: { version: 1 } },
    { returnDocument: "after" },
  ).lean<BotRulesRecord>();
  if (!record) throw new AppError("version_mismatch");
  // The topics are part of what the bot knows: it reads everything again.
  if (change.handOff?.topics) ctx.bus.emit("faq.imported", { workspaceId: viewer.workspaceId });
  return { rules: record.rules, version: record.version ?? 0 };
}

function changesOf({ handOff, budget, ...rest }: BotRulesPatch): Record<string, unknown> {
  const set: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(rest)) set[`rules.${name}`] = value;
  for (const [name, value] of Object.entries(handOff ?? {})) set[`rules.handOff.${name}`] = value;
  for (const [name, value] of Object.entries(budget ?? {})) set[`rules.budget.${name}`] = value;
  return set;
}

/** Counts what a call of the model cost. */
export async function recordUsage(
  ctx: Pick<Context, "clock">,
  { workspaceId, tokens }: { workspaceId: string; tokens: number },
): Promise<void> {
  const filter = { workspaceId: new Types.ObjectId(workspaceId), day: usageDay(ctx.clock.now()) };
  const count = () => BotUsageModel.updateOne(filter, { $inc: { tokens, calls: 1 } }, { upsert: true });
  try {
    await count();
  } catch (error) {
    if (!duplicateKeyOf(error)) throw error;
    await count();
  }
}
