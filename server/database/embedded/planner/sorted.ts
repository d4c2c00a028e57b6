import type { DatabaseSync, StatementSync } from "node:sqlite";
import { encodeKey } from "../keys/encode.ts";
import type { Collection } from "../storage/collection.ts";
import { LIMIT } from "../storage/index-table.ts";
import type { BsonDocument, BsonValue, Collation } from "../types.ts";
import { decode } from "../values/bson.ts";
import { compileSortKeys, parseSort } from "../values/sort.ts";
import type { Row, ScanStats, Source } from "./source.ts";

/** From this many documents on, a sort goes through a temporary table instead of memory. */
const SPILL_AT = 20_000;
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
  private entries: Entry[] = [];
  private kept = 0;
  private spill: Spill | undefined;
  private output: Entry[] | undefined;
  private given = 0;

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
    return this.given >= this.entries.length;
  }

  pull(wanted: number): Row[] {
    if (!this.input.done) {
      this.collect();
      return [];
    }
    if (!this.output) {
      this.output = this.spill ? [] : this.entries.sort(this.compare).slice(0, this.limit);
      this.entries = this.output;
    }
    const entries = this.spill ? this.spill.next(wanted) : this.output.slice(this.given, this.given + wanted);
    this.given += entries.length;
    const rows: Row[] = [];
    for (const { row, bytes } of entries) {
      const found = bytes ?? this.collection.read(row);
      if (found) rows.push({ row, bytes: found });
    }
    return rows;
  }

  private collect(): void {
    for (const { row, bytes, doc } of this.input.pull(256)) {
      const keep = this.kept < KEPT_BYTES && !this.spill;
      if (keep) this.kept += bytes.length;
      this.entries.push({ key: this.keyOf(doc ?? decode(bytes)), row, bytes: keep ? bytes : undefined });
    }
    if (this.entries.length > this.limit * 2 + 1000) {
      this.entries = this.entries.sort(this.compare).slice(0, this.limit);
      this.kept = this.entries.reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0);
    }
    if (!this.sql || (this.entries.length < SPILL_AT && !this.spill)) return;
    this.spill ??= new Spill(this.sql);
    // A few thousand at a time: the move itself must not hold up other clients.
    for (const entry of this.entries.splice(-2000)) this.spill.add(entry.key as Buffer, entry.row);
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
    if (rows.length < limit) {
      this.done = true;
      this.sql.exec(`DROP TABLE ${this.name}`);
    }
    return rows.map(([, row]) => ({ key: [], row, bytes: undefined }));
  }
}
