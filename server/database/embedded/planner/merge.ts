import { encodeKey } from "../keys/encode.ts";
import type { BsonDocument } from "../types.ts";
import { decode } from "../values/bson.ts";
import { compileSortKeys, parseSort } from "../values/sort.ts";
import type { Row, ScanStats, Source } from "./source.ts";

/** A binary heap: the least item first. */
export class Heap<T> {
  private readonly items: T[] = [];
  private readonly compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.compare = compare;
  }

  get size(): number {
    return this.items.length;
  }

  push(item: T): void {
    const { items } = this;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.compare(items[parent] as T, item) <= 0) break;
      items[at] = items[parent] as T;
      at = parent;
    }
    items[at] = item;
  }

  pop(): T | undefined {
    const { items } = this;
    const [least] = items;
    const last = items.pop();
    if (last === undefined || items.length === 0) return least;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && this.compare(items[child + 1] as T, items[child] as T) < 0) child++;
      if (this.compare(last, items[child] as T) <= 0) break;
      items[at] = items[child] as T;
      at = child;
    }
    items[at] = last;
    return least;
  }
}

/** Rows that a branch reads ahead: most queries that sort want few. */
const AHEAD = 16;

interface Branch {
  source: Source;
  rows: Row[];
}

interface Head {
  key: Buffer;
  row: Row;
  branch: Branch;
}

/** Joins sources that are each in the wanted order to one that is: the branches of an $or, or the points of an $in. */
export class MergedSource implements Source {
  readonly stats: ScanStats;
  private readonly keyOf: (row: Row) => Buffer;
  private readonly heads = new Heap<Head>((a, b) => Buffer.compare(a.key, b.key));
  /** Branches whose next row is not among the heads yet. */
  private behind: Branch[];

  constructor(sources: Source[], sort: BsonDocument, stats: ScanStats) {
    const { keyOf } = compileSortKeys(sort);
    const directions = parseSort(sort).map((part) => part.direction);
    this.keyOf = ({ doc, bytes }) => encodeKey(keyOf(doc ?? decode(bytes)), directions);
    this.behind = sources.map((source) => ({ source, rows: [] }));
    this.stats = stats;
  }

  get done(): boolean {
    return this.heads.size === 0 && this.behind.every(({ source, rows }) => rows.length === 0 && source.done);
  }

  pull(wanted: number): Row[] {
    const rows: Row[] = [];
    while (rows.length < wanted && this.catchUp(wanted)) {
      const head = this.heads.pop();
      if (!head) break;
      rows.push(head.row);
      this.behind.push(head.branch);
    }
    return rows;
  }

  /** False while a branch has still to be read on: its next row might be the least. */
  private catchUp(wanted: number): boolean {
    this.behind = this.behind.filter((branch) => {
      if (branch.rows.length === 0 && !branch.source.done) branch.rows = branch.source.pull(Math.min(wanted, AHEAD));
      const row = branch.rows.shift();
      if (row) this.heads.push({ key: this.keyOf(row), row, branch });
      return !row && !branch.source.done;
    });
    return this.behind.length === 0;
  }
}
