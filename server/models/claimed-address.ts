import { model, Schema, type Types } from "mongoose";

/** An address that somebody gave in a chat and that nobody has proven to be theirs: what was mailed there, and whether its owner minds. */
export interface ClaimedAddressRecord {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  /** Lower case. */
  address: string;
  /** When mails went there within the last day, the oldest first. */
  sentAt: Date[];
  /** Counts changes, so that of two nodes one takes a turn. */
  version: number;
  /** Whoever reads it did not ask for these mails: none goes there again. */
  refusedAt?: Date;
  /** When the row is forgotten; never, once it was refused. */
  expiresAt?: Date;
}

const schema = new Schema<ClaimedAddressRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    address: { type: String, required: true },
    sentAt: { type: [Date], default: [] },
    version: { type: Number, default: 0 },
    refusedAt: Date,
    expiresAt: Date,
  },
  { autoIndex: false },
);
schema.index({ workspaceId: 1, address: 1 }, { unique: true });
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export const ClaimedAddressModel = model("claimedAddress", schema, "claimed_addresses");
