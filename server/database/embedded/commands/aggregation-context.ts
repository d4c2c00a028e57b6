import { hostname } from "node:os";
import { MongoError } from "../errors.ts";
import type { Collection } from "../storage/collection.ts";
import { Spill } from "../storage/spill.ts";
import type { AggregationContext, Batches, BsonDocument, BsonValue, Collation, MergeWrite } from "../types.ts";
import { encode } from "../values/bson.ts";
import { isDocument } from "../values/types.ts";
import { flagArgument } from "./arguments.ts";
import { collectionStats } from "./collections.ts";
import type { CommandContext } from "./context.ts";
import { prepareInsert, validate } from "./documents.ts";
import { modify } from "./modify.ts";
import { documents } from "./query.ts";
import { refuseView, viewDocuments, viewOf } from "./views.ts";

/** What the stages of a pipeline may ask of the rest of the server. */
export function aggregationContext(
  context: CommandContext,
  name: string,
  collation: Collation | undefined,
  variables: BsonDocument | undefined,
): AggregationContext {
  const { database, db, operation } = context;
  const bypassValidation = flagArgument(context, "bypassDocumentValidation");
  const inDatabase = (other: string): CommandContext => ({ ...context, db: other });
  return {
    namespace: `${db}.${name}`,
    ...(collation && { collation }),
    ...(variables && { let: variables }),
    find(collection, filter, options) {
      const there = inDatabase(options?.db ?? db);
      const view = viewOf(there, collection);
      return view ? viewDocuments(there, view, filter) : documents(there, collection, { filter, collation });
    },
    source: (stage, argument) => storageSource(context, name, stage, argument),
    replaceCollection(target, batches) {
      refuseView(inDatabase(target.db), target.coll);
      return replaceCollection(context, target, batches, bypassValidation);
    },
    merge(target, write) {
      refuseView(inDatabase(target.db), target.coll);
      return merge(inDatabase(target.db), target.coll, write, bypassValidation);
    },
    hasUniqueIndex(target, fields) {
      const wanted = [...fields].sort().join("\0");
      const indexes = database.catalog.get(target.db, target.coll)?.indexes ?? [];
      return indexes.some((index) => index.unique && !index.partial && [...index.fields].sort().join("\0") === wanted);
    },
    spill: () => new Spill(database.store),
    checkInterrupt: () => operation.check(),
  };
}

/** $out: fills a new collection with the old one's indexes, then lets it take the old one's place. */
async function replaceCollection(
  { database, operation }: CommandContext,
  target: { db: string; coll: string },
  batches: Batches,
  bypassValidation: boolean,
): Promise<void> {
  const { catalog } = database;
  const existing = catalog.get(target.db, target.coll);
  if (existing?.options.capped)
    throw new MongoError(17152, `namespace '${existing.namespace}' is capped so it can't be used for $out`);
  const fresh = catalog.create(target.db, `tmp.agg_out.${operation.id}`, { ...existing?.options });
  try {
    for (const index of existing?.indexes ?? [])
      if (index.name !== "_id_") catalog.finishIndex(catalog.addIndex(fresh, index.spec));
    for await (const batch of batches) {
      for (const doc of batch) insert(fresh, doc, bypassValidation);
      if (operation.sliceOver) await operation.breathe();
    }
    const previous = catalog.get(target.db, target.coll);
    if (previous) catalog.drop(previous);
    catalog.rename(fresh, target.coll);
  } catch (error) {
    if (!fresh.dropped) catalog.drop(fresh);
    throw error;
  }
}

function insert(collection: Collection, doc: BsonDocument, bypassValidation: boolean): void {
  const stored = prepareInsert(encode(doc));
  validate(collection, stored.doc, bypassValidation);
  collection.insert(stored);
}

async function merge(
  context: CommandContext,
  name: string,
  write: MergeWrite,
  bypassValidation: boolean,
): Promise<{ matched: boolean }> {
  if (write.kind === "insert") {
    insert(context.database.catalog.getOrCreate(context.db, name), write.doc, bypassValidation);
    return { matched: false };
  }
  const { filter, upsert } = write;
  const { matched } = await modify(context, name, {
    query: { filter, let: write.kind === "update" ? write.let : undefined },
    update: write.kind === "replace" ? write.doc : write.update,
    multi: false,
    upsert,
    bypassValidation,
  });
  return { matched: matched > 0 };
}

/** Latencies are not measured. */
const NO_LATENCY = { latency: 0, ops: 0 };

type Source = (context: CommandContext, name: string, argument: BsonValue) => BsonDocument[];

/** Stages that tell about storage itself. */
const sources: Record<string, Source> = {
  $indexStats({ database, db }, name) {
    return (database.catalog.get(db, name)?.indexes ?? []).map((index) => ({
      name: index.name,
      key: index.key,
      host: hostname(),
      accesses: { ops: index.accesses, since: index.since },
      spec: index.spec,
    }));
  },
  $collStats(context, name, argument) {
    if (!context.database.catalog.get(context.db, name))
      throw new MongoError(
        "NamespaceNotFound",
        `Unable to retrieve storageStats in $collStats stage :: caused by :: Collection [${context.db}.${name}] not found.`,
      );
    const wanted = isDocument(argument) ? argument : {};
    const stats = collectionStats(context, name);
    return [
      {
        ns: `${context.db}.${name}`,
        host: hostname(),
        localTime: new Date(),
        ...(wanted.latencyStats && { latencyStats: { reads: NO_LATENCY, writes: NO_LATENCY, commands: NO_LATENCY } }),
        ...(wanted.storageStats && { storageStats: stats }),
        ...(wanted.count && { count: stats.count }),
      },
    ];
  },
  $currentOp: ({ database, operation, command }) =>
    [...database.operations].map(({ id, name, namespace }) => ({
      type: "op",
      active: true,
      opid: id,
      op: "command",
      ns: namespace,
      // Only the asking operation's command is at hand here; of the others the name is told.
      command: id === operation.id ? command : { [name]: namespace },
    })),
  // Sessions are not kept: the one that asks is the only one known.
  $listLocalSessions: ({ command }) => (isDocument(command.lsid) ? [{ _id: command.lsid, lastUse: new Date() }] : []),
};

function storageSource(context: CommandContext, name: string, stage: string, argument: BsonValue): Batches | undefined {
  const source = Object.hasOwn(sources, stage) ? sources[stage] : undefined;
  if (!source) return undefined;
  return (async function* () {
    yield source(context, name, argument);
  })();
}
