import { closeSync, existsSync, fsyncSync, mkdtempSync, openSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { BsonDocument } from "../types.ts";
import { decode } from "../values/bson.ts";
import { Catalog, EXPIRY_INDEX } from "./catalog.ts";
import { collectionSum, indexSum, isIntact } from "./checksum.ts";
import type { Collection } from "./collection.ts";
import { checkIdentity, FILE_NAME } from "./opening.ts";
import { explain } from "./problems.ts";
import { Store } from "./store.ts";

export interface Salvage {
  documents: number;
  /** What is not in the new file, in words. */
  lost: string[];
}

type Row = Record<string, unknown>;

/** Documents written before others have their turn. */
const CHUNK = 500;

/**
 * Writes all that is whole in a damaged file to a new one, and makes its indexes again. The damaged file is only read; nothing may
 * write to it meanwhile. Throws where not even the list of collections can be read.
 */
export async function salvage(damaged: string, target: string): Promise<Salvage> {
  if (!existsSync(damaged)) throw new Error(`${damaged} does not exist`);
  if (existsSync(target)) throw new Error(`${target} exists already`);
  const directory = mkdtempSync(join(dirname(resolve(target)), `${basename(target)}.salvaging-`));
  try {
    const sql = new DatabaseSync(damaged, { readOnly: true });
    const store = new Store(directory);
    const result: Salvage = { documents: 0, lost: [] };
    try {
      checkIdentity(sql, damaged);
      const catalog = new Catalog(store);
      for (const row of sql.prepare("SELECT * FROM collections ORDER BY id").all())
        await salvageCollection({ sql, store, catalog, result }, row);
    } finally {
      store.close();
      sql.close();
    }
    const file = join(directory, FILE_NAME);
    sync(file);
    renameSync(file, target);
    sync(dirname(resolve(target)));
    return result;
  } catch (error) {
    throw explain(error, damaged);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Work {
  sql: DatabaseSync;
  store: Store;
  catalog: Catalog;
  result: Salvage;
}

async function salvageCollection({ sql, store, catalog, result }: Work, row: Row): Promise<void> {
  const [id, name] = [Number(row.id), `${row.db}.${row.name}`];
  const { lost } = result;
  const bytes = row.options as Uint8Array;
  const intact = row.sum === undefined || row.sum === collectionSum(id, String(row.db), String(row.name), bytes);
  if (!intact) lost.push(`${name}: its options, which are damaged`);
  const collection = catalog.create(String(row.db), String(row.name), intact ? decode(bytes) : {});
  const indexes = sql.prepare("SELECT * FROM indexes WHERE collection = ? AND ready = 1 ORDER BY id").all(id);
  const rows = rowNumbers(sql, id, Number(indexes[0]?.id));
  const read = sql.prepare(`SELECT doc, ${row.summed === undefined ? "NULL" : "sum"} AS sum FROM c${id} WHERE r = ?`);
  let kept = 0;
  for (const number of rows) {
    const found = readWhole(read, id, number, Number(row.summed ?? 0));
    if (found && insert(collection, found)) kept++;
    if (kept % CHUNK === 0) await store.durable();
  }
  const gone = Math.max(rows.length, Number(row.count)) - kept;
  if (gone > 0) lost.push(`${name}: ${gone} of ${kept + gone} documents`);
  result.documents += kept;
  for (const index of indexes) {
    const [spec, multikey] = [index.spec as Uint8Array, String(index.multikey)];
    if (index.sum !== undefined && index.sum !== indexSum(Number(index.id), id, spec, multikey))
      lost.push(`${name}: an index, whose description is damaged`);
    else if (!build(catalog, collection, decode(spec))) lost.push(`${name}: the index ${decode(spec).name}`);
    await store.durable();
  }
}

/** The rows of a table, from the table and from the index on _id: where one cannot be read the other may lead on. */
function rowNumbers(sql: DatabaseSync, collection: number, idIndex: number): number[] {
  const rows = new Set<number>();
  for (const query of [
    `SELECT r FROM c${collection} ORDER BY r`,
    `SELECT r FROM c${collection} ORDER BY r DESC`,
    `SELECT r FROM i${idIndex}`,
  ])
    try {
      for (const { r } of sql.prepare(query).iterate()) rows.add(Number(r));
    } catch {
      // As far as it can be read.
    }
  return [...rows].sort((a, b) => a - b);
}

function readWhole(read: StatementSync, collection: number, row: number, summed: number): Uint8Array | undefined {
  try {
    const found = read.get(row) as { doc: Uint8Array; sum: number | null } | undefined;
    if (!found) return undefined;
    return isIntact(collection, row, found.doc, found.sum, summed) ? found.doc : undefined;
  } catch {
    return undefined;
  }
}

/** False where it cannot be read after all, or another document has its _id. */
function insert(collection: Collection, bytes: Uint8Array): boolean {
  try {
    collection.insert({ doc: decode(bytes), bytes });
    return true;
  } catch {
    return false;
  }
}

function build(catalog: Catalog, collection: Collection, spec: BsonDocument): boolean {
  if (spec.name === "_id_" || spec.name === EXPIRY_INDEX) return true;
  const index = catalog.addIndex(collection, spec);
  try {
    while (!collection.buildIndex(index, CHUNK));
    catalog.finishIndex(index);
    return true;
  } catch {
    // A unique one may meet two documents with one key: only damage lets them be.
    catalog.dropIndex(collection, index);
    return false;
  }
}

function sync(path: string): void {
  const file = openSync(path, "r");
  fsyncSync(file);
  closeSync(file);
}
