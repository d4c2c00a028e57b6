import { model, Schema, type Types } from "mongoose";
import type { BotRules } from "../../contract/bot.ts";
import type { Versioned } from "./version.ts";

/** What a seller lays down for the bot; a workspace without one has the defaults. */
export interface BotRulesRecord extends Versioned {
  /** The workspace's. */
  _id: Types.ObjectId;
  rules: BotRules;
  updatedAt: Date;
}

const schema = new Schema<BotRulesRecord>(
  { rules: { type: Schema.Types.Mixed, required: true } as never, version: Number, updatedAt: Date },
  { minimize: false, autoIndex: false },
);
export const BotRulesModel = model("botRules", schema, "bot_rules");

/** What a model cost a workspace in a day. */
export interface BotUsageRecord {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  /** UTC, such as 2026-05-02. */
  day: string;
  tokens: number;
  calls: number;
}

const usageSchema = new Schema<BotUsageRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    day: { type: String, required: true },
    tokens: { type: Number, default: 0 },
    calls: { type: Number, default: 0 },
  },
  { autoIndex: false },
);
usageSchema.index({ workspaceId: 1, day: -1 }, { unique: true });
export const BotUsageModel = model("botUsage", usageSchema, "bot_usage");
