import { setImmediate } from "node:timers/promises";
import type { AggregationContext, Batches, BsonDocument } from "../types.ts";

/** Documents a stage hands on at once. */
export const BATCH = 128;

/** How long a stage may hold the thread before others get their turn. */
const SLICE_MS = 12;

/** Gives the thread away now and then, and notices a killed operation. One per pipeline. */
export class Breath {
  readonly #context: AggregationContext;
  #since = performance.now();

  constructor(context: AggregationContext) {
    this.#context = context;
  }

  /** True when it is time to call `take`. */
  get due(): boolean {
    return performance.now() - this.#since > SLICE_MS;
  }

  async take(): Promise<void> {
    this.#context.checkInterrupt?.();
    await setImmediate();
    this.#since = performance.now();
  }
}

/** One stage at work: batches in, batches out. */
export type Stage = (input: Batches) => Batches;

/** A stage that makes each document into any number of others, one at a time. */
export function eachDocument(breath: Breath, work: (doc: BsonDocument, out: BsonDocument[]) => void): Stage {
  return async function* (input) {
    let out: BsonDocument[] = [];
    for await (const batch of input) {
      for (const doc of batch) {
        work(doc, out);
        if (out.length >= BATCH) {
          yield out;
          out = [];
        }
        if (breath.due) await breath.take();
      }
      if (out.length > 0) {
        yield out;
        out = [];
      }
    }
  };
}

/** Calls `take` for every document; for stages that answer only when they have seen all. */
export async function drain(input: Batches, breath: Breath, take: (doc: BsonDocument) => void): Promise<void> {
  for await (const batch of input) {
    for (const doc of batch) {
      take(doc);
      if (breath.due) await breath.take();
    }
  }
}

export async function* inBatches(docs: Iterable<BsonDocument>): Batches {
  let out: BsonDocument[] = [];
  for (const doc of docs) {
    out.push(doc);
    if (out.length >= BATCH) {
      yield out;
      out = [];
    }
  }
  if (out.length > 0) yield out;
}

export async function collect(input: Batches): Promise<BsonDocument[]> {
  const docs: BsonDocument[] = [];
  for await (const batch of input) for (const doc of batch) docs.push(doc);
  return docs;
}

/** Sorts in runs and merges them, breathing in between: sorting a million at once would hold the thread for seconds. */
export async function sortInSlices<T>(items: T[], compare: (a: T, b: T) => number, breath: Breath): Promise<T[]> {
  const RUN = 1024;
  let runs: T[][] = [];
  for (let start = 0; start < items.length; start += RUN) {
    runs.push(items.slice(start, start + RUN).sort(compare));
    if (breath.due) await breath.take();
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let i = 0; i < runs.length; i += 2) {
      const [a, b] = [runs[i] as T[], runs[i + 1]];
      merged.push(b ? await merge(a, b, compare, breath) : a);
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

async function merge<T>(a: T[], b: T[], compare: (x: T, y: T) => number, breath: Breath): Promise<T[]> {
  const out: T[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    out.push(compare(b[j] as T, a[i] as T) < 0 ? (b[j++] as T) : (a[i++] as T));
    if ((out.length & 1023) === 0 && breath.due) await breath.take();
  }
  while (i < a.length) out.push(a[i++] as T);
  while (j < b.length) out.push(b[j++] as T);
  return out;
}
