import type { DatabaseSync } from "node:sqlite";
import { decode } from "../values/bson.ts";
import { collectionSum, indexSum, isIntact } from "./checksum.ts";
import { Index } from "./index-table.ts";
import { explain, isSqliteError } from "./problems.ts";

/** Documents between two places where the check may pause. */
const SLICE = 64;
/** Finds told of one collection: beyond that its number says more. */
const MOST = 5;

type Row = Record<string, unknown>;

/**
 * Checks everything that is stored: SQLite's pages, the checksum of every document, the counters, and that each index holds
 * just the keys of the documents. Gives what it finds, in words, and in between `undefined` where the caller may pause. It reads
 * one collection at a time as of one moment, through any connection to the file, also while another one writes.
 */
export function* checkDatabase(sql: DatabaseSync): Generator<string | undefined> {
  let collections: Row[];
  try {
    collections = sql.prepare("SELECT * FROM collections ORDER BY id").all();
  } catch (error) {
    yield `the catalog cannot be read: ${reason(error)}`;
    return;
  }
  for (const { id } of collections) {
    let finds = 0;
    for (const find of checkCollection(sql, Number(id))) {
      if (find !== undefined && ++finds > MOST) break;
      yield find;
    }
    yield undefined;
  }
}

function* checkCollection(sql: DatabaseSync, id: number): Generator<string | undefined> {
  sql.exec("BEGIN");
  let name = `collection ${id}`;
  try {
    const row = sql.prepare("SELECT * FROM collections WHERE id = ?").get(id) as Row | undefined;
    // Dropped in the meantime.
    if (!row) return;
    name = `${row.db}.${row.name}`;
    if (
      row.sum !== undefined &&
      row.sum !== collectionSum(id, String(row.db), String(row.name), row.options as Uint8Array)
    )
      yield `${name}: its description is damaged`;
    for (const find of checkPages(sql, `c${id}`)) yield `${name}: ${find}`;
    for (const find of checkDocuments(sql, row, name)) yield find;
  } catch (error) {
    yield `${name}: ${reason(error)}`;
  } finally {
    if (sql.isTransaction) sql.exec("ROLLBACK");
  }
}

function checkPages(sql: DatabaseSync, table: string): string[] {
  const rows = sql.prepare(`PRAGMA integrity_check(${table})`).all() as { integrity_check: string }[];
  return rows.map((row) => row.integrity_check).filter((text) => text !== "ok");
}

function* checkDocuments(sql: DatabaseSync, collection: Row, name: string): Generator<string | undefined> {
  const id = Number(collection.id);
  const table = `c${id}`;
  const indexes: { index: Index; entries: number }[] = [];
  for (const row of sql.prepare("SELECT * FROM indexes WHERE collection = ? AND ready = 1 ORDER BY id").all(id)) {
    const [spec, multikey] = [row.spec as Uint8Array, String(row.multikey)];
    if (row.sum !== undefined && row.sum !== indexSum(Number(row.id), id, spec, multikey)) {
      yield `${name}: the description of an index is damaged`;
      continue;
    }
    const index = new Index(sql, Number(row.id), table, decode(spec), JSON.parse(multikey) as boolean[]);
    for (const find of checkPages(sql, index.table)) yield `${name}, index ${index.name}: ${find}`;
    indexes.push({ index, entries: 0 });
    yield undefined;
  }
  // A file of format 1 has no checksums.
  const sums = collection.summed === undefined ? "NULL" : "sum";
  const summed = Number(collection.summed ?? 0);
  const statement = sql.prepare(`SELECT r, doc, ${sums} FROM ${table} ORDER BY r`);
  statement.setReturnArrays(true);
  let [documents, bytes] = [0, 0];
  for (const stored of statement.iterate() as unknown as Iterable<[number, Uint8Array, number | null]>) {
    const [row, document, sum] = stored;
    documents++;
    bytes += document instanceof Uint8Array ? document.length : 0;
    if (!isIntact(id, row, document, sum, summed)) yield `${name}: the document in row ${row} is not what was written`;
    else yield* checkEntries(indexes, row, document, name);
    if (documents % SLICE === 0) yield undefined;
  }
  for (const { index, entries } of indexes) {
    const size = index.size();
    if (size !== entries) yield `${name}: index ${index.name} has ${size} entries instead of ${entries}`;
    yield undefined;
  }
  if (documents !== Number(collection.count))
    yield `${name}: ${documents} documents are there, ${collection.count} were counted`;
  else if (bytes !== Number(collection.bytes))
    yield `${name}: ${bytes} bytes, but the counter says ${collection.bytes}`;
}

/** Whether each index leads to this document by each of its keys; counts them. */
function* checkEntries(
  indexes: { index: Index; entries: number }[],
  row: number,
  document: Uint8Array,
  name: string,
): Generator<string> {
  let doc: ReturnType<typeof decode>;
  try {
    doc = decode(document);
  } catch (error) {
    yield `${name}: the document in row ${row} cannot be read: ${reason(error)}`;
    return;
  }
  for (const each of indexes) {
    const { keys } = each.index.keysOf(doc);
    each.entries += keys.length;
    if (keys.some((key) => !each.index.has(key, row)))
      yield `${name}: index ${each.index.name} lacks the document in row ${row}`;
  }
}

function reason(error: unknown): string {
  if (isSqliteError(error)) return explain(error, "").message.split(";")[0] as string;
  return error instanceof Error ? error.message : String(error);
}
