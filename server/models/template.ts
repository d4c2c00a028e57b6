import { model, Schema, type Types } from "mongoose";
import type { Locale, Localized } from "../../contract/locales.ts";
import type { TemplateText } from "../../contract/template.ts";

/** A message that rules send, by language and channel. */
export interface TemplateRecord {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  key: string;
  name: string;
  fallback: Locale;
  texts: Localized<TemplateText>;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

const schema = new Schema<TemplateRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    key: { type: String, required: true },
    name: { type: String, required: true },
    fallback: { type: String, required: true },
    texts: { type: Schema.Types.Mixed, required: true } as never,
    version: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { minimize: false, autoIndex: false },
);
schema.index({ workspaceId: 1, key: 1 }, { unique: true });
schema.index({ workspaceId: 1, _id: 1 });

export const TemplateModel = model("template", schema, "templates");
