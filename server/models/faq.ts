import { model, Schema, type Types } from "mongoose";
import type { Locale, Localized } from "../../contract/locales.ts";
import type { Versioned } from "./version.ts";

export interface FaqRecord extends Versioned {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  externalId?: string;
  questions: Localized<string[]>;
  answers: Localized;
  enabled: boolean;
  /** The answer goes with the state of the buyer's order. */
  orderStatus?: boolean;
  /** Ids of documents that go with the answer. */
  documents?: string[];
  /** Machine translations that wait for approval. */
  drafts?: Partial<Record<Locale, { questions: string[]; answer: string; model?: string; createdAt: Date }>>;
  createdAt: Date;
  updatedAt: Date;
}

const schema = new Schema<FaqRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    externalId: String,
    questions: { type: Schema.Types.Mixed, required: true },
    answers: { type: Schema.Types.Mixed, required: true },
    enabled: { type: Boolean, default: true },
    orderStatus: Boolean,
    documents: { type: [String], default: undefined },
    drafts: Schema.Types.Mixed,
    version: Number,
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { minimize: false, autoIndex: false },
);
schema.index({ workspaceId: 1, _id: 1 });
schema.index(
  { workspaceId: 1, externalId: 1 },
  { unique: true, partialFilterExpression: { externalId: { $exists: true } } },
);

export const FaqModel = model("faq", schema, "faqs");
