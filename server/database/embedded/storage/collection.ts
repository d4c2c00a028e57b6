import { createHash } from "node:crypto";
import type { StatementSync } from "node:sqlite";
import { MongoError } from "../errors.ts";
import { extractKeys } from "../keys/extract.ts";
import { compileFilter } from "../matcher/index.ts";
import type { BsonDocument, Filter } from "../types.ts";
import { decode, encode } from "../values/bson.ts";
import { getField } from "../values/document.ts";
import { type BsonNumber, toDouble } from "../values/numbers.ts";
import { textOfValue } from "../values/text.ts";
import { ALL_ROWS, documentSum, indexSum, isIntact } from "./checksum.ts";
import { type Index, LIMIT, type ScanRow } from "./index-table.ts";
import { damaged } from "./problems.ts";
import type { Store } from "./store.ts";

/** A document on its way into a collection: its value and its bytes. */
export interface Stored {
  doc: BsonDocument;
  bytes: Uint8Array;
}

/** One collection: its table of documents and its indexes, which every write keeps in step. */
export class Collection {
  readonly id: number;
  readonly db: string;
  name: string;
  /** The same after a restart or a rename; a collection made anew has another. */
  readonly uuid: string;
  readonly options: BsonDocument;
  readonly indexes: Index[] = [];
  count = 0;
  bytes = 0;
  /** Counters or multikey flags differ from the catalog's row. */
  dirty = false;
  dropped = false;
  /** Rows up to this one have a checksum; those of a file that was made before there were any get theirs by and by. */
  summed = ALL_ROWS;
  validator: Filter | undefined;
  private lastRow: number | undefined;
  private readonly waiting = new Set<() => void>();
  private readonly store: Store;
  private readonly statements = new Map<string, StatementSync>();

  constructor(store: Store, id: number, db: string, name: string, options: BsonDocument) {
    this.store = store;
    this.id = id;
    this.uuid = uuidOf(id);
    this.db = db;
    this.name = name;
    this.options = options;
    this.setValidator(options.validator as BsonDocument | undefined);
  }

  get namespace(): string {
    return `${this.db}.${this.name}`;
  }

  get table(): string {
    return `c${this.id}`;
  }

  get idIndex(): Index {
    return this.indexes[0] as Index;
  }

  setValidator(validator: BsonDocument | undefined): void {
    this.validator = validator && Object.keys(validator).length > 0 ? compileFilter(validator, {}) : undefined;
  }

  create(): void {
    this.store.sql.exec(`CREATE TABLE ${this.table} (r INTEGER PRIMARY KEY, doc BLOB NOT NULL, sum INTEGER)`);
  }

  insert({ doc, bytes }: Stored): void {
    this.store.write(() => {
      const entries = this.indexes.map((index) => ({ index, ...index.keysOf(doc) }));
      for (const { index, keys } of entries) this.checkUnique(index, keys, doc);
      const row = this.nextRow();
      this.statement("INSERT INTO TABLE (r, doc, sum) VALUES (?, ?, ?)").run(row, bytes, this.sumOf(row, bytes));
      for (const { index, keys, multikey } of entries) {
        if (index.builtTo !== undefined && row > index.builtTo) continue;
        this.noteMultikey(index, multikey);
        for (const key of keys) index.add(key, row);
      }
      this.changeSize(1, bytes.length);
      if (!this.options.capped) return;
      this.trim();
      for (const wake of this.waiting) wake();
    });
  }

  /** Replaces the document of a row; indexes whose keys stay the same are not touched. */
  update(row: number, before: Stored, after: Stored): void {
    this.store.write(() => {
      const changes = this.indexes
        .filter((index) => index.builtTo === undefined || row <= index.builtTo)
        .filter((index) => !sharesKeys(index, before.doc, after.doc))
        .map((index) => keyChanges(index, before.doc, after.doc));
      for (const { index, added } of changes) this.checkUnique(index, added, after.doc);
      const sum = this.sumOf(row, after.bytes);
      this.statement("UPDATE TABLE SET doc = ?, sum = ? WHERE r = ?").run(after.bytes, sum, row);
      for (const { index, added, removed, multikey } of changes) {
        this.noteMultikey(index, multikey);
        for (const key of removed) index.remove(key, row);
        for (const key of added) index.add(key, row);
      }
      this.changeSize(0, after.bytes.length - before.bytes.length);
    });
  }

  delete(row: number, { doc, bytes }: Stored): void {
    this.store.write(() => {
      for (const index of this.indexes) {
        if (index.builtTo !== undefined && row > index.builtTo) continue;
        for (const key of index.keysOf(doc).keys) index.remove(key, row);
      }
      this.statement("DELETE FROM TABLE WHERE r = ?").run(row);
      this.changeSize(-1, -bytes.length);
    });
  }

  /** Resolves at the next insert into a capped collection, or after so many milliseconds. */
  async inserted(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, milliseconds).unref();
    this.waiting.add(resolve);
    await promise;
    this.waiting.delete(resolve);
    clearTimeout(timer);
  }

  /** Throws DataCorruptionDetected (301) where the document is not the one that was written. */
  read(row: number): Uint8Array | undefined {
    try {
      const statement = this.statement("SELECT r, doc, sum FROM TABLE WHERE r = ?");
      const found = statement.get(row) as unknown as ScanRow | undefined;
      if (found) this.verify(found);
      return found?.[1];
    } catch (error) {
      throw this.readingFailed(error);
    }
  }

  /** Documents in natural order after row `after` (or before it, backward), verified. */
  scan(after: number, backward: boolean, limit: number): Iterable<ScanRow> {
    return this.verified(this.stored(after, backward, limit));
  }

  /** The same as they are stored, whole or not. */
  stored(after: number, backward: boolean, limit: number): Iterable<ScanRow> {
    const [compare, order] = backward ? ["<", "DESC"] : [">", "ASC"];
    const sql = `SELECT r, doc, sum FROM TABLE WHERE r ${compare} ? ORDER BY r ${order} ${LIMIT}`;
    return this.statement(sql).iterate(after, limit) as unknown as Iterable<ScanRow>;
  }

  /** Hands scanned rows on, and throws DataCorruptionDetected (301) at the first that is not what was written. */
  *verified(rows: Iterable<ScanRow>): Iterable<ScanRow> {
    try {
      for (const row of rows) {
        this.verify(row);
        yield row;
      }
    } catch (error) {
      throw this.readingFailed(error);
    }
  }

  /** Whether a row holds what was written; unknown ones of an older file count as whole. */
  isWhole([row, bytes, sum]: ScanRow): boolean {
    return isIntact(this.id, row, bytes, sum, this.summed);
  }

  /** A number that JavaScript has no room for can only be damage: none was written. */
  private readingFailed(error: unknown): unknown {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ERR_OUT_OF_RANGE" ? damaged(`a document of the collection ${this.namespace}`) : error;
  }

  private verify(row: ScanRow): void {
    if (this.isWhole(row)) return;
    if (row[1] === null) throw damaged(`an index of the collection ${this.namespace}`);
    throw damaged(`a document of the collection ${this.namespace} (row ${row[0]})`);
  }

  private sumOf(row: number, bytes: Uint8Array): number {
    return documentSum(this.id, row, bytes);
  }

  /** Gives the rows after `summed` their checksums, at most `limit`; true when all have one. Calls `found` with damaged ones. */
  addSums(limit: number, found: (row: number) => void): boolean {
    return this.store.write(() => {
      const rows = [...this.stored(this.summed, false, limit)];
      for (const [row, bytes, sum] of rows) {
        this.summed = row;
        if (sum !== null) continue;
        // What cannot be read stays without a checksum, and from here on counts as damaged.
        if (isReadable(bytes)) this.statement("UPDATE TABLE SET sum = ? WHERE r = ?").run(this.sumOf(row, bytes), row);
        else found(row);
      }
      if (rows.length < limit) this.summed = ALL_ROWS;
      this.store.sql.prepare("UPDATE collections SET summed = ? WHERE id = ?").run(this.summed, this.id);
      return this.summed === ALL_ROWS;
    });
  }

  /** Adds the rows after `index.builtTo` to an index under construction, at most `limit`; true when all are in. */
  buildIndex(index: Index, limit: number): boolean {
    return this.store.write(() => {
      const rows = [...this.scan(index.builtTo ?? 0, false, limit)];
      for (const [row, bytes] of rows) {
        const doc = decode(bytes);
        const { keys, multikey } = index.keysOf(doc);
        this.checkUnique(index, keys, doc);
        this.noteMultikey(index, multikey);
        for (const key of keys) index.add(key, row);
        index.builtTo = row;
      }
      return rows.length < limit;
    });
  }

  /** Rereads what memory had counted, after a failed transaction. */
  reset(count: number, bytes: number): void {
    this.count = count;
    this.bytes = bytes;
    this.lastRow = undefined;
    this.dirty = false;
  }

  private nextRow(): number {
    if (this.lastRow === undefined) {
      const found = this.statement("SELECT max(r) FROM TABLE").get() as unknown as [number | null];
      this.lastRow = found[0] ?? 0;
    }
    this.lastRow++;
    return this.lastRow;
  }

  private checkUnique(index: Index, keys: Buffer[], doc: BsonDocument): void {
    if (!index.refusesDuplicates) return;
    for (const key of keys) if (index.holder(key) !== undefined) throw this.duplicateKey(index, key, doc);
  }

  private duplicateKey(index: Index, key: Buffer, doc: BsonDocument): MongoError {
    const sets = extractKeys(doc, index.paths).values;
    const values = sets.find((set) => index.encode(set).equals(key)) ?? sets[0] ?? [];
    const keyValue = Object.fromEntries(index.fields.map((field, i) => [field, values[i] ?? null]));
    const collation = index.collation ? ` collation: ${textOfValue(index.spec.collation)}` : "";
    return new MongoError(
      "DuplicateKey",
      `E11000 duplicate key error collection: ${this.namespace} index: ${index.name}${collation} dup key: ${textOfValue(keyValue)}`,
      { fields: { keyPattern: index.key, keyValue } },
    );
  }

  private noteMultikey(index: Index, multikey: boolean[]): void {
    multikey.forEach((isArray, i) => {
      if (!isArray || index.multikey[i]) return;
      index.multikey[i] = true;
      const flags = JSON.stringify(index.multikey);
      this.store.sql.prepare("UPDATE indexes SET multikey = ? WHERE id = ?").run(flags, index.id);
      this.sumIndex(index);
    });
  }

  /** Writes the checksum of an index's description; after every change of it. */
  sumIndex({ id, spec, multikey }: Index): void {
    const sum = indexSum(id, this.id, encode(spec), JSON.stringify(multikey));
    this.store.sql.prepare("UPDATE indexes SET sum = ? WHERE id = ?").run(sum, id);
  }

  private changeSize(count: number, bytes: number): void {
    this.count += count;
    this.bytes += bytes;
    this.dirty = true;
  }

  /** A capped collection forgets its oldest documents. */
  private trim(): void {
    const { size, max } = this.options;
    const maxBytes = size === undefined ? Number.POSITIVE_INFINITY : toDouble(size as BsonNumber);
    const maxCount = max === undefined ? Number.POSITIVE_INFINITY : toDouble(max as BsonNumber);
    while (this.count > 1 && (this.count > maxCount || this.bytes > maxBytes)) {
      const [oldest] = this.scan(0, false, 1);
      if (!oldest) return;
      const [row, bytes] = oldest;
      this.delete(row, { doc: decode(bytes), bytes });
    }
  }

  private statement(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (!statement) {
      statement = this.store.sql.prepare(sql.replace("TABLE", this.table));
      statement.setReturnArrays(true);
      this.statements.set(sql, statement);
    }
    return statement;
  }
}

function isReadable(bytes: Uint8Array): boolean {
  try {
    decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** A UUID of version 8 (RFC 9562 section 5.8) from the catalog's number, which is never given twice. */
function uuidOf(id: number): string {
  const bytes = createHash("sha256").update(`collection ${id}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Whether nothing that the index reads was replaced: updates copy what they change and share the rest. */
function sharesKeys({ paths, partial }: Index, before: BsonDocument, after: BsonDocument): boolean {
  return !partial && paths.every(([name = ""]) => getField(before, name) === getField(after, name));
}

/** The keys that are not among the others. A long array's index entries are thousands: they go through a set. */
function without(keys: Buffer[], others: Buffer[]): Buffer[] {
  if (keys.length * others.length < 64) return keys.filter((key) => !others.some((other) => other.equals(key)));
  const present = new Set(others.map((key) => key.toString("latin1")));
  return keys.filter((key) => !present.has(key.toString("latin1")));
}

function keyChanges(index: Index, before: BsonDocument, after: BsonDocument) {
  const old = index.keysOf(before).keys;
  const { keys, multikey } = index.keysOf(after);
  const removed = without(old, keys);
  const added = without(keys, old);
  return { index, removed, added, multikey };
}
