import { MongoError } from "../errors.ts";
import type { Collection } from "../storage/collection.ts";
import type { Position, ScanRow } from "../storage/index-table.ts";
import type { BsonDocument, Filter } from "../types.ts";
import { MergedSource } from "./merge.ts";
import type { IndexPlan, KeyRange, Plan } from "./plan.ts";

/** A document found: its row and its stored bytes. */
export interface Row {
  row: number;
  bytes: Uint8Array;
  /** The decoded document, where matching needed it. */
  doc?: BsonDocument;
}

/** Gives matching documents a few at a time, so that the caller can let others run in between. */
export interface Source {
  /** At most `wanted` further rows; may be none before `done` is true. `last`: the caller wants no more than these. */
  pull(wanted: number, last?: boolean): Row[];
  readonly done: boolean;
  readonly stats: ScanStats;
  /** Gives back what it holds outside memory, where it is not read to its end. */
  close?(): void;
}

export interface ScanStats {
  keysExamined: number;
  docsExamined: number;
}

const FIRST_CHUNK = 16;
const MAX_CHUNK = 256;
/** A chunk ends at this size, so that large documents are not read by the hundred. */
const CHUNK_BYTES = 1 << 20;

/** Reads a collection by a plan and lets through what the filter matches. */
export function openSource(collection: Collection, plan: Plan, filter: Filter): Source {
  const stats = { keysExamined: 0, docsExamined: 0 };
  const seen = new Set<number>();
  const matcher = plan.exact ? undefined : filter;
  if (plan.kind === "table") return new Scan(new TableReader(collection, plan.backward), matcher, undefined, stats);
  const indexed = (branch: IndexPlan, seenRows: Set<number> | undefined): Source => {
    branch.index.accesses++;
    const scan = (part: IndexPlan) => new Scan(new IndexReader(collection, part), matcher, seenRows, stats);
    if (!branch.merge) return scan(branch);
    const parts = branch.ranges.map((range) => scan({ ...branch, ranges: [range] }));
    return new MergedSource(parts, branch.merge, stats);
  };
  if (plan.kind === "index") return indexed(plan, plan.repeats ? seen : undefined);
  const branches = plan.branches.map((branch) => indexed(branch, seen));
  return plan.merge ? new MergedSource(branches, plan.merge, stats) : new Sequence(branches, stats);
}

interface Reader {
  readonly done: boolean;
  readonly usesIndex: boolean;
  read(limit: number, last: boolean): ScanRow[];
}

class Scan implements Source {
  readonly stats: ScanStats;
  private readonly reader: Reader;
  private readonly filter: Filter | undefined;
  private readonly seen: Set<number> | undefined;
  private chunk = FIRST_CHUNK;
  private readonly buffered: Row[] = [];

  constructor(reader: Reader, filter: Filter | undefined, seen: Set<number> | undefined, stats: ScanStats) {
    this.reader = reader;
    this.filter = filter;
    this.seen = seen;
    this.stats = stats;
  }

  get done(): boolean {
    return this.buffered.length === 0 && this.reader.done;
  }

  pull(wanted: number, last = false): Row[] {
    if (this.buffered.length === 0) this.fill(wanted, last);
    return this.buffered.splice(0, wanted);
  }

  private fill(wanted: number, last: boolean): void {
    if (this.reader.done) return;
    const limit = this.filter ? Math.max(this.chunk, Math.min(wanted, MAX_CHUNK)) : Math.min(wanted, MAX_CHUNK);
    this.chunk = Math.min(this.chunk * 2, MAX_CHUNK);
    const final = last && !this.filter && !this.seen && wanted <= limit;
    for (const [row, bytes] of this.reader.read(limit, final)) {
      if (this.reader.usesIndex) this.stats.keysExamined++;
      if (this.seen) {
        if (this.seen.has(row)) continue;
        this.seen.add(row);
      }
      this.stats.docsExamined++;
      if (!this.filter) this.buffered.push({ row, bytes });
      else {
        // Only the fields the filter reads are decoded; most documents of a scan do not match.
        if (this.filter.matchesRaw(bytes)) this.buffered.push({ row, bytes });
      }
    }
  }
}

class Sequence implements Source {
  readonly stats: ScanStats;
  private readonly parts: Source[];

  constructor(parts: Source[], stats: ScanStats) {
    this.parts = parts;
    this.stats = stats;
  }

  get done(): boolean {
    while (this.parts[0]?.done) this.parts.shift();
    return this.parts.length === 0;
  }

  pull(wanted: number): Row[] {
    return this.done ? [] : (this.parts[0] as Source).pull(wanted);
  }
}

class TableReader implements Reader {
  done = false;
  readonly usesIndex = false;
  private readonly collection: Collection;
  private readonly backward: boolean;
  private after: number;

  constructor(collection: Collection, backward: boolean) {
    this.collection = collection;
    this.backward = backward;
    this.after = backward ? Number.MAX_SAFE_INTEGER : 0;
  }

  read(limit: number): ScanRow[] {
    checkPresent(this.collection);
    const { rows, ended } = take(this.collection.scan(this.after, this.backward, limit), limit);
    this.after = rows.at(-1)?.[0] ?? this.after;
    this.done = ended;
    return rows;
  }
}

/** Reads the key ranges one after the other, resuming behind the last key read: no statement stays open in between. */
class IndexReader implements Reader {
  readonly usesIndex = true;
  private readonly collection: Collection;
  private readonly plan: IndexPlan;
  private readonly ranges: KeyRange[];
  private position: Position | undefined;

  constructor(collection: Collection, plan: IndexPlan) {
    this.collection = collection;
    this.plan = plan;
    this.ranges = plan.backward ? [...plan.ranges].reverse() : [...plan.ranges];
  }

  get done(): boolean {
    return this.ranges.length === 0;
  }

  read(limit: number, last: boolean): ScanRow[] {
    const { index, backward } = this.plan;
    checkPresent(this.collection);
    if (index.dropped) throw killed(`index '${index.name}' dropped`);
    const range = this.ranges[0] as KeyRange;
    const options = { backward, from: this.position ?? startOf(range, backward), limit };
    const { rows, ended } = take(this.collection.verified(index.scan(range, options)), limit);
    if (ended) {
      this.ranges.shift();
      this.position = undefined;
    } else if (last && rows.length === limit) this.ranges.length = 0;
    else this.position = index.positionAfter(range, options, rows.length);
    return rows;
  }
}

function startOf(range: KeyRange, backward: boolean): Position {
  return [backward ? range.hi : range.lo, -1];
}

/** At most `limit` rows and about CHUNK_BYTES; `ended` when the scan has no more. */
function take(scan: Iterable<ScanRow>, limit: number): { rows: ScanRow[]; ended: boolean } {
  const rows: ScanRow[] = [];
  let bytes = 0;
  for (const row of scan) {
    rows.push(row);
    bytes += row[1].length;
    if (bytes >= CHUNK_BYTES) return { rows, ended: false };
  }
  return { rows, ended: rows.length < limit };
}

function checkPresent(collection: Collection): void {
  if (collection.dropped) throw killed(`collection dropped. UUID ${collection.uuid}`);
}

function killed(reason: string): MongoError {
  return new MongoError("QueryPlanKilled", reason);
}
