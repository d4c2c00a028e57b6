import { model, Schema } from "mongoose";

/** A change of stored data, and whether this database has had it. */
export interface MigrationRecord {
  /** Number and name, such as `001-identity`. */
  _id: string;
  /** Until when the node that runs it may; renewed while it runs, absent once it is done. */
  leaseUntil?: Date;
  /** Which process runs it. */
  owner?: string;
  doneAt?: Date;
}

const schema = new Schema<MigrationRecord>(
  { _id: { type: String, required: true }, leaseUntil: Date, owner: String, doneAt: Date },
  { autoIndex: false },
);

export const MigrationModel = model("migration", schema, "migrations");
