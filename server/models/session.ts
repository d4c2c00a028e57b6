import { model, Schema, type Types } from "mongoose";

/** A login. The browser holds the token; here is only its hash. */
export interface SessionRecord {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  userId: Types.ObjectId;
  /** SHA-256 of the token, hexadecimal. The token has 256 random bits, so a fast hash is enough. */
  tokenHash: string;
  /** From where and with what, for the list of a user's logins. */
  address: string;
  userAgent: string;
  createdAt: Date;
  expiresAt: Date;
}

const schema = new Schema<SessionRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    userId: { type: Schema.Types.ObjectId, required: true },
    tokenHash: { type: String, required: true },
    address: { type: String, default: "" },
    userAgent: { type: String, default: "" },
    createdAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false },
);
schema.index({ tokenHash: 1 }, { unique: true });
schema.index({ workspaceId: 1, userId: 1 });
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export const SessionModel = model("session", schema, "sessions");
