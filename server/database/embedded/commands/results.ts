import { Long } from "bson";
import type { Row, Source } from "../planner/source.ts";
import type { BsonDocument, Filter, Projection } from "../types.ts";
import { decode, encode } from "../values/bson.ts";
import { copyDocument, setField } from "../values/document.ts";
import { BATCH_BYTES, type Results } from "./cursors.ts";
import type { Operation } from "./operation.ts";

/** The documents of a find: skip, limit and projection over what the planner's source gives. */
export class FindResults implements Results {
  private readonly source: Source;
  private readonly projection: Projection | undefined;
  private readonly filter: Filter;
  private readonly keyOf: ((doc: BsonDocument) => BsonDocument) | undefined;
  private readonly showRow: boolean;
  private skip: number;
  private left: number;
  private waiting: Row[] = [];

  constructor(
    source: Source,
    options: {
      filter: Filter;
      projection: Projection | undefined;
      skip: number;
      limit: number;
      /** Gives these instead of the documents. */
      keyOf?: ((doc: BsonDocument) => BsonDocument) | undefined;
      /** Adds the row's number as `$recordId`. */
      showRow?: boolean;
    },
  ) {
    this.source = source;
    this.filter = options.filter;
    this.projection = options.projection;
    this.keyOf = options.keyOf;
    this.showRow = options.showRow ?? false;
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
    if (!this.projection && !this.keyOf && !this.showRow) return row.bytes;
    const doc = row.doc ?? decode(row.bytes);
    if (this.keyOf) return encode(this.keyOf(doc));
    const shown = this.projection ? this.projection(doc, this.filter.positional(doc)) : doc;
    if (!this.showRow) return encode(shown);
    const numbered = copyDocument(shown);
    setField(numbered, "$recordId", Long.fromNumber(row.row));
    return encode(numbered);
  }
}
