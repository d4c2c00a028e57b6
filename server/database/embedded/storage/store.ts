import { closeSync, fdatasync, fdatasyncSync, openSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { MongoError } from "../errors.ts";
import { Health } from "./health.ts";
import { type Expectations, FILE_NAME, hasLock, OpeningError, openFile, removeLock, takeLock } from "./opening.ts";
import { explain, isSqliteError } from "./problems.ts";

/**
 * One SQLite file and the one write transaction that is open in it. The first write opens it, the end of the event loop's turn
 * commits it, and the replies of all its writers wait until it is on disk: they share one sync. While one transaction is on
 * its way to the disk, the next gathers writers; SQLite's own sync at COMMIT would hold the thread meanwhile.
 */
export class Store {
  readonly sql: DatabaseSync;
  readonly path: string;
  readonly health = new Health();
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

  constructor(dataDir: string, expectations: Expectations = {}) {
    this.path = join(dataDir, FILE_NAME);
    const isFirst = !hasLock(dataDir);
    this.lock = takeLock(dataDir);
    try {
      this.sql = openFile(this.path, { ...expectations, expected: expectations.expected || !isFirst });
      this.log = openSync(`${this.path}-wal`, "r+");
      this.beginStatement = this.sql.prepare("BEGIN IMMEDIATE");
      this.commitStatement = this.sql.prepare("COMMIT");
    } catch (error) {
      this.lock.close();
      // A first start that failed leaves no sign that there has been a database.
      if (isFirst) removeLock(dataDir);
      throw error instanceof OpeningError ? error : explain(error, this.path);
    }
  }

  /** Opens the shared transaction if none is open. Call before every write. */
  begin(): void {
    if (this.open) return;
    if (this.broken) throw this.broken;
    try {
      this.beginStatement.run();
    } catch (error) {
      this.health.writeFailed(error, this.pages());
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
    else {
      this.health.writeWorked(() => this.pages());
      group.resolve();
    }
    // In the next turn: the replies that this makes possible go out first.
    if (this.open) setImmediate(() => this.commit());
  }

  /** The system may have dropped what it could not write, so a later sync that succeeds would prove nothing. */
  private refuseWrites(cause: Error): void {
    this.health.writeFailed(cause, this.pages());
    this.broken = new MongoError(
      "InternalError",
      `the disk failed to keep a write (${cause.message}); nothing more is written. Check the disk and start again`,
      { fields: { disk: "failing" } },
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
    this.health.writeFailed(cause, this.pages());
    for (const hook of this.afterFailure) hook();
    group?.reject(error);
    return error;
  }

  /** The size of the file in pages; 0 where not even that can be read. */
  private pages(): number {
    try {
      return Number(this.sql.prepare("PRAGMA page_count").get()?.page_count ?? 0);
    } catch {
      return 0;
    }
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
