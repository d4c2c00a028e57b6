import { model, Schema, type Types } from "mongoose";
import type { Buyer, Order, ReportedOrderEvent } from "../../contract/order.ts";
import { type Announcing, announcingFields } from "./announcement.ts";

/** What was reported, word for word. The order is a fold over these. */
export interface OrderEventRecord {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  eventId: string;
  orderId: string;
  type: string;
  occurredAt: Date;
  payload: ReportedOrderEvent;
  /** Rules are still to look at it. */
  owed?: "automation"[];
  /** From when on any node may do what is owed. */
  owedAt?: Date;
  claimedBy?: string;
  /** Who brought it, such as a row of an import. */
  source?: string;
  /** The platform whose ids the payload has: `eventId` and `orderId` have its name before them. */
  space?: string;
  createdAt: Date;
}

const eventSchema = new Schema<OrderEventRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    eventId: { type: String, required: true },
    orderId: { type: String, required: true },
    type: { type: String, required: true },
    occurredAt: { type: Date, required: true },
    payload: { type: Schema.Types.Mixed, required: true },
    owed: { type: [String], default: undefined } as never,
    owedAt: Date,
    claimedBy: String,
    source: String,
    space: String,
    createdAt: { type: Date, required: true },
  },
  { autoIndex: false, minimize: false },
);
eventSchema.index({ workspaceId: 1, eventId: 1 }, { unique: true });
eventSchema.index({ workspaceId: 1, orderId: 1, occurredAt: 1, _id: 1 });
eventSchema.index({ owedAt: 1 }, { sparse: true });

export const OrderEventModel = model("orderEvent", eventSchema, "order_events");

/** What the events add up to. */
export type OrderFacts = Pick<
  Order,
  | "number"
  | "state"
  | "delayed"
  | "items"
  | "total"
  | "shipping"
  | "tax"
  | "discount"
  | "refunded"
  | "currency"
  | "tracking"
  | "extra"
> & {
  buyer: Buyer;
  promisedAt?: Date;
  shippedAt?: Date;
  deliveredAt?: Date;
  timeline: { type: string; occurredAt: Date; description?: string; location?: string }[];
};

export interface OrderRecord extends OrderFacts, Announcing {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  orderId: string;
  contactId?: Types.ObjectId;
  /** Events that went into it: a fold over fewer never replaces one over more. */
  eventCount: number;
  createdAt: Date;
  updatedAt: Date;
}

const orderSchema = new Schema<OrderRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    orderId: { type: String, required: true },
    number: { type: String, required: true },
    state: { type: String, required: true },
    delayed: { type: Boolean, required: true },
    buyer: { type: Schema.Types.Mixed, required: true } as never,
    contactId: Schema.Types.ObjectId,
    items: { type: [Schema.Types.Mixed], default: [] } as never,
    total: Number,
    shipping: Number,
    tax: Number,
    discount: Number,
    refunded: Number,
    currency: String,
    tracking: { type: Schema.Types.Mixed } as never,
    extra: { type: Schema.Types.Mixed } as never,
    promisedAt: Date,
    shippedAt: Date,
    deliveredAt: Date,
    timeline: { type: [Schema.Types.Mixed], default: [] } as never,
    eventCount: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
    ...announcingFields,
  },
  { autoIndex: false, minimize: false },
);
orderSchema.index({ workspaceId: 1, orderId: 1 }, { unique: true });
orderSchema.index({ workspaceId: 1, number: 1 });
orderSchema.index({ workspaceId: 1, contactId: 1, _id: -1 });
orderSchema.index({ workspaceId: 1, state: 1, _id: -1 });
orderSchema.index({ workspaceId: 1, _id: -1 });
orderSchema.index({ announceAt: 1 }, { sparse: true });

export const OrderModel = model("order", orderSchema, "orders");
