import type { Collection } from "../storage/collection.ts";
import type { Index } from "../storage/index-table.ts";
import { decode } from "../values/bson.ts";
import type { Database } from "./context.ts";
import { collectionOperation } from "./operation.ts";
import { eachRow, openQuery } from "./query.ts";

/** Deletes what TTL indexes say is over: documents whose date lies further back than the index allows. */
async function expireDocuments(database: Database, now: number): Promise<number> {
  let deleted = 0;
  for (const collection of [...database.catalog.all()])
    for (const index of [...collection.indexes])
      if (index.expireAfterSeconds !== undefined) deleted += await expire(database, collection, index, now);
  return deleted;
}

async function expire(database: Database, collection: Collection, index: Index, now: number): Promise<number> {
  const cutoff = new Date(now - (index.expireAfterSeconds as number) * 1000);
  const expired = { [index.fields[0] as string]: { $lt: cutoff } };
  const filter = index.partial ? { $and: [expired, index.partial] } : expired;
  const { source } = openQuery(database, collection, { filter, hint: index.hidden ? undefined : index.name });
  let deleted = 0;
  await eachRow(source, collectionOperation("ttl", collection.namespace), ({ row, bytes, doc }) => {
    collection.delete(row, { doc: doc ?? decode(bytes), bytes });
    deleted++;
    return true;
  });
  return deleted;
}

/** Runs `expireDocuments` again and again, as often as the parameter ttlMonitorSleepSecs says. */
export class ExpiryMonitor {
  private readonly database: Database;
  private readonly log: (error: unknown) => void;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(database: Database, log: (error: unknown) => void) {
    this.database = database;
    this.log = log;
    this.schedule();
  }

  /** Sets the timer anew: after a start, a pass, or a change of the parameter. */
  schedule(): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.pass(), this.database.options.ttlMonitorSleepSecs * 1000).unref();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async pass(): Promise<void> {
    try {
      await expireDocuments(this.database, Date.now());
    } catch (error) {
      this.log(error);
    }
    this.schedule();
  }
}
