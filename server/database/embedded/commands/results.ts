import type { Row, Source } from "../planner/source.ts";
import type { Filter, Projection } from "../types.ts";
import { decode, encode } from "../values/bson.ts";
import { BATCH_BYTES, type Results } from "./cursors.ts";
import type { Operation } from "./operation.ts";

/** The documents of a find: skip, limit and projection over what the planner's source gives. */
export class FindResults implements Results {
  private readonly source: Source;
  private readonly projection: Projection | undefined;
  private readonly filter: Filter;
  private skip: number;
  private left: number;
  private waiting: Row[] = [];

  constructor(
    source: Source,
    options: { filter: Filter; projection: Projection | undefined; skip: number; limit: number },
  ) {
    this.source = source;
    this.filter = options.filter;
    this.projection = options.projection;
    this.skip = options.skip;
    this.left = options.limit > 0 ? options.limit : Number.POSITIVE_INFINITY;
  }

  get done(): boolean {
    return this.left === 0 || (this.waiting.length === 0 && this.source.done);
  }

  async next(limit: number, operation: Operation): Promise<Uint8Array[]> {
    const batch: Uint8Array[] = [];
    let bytes = 0;
    while (batch.length < limit && !this.done) {
      if (this.waiting.length === 0) {
        const wanted = Math.min(limit - batch.length, this.left);
        this.waiting = this.source.pull(wanted + this.skip, wanted === this.left);
        if (this.skip > 0) this.skip -= this.waiting.splice(0, this.skip).length;
      }
      let taken = 0;
      while (taken < this.waiting.length && batch.length < limit && this.left > 0) {
        const document = this.project(this.waiting[taken] as Row);
        bytes += document.length;
        if (batch.length > 0 && bytes > BATCH_BYTES) {
          this.waiting.splice(0, taken);
          return batch;
        }
        batch.push(document);
        this.left--;
        taken++;
      }
      this.waiting.splice(0, taken);
      if (operation.sliceOver) await operation.breathe();
    }
    return batch;
  }

  close(): void {
    this.source.close?.();
  }

  private project(row: Row): Uint8Array {
    if (!this.projection) return row.bytes;
    const doc = row.doc ?? decode(row.bytes);
    return encode(this.projection(doc, this.filter.positional(doc)));
  }
}
