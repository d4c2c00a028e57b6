import { model, Schema } from "mongoose";

/** A text's vector, kept so that a start does not ask for it again. */
export interface EmbeddingRecord {
  /** SHA-256 of model and text. */
  _id: string;
  /** Float32, little endian, of length 1. */
  vector: Buffer;
  usedAt: Date;
}

const schema = new Schema<EmbeddingRecord>(
  { _id: String, vector: { type: Buffer, required: true }, usedAt: { type: Date, required: true } },
  { autoIndex: false },
);
/** What nobody asked for in three months was of an entry that is gone. */
schema.index({ usedAt: 1 }, { expireAfterSeconds: 90 * 24 * 3600 });

export const EmbeddingModel = model("embedding", schema, "embeddings");
