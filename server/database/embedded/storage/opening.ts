import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MongoError } from "../errors.ts";
import { explain, REMEDY, SqliteCode, sqliteCode } from "./problems.ts";
import { upgrade } from "./upgrade.ts";

/** The database file in the data directory. */
export const FILE_NAME = "parley.db";
const LOCK_NAME = "parley.lock";
/** "Prly" in the file header, so that another program's database is never taken for ours. */
const APPLICATION_ID = 0x50726c79;
/** What new files are written as. Format 1 had no checksums. */
export const FORMAT = 2;
const MAGIC = "SQLite format 3\0";
/** A log with nothing in it but its header. */
const EMPTY_LOG_BYTES = 32;

export interface Expectations {
  /** There has been a database here before, the caller knows: a missing file is then an error, not a first start. */
  expected?: boolean | undefined;
  /** Begin with an empty database where the file is missing, whatever was there before. */
  anew?: boolean | undefined;
}

/** What kind of trouble keeps a database from starting: the file is gone, is damaged, or something else is in the way. */
export type Trouble = "missing" | "damaged" | "other";

/** Why a database does not start, in one line for the operator. */
export class OpeningError extends Error {
  readonly trouble: Trouble;
  constructor(message: string, trouble: Trouble = "other") {
    super(message);
    this.name = "OpeningError";
    this.trouble = trouble;
  }
}

/** What kind of trouble an error at the start tells of. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof OpeningError) return error.trouble;
  return error instanceof MongoError && error.codeName === "DataCorruptionDetected" ? "damaged" : "other";
}

/**
 * A second process must not write the same files. The lock is a lock of the operating system on a file of its own, so it
 * ends with the process however that ends, and the database file itself stays readable for a backup.
 */
export function takeLock(dataDir: string): DatabaseSync {
  const path = join(dataDir, LOCK_NAME);
  let lock: DatabaseSync | undefined;
  makeWritable(dataDir, [path, join(dataDir, FILE_NAME)]);
  try {
    lock = new DatabaseSync(path);
    lock.exec("PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock?.close();
    if (sqliteCode(error) === SqliteCode.busy)
      throw new OpeningError(
        `${dataDir} is in use by another process. Stop it first, or give this one another directory.`,
      );
    throw explain(error, path);
  }
}

/** Whether a database was opened in this directory before. */
export function hasLock(dataDir: string): boolean {
  return existsSync(join(dataDir, LOCK_NAME));
}

export function removeLock(dataDir: string): void {
  rmSync(join(dataDir, LOCK_NAME), { force: true });
}

/** Makes the directory. The files are only looked at: to open and close one would end this process's locks on it. */
function makeWritable(dataDir: string, files: string[]): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    for (const file of files) if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK);
  } catch (error) {
    const { code, path = dataDir } = error as NodeJS.ErrnoException;
    if (code === "EACCES" || code === "EPERM")
      throw new OpeningError(`no permission to write ${path}. Start as the user who owns it, or change its owner.`);
    if (code === "EROFS") throw new OpeningError(`${path} is read-only. Make it writable, or take another directory.`);
    if (code === "ENOSPC") throw new OpeningError(`the disk of ${path} is full. Make room and start again.`);
    throw error;
  }
}

/** Opens the file, made if this is a first start. Throws an OpeningError that says what is wrong with it and what to do. */
export function openFile(path: string, expectations: Expectations): DatabaseSync {
  const isNew = isAbsent(path);
  if (isNew) refuseLoss(path, expectations);
  else checkHeader(path);
  // A commit is not synced by SQLite itself (`synchronous`), only a checkpoint is: the store syncs the log.
  const sql = new DatabaseSync(path);
  try {
    sql.exec(`
      PRAGMA page_size = 4096;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA cache_size = -32768;
      PRAGMA temp_store = FILE;
      PRAGMA wal_autocheckpoint = 2000;
      PRAGMA journal_size_limit = 67108864;
      PRAGMA busy_timeout = 10000;
    `);
    chmodSync(path, 0o600);
    const unmarked = pragma(sql, "application_id") === 0 && pragma(sql, "user_version") === 0;
    if (unmarked && pragma(sql, "schema_version") === 0)
      sql.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT}`);
    checkIdentity(sql, path);
    if (!isNew) checkLength(sql, path);
    upgrade(sql, FORMAT);
    return sql;
  } catch (error) {
    sql.close();
    throw error;
  }
}

function isAbsent(path: string): boolean {
  return !existsSync(path) || statSync(path).size === 0;
}

/** A file that is gone must not look like a first start: the next thing its owner sees would be an empty program. */
function refuseLoss(path: string, { expected, anew }: Expectations): void {
  const log = `${path}-wal`;
  const hasLog = existsSync(log) && statSync(log).size > EMPTY_LOG_BYTES;
  if (anew) {
    setLogAside(path);
    return;
  }
  const state = existsSync(path) ? "is empty (0 bytes)" : "is missing";
  const missing = (because: string) => new OpeningError(`${path} ${state}, ${because}`, "missing");
  if (hasLog) throw missing(`although its log ${basename(log)} is there. Put the file back, or restore a backup.`);
  const kept = readdirSync(dirname(path)).find((name) => name.startsWith(`${basename(path)}.before-`));
  if (kept) throw missing(`although a restore set ${kept} aside: it was interrupted. Restore the backup again.`);
  if (expected) throw missing("although there was a database here before. Put the file back, or restore a backup.");
}

/** A log without its database is of no use to a new one, and would be taken for the new one's. */
function setLogAside(path: string): void {
  const kept = `${path}.before-${new Date().toISOString().replace(/[:.]/g, "-")}`;
  for (const suffix of ["-wal", "-shm"]) if (existsSync(path + suffix)) renameSync(path + suffix, kept + suffix);
}

/** Call only while no connection of this process has the file open: closing it ends the process's locks. */
function checkHeader(path: string): void {
  const file = openSync(path, "r");
  const header = Buffer.alloc(100);
  const read = readSync(file, header, 0, header.length, 0);
  closeSync(file);
  if (read < header.length || header.toString("latin1", 0, 16) !== MAGIC)
    throw new OpeningError(`${path} is damaged or is not a database; ${REMEDY}`, "damaged");
}

/** A file that was cut short fails much later otherwise, where the pages that are gone are needed. */
function checkLength(sql: DatabaseSync, path: string): void {
  // What a crash left in the log belongs to the file.
  sql.exec("PRAGMA wal_checkpoint(PASSIVE)");
  const pages = pragma(sql, "page_count");
  const present = Math.floor(statSync(path).size / pragma(sql, "page_size"));
  if (present < pages)
    throw new OpeningError(`${path} is cut short: ${present} of ${pages} pages are there; ${REMEDY}`, "damaged");
}

/** Refuses a file of another program or a later format. */
export function checkIdentity(sql: DatabaseSync, path: string): void {
  const format = pragma(sql, "user_version");
  if (pragma(sql, "application_id") !== APPLICATION_ID)
    throw new OpeningError(`${path} is not a database of this program.`);
  if (format > FORMAT)
    throw new OpeningError(
      `${path} has format ${format}, of a later version; this one reads up to format ${FORMAT}. Start the later version again.`,
    );
  if (format < 1) throw new OpeningError(`${path} has format ${format}, which no version wrote; ${REMEDY}`, "damaged");
}

function pragma(sql: DatabaseSync, name: string): number {
  return Object.values(sql.prepare(`PRAGMA ${name}`).get() as Record<string, number>)[0] as number;
}
