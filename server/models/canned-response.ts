import { model, Schema, type Types } from "mongoose";
import type { Localized } from "../../contract/locales.ts";
import type { Versioned } from "./version.ts";

/** A text that agents write often, known by a short word, in some languages. */
export interface CannedResponseRecord extends Versioned {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  /** Lower case. */
  shortcut: string;
  texts: Localized;
  createdAt: Date;
  updatedAt: Date;
}

const schema = new Schema<CannedResponseRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    shortcut: { type: String, required: true },
    texts: { type: Schema.Types.Mixed, default: {} },
    version: Number,
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { minimize: false, autoIndex: false },
);
schema.index({ workspaceId: 1, shortcut: 1 }, { unique: true });

export const CannedResponseModel = model("cannedResponse", schema, "canned_responses");
