import { MongoError } from "../errors.ts";
import type { Collection } from "../storage/collection.ts";
import type { BsonDocument, Filter, Projection } from "../types.ts";
import { decode, encode } from "../values/bson.ts";
import { BATCH_BYTES, type Results } from "./cursors.ts";
import type { Operation } from "./operation.ts";

/** How long a getMore with awaitData waits for new documents where it names no time of its own. */
const AWAIT_MS = 1000;
const CHUNK = 128;

/** A tailable cursor: it stays open at the end of a capped collection and gives what is inserted later. */
export class TailResults implements Results {
  private readonly collection: Collection;
  private readonly filter: Filter;
  private readonly projection: Projection | undefined;
  private readonly awaitsData: boolean;
  private after = 0;

  constructor(collection: Collection, filter: Filter, projection: Projection | undefined, awaitsData: boolean) {
    if (!collection.options.capped)
      throw new MongoError(
        "BadValue",
        `error processing query: ns=${collection.namespace}: tailable cursor requested on non capped collection`,
      );
    this.collection = collection;
    this.filter = filter;
    this.projection = projection;
    this.awaitsData = awaitsData;
  }

  get done(): boolean {
    return this.collection.dropped;
  }

  async next(limit: number, operation: Operation): Promise<Uint8Array[]> {
    const batch = await this.read(limit, operation);
    if (batch.length > 0 || !this.awaitsData || operation.name !== "getMore") return batch;
    await this.collection.inserted(operation.awaitMs ?? AWAIT_MS);
    operation.check();
    return this.read(limit, operation);
  }

  private async read(limit: number, operation: Operation): Promise<Uint8Array[]> {
    const batch: Uint8Array[] = [];
    let bytes = 0;
    while (batch.length < limit && bytes < BATCH_BYTES && !this.done) {
      const rows = [...this.collection.scan(this.after, false, Math.min(CHUNK, limit - batch.length))];
      for (const [row, document] of rows) {
        this.after = row;
        if (!this.filter.matchesRaw(document)) continue;
        const projected = this.projection ? encode(this.projection(decode(document) as BsonDocument)) : document;
        batch.push(projected);
        bytes += projected.length;
      }
      if (rows.length === 0) break;
      if (operation.sliceOver) await operation.breathe();
    }
    return batch;
  }
}
