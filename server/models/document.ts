import { model, Schema, type Types } from "mongoose";
import type { DocumentKind } from "../../contract/document.ts";
import type { Locale } from "../../contract/locales.ts";
import type { StoredAttachment } from "./message.ts";
import type { Versioned } from "./version.ts";

/** A manual or guide of some products, a file for each language. */
export interface DocumentRecord extends Versioned {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  title: string;
  kind: DocumentKind;
  products: string[];
  files: Partial<Record<Locale, StoredAttachment>>;
  enabled: boolean;
  createdAt: Date;
  updatedAt: Date;
}

const schema = new Schema<DocumentRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    title: { type: String, required: true },
    kind: { type: String, required: true },
    products: { type: [String], default: [] },
    files: { type: Schema.Types.Mixed, default: {} },
    enabled: { type: Boolean, default: true },
    version: Number,
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { minimize: false, autoIndex: false },
);
schema.index({ workspaceId: 1, _id: 1 });

export const DocumentModel = model("productDocument", schema, "product_documents");
