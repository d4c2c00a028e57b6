import type { DatabaseSync } from "node:sqlite";
import { collectionSum, indexSum } from "./checksum.ts";

/**
 * Brings a file of format 1 to format 2: columns for checksums. It reads none of the documents; they get their checksums
 * in the background (see summing.ts). A version that knows format 1 alone would change documents and not their checksums, so
 * it must not open the file any more.
 */
export function upgrade(sql: DatabaseSync, format: number): void {
  const { user_version: found } = sql.prepare("PRAGMA user_version").get() as { user_version: number };
  if (found === format) return;
  const tables = new Set(
    sql
      .prepare("SELECT name FROM sqlite_schema")
      .all()
      .map(({ name }) => name),
  );
  sql.exec("BEGIN IMMEDIATE");
  try {
    if (tables.has("collections")) {
      sql.exec(`
        ALTER TABLE collections ADD COLUMN summed INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE collections ADD COLUMN sum INTEGER;
        ALTER TABLE indexes ADD COLUMN sum INTEGER;
      `);
      for (const { id, db, name, options } of sql.prepare("SELECT id, db, name, options FROM collections").all()) {
        sql.exec(`ALTER TABLE c${id} ADD COLUMN sum INTEGER`);
        const sum = collectionSum(Number(id), String(db), String(name), options as Uint8Array);
        sql.prepare("UPDATE collections SET sum = ? WHERE id = ?").run(sum, id as number);
      }
      for (const { id, collection, spec, multikey } of sql.prepare("SELECT * FROM indexes").all()) {
        const sum = indexSum(Number(id), Number(collection), spec as Uint8Array, String(multikey));
        sql.prepare("UPDATE indexes SET sum = ? WHERE id = ?").run(sum, id as number);
      }
    }
    sql.exec(`PRAGMA user_version = ${format}; COMMIT`);
  } catch (error) {
    if (sql.isTransaction) sql.exec("ROLLBACK");
    throw error;
  }
}
