import type { RankModel } from "./model.ts";

/** The memory of a model's arrays, to be handed to another thread instead of copied. */
export function buffersOf(model: RankModel): ArrayBuffer[] {
  const { corpus, weights } = model;
  const { kind: _, ...arrays } = weights;
  return [...Object.values(corpus), ...Object.values(corpus.table), ...Object.values(arrays)].flatMap((value) =>
    ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer ? [value.buffer] : [],
  );
}
