import { rmSync } from "node:fs";
import { BSONRegExp, ObjectId } from "bson";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compileFilter } from "../../../../../server/database/embedded/matcher/index.ts";
import { planQuery } from "../../../../../server/database/embedded/planner/plan.ts";
import { SortedSource } from "../../../../../server/database/embedded/planner/sorted.ts";
import { openSource, type Source } from "../../../../../server/database/embedded/planner/source.ts";
import { Catalog } from "../../../../../server/database/embedded/storage/catalog.ts";
import type { Collection } from "../../../../../server/database/embedded/storage/collection.ts";
import { Store } from "../../../../../server/database/embedded/storage/store.ts";
import type { BsonDocument, BsonValue } from "../../../../../server/database/embedded/types.ts";
import { compileUpdate } from "../../../../../server/database/embedded/updater/index.ts";
import { decode, encode } from "../../../../../server/database/embedded/values/bson.ts";
import { compileSortKeys } from "../../../../../server/database/embedded/values/sort.ts";
import { temporaryDirectory } from "../support.ts";
import { bsonScalar, bsonValue, cases } from "../values.ts";

const INDEXES: BsonDocument[] = [
  { key: { a: 1 } },
  { key: { a: -1, b: 1 } },
  { key: { "a.b": 1, c: -1 } },
  { key: { b: 1, a: 1 }, sparse: true },
  { key: { "a.b": 1, "a.c": 1 } },
  { key: { c: 1 }, partialFilterExpression: { b: { $gt: 0 } } },
  { key: { c: "hashed" } },
  { key: { c: 1 }, sparse: true },
  { key: { c: 1, b: -1, a: 1 } },
];

const dataDir = temporaryDirectory();
let store: Store;
let collection: Collection;
beforeAll(() => {
  store = new Store(dataDir);
  const catalog = new Catalog(store);
  collection = catalog.create("test", "cases", {});
  INDEXES.forEach((spec, i) => {
    catalog.finishIndex(catalog.addIndex(collection, { v: 2, name: `index${i}`, ...spec }));
  });
});
afterAll(() => {
  store.close();
  rmSync(dataDir, { recursive: true });
});

const leaf = fc.oneof({ weight: 3, arbitrary: bsonScalar }, { weight: 1, arbitrary: bsonValue });
const inner = fc.dictionary(fc.constantFrom("b", "c"), leaf, { maxKeys: 2 }).map((doc): BsonValue => ({ ...doc }));
const field = fc.oneof(
  { weight: 4, arbitrary: leaf },
  { weight: 2, arbitrary: inner },
  { weight: 1, arbitrary: fc.array(fc.oneof(leaf, inner), { maxLength: 3 }) },
);
const document = fc
  .record({ a: field, b: leaf, c: leaf }, { requiredKeys: [] })
  .map((doc): BsonDocument => ({ ...doc }));

const regex = fc.constantFrom("^a", "^ab", "b", "^a|b", "^(a)", "^a?b").map((pattern) => new BSONRegExp(pattern, ""));
const test_: fc.Arbitrary<BsonValue> = fc.oneof(
  leaf,
  fc.record({ $eq: leaf }),
  fc
    .dictionary(fc.constantFrom("$gt", "$gte", "$lt", "$lte"), bsonScalar, { minKeys: 1, maxKeys: 2 })
    .map((doc) => ({ ...doc })),
  fc.record({ $in: fc.array(fc.oneof(leaf, regex), { maxLength: 3 }) }),
  fc.record({ $in: fc.array(leaf, { maxLength: 3 }), $gte: bsonScalar }),
  fc.record({ $nin: fc.array(leaf, { maxLength: 2 }) }),
  fc.record({ $ne: leaf }),
  fc.record({ $exists: fc.boolean() }),
  fc.record({ $not: fc.record({ $gt: bsonScalar }) }),
  fc.record({ $elemMatch: fc.record({ $gte: bsonScalar, $lt: bsonScalar }) }),
  fc.record({ $elemMatch: fc.record({ b: leaf, c: fc.record({ $gte: bsonScalar }) }) }),
  fc.record({ $all: fc.array(leaf, { minLength: 1, maxLength: 2 }) }),
  fc.record({ $size: fc.integer({ min: 0, max: 2 }) }),
  fc.record({ $type: fc.constantFrom("number", "string", "null", "array") }),
  regex,
);
const path = fc.constantFrom("a", "b", "c", "a.b", "a.c", "a.0");
const plainFilter = fc.dictionary(path, test_, { maxKeys: 3 }).map((doc): BsonDocument => ({ ...doc }));
const filter = fc.oneof(
  { weight: 3, arbitrary: plainFilter },
  {
    weight: 1,
    arbitrary: fc
      .tuple(plainFilter, fc.array(plainFilter, { minLength: 1, maxLength: 3 }))
      .map(([rest, $or]): BsonDocument => ({ ...rest, $or })),
  },
  {
    weight: 1,
    arbitrary: fc.array(plainFilter, { minLength: 1, maxLength: 2 }).map(($and): BsonDocument => ({ $and })),
  },
);
const sort = fc
  .dictionary(fc.constantFrom("a", "b", "c", "a.b", "a.c", "_id"), fc.constantFrom(1, -1), { maxKeys: 2 })
  .map((doc): BsonDocument => ({ ...doc }));

function readAll(source: Source): BsonDocument[] {
  const docs: BsonDocument[] = [];
  while (!source.done) docs.push(...source.pull(3).map(({ bytes }) => decode(bytes)));
  return docs;
}

function run(query: { filter: BsonDocument; sort: BsonDocument; hint?: BsonValue; limit?: number }): BsonDocument[] {
  const compiled = compileFilter(query.filter);
  const wantsSort = Object.keys(query.sort).length > 0;
  const plan = planQuery(collection, { ...query, sort: wantsSort ? query.sort : undefined });
  const source = openSource(collection, plan, compiled);
  if (!wantsSort || plan.sorted) return readAll(source);
  const options = { spec: query.sort, collation: undefined, limit: query.limit ?? 0, store };
  return readAll(new SortedSource(source, collection, options));
}

const ids = (docs: BsonDocument[]) => docs.map((doc) => Number(doc._id)).sort((a, b) => a - b);
const isArrayField = (error: unknown) => /parallel arrays/.test(String(error));

const HINTS = [undefined, { $natural: 1 }, ...INDEXES.map((_, i) => `index${i}`)];
const queries = fc.array(fc.tuple(filter, sort), { minLength: 10, maxLength: 10 });

/** The order asked for; none where two arrays side by side make it impossible. */
function possibleOrder(docs: BsonDocument[], order: BsonDocument): BsonDocument {
  try {
    docs.map(compileSortKeys(order).keyOf);
    return order;
  } catch (error) {
    if (isArrayField(error)) return {};
    throw error;
  }
}

/** Of these documents those that a hinted sparse index has: it is read as a whole where the filter gives it no bounds. */
function inSparse(docs: BsonDocument[], hint: unknown, expected: ReturnType<typeof ids>): ReturnType<typeof ids> {
  const index = collection.indexes.find(({ name, sparse }) => sparse && name === hint);
  if (!index) return expected;
  const held = new Set(ids(docs.filter((doc) => index.keysOf(doc).keys.length > 0)));
  return expected.filter((id) => held.has(id));
}

/** The same documents by every index, in order. `expect` is slow: it is asked only to tell what is wrong. */
function checkQuery(docs: BsonDocument[], filter: BsonDocument, wanted: BsonDocument): void {
  const order = possibleOrder(docs, wanted);
  const compiled = compileFilter(filter);
  const expected = ids(docs.filter((doc) => compiled.matches(doc)));
  const { keyOf, compareKeys } = compileSortKeys(order);
  for (const hint of HINTS) {
    const found = run({ filter, sort: order, hint });
    const met = ids(found);
    if (met.join() !== expected.join() && met.join() !== inSparse(docs, hint, expected).join())
      expect(met, `${JSON.stringify(filter)} by ${JSON.stringify(hint)}`).toEqual(expected);
    const keys = found.map(keyOf);
    const sorted = keys.every((key, i) => i === 0 || compareKeys(keys[i - 1] as BsonValue[], key) <= 0);
    if (!sorted) expect.fail(`${JSON.stringify(filter)} is not sorted by ${JSON.stringify(hint)}`);
  }
}

test("every index gives the answer that reading all documents gives", () => {
  fc.assert(
    fc.property(fc.array(document, { maxLength: 8 }), queries, (made, asked) => {
      const docs = insertAll(made);
      try {
        for (const [wanted, order] of asked.filter(([wanted]) => isFilter(wanted))) checkQuery(docs, wanted, order);
      } finally {
        removeAll();
      }
    }),
    // Ten queries on the same documents: writing them costs more than asking.
    cases(30, 10_000),
  );
}, 3_600_000);

test("a value whose key ends in the largest byte is found alone, by a descending index too", () => {
  const ids = ["000000000000000000000001", "0000000000000000000000ff", "0000000000000000000001ff"];
  const docs = insertAll(ids.map((hex) => ({ a: new ObjectId(hex), b: new Date(255), c: 1 })));
  try {
    for (const hex of ids) checkQuery(docs, { a: new ObjectId(hex), b: new Date(255) }, {});
    checkQuery(docs, { a: { $in: ids.map((hex) => new ObjectId(hex)) } }, { a: 1 });
  } finally {
    removeAll();
  }
});

test("after updates each index holds just the keys of the documents", () => {
  const update = fc.oneof(
    fc.record({ $set: fc.dictionary(fc.constantFrom("a", "b", "c"), field, { minKeys: 1, maxKeys: 2 }) }),
    fc.record({ $unset: fc.dictionary(fc.constantFrom("a", "b", "c"), fc.constant(1), { minKeys: 1, maxKeys: 2 }) }),
  );
  fc.assert(
    fc.property(fc.array(document, { maxLength: 6 }), fc.array(update, { maxLength: 6 }), (made, updates) => {
      insertAll(made);
      try {
        updates.forEach((change, i) => {
          const rows = [...collection.scan(0, false, 100)];
          const [row, bytes] = rows[i % Math.max(rows.length, 1)] ?? [];
          if (!row || !bytes) return;
          const doc = decode(bytes);
          const { doc: after, changed } = compileUpdate({ ...change }).apply(doc, { inserting: false });
          if (changed) tryParallel(() => collection.update(row, { doc, bytes }, { doc: after, bytes: encode(after) }));
        });
        for (const index of collection.indexes) {
          let keys = 0;
          for (const [row, bytes] of [...collection.scan(0, false, 100)]) {
            const own = index.keysOf(decode(bytes)).keys;
            keys += own.length;
            if (!own.every((key) => index.has(key, row))) expect.fail(`${index.name} lacks a key of row ${row}`);
          }
          expect(index.size()).toBe(keys);
        }
      } finally {
        removeAll();
      }
    }),
    cases(200, 20_000),
  );
}, 3_600_000);

/** Inserts what the indexes allow (two arrays in one compound index they do not) and returns that. */
function insertAll(made: BsonDocument[]): BsonDocument[] {
  const docs: BsonDocument[] = [];
  made.forEach((fields, i) => {
    const doc = { _id: i, ...fields };
    if (tryParallel(() => collection.insert({ doc, bytes: encode(doc) }))) docs.push(decode(encode(doc)));
  });
  return docs;
}

/** Some generated filters are none ($ne of a regular expression): the server refuses them. */
function isFilter(wanted: BsonDocument): boolean {
  try {
    compileFilter(wanted);
    return true;
  } catch {
    return false;
  }
}

function tryParallel(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (!isArrayField(error)) throw error;
    return false;
  }
}

function removeAll(): void {
  for (const [row, bytes] of [...collection.scan(0, false, 100)]) collection.delete(row, { doc: decode(bytes), bytes });
  for (const index of collection.indexes) index.multikey = index.multikey.map(() => false);
}
