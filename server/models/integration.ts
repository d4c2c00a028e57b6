import { model, Schema, type Types } from "mongoose";
import type { IntegrationEventState, Platform, RefusalCode } from "../../contract/integration.ts";
import type { Versioned } from "./version.ts";

/** A connected shop or account on a platform. */
export interface IntegrationRecord extends Versioned {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  platform: Platform;
  name: string;
  enabled: boolean;
  /** Verifies what the platform sends; encrypted with SECRET_KEY. Empty until the platform's is entered. */
  secret: string;
  /** The in-site inbox for its messages. */
  inboxId?: Types.ObjectId;
  /** As its adapter's schema gives them, but for the secret ones. */
  settings: Record<string, unknown>;
  /** The secret ones, each encrypted with SECRET_KEY. */
  secrets: Record<string, string>;
  lastEventAt?: Date;
  lastRefusal?: { code: RefusalCode; at: Date };
  createdAt: Date;
}

const schema = new Schema<IntegrationRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    platform: { type: String, required: true },
    name: { type: String, default: "" },
    enabled: { type: Boolean, required: true },
    secret: { type: String, default: "" },
    inboxId: Schema.Types.ObjectId,
    settings: { type: Schema.Types.Mixed, default: {} },
    secrets: { type: Schema.Types.Mixed, default: {} } as never,
    lastEventAt: Date,
    lastRefusal: { type: Schema.Types.Mixed } as never,
    version: Number,
    createdAt: { type: Date, required: true },
  },
  { autoIndex: false, minimize: false },
);
schema.index({ workspaceId: 1, _id: 1 });

export const IntegrationModel = model("integration", schema, "integrations");

/** What a platform sent, stored before it hears that we have it. While it is pending it owes the taking in. */
export interface IntegrationEventRecord {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  integrationId: Types.ObjectId;
  deliveryId: string;
  topic: string;
  body: string;
  state: IntegrationEventState;
  tries: number;
  failure?: string;
  orderIds: string[];
  conversationIds: Types.ObjectId[];
  /** From when on any node may take it in. */
  owedAt?: Date;
  claimedBy?: string;
  receivedAt: Date;
  /** When the database forgets it. */
  expiresAt: Date;
}

const eventSchema = new Schema<IntegrationEventRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    integrationId: { type: Schema.Types.ObjectId, required: true },
    deliveryId: { type: String, required: true },
    topic: { type: String, required: true },
    body: { type: String, required: true },
    state: { type: String, required: true },
    tries: { type: Number, default: 0 },
    failure: String,
    orderIds: { type: [String], default: [] },
    conversationIds: { type: [Schema.Types.ObjectId], default: [] },
    owedAt: Date,
    claimedBy: String,
    receivedAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false },
);
eventSchema.index({ integrationId: 1, deliveryId: 1 }, { unique: true });
eventSchema.index({ integrationId: 1, _id: -1 });
eventSchema.index({ integrationId: 1, state: 1, _id: -1 });
eventSchema.index({ owedAt: 1 }, { sparse: true });
eventSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export const IntegrationEventModel = model("integrationEvent", eventSchema, "integration_events");
