import { UUID } from "bson";
import { MongoError } from "../errors.ts";
import { compileFilter } from "../matcher/index.ts";
import type { Collection } from "../storage/collection.ts";
import type { BsonDocument } from "../types.ts";
import { encode } from "../values/bson.ts";
import { type BsonNumber, toDouble } from "../values/numbers.ts";
import { isDocument, isNumber } from "../values/types.ts";
import { collectionName, countArgument, documentArgument, flagArgument, textArgument } from "./arguments.ts";
import type { Command, CommandContext } from "./context.ts";
import { create } from "./create.ts";
import { type Results, sessionKey } from "./cursors.ts";
import { collMod } from "./modify-collection.ts";
import { validate } from "./validate.ts";

const drop: Command = {
  writes: true,
  fields: [],
  run({ database, db, ...context }) {
    const collection = database.catalog.get(db, collectionName({ database, db, ...context }));
    if (!collection) return { ok: 1 };
    const nIndexesWas = collection.indexes.length;
    database.catalog.drop(collection);
    if (collection.options.viewOn !== undefined) return { ns: collection.namespace, ok: 1 };
    return { nIndexesWas, ns: collection.namespace, ok: 1 };
  },
};

const dropDatabase: Command = {
  writes: true,
  fields: [],
  run({ database, db }) {
    const collections = database.catalog.inDatabase(db);
    for (const collection of collections) database.catalog.drop(collection);
    return { ...(collections.length > 0 && { dropped: db }), ok: 1 };
  },
};

const renameCollection: Command = {
  writes: true,
  admin: true,
  fields: ["to", "dropTarget", "stayTemp"],
  run(context) {
    const { catalog } = context.database;
    const [fromDb, from] = splitNamespace(textArgument(context, "renameCollection") ?? "");
    const [toDb, to] = splitNamespace(textArgument(context, "to") ?? "");
    const source = catalog.get(fromDb, from);
    if (!source) throw new MongoError("NamespaceNotFound", `Source collection ${fromDb}.${from} does not exist`);
    if (source.options.viewOn !== undefined)
      throw new MongoError("CommandNotSupportedOnView", `cannot rename view: ${fromDb}.${from}`);
    if (fromDb !== toDb)
      throw new MongoError("CommandNotSupported", "renameCollection between databases is not supported");
    if (from === to) throw new MongoError("IllegalOperation", "Can't rename a collection to itself");
    const target = catalog.get(toDb, to);
    if (target) {
      if (!flagArgument(context, "dropTarget")) throw new MongoError("NamespaceExists", "target namespace exists");
      catalog.drop(target);
    }
    catalog.rename(source, to);
    return { ok: 1 };
  },
};

const listCollections: Command = {
  fields: ["filter", "nameOnly", "authorizedCollections", "cursor"],
  run(context) {
    const { database, db, operation, command } = context;
    const filter = compileFilter(documentArgument(context, "filter") ?? {}, {});
    const nameOnly = flagArgument(context, "nameOnly");
    const docs = database.catalog.inDatabase(db).map((collection) => describe(collection));
    const chosen = docs.filter((doc) => filter.matches(doc));
    const shown = nameOnly ? chosen.map(({ name, type }) => ({ name: name ?? null, type: type ?? null })) : chosen;
    return database.cursors.start(listed(shown), {
      namespace: `${db}.$cmd.listCollections`,
      operation,
      batchSize: cursorBatchSize(context),
      session: sessionKey(command.lsid),
    });
  },
};

function describe(collection: Collection): BsonDocument {
  if (collection.options.viewOn !== undefined)
    return { name: collection.name, type: "view", options: collection.options, info: { readOnly: true } };
  const { timeseries } = collection.options;
  return {
    name: collection.name,
    type: timeseries === undefined ? "collection" : "timeseries",
    options: collection.options,
    info: { readOnly: false, uuid: new UUID(collection.uuid) },
    ...(!collection.options.clusteredIndex && timeseries === undefined && { idIndex: collection.idIndex.spec }),
  };
}

const listDatabases: Command = {
  admin: true,
  fields: ["filter", "nameOnly", "authorizedDatabases"],
  run(context) {
    const { catalog } = context.database;
    const filter = compileFilter(documentArgument(context, "filter") ?? {}, {});
    const sizes = new Map<string, number>();
    for (const { db, bytes } of catalog.all()) sizes.set(db, (sizes.get(db) ?? 0) + bytes);
    const all = [...sizes].sort(([a], [b]) => (a < b ? -1 : 1));
    const databases = all
      .map(([name, sizeOnDisk]) => ({ name, sizeOnDisk, empty: false }))
      .filter((entry) => filter.matches(entry));
    if (flagArgument(context, "nameOnly")) return { databases: databases.map(({ name }) => ({ name })), ok: 1 };
    const totalSize = databases.reduce((sum, { sizeOnDisk }) => sum + sizeOnDisk, 0);
    return { databases, totalSize, totalSizeMb: Math.floor(totalSize / 1048576), ok: 1 };
  },
};

/** A list that is already in memory, as cursor results. */
export function listed(docs: BsonDocument[]): Results {
  const rest = docs.map(encode);
  return {
    get done() {
      return rest.length === 0;
    },
    next: async (limit) => rest.splice(0, limit),
  };
}

export function cursorBatchSize(context: CommandContext): number | undefined {
  const cursor = context.command.cursor;
  if (!isDocument(cursor)) return undefined;
  return countArgument({ name: `${context.name}.cursor`, command: cursor }, "batchSize");
}

function splitNamespace(namespace: string): [db: string, collection: string] {
  const dot = namespace.indexOf(".");
  if (dot <= 0 || dot === namespace.length - 1)
    throw new MongoError("InvalidNamespace", `Invalid namespace specified '${namespace}'`);
  return [namespace.slice(0, dot), namespace.slice(dot + 1)];
}

const collStats: Command = {
  fields: ["scale"],
  run: (context) => ({ ...collectionStats(context, collectionName(context)), ok: 1 }),
};

/** Sizes are those of the documents and, for indexes, of their tables' pages. */
export function collectionStats(context: CommandContext, name: string): BsonDocument {
  const { database, db, command } = context;
  const collection = database.catalog.get(db, name);
  const scale = isNumber(command.scale) ? toDouble(command.scale as BsonNumber) : 1;
  const scaled = (bytes: number) => Math.floor(bytes / scale);
  const { count = 0, bytes = 0, indexes = [], options } = collection ?? {};
  return {
    ns: `${db}.${name}`,
    size: scaled(bytes),
    count,
    ...(count > 0 && { avgObjSize: Math.floor(bytes / count) }),
    numOrphanDocs: 0,
    storageSize: scaled(bytes),
    freeStorageSize: 0,
    capped: options?.capped === true,
    ...(options?.capped === true && { max: options.max ?? 0, maxSize: options.size ?? 0 }),
    nindexes: indexes.length,
    indexBuilds: indexes.filter((index) => index.builtTo !== undefined).map((index) => index.name),
    totalIndexSize: 0,
    totalSize: scaled(bytes),
    indexSizes: Object.fromEntries(indexes.map((index) => [index.name, 0])),
    scaleFactor: scale,
  };
}

const dbStats: Command = {
  fields: ["scale", "freeStorage"],
  run({ database, db, command }) {
    const scale = isNumber(command.scale) ? toDouble(command.scale as BsonNumber) : 1;
    const all = database.catalog.inDatabase(db);
    const collections = all.filter(({ options }) => options.viewOn === undefined);
    const objects = collections.reduce((sum, { count }) => sum + count, 0);
    const dataSize = collections.reduce((sum, { bytes }) => sum + bytes, 0) / scale;
    return {
      db,
      collections: collections.length,
      views: all.length - collections.length,
      objects,
      avgObjSize: objects > 0 ? (dataSize * scale) / objects : 0,
      dataSize,
      storageSize: dataSize,
      indexes: collections.reduce((sum, { indexes }) => sum + indexes.length, 0),
      indexSize: 0,
      totalSize: dataSize,
      scaleFactor: scale,
      ok: 1,
    };
  },
};

export const collectionCommands: Record<string, Command> = {
  create,
  drop,
  dropDatabase,
  renameCollection,
  collMod,
  listCollections,
  listDatabases,
  collStats,
  dbStats,
  validate,
};
