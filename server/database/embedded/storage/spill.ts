import type { StatementSync } from "node:sqlite";
import { MongoError } from "../errors.ts";
import type { SortEntry, SortSpill } from "../types.ts";
import { Heap } from "../values/heap.ts";
import { LIMIT } from "./index-table.ts";
import type { Store } from "./store.ts";

/** Keys of a run read ahead. */
const AHEAD = 32;
/** Rows deleted in one go when the table has been read. */
const DELETED = 512;

/** A place in a run, with the keys read ahead. */
interface Head {
  next: number;
  readonly end: number;
  keys: [place: number, key: Uint8Array][];
}

let count = 0;

/** A temporary table of sorted runs, merged as they are read; for sorts too large for memory. */
export class Spill implements SortSpill {
  done = false;
  private readonly store: Store;
  private readonly failures: number;
  private readonly name = `temp.sort${++count}`;
  private readonly insert: StatementSync;
  private readonly readKeys: StatementSync;
  private readonly readRow: StatementSync;
  private readonly heads = new Heap<Head>(byFirstKey);
  private rows = 0;

  constructor(store: Store) {
    this.store = store;
    this.failures = store.failures;
    const { sql } = store;
    const prepare = (text: string) => {
      const statement = sql.prepare(text);
      statement.setReturnArrays(true);
      return statement;
    };
    sql.exec(`CREATE TABLE ${this.name} (place INTEGER PRIMARY KEY, k BLOB, r INTEGER, doc BLOB)`);
    this.insert = prepare(`INSERT INTO ${this.name} VALUES (?, ?, ?, ?)`);
    this.readKeys = prepare(`SELECT place, k FROM ${this.name} WHERE place >= ? AND place < ? ORDER BY place ${LIMIT}`);
    this.readRow = prepare(`SELECT r, doc FROM ${this.name} WHERE place = ?`);
  }

  addRun(run: readonly SortEntry[]): void {
    const next = this.rows;
    for (const { key, row, doc } of run) this.insert.run(this.rows++, key, row, doc ?? null);
    const [first] = run;
    if (first) this.heads.push({ next: next + 1, end: this.rows, keys: [[next, first.key]] });
  }

  next(limit: number): [row: number, doc: Uint8Array | null][] {
    // A transaction that failed took the rows with it that were put in meanwhile.
    if (this.store.failures !== this.failures)
      throw new MongoError("InternalError", "the sort was lost with a failed transaction; try again");
    const found: [number, Uint8Array | null][] = [];
    while (found.length < limit) {
      const head = this.heads.pop();
      if (!head) break;
      const [place] = head.keys.shift() as [number, Uint8Array];
      found.push(this.readRow.get(place) as unknown as [number, Uint8Array | null]);
      if (head.keys.length === 0) this.readOn(head);
      if (head.keys.length > 0) this.heads.push(head);
    }
    if (this.heads.size === 0) this.drop();
    return found;
  }

  /** Empties the table bit by bit: dropping a large one at once would hold the thread. */
  drop(): void {
    if (this.done) return;
    this.done = true;
    let from = 0;
    const step = () => {
      if (this.store.closed) return;
      from += DELETED;
      if (from >= this.rows) this.store.sql.exec(`DROP TABLE IF EXISTS ${this.name}`);
      else {
        this.store.sql.exec(`DELETE FROM ${this.name} WHERE place < ${from}`);
        setImmediate(step);
      }
    };
    step();
  }

  private readOn(head: Head): void {
    head.keys = this.readKeys.all(head.next, head.end, AHEAD) as unknown as Head["keys"];
    head.next += head.keys.length;
  }
}

/** Runs were added in the order in which their rows came, so of equal keys the earlier run's goes first. */
function byFirstKey(a: Head, b: Head): number {
  const [placeA, keyA] = a.keys[0] as [number, Uint8Array];
  const [placeB, keyB] = b.keys[0] as [number, Uint8Array];
  return Buffer.compare(keyA, keyB) || placeA - placeB;
}
