import { encodeKey } from "../keys/encode.ts";
import type { AggregationContext, Batches, BsonDocument, BsonValue, SortSpill } from "../types.ts";
import { decode, encode } from "../values/bson.ts";
import { BATCH, type Breath, sortInSlices } from "./streams.ts";

/** From this many documents on, a sort goes through a table outside memory. */
const SPILL_AT = 20_000;
const RUN = 1024;

interface Entry {
  key: BsonValue[];
  doc: BsonDocument;
}

/** Takes documents with their sort keys and gives them back in order, equal ones as they came. */
export class SortBuffer {
  size = 0;
  readonly #context: AggregationContext;
  readonly #breath: Breath;
  readonly #directions: readonly number[];
  readonly #compare: (a: BsonValue[], b: BsonValue[]) => number;
  #entries: Entry[] = [];
  #spill: SortSpill | undefined;

  constructor(
    { context, breath }: { context: AggregationContext; breath: Breath },
    directions: readonly number[],
    compare: (a: BsonValue[], b: BsonValue[]) => number,
  ) {
    this.#context = context;
    this.#breath = breath;
    this.#directions = directions;
    this.#compare = compare;
  }

  /** Reads all that `input` gives, keyed by `keyOf`. */
  async fill(input: Batches, keyOf: (doc: BsonDocument) => BsonValue[]): Promise<void> {
    for await (const batch of input) {
      for (const doc of batch) {
        this.#entries.push({ key: keyOf(doc), doc });
        this.size++;
        // A collation has no byte order, so its sorts stay in memory.
        if (this.size === SPILL_AT && !this.#context.collation) this.#spill = this.#context.spill?.();
        if (this.#spill && this.#entries.length >= RUN) await this.#spillAll(this.#spill);
        if (this.#breath.due) await this.#breath.take();
      }
    }
    if (this.#spill) await this.#spillAll(this.#spill);
  }

  /** The documents in order, at most `limit`. */
  async *sorted(limit = Number.POSITIVE_INFINITY): Batches {
    try {
      if (this.#spill) yield* this.#spilled(this.#spill, limit);
      else yield* this.#held(limit);
    } finally {
      this.#spill?.drop();
    }
  }

  async #spillAll(spill: SortSpill): Promise<void> {
    const entries = this.#entries;
    this.#entries = [];
    const base = this.size - entries.length;
    for (let start = 0; start < entries.length; start += RUN) {
      const run = entries.slice(start, start + RUN).map(({ key, doc }, i) => {
        return { key: encodeKey(key, this.#directions), row: base + start + i, doc: encode(doc) };
      });
      spill.addRun(run.sort((a, b) => Buffer.compare(a.key, b.key)));
      if (this.#breath.due) await this.#breath.take();
    }
  }

  async *#held(limit: number): Batches {
    const entries = await sortInSlices(this.#entries, (a, b) => this.#compare(a.key, b.key), this.#breath);
    this.#entries = [];
    for (let start = 0; start < Math.min(entries.length, limit); start += BATCH) {
      yield entries.slice(start, Math.min(start + BATCH, limit)).map(({ doc }) => doc);
      if (this.#breath.due) await this.#breath.take();
    }
  }

  async *#spilled(spill: SortSpill, limit: number): Batches {
    let left = limit;
    while (!spill.done && left > 0) {
      const rows = spill.next(Math.min(BATCH, left));
      left -= rows.length;
      if (rows.length > 0) yield rows.map(([, doc]) => decode(doc as Uint8Array));
      if (this.#breath.due) await this.#breath.take();
    }
  }
}
