import { model, Schema, type Types } from "mongoose";
import { type BotSettings, DEFAULT_THRESHOLD } from "../../contract/bot.ts";
import type { Localized } from "../../contract/locales.ts";
import type { ChannelName } from "../../contract/message.ts";
import type { Versioned } from "./version.ts";

export interface InboxRecord extends Versioned {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  /** Public name in URLs and the widget's script tag; unique in the hub. */
  key: string;
  channel: ChannelName;
  name: string;
  enabled: boolean;
  address?: string;
  /** The platform whose ids its buyers and orders have; the shop's own without one. */
  source?: string;
  greeting: Localized;
  bot: BotSettings;
  accent: string;
  allowedOrigins: string[];
  /** How long a reply from the console can be taken back; absent: as `undoSecondsOf` has it. */
  undoSeconds?: number;
  /** Signs shoppers' identities; encrypted with SECRET_KEY. */
  identitySecret: string;
  /** The channel's own settings, validated by its schema; secrets in it are encrypted. */
  settings: Record<string, unknown>;
  createdAt: Date;
}

const schema = new Schema<InboxRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    key: { type: String, required: true },
    channel: { type: String, required: true },
    name: { type: String, required: true },
    enabled: { type: Boolean, default: true },
    address: String,
    source: String,
    greeting: { type: Schema.Types.Mixed, default: {} },
    bot: {
      mode: { type: String, default: "auto" },
      threshold: { type: Number, default: DEFAULT_THRESHOLD },
      tone: String,
    },
    accent: { type: String, default: "#4F46E5" },
    undoSeconds: Number,
    allowedOrigins: { type: [String], default: [] },
    identitySecret: { type: String, required: true },
    settings: { type: Schema.Types.Mixed, default: {} },
    version: Number,
    createdAt: { type: Date, required: true },
  },
  { minimize: false, autoIndex: false },
);
schema.index({ key: 1 }, { unique: true });
schema.index({ workspaceId: 1, channel: 1 });
schema.index({ address: 1 }, { sparse: true });

export const InboxModel = model("inbox", schema, "inboxes");
