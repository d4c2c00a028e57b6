import { MongoError } from "../errors.ts";
import type { BsonDocument, BsonValue } from "../types.ts";
import { fieldNames } from "../values/document.ts";
import { compileSortKeys, parseSort } from "../values/sort.ts";
import { isDocument } from "../values/types.ts";
import { Least } from "./accumulators.ts";
import { SortBuffer } from "./sort-buffer.ts";
import type { CompileStage } from "./stage.ts";
import { drain, inBatches } from "./streams.ts";

/** Up to this limit a sort keeps just the least; more would be sorted in one go too long for the thread. */
const KEEP_LEAST = 2000;

interface Entry {
  key: BsonValue[];
  doc: BsonDocument;
  /** Keeps the order of equal keys as it was, which MongoDB does not promise but clients like. */
  at: number;
}

/** $sort; where a $limit follows it holds no more than that. */
export const sortStage: CompileStage = (operand, { context, breath, limit, needs }) => {
  if (!isDocument(operand)) throw new MongoError(15973, "the $sort key specification must be an object");
  if (fieldNames(operand).length === 0) throw new MongoError(15976, "$sort stage must have at least one sort key");
  for (const field of fieldNames(operand)) needs.add(field);
  const { keyOf, compareKeys } = compileSortKeys(operand, context.collation);
  const directions = parseSort(operand).map((part) => part.direction);
  return async function* (input) {
    if (limit === undefined || limit > KEEP_LEAST) {
      const buffer = new SortBuffer({ context, breath }, directions, compareKeys);
      await buffer.fill(input, keyOf);
      yield* buffer.sorted(limit);
      return;
    }
    let at = 0;
    const least = new Least<Entry>(limit, (a, b) => compareKeys(a.key, b.key) || a.at - b.at);
    await drain(input, breath, (doc) => least.add({ key: keyOf(doc), doc, at: at++ }));
    yield* inBatches(least.result().map(({ doc }) => doc));
  };
};
