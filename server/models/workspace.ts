import { model, Schema, type Types } from "mongoose";
import type { BusinessHours } from "../../contract/hours.ts";
import type { Locale } from "../../contract/locales.ts";
import type { Versioned } from "./version.ts";

/** The seller. Everything else carries its id. */
export interface WorkspaceRecord extends Versioned {
  _id: Types.ObjectId;
  name: string;
  /** The language of texts that nobody's own language decides. */
  locale: Locale;
  /** When the team answers; always, when absent. */
  businessHours?: BusinessHours | null;
  createdAt: Date;
}

const schema = new Schema<WorkspaceRecord>(
  {
    name: { type: String, required: true },
    locale: { type: String, required: true },
    businessHours: Schema.Types.Mixed,
    version: Number,
    createdAt: { type: Date, required: true },
  },
  { autoIndex: false },
);

export const WorkspaceModel = model("workspace", schema, "workspaces");
