import { model, Schema, type Types } from "mongoose";
import type { Outcome, Reason } from "../../contract/automation.ts";
import type { ChannelName } from "../../contract/message.ts";

/** Where a message goes. It is chosen once: a repeat after a crash goes the same way, and so is known to be the same. */
export interface CheckInPlan {
  inboxId: Types.ObjectId;
  conversationId: Types.ObjectId;
  channel: ChannelName;
}

/**
 * One step of a rule for one order, conversation or message: due at a time, done once. The unique key is what makes a
 * replayed event, a crash or a second node add nothing.
 */
export interface CheckInRecord {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  /** `automation:subject:step`. */
  key: string;
  automationId: Types.ObjectId;
  automationName: string;
  automationKey?: string;
  trigger: string;
  /** Id of the rule's action that it begins at. */
  step: string;
  /** Which part of the sequence, from 1. */
  part: number;
  /** `order:ID`, `conversation:ID` or `message:ID`, with what tells several of one apart. */
  subject: string;
  orderId?: string;
  contactId?: Types.ObjectId;
  conversationId?: Types.ObjectId;
  messageId?: Types.ObjectId;
  /** Place of the message or line that triggered it. */
  seq?: number;
  /** Of the review, where there is one. */
  review?: { rating?: number; text?: string };
  /** How many rules caused this one, one after the other. */
  depth: number;
  occurredAt: Date;
  /** When it was to be sent, before anything deferred it. */
  plannedAt: Date;
  /** When it is looked at next; while a node works on it, when its claim ends. Absent once it is decided. */
  dueAt?: Date;
  claimedBy?: string;
  attempts: number;
  plan?: CheckInPlan;
  /** Taken for the message before it is sent: caps count it from then on. */
  sentAt?: Date;
  outcome?: Outcome;
  reason?: Reason;
  detail?: string;
  /** The message that was sent. */
  sentMessageId?: Types.ObjectId;
  history: { at: Date; outcome: Outcome; reason?: Reason; until?: Date }[];
  finishedAt?: Date;
  createdAt: Date;
}

const schema = new Schema<CheckInRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    key: { type: String, required: true },
    automationId: { type: Schema.Types.ObjectId, required: true },
    automationName: { type: String, required: true },
    automationKey: String,
    trigger: { type: String, required: true },
    step: { type: String, required: true },
    part: { type: Number, required: true },
    subject: { type: String, required: true },
    orderId: String,
    contactId: Schema.Types.ObjectId,
    conversationId: Schema.Types.ObjectId,
    messageId: Schema.Types.ObjectId,
    seq: Number,
    review: Schema.Types.Mixed,
    depth: { type: Number, default: 0 },
    occurredAt: { type: Date, required: true },
    plannedAt: { type: Date, required: true },
    dueAt: Date,
    claimedBy: String,
    attempts: { type: Number, default: 0 },
    plan: Schema.Types.Mixed,
    sentAt: Date,
    outcome: String,
    reason: String,
    detail: String,
    sentMessageId: Schema.Types.ObjectId,
    history: { type: [Schema.Types.Mixed], default: [] } as never,
    finishedAt: Date,
    createdAt: { type: Date, required: true },
  },
  { autoIndex: false },
);
schema.index({ key: 1 }, { unique: true });
schema.index({ dueAt: 1 }, { sparse: true });
schema.index({ workspaceId: 1, _id: -1 });
schema.index({ workspaceId: 1, outcome: 1, _id: -1 });
schema.index({ automationId: 1, _id: -1 });
schema.index(
  { automationId: 1, outcome: 1, finishedAt: 1 },
  { partialFilterExpression: { finishedAt: { $exists: true } } },
);
schema.index({ contactId: 1, sentAt: -1 }, { partialFilterExpression: { sentAt: { $exists: true } } });
schema.index({ contactId: 1, _id: -1 });
schema.index({ conversationId: 1, _id: -1 }, { sparse: true });
schema.index({ workspaceId: 1, orderId: 1, _id: -1 });

export const CheckInModel = model("checkIn", schema, "check_ins");
