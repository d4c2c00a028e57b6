import { encodeKey } from "../keys/encode.ts";
import type { Collection } from "../storage/collection.ts";
import { Spill } from "../storage/spill.ts";
import type { Store } from "../storage/store.ts";
import type { BsonDocument, BsonValue, Collation } from "../types.ts";
import { decode } from "../values/bson.ts";
import { Heap } from "../values/heap.ts";
import { compileSortKeys, parseSort } from "../values/sort.ts";
import type { Row, ScanStats, Source } from "./source.ts";

/** From this many documents on, a sort goes through a temporary table instead of memory. */
const SPILL_AT = 20_000;
/** Entries sorted in one go: about a millisecond. */
const RUN = 1024;
/** Up to this limit only as many entries are held as are wanted. */
const LEAST = 4096;
/** Bytes of documents kept while sorting; the others are read again when it is their turn. */
const KEPT_BYTES = 4 << 20;

interface Entry {
  key: Buffer | BsonValue[];
  row: number;
  bytes: Uint8Array | undefined;
}

/** Sorts what another source gives. Only keys and row numbers are held; with a limit, only that many. */
export class SortedSource implements Source {
  private readonly input: Source;
  private readonly collection: Collection;
  private readonly limit: number;
  private readonly keyOf: (doc: BsonDocument) => Buffer | BsonValue[];
  private readonly compare: (a: Entry, b: Entry) => number;
  private readonly store: Store | undefined;
  private run: Entry[] = [];
  /** Sorted runs, to be merged when all is read. */
  private runs: Entry[][] = [];
  private kept = 0;
  private spill: Spill | undefined;
  private output: Heap<{ run: Entry[]; at: number }> | undefined;

  constructor(
    input: Source,
    collection: Collection,
    sort: { spec: BsonDocument; collation: Collation | undefined; limit: number; store: Store },
  ) {
    this.input = input;
    this.collection = collection;
    this.limit = sort.limit > 0 ? sort.limit : Number.POSITIVE_INFINITY;
    const { keyOf, compareKeys } = compileSortKeys(sort.spec, sort.collation);
    const directions = parseSort(sort.spec).map((part) => part.direction);
    if (sort.collation) {
      // A collation has no byte order: its keys stay values, in memory.
      this.keyOf = keyOf;
      this.compare = (a, b) => compareKeys(a.key as BsonValue[], b.key as BsonValue[]) || a.row - b.row;
    } else {
      this.store = sort.store;
      this.keyOf = (doc) => encodeKey(keyOf(doc), directions);
      this.compare = (a, b) => Buffer.compare(a.key as Buffer, b.key as Buffer) || a.row - b.row;
    }
  }

  get stats(): ScanStats {
    return this.input.stats;
  }

  get done(): boolean {
    if (!this.input.done) return false;
    if (this.spill) return this.spill.done;
    return this.output ? this.output.size === 0 : this.run.length + this.runs.length === 0;
  }

  pull(wanted: number): Row[] {
    if (!this.input.done) {
      this.collect();
      return [];
    }
    if (this.run.length > 0) this.closeRun();
    if (this.spill && this.runs.length > 0) {
      this.move(this.spill);
      return [];
    }
    const rows: Row[] = [];
    for (const [row, bytes] of this.spill ? this.spill.next(wanted) : this.merged(wanted)) {
      const found = bytes ?? this.collection.read(row);
      if (found) rows.push({ row, bytes: found });
    }
    return rows;
  }

  close(): void {
    this.spill?.drop();
  }

  private collect(): void {
    for (const { row, bytes, doc } of this.input.pull(256)) {
      const keep = this.kept < KEPT_BYTES && !this.spill;
      if (keep) this.kept += bytes.length;
      this.run.push({ key: this.keyOf(doc ?? decode(bytes)), row, bytes: keep ? bytes : undefined });
      if (this.run.length === RUN) this.closeRun();
    }
  }

  private closeRun(): void {
    const run = this.run.sort(this.compare);
    this.run = [];
    if (this.limit <= LEAST) {
      const least = [...(this.runs[0] ?? []), ...run].sort(this.compare).slice(0, this.limit);
      this.kept = least.reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0);
      this.runs = [least];
      return;
    }
    this.runs.push(run);
    if (!this.store || (this.runs.length * RUN < SPILL_AT && !this.spill)) return;
    this.spill ??= new Spill(this.store);
    this.move(this.spill);
  }

  /** Two runs at a time: the move itself must not hold up other clients. */
  private move(spill: Spill): void {
    for (const run of this.runs.splice(0, 2)) spill.addRun(run.map(({ key, row }) => ({ key: key as Buffer, row })));
  }

  private merged(wanted: number): [row: number, bytes: Uint8Array | null][] {
    if (!this.output) {
      this.output = new Heap((a, b) => this.compare(a.run[a.at] as Entry, b.run[b.at] as Entry));
      for (const run of this.runs) this.output.push({ run, at: 0 });
    }
    const entries: [row: number, bytes: Uint8Array | null][] = [];
    while (entries.length < wanted) {
      const head = this.output.pop();
      if (!head) break;
      const { row, bytes } = head.run[head.at] as Entry;
      entries.push([row, bytes ?? null]);
      if (++head.at < head.run.length) this.output.push(head);
    }
    return entries;
  }
}
