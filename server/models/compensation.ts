import { model, Schema, type Types } from "mongoose";
import type { CompensationRule, CompensationState } from "../../contract/compensation.ts";

/** What a buyer gets for a reason, and up to how much nobody has to agree. */
export interface CompensationRuleRecord extends CompensationRule {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

const ruleSchema = new Schema<CompensationRuleRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    name: { type: String, required: true },
    enabled: { type: Boolean, required: true },
    reason: { type: String, required: true },
    minDaysLate: { type: Number, required: true },
    minTotal: Number,
    maxTotal: Number,
    currency: String,
    countries: { type: [String], default: [] },
    categories: { type: [String], default: [] },
    kind: { type: String, required: true },
    value: { type: Number, required: true },
    most: { type: Number, default: null } as never,
    approvalAbove: { type: Number, default: null } as never,
    version: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { autoIndex: false },
);
ruleSchema.index({ workspaceId: 1, _id: 1 });

export const CompensationRuleModel = model("compensationRule", ruleSchema, "compensation_rules");

/** A credit to a buyer, once for an order and reason. Its id is what makes the seller's system count it once. */
export interface CompensationRecord {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  orderId: string;
  orderNumber: string;
  reason: string;
  contactId?: Types.ObjectId;
  buyerName: string;
  ruleId: Types.ObjectId;
  ruleName: string;
  amount: number;
  currency: string;
  state: CompensationState;
  /** Where it was asked for; absent when it is paid by hand. */
  url?: string;
  tries: number;
  failure?: string;
  decidedBy?: string;
  createdAt: Date;
  updatedAt: Date;
}

const schema = new Schema<CompensationRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    orderId: { type: String, required: true },
    orderNumber: { type: String, required: true },
    reason: { type: String, required: true },
    contactId: Schema.Types.ObjectId,
    buyerName: { type: String, default: "" },
    ruleId: { type: Schema.Types.ObjectId, required: true },
    ruleName: { type: String, required: true },
    amount: { type: Number, required: true },
    currency: { type: String, required: true },
    state: { type: String, required: true },
    url: String,
    tries: { type: Number, default: 0 },
    failure: String,
    decidedBy: String,
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { autoIndex: false },
);
schema.index({ workspaceId: 1, orderId: 1, reason: 1 }, { unique: true });
schema.index({ workspaceId: 1, state: 1, _id: -1 });
schema.index({ workspaceId: 1, _id: -1 });

export const CompensationModel = model("compensation", schema, "compensations");
