import { EmbeddingModel, type EmbeddingRecord } from "../models/embedding.ts";

/** Vectors kept under these keys. */
export async function findEmbeddings(keys: readonly string[]): Promise<Map<string, Float32Array>> {
  const found = await EmbeddingModel.find({ _id: { $in: [...keys] } }).lean<EmbeddingRecord[]>();
  return new Map(found.map(({ _id, vector }) => [_id, floatsOf(vector)]));
}

function floatsOf(bytes: EmbeddingRecord["vector"] | { buffer: Uint8Array }): Float32Array {
  // The driver gives BSON's own binary, Mongoose a Buffer; either may start where four bytes do not align.
  const plain = Uint8Array.from("byteLength" in bytes ? bytes : bytes.buffer);
  return new Float32Array(plain.buffer, 0, Math.floor(plain.byteLength / 4));
}
