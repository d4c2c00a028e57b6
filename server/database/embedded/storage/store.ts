import { chmodSync, closeSync, fdatasync, fdatasyncSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { MongoError } from "../errors.ts";

/** The database file in the data directory. */
export const FILE_NAME = "parley.db";
const LOCK_NAME = "parley.lock";
/** "Prly" in the file header, so that another program's database is never taken for ours. */
const APPLICATION_ID = 0x50726c79;
const FORMAT = 1;

/**
 * One SQLite file and the one write transaction that is open in it. The first write opens it, the end of the event loop's turn
 * commits it, and the replies of all its writers wait until it is on disk: they share one sync. While one transaction is on
 * its way to the disk, the next gathers writers; SQLite's own sync at COMMIT would hold the thread meanwhile.
 */
export class Store {
  readonly sql: DatabaseSync;
  readonly path: string;
  /** Counts failed transactions: an operation that spans turns can see that an earlier part of it is gone. */
  failures = 0;
  private readonly lock: DatabaseSync;
  private readonly beginStatement: StatementSync;
  private readonly commitStatement: StatementSync;
  /** The open transaction, and the committed one that is on its way to the disk. */
  private open: PromiseWithResolvers<void> | undefined;
  private syncing: PromiseWithResolvers<void> | undefined;
  private readonly log: number;
  /** Set when the disk refused to keep what was committed: nothing that is written from then on can be trusted. */
  private broken: MongoError | undefined;
  closed = false;
  private readonly beforeCommit: (() => void)[] = [];
  private readonly afterFailure: (() => void)[] = [];

  constructor(dataDir: string) {
    this.path = join(dataDir, FILE_NAME);
    this.lock = takeLock(dataDir);
    try {
      this.sql = openFile(this.path);
      this.log = openSync(`${this.path}-wal`, "r+");
      this.beginStatement = this.sql.prepare("BEGIN IMMEDIATE");
      this.commitStatement = this.sql.prepare("COMMIT");
    } catch (error) {
      this.lock.close();
      throw explain(error, this.path);
    }
  }

  /** Opens the shared transaction if none is open. Call before every write. */
  begin(): void {
    if (this.open) return;
    if (this.broken) throw this.broken;
    try {
      this.beginStatement.run();
    } catch (error) {
      throw explain(error, this.path);
    }
    this.open = Promise.withResolvers();
    this.open.promise.catch(() => {});
    if (!this.syncing) setImmediate(() => this.commit());
  }

  /** Resolves when everything written so far is on disk; rejects when it could not be written. */
  durable(): Promise<void> | undefined {
    return (this.open ?? this.syncing)?.promise;
  }

  /** Runs before each COMMIT, to write what is counted in memory. */
  onCommit(hook: () => void): void {
    this.beforeCommit.push(hook);
  }

  /** Runs after a failed transaction was rolled back, to read again what memory had of it. */
  onFailure(hook: () => void): void {
    this.afterFailure.push(hook);
  }

  /** Runs a write; an error of SQLite itself (not one of ours) fails the whole shared transaction. */
  write<T>(work: () => T): T {
    this.begin();
    try {
      return work();
    } catch (error) {
      if (!isSqliteError(error)) throw error;
      throw this.fail(error);
    }
  }

  private commit(): void {
    const group = this.endTransaction();
    if (!group) return;
    this.syncing = group;
    fdatasync(this.log, (error) => this.synced(group, error));
  }

  /** Commits what is open, if anything is; who wrote in it still waits for the disk. */
  private endTransaction(): PromiseWithResolvers<void> | undefined {
    const group = this.open;
    if (!group) return undefined;
    try {
      for (const hook of this.beforeCommit) hook();
      this.commitStatement.run();
    } catch (error) {
      this.fail(error);
      return undefined;
    }
    this.open = undefined;
    return group;
  }

  private synced(group: PromiseWithResolvers<void>, error: Error | null): void {
    this.syncing = undefined;
    if (this.closed) closeSync(this.log);
    else if (error) this.refuseWrites(error);
    if (error) group.reject(explain(error, this.path));
    else group.resolve();
    // In the next turn: the replies that this makes possible go out first.
    if (this.open) setImmediate(() => this.commit());
  }

  /** The system may have dropped what it could not write, so a later sync that succeeds would prove nothing. */
  private refuseWrites(cause: Error): void {
    this.broken = new MongoError(
      "InternalError",
      `the disk failed to keep a write (${cause.message}); nothing more is written. Check the disk and start again`,
    );
    if (this.open) this.fail(this.broken);
  }

  private fail(cause: unknown): MongoError {
    const error = explain(cause, this.path);
    const group = this.open;
    this.open = undefined;
    this.failures++;
    // SQLite has already rolled back by itself on some errors.
    if (this.sql.isTransaction) this.sql.exec("ROLLBACK");
    for (const hook of this.afterFailure) hook();
    group?.reject(error);
    return error;
  }

  close(): void {
    const group = this.endTransaction();
    if (group) fdatasyncSync(this.log);
    this.closed = true;
    this.sql.close();
    group?.resolve();
    if (!this.syncing) closeSync(this.log);
    this.lock.close();
  }
}

/**
 * A second process must not write the same files. The lock is a lock of the operating system on a file of its own, so it
 * ends with the process however that ends, and the database file itself stays readable for a backup.
 */
export function takeLock(dataDir: string): DatabaseSync {
  const path = join(dataDir, LOCK_NAME);
  let lock: DatabaseSync | undefined;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    lock = new DatabaseSync(path);
    lock.exec("PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock?.close();
    if (sqliteCode(error) === SqliteCode.busy)
      throw new Error(`${dataDir} is in use by another process. Stop it first, or give this one another directory.`);
    throw explain(error, path);
  }
}

/** A commit is not synced by SQLite itself (`synchronous`), only a checkpoint is: the store syncs the log. */
function openFile(path: string): DatabaseSync {
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
    const isNew = pragma(sql, "application_id") === 0 && pragma(sql, "user_version") === 0;
    if (isNew) sql.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT}`);
    checkIdentity(sql, path);
    return sql;
  } catch (error) {
    sql.close();
    throw error;
  }
}

/** Refuses a file of another program or another format. */
export function checkIdentity(sql: DatabaseSync, path: string): void {
  const format = pragma(sql, "user_version");
  if (pragma(sql, "application_id") !== APPLICATION_ID) throw new Error(`${path} is not a database of this program.`);
  if (format !== FORMAT) throw new Error(`${path} has format ${format}; this version reads format ${FORMAT}.`);
}

function pragma(sql: DatabaseSync, name: string): number {
  return Object.values(sql.prepare(`PRAGMA ${name}`).get() as Record<string, number>)[0] as number;
}

const SqliteCode = {
  busy: 5,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  notADatabase: 26,
} as const;

/** What a primary result code of SQLite means to the operator. */
const explanations: Record<number, { code: "OutOfDiskSpace" | "InternalError"; text: string }> = {
  [SqliteCode.readOnly]: { code: "InternalError", text: "the data directory is read-only" },
  [SqliteCode.ioError]: { code: "InternalError", text: "the disk reported an input/output error" },
  [SqliteCode.corrupt]: { code: "InternalError", text: "the database file is damaged; restore a backup" },
  [SqliteCode.full]: { code: "OutOfDiskSpace", text: "the disk is full; nothing of this write was kept" },
  [SqliteCode.cantOpen]: {
    code: "InternalError",
    text: "the database file can not be opened (missing or read-only directory)",
  },
  [SqliteCode.notADatabase]: {
    code: "InternalError",
    text: "the file is damaged or is not a database; restore a backup",
  },
};

function sqliteCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === "number" ? code & 0xff : undefined;
}

export function isSqliteError(error: unknown): boolean {
  return sqliteCode(error) !== undefined;
}

/** Turns an error of SQLite into one that says what to do; others pass. */
export function explain(error: unknown, path: string): MongoError {
  if (error instanceof MongoError) return error;
  const known = explanations[sqliteCode(error) ?? -1];
  const message = error instanceof Error ? error.message : String(error);
  return new MongoError(known?.code ?? "InternalError", known ? `${known.text} (${path}: ${message})` : message);
}
