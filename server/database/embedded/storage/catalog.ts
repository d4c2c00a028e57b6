import type { DatabaseSync } from "node:sqlite";
import { MongoError } from "../errors.ts";
import type { BsonDocument } from "../types.ts";
import { decode, encode } from "../values/bson.ts";
import { ALL_ROWS, collectionSum, indexSum } from "./checksum.ts";
import { Collection } from "./collection.ts";
import { Discards } from "./discards.ts";
import { Index } from "./index-table.ts";
import { damaged } from "./problems.ts";
import type { Store } from "./store.ts";
import { Summing } from "./summing.ts";

/** By it the documents of a time series expire; nobody made it, so nobody sees it. */
export const EXPIRY_INDEX = "$expiry";

/** Collections and indexes by name. What it knows is written in two tables and read once, at start. */
export class Catalog {
  readonly store: Store;
  private readonly sql: DatabaseSync;
  private readonly collections = new Map<string, Collection>();
  private readonly discards: Discards;
  /** Spares most databases the question whether a name is a view's. */
  hasViews = false;

  constructor(store: Store) {
    this.store = store;
    this.sql = store.sql;
    this.sql.exec(`
      CREATE TABLE IF NOT EXISTS collections (id INTEGER PRIMARY KEY AUTOINCREMENT, db TEXT NOT NULL, name TEXT NOT NULL,
        options BLOB NOT NULL, count INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, summed INTEGER NOT NULL DEFAULT 0,
        sum INTEGER, UNIQUE (db, name));
      CREATE TABLE IF NOT EXISTS indexes (id INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL,
        spec BLOB NOT NULL, multikey TEXT NOT NULL, ready INTEGER NOT NULL, sum INTEGER);
    `);
    this.discards = new Discards(store);
    this.dropUnfinishedIndexes();
    this.load();
    new Summing(store, () => this.all());
    store.onCommit(() => this.writeCounters());
    store.onFailure(() => this.reload());
  }

  get(db: string, name: string): Collection | undefined {
    return this.collections.get(`${db}.${name}`);
  }

  /** The collection, made now if it does not exist yet, as a write does. */
  getOrCreate(db: string, name: string): Collection {
    return this.get(db, name) ?? this.create(db, name, {});
  }

  create(db: string, name: string, options: BsonDocument): Collection {
    checkNamespace(db, name);
    return this.store.write(() => {
      const { lastInsertRowid } = this.sql
        .prepare("INSERT INTO collections (db, name, options, summed) VALUES (?, ?, ?, ?)")
        .run(db, name, encode(options), ALL_ROWS);
      const collection = new Collection(this.store, Number(lastInsertRowid), db, name, options);
      this.sumCollection(collection);
      collection.create();
      this.collections.set(collection.namespace, collection);
      if (options.viewOn !== undefined) this.hasViews = true;
      const collation = options.collation ? { collation: options.collation } : {};
      // A time series takes an _id twice.
      const repeats = options.timeseries ? { repeats: true } : {};
      this.addIndex(collection, { v: 2, key: { _id: 1 }, name: "_id_", ...collation, ...repeats }).builtTo = undefined;
      const { timeField } = (options.timeseries ?? {}) as BsonDocument;
      if (options.expireAfterSeconds !== undefined && timeField !== undefined)
        this.finishIndex(
          this.addIndex(collection, {
            v: 2,
            key: { [String(timeField)]: 1 },
            name: EXPIRY_INDEX,
            expireAfterSeconds: options.expireAfterSeconds,
          }),
        );
      return collection;
    });
  }

  drop(collection: Collection): void {
    this.store.write(() => {
      for (const index of [...collection.indexes]) this.dropIndex(collection, index);
      this.discards.add(collection.table, "r", collection.bytes);
      this.sql.prepare("DELETE FROM collections WHERE id = ?").run(collection.id);
      collection.dropped = true;
      this.collections.delete(collection.namespace);
    });
  }

  rename(collection: Collection, name: string): void {
    checkNamespace(collection.db, name);
    this.store.write(() => {
      this.sql.prepare("UPDATE collections SET name = ? WHERE id = ?").run(name, collection.id);
      this.collections.delete(collection.namespace);
      collection.name = name;
      this.sumCollection(collection);
      this.collections.set(collection.namespace, collection);
    });
  }

  /** New options of a collection (collMod). */
  setOptions(collection: Collection, options: BsonDocument): void {
    this.store.write(() => {
      Object.assign(collection.options, options);
      this.sql
        .prepare("UPDATE collections SET options = ? WHERE id = ?")
        .run(encode(collection.options), collection.id);
      this.sumCollection(collection);
      collection.setValidator(collection.options.validator as BsonDocument | undefined);
    });
  }

  /** Adds an empty index; it is not ready until `finishIndex`, and a crash before that removes it. */
  addIndex(collection: Collection, spec: BsonDocument): Index {
    return this.store.write(() => {
      const isId = spec.name === "_id_";
      const multikey = Object.keys(spec.key as BsonDocument).map(() => false);
      const { lastInsertRowid } = this.sql
        .prepare("INSERT INTO indexes (collection, spec, multikey, ready) VALUES (?, ?, ?, ?)")
        .run(collection.id, encode(spec), JSON.stringify(multikey), isId ? 1 : 0);
      const index = new Index(this.sql, Number(lastInsertRowid), collection.table, spec, multikey);
      collection.sumIndex(index);
      index.create();
      index.builtTo = 0;
      collection.indexes.push(index);
      return index;
    });
  }

  finishIndex(index: Index): void {
    this.store.write(() => {
      this.sql.prepare("UPDATE indexes SET ready = 1 WHERE id = ?").run(index.id);
      index.builtTo = undefined;
    });
  }

  dropIndex(collection: Collection, index: Index): void {
    this.store.write(() => {
      this.discards.add(index.table, "k");
      this.sql.prepare("DELETE FROM indexes WHERE id = ?").run(index.id);
      index.dropped = true;
      collection.indexes.splice(collection.indexes.indexOf(index), 1);
    });
  }

  /** Replaces an index by one with the same entries and another definition (collMod of TTL or hidden). */
  redefineIndex(collection: Collection, index: Index, spec: BsonDocument): Index {
    return this.store.write(() => {
      this.sql.prepare("UPDATE indexes SET spec = ? WHERE id = ?").run(encode(spec), index.id);
      const redefined = new Index(this.sql, index.id, collection.table, spec, index.multikey);
      collection.sumIndex(redefined);
      collection.indexes[collection.indexes.indexOf(index)] = redefined;
      return redefined;
    });
  }

  private sumCollection({ id, db, name, options }: Collection): void {
    const sum = collectionSum(id, db, name, encode(options));
    this.sql.prepare("UPDATE collections SET sum = ? WHERE id = ?").run(sum, id);
  }

  all(): Iterable<Collection> {
    return this.collections.values();
  }

  inDatabase(db: string): Collection[] {
    return [...this.collections.values()].filter((collection) => collection.db === db);
  }

  private load(): void {
    for (const row of this.sql.prepare("SELECT * FROM collections").all()) {
      const namespace = `${row.db}.${row.name}`;
      if (row.sum !== collectionSum(Number(row.id), String(row.db), String(row.name), row.options as Uint8Array))
        throw damaged(`the description of the collection ${namespace}`);
      const options = decode(row.options as Uint8Array);
      const collection = new Collection(this.store, Number(row.id), String(row.db), String(row.name), options);
      if (options.viewOn !== undefined) this.hasViews = true;
      collection.reset(Number(row.count), Number(row.bytes));
      collection.summed = Number(row.summed);
      this.collections.set(collection.namespace, collection);
      const indexes = this.sql.prepare("SELECT * FROM indexes WHERE collection = ? ORDER BY id").all(collection.id);
      for (const { id, spec, multikey, sum } of indexes) {
        if (sum !== indexSum(Number(id), collection.id, spec as Uint8Array, String(multikey)))
          throw damaged(`the description of an index of ${namespace}`);
        const flags = JSON.parse(String(multikey)) as boolean[];
        const definition = decode(spec as Uint8Array);
        collection.indexes.push(new Index(this.sql, Number(id), collection.table, definition, flags));
      }
    }
  }

  /** After a failed transaction every object in memory may be wrong: old ones count as dropped, new ones are read. */
  private reload(): void {
    for (const collection of this.collections.values()) {
      collection.dropped = true;
      for (const index of collection.indexes) index.dropped = true;
    }
    this.collections.clear();
    this.load();
  }

  private dropUnfinishedIndexes(): void {
    this.store.write(() => {
      for (const { id } of this.sql.prepare("SELECT id FROM indexes WHERE ready = 0").all()) {
        this.discards.add(`i${id}`, "k");
        this.sql.prepare("DELETE FROM indexes WHERE id = ?").run(id as number);
      }
    });
  }

  private writeCounters(): void {
    for (const collection of this.collections.values()) {
      if (!collection.dirty) continue;
      this.counters.run(collection.count, collection.bytes, collection.id);
      collection.dirty = false;
    }
  }

  private get counters() {
    this.countersStatement ??= this.sql.prepare("UPDATE collections SET count = ?, bytes = ? WHERE id = ?");
    return this.countersStatement;
  }
  private countersStatement: ReturnType<DatabaseSync["prepare"]> | undefined;
}

/** Names with `system.` that users may write to. */
const SYSTEM_COLLECTIONS = /^system\.(js|users|views|profile|buckets\..+)$/;

export function isDatabaseName(db: string): boolean {
  return db !== "" && !/[\s/\\."$\0]/.test(db) && Buffer.byteLength(db) <= 63;
}

function checkNamespace(db: string, name: string): void {
  const invalid = (text: string) => new MongoError("InvalidNamespace", text);
  if (!isDatabaseName(db)) throw invalid(`Invalid database name: '${db}'`);
  if (name === "" || name.startsWith(".") || name.endsWith(".") || name.includes("\0"))
    throw invalid(`Invalid namespace specified '${db}.${name}'`);
  if (name.startsWith("system.") && !SYSTEM_COLLECTIONS.test(name))
    throw invalid(`Invalid system namespace: ${db}.${name}`);
  if (name.includes("$") && !name.startsWith("$cmd.")) throw invalid(`Invalid collection name: ${name}`);
  if (Buffer.byteLength(`${db}.${name}`) > 255)
    throw invalid(`Fully qualified namespace is too long. Namespace: ${db}.${name} Max: 255`);
}
