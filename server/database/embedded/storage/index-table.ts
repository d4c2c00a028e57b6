import type { DatabaseSync, StatementSync } from "node:sqlite";
import { encodeKey } from "../keys/encode.ts";
import { indexKeys, type KeyPattern } from "../keys/extract.ts";
import { compileFilter } from "../matcher/index.ts";
import type { BsonDocument, BsonValue, Collation, Filter } from "../types.ts";
import { compileCollation } from "../values/collation.ts";
import { fieldNames } from "../values/document.ts";
import { type BsonNumber, toDouble } from "../values/numbers.ts";

/** A scanned row: the row number, the document's bytes and its checksum. Bytes that are null are those of an entry of an index that leads nowhere. */
export type ScanRow = [row: number, doc: Uint8Array, sum: number | null];

/** Where a scan stands: behind this entry. */
export type Position = [key: Uint8Array, row: number];

export interface ScanOptions {
  backward: boolean;
  from: Position;
  limit: number;
}

/** SQLite plans for the number that is bound to a bare `LIMIT ?`, so it would prepare the statement anew at every call. */
export const LIMIT = "LIMIT ? + 0";

/** Entries counted in one go: about a millisecond. */
const COUNT_SLICE = 10_000;

/** One index: its definition as listIndexes gives it, and its table of (key, row number). */
export class Index implements KeyPattern {
  readonly id: number;
  readonly name: string;
  readonly spec: BsonDocument;
  readonly key: BsonDocument;
  readonly fields: readonly string[];
  readonly paths: readonly (readonly string[])[];
  readonly directions: readonly number[];
  readonly unique: boolean;
  /** Takes no further duplicates: it is unique, or getting ready to be. */
  readonly refusesDuplicates: boolean;
  readonly sparse: boolean;
  readonly hidden: boolean;
  readonly hashed: boolean;
  readonly partial: BsonDocument | undefined;
  readonly collation: Collation | undefined;
  readonly expireAfterSeconds: number | undefined;
  /** Which fields go through an array in some document. */
  multikey: boolean[];
  /** While the index is built: rows up to this one are in it. */
  builtTo: number | undefined;
  dropped = false;
  accesses = 0;
  readonly since = new Date();
  private readonly sql: DatabaseSync;
  private readonly documents: string;
  private readonly partialFilter: Filter | undefined;
  private readonly statements = new Map<string, StatementSync>();

  constructor(sql: DatabaseSync, id: number, collectionTable: string, spec: BsonDocument, multikey: boolean[]) {
    this.sql = sql;
    this.id = id;
    this.documents = collectionTable;
    this.spec = spec;
    this.name = String(spec.name);
    this.key = spec.key as BsonDocument;
    this.fields = fieldNames(this.key);
    this.paths = this.fields.map((field) => field.split("."));
    this.hashed = Object.values(this.key).includes("hashed");
    this.directions = this.fields.map((field) => (toDouble(this.key[field] as BsonNumber) < 0 ? -1 : 1));
    this.unique = spec.unique === true || (this.name === "_id_" && spec.repeats !== true);
    this.refusesDuplicates = this.unique || spec.prepareUnique === true;
    this.sparse = spec.sparse === true;
    this.hidden = spec.hidden === true;
    this.partial = spec.partialFilterExpression as BsonDocument | undefined;
    this.collation = spec.collation ? compileCollation(spec.collation) : undefined;
    const expire = spec.expireAfterSeconds;
    this.expireAfterSeconds = expire === undefined ? undefined : toDouble(expire as BsonNumber);
    this.partialFilter = this.partial && compileFilter(this.partial, { collation: this.collation });
    this.multikey = multikey;
  }

  get table(): string {
    return `i${this.id}`;
  }

  create(): void {
    const columns = this.unique ? "k BLOB PRIMARY KEY, r INTEGER NOT NULL" : "k BLOB, r INTEGER, PRIMARY KEY (k, r)";
    this.sql.exec(`CREATE TABLE ${this.table} (${columns}) WITHOUT ROWID`);
  }

  encode(values: readonly BsonValue[]): Buffer {
    return encodeKey(values, this.directions, this.collation);
  }

  /** The keys the document has in this index; none where the index leaves it out. */
  keysOf(doc: BsonDocument): { keys: Buffer[]; multikey: boolean[] } {
    if (this.partialFilter && !this.partialFilter.matches(doc)) return { keys: [], multikey: [] };
    const { keys, extracted } = indexKeys(doc, this);
    return { keys, multikey: extracted.multikey };
  }

  /** A row that has this key. */
  holder(key: Uint8Array): number | undefined {
    const row = this.statement("SELECT r FROM TABLE WHERE k = ?").get(key) as unknown as [number] | undefined;
    return row?.[0];
  }

  add(key: Uint8Array, row: number): void {
    this.statement("INSERT INTO TABLE (k, r) VALUES (?, ?)").run(key, row);
  }

  remove(key: Uint8Array, row: number): void {
    this.statement("DELETE FROM TABLE WHERE k = ? AND r = ?").run(key, row);
  }

  /** Documents behind `from` up to hi, forward; or before it down to lo, backward. They are not verified. */
  scan(range: { lo: Uint8Array; hi: Uint8Array }, { backward, from, limit }: ScanOptions): Iterable<ScanRow> {
    const sql = `SELECT i.r, c.doc, c.sum FROM TABLE i LEFT JOIN ${this.documents} c ON c.r = i.r ${scanClause(backward)}`;
    const end = backward ? range.lo : range.hi;
    return this.statement(sql).iterate(from[0], from[1], end, limit) as unknown as Iterable<ScanRow>;
  }

  /** The entry that is `count` entries on in the same scan: reading the key with every row would cost more. */
  positionAfter(range: { lo: Uint8Array; hi: Uint8Array }, { backward, from }: ScanOptions, count: number): Position {
    const sql = `SELECT i.k, i.r FROM TABLE i ${scanClause(backward)} OFFSET ? + 0`;
    return this.statement(sql).get(...from, backward ? range.lo : range.hi, 1, count - 1) as unknown as Position;
  }

  /** Entries behind a position, in order. */
  entries([key, row]: Position, limit: number): Position[] {
    const sql = `SELECT k, r FROM TABLE WHERE (k, r) > (?, ?) ORDER BY k, r ${LIMIT}`;
    return this.statement(sql).all(key, row, limit) as unknown as Position[];
  }

  has(key: Uint8Array, row: number): boolean {
    return this.statement("SELECT 1 FROM TABLE WHERE k = ? AND r = ?").get(key, row) !== undefined;
  }

  /** The number of entries, counted. */
  size(): number {
    return (this.statement("SELECT count(*) FROM TABLE").get() as unknown as [number])[0];
  }

  /** Counts on from a key up to `hi`, one slice's worth; `next` is where to go on. */
  countFrom([key, row]: Position, hi: Uint8Array): { count: number; next?: Position } {
    const rest = "FROM TABLE WHERE (k, r) > (?, ?) AND k < ? ORDER BY k, r LIMIT";
    const last = this.statement(`SELECT k, r ${rest} 1 OFFSET ${COUNT_SLICE - 1}`).get(key, row, hi);
    if (last) return { count: COUNT_SLICE, next: last as unknown as Position };
    const [count] = this.statement(`SELECT count(*) FROM (SELECT 1 ${rest} ${COUNT_SLICE})`).get(
      key,
      row,
      hi,
    ) as unknown as [number];
    return { count };
  }

  /** Number of entries in the range, counted up to `limit`. */
  count(range: { lo: Uint8Array; hi: Uint8Array }, limit: number): number {
    const row = this.statement(`SELECT count(*) FROM (SELECT 1 FROM TABLE WHERE k >= ? AND k < ? ${LIMIT})`).get(
      range.lo,
      range.hi,
      limit,
    ) as unknown as [number];
    return row[0];
  }

  private statement(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (!statement) {
      statement = this.sql.prepare(sql.replace("TABLE", this.table));
      statement.setReturnArrays(true);
      this.statements.set(sql, statement);
    }
    return statement;
  }
}

function scanClause(backward: boolean): string {
  return backward
    ? `WHERE (i.k, i.r) < (?, ?) AND i.k >= ? ORDER BY i.k DESC, i.r DESC ${LIMIT}`
    : `WHERE (i.k, i.r) > (?, ?) AND i.k < ? ORDER BY i.k, i.r ${LIMIT}`;
}
