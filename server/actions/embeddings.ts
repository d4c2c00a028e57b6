import type { Context } from "../context.ts";
import { EmbeddingModel } from "../models/embedding.ts";

/** Keeps vectors of texts, so that a start does not ask for them again. */
export async function keepEmbeddings(
  { clock }: Pick<Context, "clock">,
  vectors: ReadonlyMap<string, Float32Array>,
): Promise<void> {
  const usedAt = clock.now();
  await EmbeddingModel.bulkWrite(
    [...vectors].map(([_id, vector]) => ({
      updateOne: {
        filter: { _id },
        update: { $set: { vector: Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength), usedAt } },
        upsert: true,
      },
    })),
  );
}
