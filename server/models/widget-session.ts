import { model, Schema, type Types } from "mongoose";

/**
 * A browser known as a customer's: opened by an identity that the shop signed, used by the visitor token that names it.
 * One that was ended is kept for as long as the identities that opened it could be presented again.
 */
export interface WidgetSessionRecord {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  inboxId: Types.ObjectId;
  /** Address of the browser, made with the session. */
  visitorKey: string;
  /** `customer:…`, as the shop signed it. */
  key: string;
  /** What the shop signed beside it. */
  name?: string;
  email?: string;
  /** An address that was claimed and not signed. */
  emailHint?: string;
  /** The browser's address before: files uploaded under it may still be sent. */
  formerKey?: string;
  /** SHA-256 of the tokens that opened or renewed it. */
  tokens: string[];
  ended?: true;
  createdAt: Date;
  /** Ends then, unless renewed; removed by itself. */
  expiresAt: Date;
}

const schema = new Schema<WidgetSessionRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    inboxId: { type: Schema.Types.ObjectId, required: true },
    visitorKey: { type: String, required: true },
    key: { type: String, required: true },
    name: String,
    email: String,
    emailHint: String,
    formerKey: String,
    tokens: { type: [String], default: [] },
    ended: Boolean,
    createdAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false },
);
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
schema.index({ tokens: 1 });
schema.index({ inboxId: 1, formerKey: 1 });
schema.index({ workspaceId: 1, key: 1 });

export const WidgetSessionModel = model("widgetSession", schema, "widget_sessions");
