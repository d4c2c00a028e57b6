import { model, Schema, type Types } from "mongoose";
import type { Definition } from "../../contract/automation.ts";

/** One version of a rule, as history shows it. */
export interface AutomationVersionRecord {
  version: number;
  at: Date;
  by: { id?: string; name: string };
  fields: string[];
  enabled: boolean;
  definition: Definition;
}

/** A rule of the seller's: when something happens, what is sent or done. */
export interface AutomationRecord extends Definition {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  /** Of a default rule; unique in the workspace. */
  key?: string;
  version: number;
  enabled: boolean;
  paused?: { at: Date; reason: string };
  /** Runs that failed since one did not. */
  failures: number;
  counters: { triggered: number; sent: number; held: number; cancelled: number };
  /** The latest versions, this one among them. Written with the change itself. */
  history: AutomationVersionRecord[];
  /** Up to which instant a schedule has been worked off. */
  scheduledUntil?: Date;
  createdAt: Date;
  updatedAt: Date;
  updatedBy?: string;
}

/** Versions that are kept. */
export const KEPT_VERSIONS = 50;

const counter = { type: Number, default: 0 };
const schema = new Schema<AutomationRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    key: String,
    version: { type: Number, required: true },
    enabled: { type: Boolean, required: true },
    name: { type: String, required: true },
    description: { type: String, default: "" },
    trigger: { type: Schema.Types.Mixed, required: true } as never,
    delay: { type: Schema.Types.Mixed, required: true } as never,
    conditions: { type: Schema.Types.Mixed, required: true } as never,
    actions: { type: [Schema.Types.Mixed], required: true } as never,
    cap: { type: Schema.Types.Mixed, default: null } as never,
    quietHours: { type: Boolean, required: true },
    holdWhenOpen: { type: Boolean, required: true },
    stopOnReply: { type: Boolean, required: true },
    windowHours: { type: Number, required: true },
    triggersOthers: { type: Boolean, required: true },
    paused: Schema.Types.Mixed,
    failures: { type: Number, default: 0 },
    counters: { triggered: counter, sent: counter, held: counter, cancelled: counter },
    history: { type: [Schema.Types.Mixed], default: [] } as never,
    scheduledUntil: Date,
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
    updatedBy: String,
  },
  { minimize: false, autoIndex: false },
);
schema.index({ workspaceId: 1, _id: 1 });
schema.index({ workspaceId: 1, key: 1 }, { unique: true, partialFilterExpression: { key: { $exists: true } } });
schema.index({ enabled: 1 });

export const AutomationModel = model("automation", schema, "automations");

/** What holds for all rules of a workspace. */
export interface AutomationSettingsRecord {
  /** The workspace's id. */
  _id: Types.ObjectId;
  quietHours: { from: string; to: string };
  buyerCap: { most: number; hours: number };
  compensationUrl: string;
  /** Default rules and templates that the workspace was given, `rule:KEY` and `template:KEY`. */
  given?: string[];
  version: number;
}

const settingsSchema = new Schema<AutomationSettingsRecord>(
  {
    quietHours: { type: Schema.Types.Mixed, default: undefined } as never,
    buyerCap: { type: Schema.Types.Mixed, default: undefined } as never,
    compensationUrl: String,
    given: { type: [String], default: undefined },
    version: { type: Number, default: 0 },
  },
  { autoIndex: false },
);

export const AutomationSettingsModel = model("automationSettings", settingsSchema, "automation_settings");
