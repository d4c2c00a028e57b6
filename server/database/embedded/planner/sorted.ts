import type { DatabaseSync, StatementSync } from "node:sqlite";
import { encodeKey } from "../keys/encode.ts";
import type { Collection } from "../storage/collection.ts";
import { LIMIT } from "../storage/index-table.ts";
import type { BsonDocument, BsonValue, Collation } from "../types.ts";
import { decode } from "../values/bson.ts";
import { compileSortKeys, parseSort } from "../values/sort.ts";
import { Heap } from "./merge.ts";
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
  private readonly sql: DatabaseSync | undefined;
  private run: Entry[] = [];
  /** Sorted runs, to be merged when all is read. */
  private runs: Entry[][] = [];
  private kept = 0;
  private spill: Spill | undefined;
  private output: Heap<{ run: Entry[]; at: number }> | undefined;

  constructor(
    input: Source,
    collection: Collection,
    sort: { spec: BsonDocument; collation: Collation | undefined; limit: number; sql: DatabaseSync },
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
      this.sql = sort.sql;
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
    for (const { row, bytes } of this.spill ? this.spill.next(wanted) : this.merged(wanted)) {
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
    if (!this.sql || (this.runs.length * RUN < SPILL_AT && !this.spill)) return;
    this.spill ??= new Spill(this.sql);
    this.move(this.spill);
  }

  /** Two runs at a time: the move itself must not hold up other clients. */
  private move(spill: Spill): void {
    for (const { key, row } of this.runs.splice(-2).flat()) spill.add(key as Buffer, row);
  }

  private merged(wanted: number): Entry[] {
    if (!this.output) {
      this.output = new Heap((a, b) => this.compare(a.run[a.at] as Entry, b.run[b.at] as Entry));
      for (const run of this.runs) this.output.push({ run, at: 0 });
    }
    const entries: Entry[] = [];
    while (entries.length < wanted) {
      const head = this.output.pop();
      if (!head) break;
      entries.push(head.run[head.at] as Entry);
      if (++head.at < head.run.length) this.output.push(head);
    }
    return entries;
  }
}

/** A temporary table in key order, dropped when it has been read. */
class Spill {
  private static count = 0;
  done = false;
  private readonly sql: DatabaseSync;
  private readonly name = `temp.sort${++Spill.count}`;
  private readonly insert: StatementSync;
  private readonly select: StatementSync;
  private after: [key: Uint8Array, row: number] = [new Uint8Array(), -1];

  constructor(sql: DatabaseSync) {
    this.sql = sql;
    sql.exec(`CREATE TABLE ${this.name} (k BLOB, r INTEGER, PRIMARY KEY (k, r)) WITHOUT ROWID`);
    this.insert = sql.prepare(`INSERT INTO ${this.name} VALUES (?, ?)`);
    this.select = sql.prepare(`SELECT k, r FROM ${this.name} WHERE (k, r) > (?, ?) ORDER BY k, r ${LIMIT}`);
    this.select.setReturnArrays(true);
  }

  add(key: Buffer, row: number): void {
    this.insert.run(key, row);
  }

  next(limit: number): Entry[] {
    const rows = this.select.all(...this.after, limit) as unknown as [Uint8Array, number][];
    const last = rows.at(-1);
    if (last) this.after = last;
    if (rows.length < limit) this.drop();
    return rows.map(([, row]) => ({ key: [], row, bytes: undefined }));
  }

  drop(): void {
    if (this.done) return;
    this.done = true;
    this.sql.exec(`DROP TABLE ${this.name}`);
  }
}
