import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { checkDatabase } from "./check.ts";
import { checkIdentity, FILE_NAME, takeLock } from "./opening.ts";
import { damaged as damage, explain } from "./problems.ts";

/** Finds named in a message. */
const SHOWN = 3;

/**
 * Writes a consistent copy of the database to a new file, also while another process serves it: writers go on, the copy
 * is of one moment. The copy is checked and on disk when this returns; its size in bytes is the result. Of a database that is
 * damaged no copy is made, so that it never takes the place of one that is whole; except with `damaged`.
 */
export function backUp(dataDir: string, target: string, { damaged = false }: { damaged?: boolean } = {}): number {
  const source = join(dataDir, FILE_NAME);
  if (!existsSync(source)) throw new Error(`${dataDir} holds no database`);
  if (existsSync(target)) throw new Error(`${target} exists already`);
  const partial = `${resolve(target)}.partial`;
  rmSync(partial, { force: true });
  try {
    const sql = new DatabaseSync(source, { readOnly: true });
    try {
      if (!damaged) checkPages(sql, source);
      sql.prepare("VACUUM INTO ?").run(partial);
    } finally {
      sql.close();
    }
    if (!damaged) check(partial, dataDir);
    sync(partial);
    renameSync(partial, target);
    sync(dirname(resolve(target)));
    return statSync(target).size;
  } catch (error) {
    rmSync(partial, { force: true });
    throw explain(error, source);
  }
}

/**
 * Puts a backup in the database's place; the server must be stopped. What was there is kept beside it, under the name
 * that is returned.
 */
export function restore(dataDir: string, backup: string): string | undefined {
  if (!existsSync(backup)) throw new Error(`${backup} does not exist`);
  const lock = takeLock(dataDir);
  const path = join(dataDir, FILE_NAME);
  try {
    check(backup, backup);
    const fresh = `${path}.restoring`;
    rmSync(fresh, { force: true });
    const sql = new DatabaseSync(backup, { readOnly: true });
    sql.prepare("VACUUM INTO ?").run(fresh);
    sql.close();
    check(fresh, fresh);
    sync(fresh);
    const kept = existsSync(path) ? setAside(path) : undefined;
    renameSync(fresh, path);
    sync(dataDir);
    return kept;
  } catch (error) {
    throw explain(error, backup);
  } finally {
    lock.close();
  }
}

/** Folds the log into the old file, so that it is whole by itself, and renames it. */
function setAside(path: string): string {
  const kept = `${path}.before-${new Date().toISOString().replace(/[:.]/g, "-")}`;
  try {
    const sql = new DatabaseSync(path);
    sql.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    sql.close();
  } catch {
    // A damaged file is set aside as it is, its log with it.
  }
  for (const suffix of ["-wal", "-shm"]) if (existsSync(path + suffix)) renameSync(path + suffix, kept + suffix);
  renameSync(path, kept);
  return kept;
}

/** Throws where anything in the file is not what was written; `name` is what the reader knows it as. */
function check(path: string, name: string): void {
  const sql = new DatabaseSync(path, { readOnly: true });
  try {
    checkIdentity(sql, path);
    checkPages(sql, path);
    const finds = [...checkDatabase(sql)].filter((find) => find !== undefined);
    if (finds.length === 0) return;
    const more = finds.length > SHOWN ? `; and ${finds.length - SHOWN} more` : "";
    throw damage(`${name} (${finds.slice(0, SHOWN).join("; ")}${more})`);
  } finally {
    sql.close();
  }
}

function checkPages(sql: DatabaseSync, path: string): void {
  const [first] = sql.prepare("PRAGMA integrity_check(1)").all() as { integrity_check: string }[];
  if (first?.integrity_check !== "ok") throw damage(`${path} (${first?.integrity_check})`);
}

function sync(path: string): void {
  const file = openSync(path, "r");
  fsyncSync(file);
  closeSync(file);
}
