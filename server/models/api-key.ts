import { model, Schema, type Types } from "mongoose";
import type { Role } from "../../contract/settings.ts";

/** What a key is bound to; without a source the shop's own ids. */
export interface KeyBinding {
  inboxKey?: string;
  source?: string;
}

/** A key of the API. It acts in its workspace with its own role, under its own name. */
export interface ApiKeyRecord {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  name: string;
  /** The first characters of the key, to tell keys apart. */
  prefix: string;
  /** SHA-256 of the whole key, hexadecimal; the key itself is shown once and not kept. */
  keyHash: string;
  role: Role;
  /** What it may do of that, such as `orders:write`; all when absent. */
  scopes?: string[];
  /** Bound to a platform: its in-site inbox, and the source whose ids it reports. */
  bound?: KeyBinding;
  createdBy: Types.ObjectId;
  /** The user who made it is disabled: the key rests for as long. */
  suspended: boolean;
  createdAt: Date;
  expiresAt: Date | null;
  /** At most a minute behind. */
  lastUsedAt: Date | null;
}

const schema = new Schema<ApiKeyRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    name: { type: String, required: true },
    prefix: { type: String, required: true },
    keyHash: { type: String, required: true },
    role: { type: String, required: true },
    scopes: { type: [String], default: undefined },
    bound: { type: Schema.Types.Mixed },
    createdBy: { type: Schema.Types.ObjectId, required: true },
    suspended: { type: Boolean, default: false },
    createdAt: { type: Date, required: true },
    expiresAt: { type: Date, default: null },
    lastUsedAt: { type: Date, default: null },
  },
  { autoIndex: false },
);
schema.index({ keyHash: 1 }, { unique: true });
schema.index({ workspaceId: 1, createdBy: 1 });

export const ApiKeyModel = model("apiKey", schema, "apiKeys");
