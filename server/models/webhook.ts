import { model, Schema, type Types } from "mongoose";
import type { DeliveryState, WebhookEvent } from "../../contract/webhook.ts";
import type { Versioned } from "./version.ts";

/** An address of the seller's that hears of events. */
export interface WebhookRecord extends Versioned {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  name: string;
  url: string;
  events: WebhookEvent[];
  enabled: boolean;
  /** Signs deliveries; encrypted with SECRET_KEY. */
  secret: string;
  failingSince?: Date;
  createdAt: Date;
  updatedAt: Date;
}

const webhookSchema = new Schema<WebhookRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    name: { type: String, default: "" },
    url: { type: String, required: true },
    events: { type: [String], required: true } as never,
    enabled: { type: Boolean, required: true },
    secret: { type: String, required: true },
    failingSince: Date,
    version: Number,
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { autoIndex: false },
);
webhookSchema.index({ workspaceId: 1, _id: 1 });
webhookSchema.index({ enabled: 1 });

export const WebhookModel = model("webhook", webhookSchema, "webhooks");

/**
 * What one webhook is to hear of one conversation or order, in order. A lane is claimed as a whole, so that its deliveries
 * leave one after the other whatever node sends them.
 */
export interface WebhookLaneRecord {
  /** `webhookId:subject`. */
  _id: string;
  webhookId: Types.ObjectId;
  /** The place given to the last delivery. */
  last: number;
  /** Counted up with every delivery added, so that whoever is about to leave the lane sees that there is more. */
  wakes: number;
  /** When its next delivery may be tried; while a node works on it, when that node's claim ends. Absent: nothing waits. */
  dueAt?: Date;
  claimedBy?: string;
}

const laneSchema = new Schema<WebhookLaneRecord>(
  {
    _id: { type: String, required: true },
    webhookId: { type: Schema.Types.ObjectId, required: true },
    last: { type: Number, default: 0 },
    wakes: { type: Number, default: 0 },
    dueAt: Date,
    claimedBy: String,
  },
  { autoIndex: false },
);
laneSchema.index({ webhookId: 1, dueAt: 1 }, { partialFilterExpression: { dueAt: { $exists: true } } });
laneSchema.index({ webhookId: 1 });
laneSchema.index({ dueAt: 1 }, { sparse: true });

export const WebhookLaneModel = model("webhookLane", laneSchema, "webhook_lanes");

export interface DeliveryAttempt {
  at: Date;
  status?: number;
  error?: string;
  response?: string;
  milliseconds: number;
}

/** One event for one webhook. The body is kept as it is sent, so that every try is the same. */
export interface WebhookDeliveryRecord {
  /** X-Parley-Delivery. */
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  webhookId: Types.ObjectId;
  eventId: Types.ObjectId;
  lane: string;
  position: number;
  type: WebhookEvent;
  body: string;
  state: DeliveryState;
  tries: number;
  attempts: DeliveryAttempt[];
  /** When it is parked if nobody took it by then. */
  giveUpAt: Date;
  createdAt: Date;
  deliveredAt?: Date;
  /** When the database forgets it; only what was delivered is forgotten. */
  expiresAt?: Date;
}

const deliverySchema = new Schema<WebhookDeliveryRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    webhookId: { type: Schema.Types.ObjectId, required: true },
    eventId: { type: Schema.Types.ObjectId, required: true },
    lane: { type: String, required: true },
    position: { type: Number, required: true },
    type: { type: String, required: true },
    body: { type: String, required: true },
    state: { type: String, required: true },
    tries: { type: Number, default: 0 },
    attempts: { type: [Schema.Types.Mixed], default: [] } as never,
    giveUpAt: { type: Date, required: true },
    createdAt: { type: Date, required: true },
    deliveredAt: Date,
    expiresAt: Date,
  },
  { autoIndex: false },
);
deliverySchema.index({ webhookId: 1, eventId: 1 }, { unique: true });
deliverySchema.index({ lane: 1, position: 1 }, { partialFilterExpression: { state: "pending" } });
deliverySchema.index({ webhookId: 1, state: 1, _id: -1 });
deliverySchema.index({ webhookId: 1, _id: -1 });
deliverySchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export const WebhookDeliveryModel = model("webhookDelivery", deliverySchema, "webhook_deliveries");
