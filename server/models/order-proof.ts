import { model, Schema, type Types } from "mongoose";

/** A one-time code mailed to where an order was placed from, to be typed in a conversation. */
export interface OrderProofRecord {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  conversationId: Types.ObjectId;
  /** The number as the buyer gave it. */
  number: string;
  /** The code that was mailed last, and the place of the message that asked for it. */
  codeId?: Types.ObjectId;
  askedSeq?: number;
  /** The order whose code was typed. */
  orderId?: Types.ObjectId;
  /** HMAC of a code mailed before codes had a row of their own. */
  codeHash?: string;
  /** Codes typed so far. */
  tries: number;
  /** Place of the message that was judged last, and how: deciding again about it gives the same. */
  judgedSeq?: number;
  judged?: "proven" | "wrong" | "spent";
  /** Codes sent for this number in this conversation. */
  sent: number;
  provenAt?: Date;
  /** Until when the code is taken. */
  validUntil: Date;
  /** When the row is forgotten, and the proof with it. */
  expiresAt: Date;
}

const schema = new Schema<OrderProofRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    conversationId: { type: Schema.Types.ObjectId, required: true },
    number: { type: String, required: true },
    codeId: Schema.Types.ObjectId,
    askedSeq: Number,
    orderId: Schema.Types.ObjectId,
    codeHash: String,
    tries: { type: Number, default: 0 },
    judgedSeq: Number,
    judged: String,
    sent: { type: Number, default: 0 },
    provenAt: Date,
    validUntil: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false },
);
schema.index({ conversationId: 1, number: 1 }, { unique: true });
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export const OrderProofModel = model("orderProof", schema, "order_proofs");
