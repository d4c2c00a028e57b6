import type { DatabaseSync } from "node:sqlite";
import type { Store } from "./store.ts";

/** How long one step may take: others have their turn in between. */
const SLICE_MS = 2;
const FEWEST_ROWS = 4;
const MOST_ROWS = 4096;
const SMALL_BYTES = 1 << 20;

/**
 * Tables that nothing refers to any more. Dropping a large one at once would hold the thread for seconds, so each is emptied
 * a little at a time; what is left when the process ends is gone on with at the next start.
 */
export class Discards {
  private readonly store: Store;
  private readonly sql: DatabaseSync;
  private rows = FEWEST_ROWS;
  private scheduled = false;

  constructor(store: Store) {
    this.store = store;
    this.sql = store.sql;
    this.sql.exec("CREATE TABLE IF NOT EXISTS discarded (name TEXT PRIMARY KEY, key TEXT NOT NULL) WITHOUT ROWID");
    this.schedule();
  }

  /** Drops the table, now if it is small, else soon; `key` is the column its rows are ordered by. Call within a write. */
  add(table: string, key: "k" | "r", bytes?: number): void {
    const small = bytes === undefined ? !this.hasMoreThan(table, MOST_ROWS) : bytes < SMALL_BYTES;
    if (small) this.sql.exec(`DROP TABLE ${table}`);
    else {
      this.sql.prepare("INSERT INTO discarded (name, key) VALUES (?, ?)").run(table, key);
      this.schedule();
    }
  }

  private hasMoreThan(table: string, rows: number): boolean {
    return this.sql.prepare(`SELECT 1 FROM ${table} LIMIT 1 OFFSET ${rows}`).get() !== undefined;
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      if (!this.store.closed && this.step()) this.schedule();
    });
  }

  /** True when there is more to do. */
  private step(): boolean {
    const [table] = this.sql.prepare("SELECT name, key FROM discarded LIMIT 1").all();
    if (!table) return false;
    const { name, key } = table;
    const start = performance.now();
    try {
      this.store.write(() => {
        const last = `SELECT ${key} FROM ${name} ORDER BY ${key} LIMIT 1 OFFSET ${this.rows}`;
        const { changes } = this.sql.prepare(`DELETE FROM ${name} WHERE ${key} <= (${last})`).run();
        if (changes !== 0) return;
        this.sql.exec(`DROP TABLE ${name}`);
        this.sql.prepare("DELETE FROM discarded WHERE name = ?").run(name as string);
        this.rows = FEWEST_ROWS;
      });
    } catch {
      // The disk is full or fails: whoever writes next is told so, and the next start goes on here.
      return false;
    }
    const took = performance.now() - start;
    if (took > SLICE_MS) this.rows = Math.max(FEWEST_ROWS, this.rows >> 1);
    else if (took < SLICE_MS / 2) this.rows = Math.min(MOST_ROWS, this.rows << 1);
    return true;
  }
}
