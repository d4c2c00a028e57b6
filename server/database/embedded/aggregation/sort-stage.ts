import { MongoError } from "../errors.ts";
import type { BsonDocument, BsonValue } from "../types.ts";
import { decode, encode } from "../values/bson.ts";
import { fieldNames } from "../values/document.ts";
import { compileSortKeys } from "../values/sort.ts";
import { isDocument } from "../values/types.ts";
import { Least } from "./accumulators.ts";
import type { CompileStage } from "./stage.ts";
import { BATCH, drain, inBatches, sortInSlices } from "./streams.ts";

/** Past this many documents a sort holds them as BSON: decoded they take five times the room. */
const KEEP_DECODED = 20_000;

/** Up to this limit a sort keeps just the least; more would be sorted in one go too long for the thread. */
const KEEP_LEAST = 2000;

interface Entry {
  key: BsonValue[];
  doc: BsonDocument | Uint8Array;
  /** Keeps the order of equal keys as it was, which MongoDB does not promise but clients like. */
  at: number;
}

/** $sort; where a $limit follows it holds no more than that. */
export const sortStage: CompileStage = (operand, { context, breath, limit, needs }) => {
  if (!isDocument(operand)) throw new MongoError(15973, "the $sort key specification must be an object");
  if (fieldNames(operand).length === 0) throw new MongoError(15976, "$sort stage must have at least one sort key");
  for (const field of fieldNames(operand)) needs.add(field);
  const { keyOf, compareKeys } = compileSortKeys(operand, context.collation);
  const compare = (a: Entry, b: Entry) => compareKeys(a.key, b.key) || a.at - b.at;
  return async function* (input) {
    let at = 0;
    if (limit !== undefined && limit <= KEEP_LEAST) {
      const least = new Least<Entry>(limit, compare);
      await drain(input, breath, (doc) => least.add({ key: keyOf(doc), doc, at: at++ }));
      yield* inBatches(least.result().map(({ doc }) => doc as BsonDocument));
      return;
    }
    const entries: Entry[] = [];
    await drain(input, breath, (doc) => {
      entries.push({ key: keyOf(doc), doc: at < KEEP_DECODED ? doc : encode(doc), at: at++ });
    });
    const sorted = await sortInSlices(entries, compare, breath);
    entries.length = 0;
    for (let start = 0; start < sorted.length; start += BATCH) {
      const slice = sorted.slice(start, Math.min(start + BATCH, limit ?? sorted.length));
      yield slice.map(({ doc }) => (doc instanceof Uint8Array ? decode(doc) : doc));
      if (limit !== undefined && start + BATCH >= limit) return;
      if (breath.due) await breath.take();
    }
  };
};
