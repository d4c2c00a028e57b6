import { encodeKey } from "../keys/encode.ts";
import type { BsonDocument } from "../types.ts";
import { decode } from "../values/bson.ts";
import { Heap } from "../values/heap.ts";
import { compileSortKeys, parseSort } from "../values/sort.ts";
import type { Row, ScanStats, Source } from "./source.ts";

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
