import { model, Schema } from "mongoose";

/** A request that named an Idempotency-Key, with its answer once there is one. */
export interface IdempotencyRecord {
  /** SHA-256 of who asked and their key. */
  _id: string;
  /** SHA-256 of what was asked: another request under the same key is a mistake. */
  fingerprint: string;
  /** Until when the node that works on it may; absent once it is answered. */
  claimedUntil?: Date;
  status?: number;
  /** The answer's JSON, encrypted with SECRET_KEY: it may hold a secret that is shown once. Absent for an empty one. */
  body?: string;
  expiresAt: Date;
}

const schema = new Schema<IdempotencyRecord>(
  {
    _id: { type: String, required: true },
    fingerprint: { type: String, required: true },
    claimedUntil: Date,
    status: Number,
    body: String,
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false },
);
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export const IdempotencyModel = model("idempotency", schema, "idempotency_keys");
