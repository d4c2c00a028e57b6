import { MongoError } from "../errors.ts";
import { SqliteCode, sqliteCode } from "./problems.ts";

/** How the database and its disk are. */
export interface HealthReport {
  /** What was found damaged since the start, in words, the first finds first; empty while nothing was. */
  damage: readonly string[];
  /**
   * Whether the disk takes writes. A full one is `ok` again once the file has grown; small changes fit into it before. For any
   * other, and where nothing grows, a write must succeed a minute after the last that failed.
   */
  disk: "ok" | "full" | "read-only" | "failing";
  /** When the last full check ended. */
  checkedAt: Date | undefined;
}

/** How long after a write that failed one that succeeds says nothing yet. */
const DOUBT_MS = 60_000;
/** Finds kept: where there are more, the file is beyond looking at each. */
const MOST = 20;

/** Collects what goes wrong with the file, and tells who listens when that changes. */
export class Health {
  private readonly damage: string[] = [];
  private disk: HealthReport["disk"] = "ok";
  private failedAt = 0;
  private pagesThen = 0;
  private checkedAt: Date | undefined;
  private listener: ((report: HealthReport) => void) | undefined;

  report(): HealthReport {
    return { damage: [...this.damage], disk: this.disk, checkedAt: this.checkedAt };
  }

  listen(listener: (report: HealthReport) => void): void {
    this.listener = listener;
  }

  /** Notes an error that tells of damage or of the disk; others pass. */
  note(error: unknown): void {
    if (error instanceof MongoError && error.codeName === "DataCorruptionDetected")
      this.foundDamage(error.message.split(" :: caused by :: ").at(-1) as string);
    else if (sqliteCode(error) === SqliteCode.corrupt || sqliteCode(error) === SqliteCode.notADatabase)
      this.foundDamage(`the database file: ${(error as Error).message}`);
  }

  foundDamage(text: string): void {
    if (this.damage.length >= MOST || this.damage.includes(text)) return;
    this.damage.push(text);
    this.changed();
  }

  /** A check of everything has ended; what it found has been told. */
  checked(): void {
    this.checkedAt = new Date();
    this.changed();
  }

  /** @param pages the file's size in pages */
  writeFailed(error: unknown, pages: number): void {
    this.note(error);
    this.failedAt = performance.now();
    this.pagesThen = pages;
    const code = sqliteCode(error);
    const { code: name } = error as NodeJS.ErrnoException;
    if (code === SqliteCode.full || name === "ENOSPC") this.setDisk("full");
    else if (code === SqliteCode.readOnly || name === "EROFS") this.setDisk("read-only");
    else if (code === SqliteCode.ioError || name === "EIO") this.setDisk("failing");
  }

  writeWorked(pages: () => number): void {
    if (this.disk === "ok") return;
    if (performance.now() - this.failedAt > DOUBT_MS || pages() > this.pagesThen) this.setDisk("ok");
  }

  private setDisk(disk: HealthReport["disk"]): void {
    if (this.disk === disk) return;
    this.disk = disk;
    this.changed();
  }

  private changed(): void {
    this.listener?.(this.report());
  }
}
