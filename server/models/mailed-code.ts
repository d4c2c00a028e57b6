import { model, Schema, type Types } from "mongoose";
import type { Locale } from "../../contract/locales.ts";

/**
 * A one-time code that goes out by mail, with the sending that it still owes. The code itself is kept nowhere: it follows
 * from `_id` and SECRET_KEY.
 */
export interface MailedCodeRecord {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  /** `order`: to be typed in a conversation, for an order's data. `centre`: at the message centre, for an address. */
  purpose: "order" | "centre";
  /** Of an order's code: where it is to be typed, and the order's number without its sign. */
  conversationId?: Types.ObjectId;
  number?: string;
  /** Who asked: the contact that the conversation belonged to. */
  contactId?: Types.ObjectId;
  /** Where it goes. Of an order's code only known once it is sent. */
  email?: string;
  orderId?: Types.ObjectId;
  /** Of a code for the message centre: the session it was asked for in, and the link that had opened that. */
  sessionId?: Types.ObjectId;
  linkHash?: string;
  /** Asked for in a browser that has shown a code of the address before: strangers' requests take nothing from its own. */
  device?: string;
  /** Times that it was typed, right or wrong; when it was right. An order's are counted with the conversation. */
  tries: number;
  usedAt?: Date;
  locale: Locale;
  /** When sending is due, or due again; absent once that is over. */
  dueAt?: Date;
  claimedBy?: string;
  attempts: number;
  /** It left: before that no code fits. */
  sentAt?: Date;
  /** Who got the mail says that they did not ask for it. */
  revokedAt?: Date;
  createdAt: Date;
  /** Until when the code is taken. */
  validUntil: Date;
  /** When the row is forgotten. It counts towards the limits of a day until then. */
  expiresAt: Date;
}

const schema = new Schema<MailedCodeRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    purpose: { type: String, required: true },
    conversationId: Schema.Types.ObjectId,
    number: String,
    contactId: Schema.Types.ObjectId,
    email: String,
    orderId: Schema.Types.ObjectId,
    sessionId: Schema.Types.ObjectId,
    linkHash: String,
    device: String,
    tries: { type: Number, default: 0 },
    usedAt: Date,
    locale: { type: String, required: true },
    dueAt: Date,
    claimedBy: String,
    attempts: { type: Number, default: 0 },
    sentAt: Date,
    revokedAt: Date,
    createdAt: { type: Date, required: true },
    validUntil: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false },
);
schema.index({ dueAt: 1 }, { sparse: true });
schema.index({ workspaceId: 1, email: 1, purpose: 1, createdAt: 1 }, { sparse: true });
schema.index({ workspaceId: 1, number: 1, purpose: 1, createdAt: 1 }, { sparse: true });
schema.index({ workspaceId: 1, contactId: 1, purpose: 1, createdAt: 1 }, { sparse: true });
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export const MailedCodeModel = model("mailedCode", schema, "mailed_codes");
