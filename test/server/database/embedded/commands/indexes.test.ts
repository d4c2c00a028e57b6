import type { Collection, Document } from "mongodb";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../support.ts";

let database: TestDatabase;
let docs: Collection<Document>;
let number = 0;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  docs = database.db.collection(`docs${++number}`);
});

/** The first stage of the plan that scans, with the index's name. */
async function access(filter: Document, sort?: Document): Promise<{ stage: string; index?: string; sorts: boolean }> {
  const cursor = docs.find(filter);
  const plan = await (sort ? cursor.sort(sort as never) : cursor).explain("queryPlanner");
  let stage = plan.queryPlanner.winningPlan;
  let sorts = false;
  while (stage.inputStage ?? stage.inputStages) {
    sorts ||= stage.stage === "SORT";
    if (stage.stage === "OR" || stage.stage === "SUBPLAN") return { stage: "OR", sorts };
    stage = stage.inputStage ?? stage.inputStages[0];
  }
  return { stage: stage.stage, ...(stage.indexName && { index: stage.indexName }), sorts };
}

test("explain names the index for equality, $in, ranges, prefixes, sorts and each branch of $or", async () => {
  await docs.insertMany(Array.from({ length: 50 }, (_, n) => ({ n, mod: n % 5, name: `name${n}` })));
  await docs.createIndexes([
    { key: { mod: 1, n: -1 }, name: "mod_n" },
    { key: { name: 1 }, name: "name" },
  ]);
  expect(await access({ mod: 1 })).toEqual({ stage: "IXSCAN", index: "mod_n", sorts: false });
  expect(await access({ mod: { $in: [1, 2] }, n: { $gt: 3 } })).toMatchObject({ index: "mod_n" });
  expect(await access({ name: { $gte: "name3", $lt: "name4" } })).toMatchObject({ index: "name" });
  expect(await access({ name: /^name1/ })).toMatchObject({ index: "name" });
  expect(await access({ mod: 2 }, { n: 1 })).toEqual({ stage: "IXSCAN", index: "mod_n", sorts: false });
  expect(await access({ mod: 2 }, { n: -1 })).toEqual({ stage: "IXSCAN", index: "mod_n", sorts: false });
  expect(await access({ mod: 2 }, { name: 1, n: 1 })).toMatchObject({ index: "mod_n", sorts: true });
  expect(await access({}, { name: -1 })).toEqual({ stage: "IXSCAN", index: "name", sorts: false });
  expect(await access({ $or: [{ mod: 1 }, { name: "name3" }] })).toMatchObject({ stage: "OR" });
  expect(await access({ other: 1 })).toMatchObject({ stage: "COLLSCAN" });
  expect(await docs.countDocuments({ $or: [{ mod: 1 }, { name: "name3" }, { n: 1, mod: 1 }] })).toBe(11);
});

test("execution statistics count the keys and documents that were read", async () => {
  await docs.insertMany(Array.from({ length: 100 }, (_, n) => ({ n })));
  await docs.createIndex({ n: 1 });
  const { executionStats } = await docs.find({ n: { $gte: 90 } }).explain("executionStats");
  expect(executionStats).toMatchObject({ nReturned: 10, totalDocsExamined: 10, executionSuccess: true });
});

test("the newest of several kinds are read in order, without reading all of them", async () => {
  await docs.insertMany(Array.from({ length: 500 }, (_, n) => ({ n, mod: n % 5, name: `name${n % 7}` })));
  await docs.createIndexes([{ key: { mod: 1, n: -1 } }, { key: { name: 1, n: -1 } }]);
  for (const filter of [{ mod: { $in: [1, 3] } }, { $or: [{ mod: 1 }, { name: "name3" }] }]) {
    const sort = { n: -1 } as const;
    expect(await access(filter, sort)).toMatchObject({ sorts: false });
    const found = await docs.find(filter).sort(sort).limit(5).toArray();
    const all = (await docs.find(filter).hint({ $natural: 1 }).toArray()).map(({ n }) => n).sort((a, b) => b - a);
    expect(found.map(({ n }) => n)).toEqual(all.slice(0, 5));
    const { executionStats } = await docs.find(filter).sort(sort).limit(5).explain("executionStats");
    expect(executionStats.totalDocsExamined).toBeLessThan(all.length / 2);
  }
});

test("of two indexes the one is used whose values are rarer in the data", async () => {
  await docs.insertMany(Array.from({ length: 3000 }, (_, n) => ({ common: n % 2, rare: n % 500, at: n })));
  await docs.createIndexes([
    { key: { common: 1 }, name: "common" },
    { key: { rare: 1 }, name: "rare" },
    { key: { common: 1, at: 1 }, name: "common_at" },
  ]);
  expect(await access({ common: 1, rare: 3 })).toMatchObject({ index: "rare" });
  expect(await access({ common: 7, rare: 3 })).toMatchObject({ index: expect.stringMatching(/^common/) });
  expect(await access({ common: 1, rare: { $gte: 0 } })).toMatchObject({ index: expect.stringMatching(/^common/) });
  expect(await access({ common: 1, rare: 3 }, { at: 1 })).toMatchObject({ index: "rare", sorts: true });
  expect(await access({ common: 1 }, { at: -1 })).toMatchObject({ index: "common_at", sorts: false });
});

test("an index on an array finds each element, once per document", async () => {
  await docs.createIndex({ tags: 1 });
  await docs.insertMany([
    { _id: 1 as never, tags: ["a", "b"] },
    { _id: 2 as never, tags: "b" },
    { _id: 3 as never, tags: [] },
  ]);
  expect(await docs.find({ tags: { $in: ["a", "b"] } }).toArray()).toHaveLength(2);
  expect(await docs.find({ tags: { $gte: "a" } }).toArray()).toHaveLength(2);
  expect(await docs.find({ tags: [] }).toArray()).toHaveLength(1);
  expect((await docs.find().sort({ tags: -1 }).toArray()).map(({ _id }) => _id)).toEqual([
    expect.anything(),
    expect.anything(),
    3,
  ]);
  await docs.createIndex({ tags: 1, other: 1 });
  await expect(docs.insertOne({ tags: [1], other: [2] })).rejects.toMatchObject({ code: 171 });
});

test("unique, sparse and partial indexes refuse only what they hold", async () => {
  await docs.createIndex({ email: 1 }, { unique: true, sparse: true });
  await docs.createIndex({ order: 1 }, { unique: true, partialFilterExpression: { open: true } });
  await docs.insertMany([{ a: 1 }, { a: 2 }, { email: "x", order: 1, open: false }, { order: 1, open: true }]);
  await expect(docs.insertOne({ email: "x" })).rejects.toMatchObject({ code: 11000 });
  await expect(docs.updateOne({ order: 1, open: false }, { $set: { open: true } })).rejects.toMatchObject({
    code: 11000,
  });
  expect(await docs.find({ email: null }).toArray()).toHaveLength(3);
  expect(await docs.find().sort({ email: 1 }).toArray()).toHaveLength(4);
});

test("a hinted sparse index gives and counts what is in it, without a hint everything is found", async () => {
  await docs.createIndex({ email: 1 }, { sparse: true });
  await docs.insertMany([{ a: 1 }, { email: "x" }, { email: null }]);
  expect(await docs.countDocuments({}, { hint: "email_1" })).toBe(2);
  expect((await database.db.command({ count: docs.collectionName, hint: { email: 1 } })).n).toBe(2);
  expect(await docs.find({ a: 1 }).hint("email_1").toArray()).toEqual([]);
  expect(await docs.countDocuments()).toBe(3);
  expect(await docs.find().sort({ email: 1 }).toArray()).toHaveLength(3);
});

test("a partial index takes the operators that MongoDB takes, and refuses the others", async () => {
  const make = (partialFilterExpression: Document) =>
    docs.createIndex({ n: 1 }, { name: "n", partialFilterExpression });
  const refused = { code: 67, codeName: "CannotCreateIndex" };
  for (const condition of [{ $exists: false }, { $ne: 1 }, { $not: { $gt: 1 } }, { $nin: [1] }, /x/, { $size: 1 }])
    await expect(make({ a: condition })).rejects.toMatchObject(refused);
  await expect(make({ $and: [{ a: 1 }, { b: { $exists: false } }] })).rejects.toMatchObject(refused);
  await expect(make({ $nor: [{ a: 1 }] })).rejects.toMatchObject(refused);
  await make({ $or: [{ a: { $exists: true }, b: { $gt: 1 } }, { c: { $in: [1, 2] } }, { d: { $type: "int" } }] });
});

test("a unique index on existing duplicates is not made", async () => {
  await docs.insertMany([{ a: 1 }, { a: 1 }]);
  await expect(docs.createIndex({ a: 1 }, { unique: true })).rejects.toMatchObject({
    code: 11000,
    keyPattern: { a: 1 },
  });
  expect(await docs.indexes()).toHaveLength(1);
});

test("an index is built while others write, and misses nothing", async () => {
  await docs.insertMany(Array.from({ length: 3000 }, (_, n) => ({ n })));
  const building = docs.createIndex({ n: 1 });
  for (let n = 3000; n < 3100; n++) await docs.insertOne({ n });
  await docs.updateMany({ n: { $lt: 50 } }, { $inc: { n: 10_000 } });
  await building;
  expect(await docs.countDocuments({ n: { $gte: 0 } })).toBe(3100);
  expect(
    await docs
      .find({ n: { $gte: 10_000 } })
      .hint({ n: 1 })
      .toArray(),
  ).toHaveLength(50);
  expect((await database.db.command({ validate: docs.collectionName })).valid).toBe(true);
});

test("the same index again is no error, another one by its name or on its keys is", async () => {
  expect(await docs.createIndex({ a: 1 })).toBe("a_1");
  expect(await docs.createIndex({ a: 1 })).toBe("a_1");
  await expect(docs.createIndex({ a: 1 }, { unique: true })).rejects.toMatchObject({ code: 86 });
  await expect(docs.createIndex({ b: 1 }, { name: "a_1" })).rejects.toMatchObject({ code: 86 });
  await expect(docs.createIndex({ a: 1 }, { name: "other" })).rejects.toMatchObject({ code: 85 });
  await expect(docs.createIndex({ a: 1 }, { expireAfterSeconds: 5 })).rejects.toMatchObject({ code: 85 });
  expect(await docs.createIndex({ a: 1 }, { name: "other", unique: true })).toBe("other");
  await expect(docs.createIndex({ a: 0 as never })).rejects.toMatchObject({ code: 67 });
});

test("indexes are listed as they were made, and dropped by name, by key or all", async () => {
  await docs.createIndexes([
    { key: { a: 1 }, expireAfterSeconds: 60 },
    { key: { b: -1, c: 1 }, unique: true },
    { key: { d: 1 } },
  ]);
  expect(await docs.indexes()).toEqual([
    { v: 2, key: { _id: 1 }, name: "_id_" },
    { v: 2, key: { a: 1 }, name: "a_1", expireAfterSeconds: 60 },
    { v: 2, key: { b: -1, c: 1 }, name: "b_-1_c_1", unique: true },
    { v: 2, key: { d: 1 }, name: "d_1" },
  ]);
  await docs.dropIndex("a_1");
  await expect(docs.dropIndex("a_1")).rejects.toMatchObject({ code: 27 });
  await expect(docs.dropIndex("_id_")).rejects.toMatchObject({ code: 72 });
  await docs.dropIndexes();
  expect(await docs.indexes()).toHaveLength(1);
});

test("a TTL index deletes what is over, and only that", async () => {
  await docs.createIndex({ at: 1 }, { expireAfterSeconds: 3600 });
  const now = Date.now();
  await docs.insertMany([
    { _id: 1 as never, at: new Date(now - 7_200_000) },
    { _id: 2 as never, at: new Date(now) },
    { _id: 3 as never, at: "no date" },
    { _id: 4 as never },
    { _id: 5 as never, at: [new Date(now), new Date(now - 7_200_000)] },
  ]);
  const admin = database.client.db("admin");
  const { was } = await admin.command({ setParameter: 1, ttlMonitorSleepSecs: 1 });
  const left = async () => (await docs.find().sort({ _id: 1 }).toArray()).map(({ _id }) => _id);
  await expect.poll(left, { timeout: 20_000 }).toEqual([2, 3, 4]);
  await admin.command({ setParameter: 1, ttlMonitorSleepSecs: was });
});

test("collections are made with options, listed, renamed and dropped", async () => {
  const { db } = database;
  const name = `made${number}`;
  await db.createCollection(name, { capped: true, size: 4096, max: 3 });
  await expect(db.createCollection(name, { capped: true, size: 8192 })).rejects.toMatchObject({ code: 48 });
  const log = db.collection<Document>(name);
  for (let n = 0; n < 5; n++) await log.insertOne({ n });
  expect((await log.find().toArray()).map(({ n }) => n)).toEqual([2, 3, 4]);
  expect((await log.find().sort({ $natural: -1 }).limit(1).toArray())[0]?.n).toBe(4);
  expect(await db.listCollections({ name }).toArray()).toMatchObject([
    { name, type: "collection", options: { capped: true } },
  ]);
  await log.rename(`${name}b`);
  expect(await db.collection(`${name}b`).countDocuments()).toBe(3);
  await db.collection(`${name}b`).drop();
  expect(await db.listCollections({ name: /^made/ }, { nameOnly: true }).toArray()).toEqual([]);
});

test("a validator refuses what does not fit", async () => {
  const { db } = database;
  const people = await db.createCollection<Document>(`people${number}`, {
    validator: { $jsonSchema: { required: ["name"], properties: { age: { bsonType: "int", minimum: 0 } } } },
  });
  await people.insertOne({ name: "Ada", age: 36 });
  await expect(people.insertOne({ age: 1 })).rejects.toMatchObject({ code: 121 });
  await expect(people.updateOne({ name: "Ada" }, { $set: { age: -1 } })).rejects.toMatchObject({ code: 121 });
  await people.insertOne({ age: -1 }, { bypassDocumentValidation: true });
});

test("statistics tell sizes and counts", async () => {
  await docs.insertMany([{ a: 1 }, { a: 2 }]);
  const stats = await database.db.command({ collStats: docs.collectionName });
  expect(stats).toMatchObject({ count: 2, nindexes: 1, capped: false });
  expect(stats.size).toBeGreaterThan(50);
  expect((await database.db.stats()).objects).toBeGreaterThanOrEqual(2);
  expect((await database.db.admin().listDatabases()).databases.map(({ name }) => name)).toContain(
    database.db.databaseName,
  );
  expect((await database.db.admin().serverInfo()).versionArray[0]).toBeGreaterThanOrEqual(7);
});

test("an index becomes unique when no two documents share a key", async () => {
  const { db } = database;
  const collMod = (index: Document) =>
    db.command({ collMod: docs.collectionName, index: { keyPattern: { x: 1 }, ...index } });
  await docs.insertMany([1, 2].map((_id) => ({ _id: _id as never, x: 1 })));
  await docs.createIndex({ x: 1 });
  await expect(collMod({ unique: true })).rejects.toMatchObject({ code: 72 });
  expect(await collMod({ prepareUnique: true })).toMatchObject({ prepareUnique_new: true });
  await expect(docs.insertOne({ x: 1 })).rejects.toMatchObject({ code: 11000 });
  await docs.updateOne({ _id: 1 as never }, { $set: { other: 1 } });
  await expect(collMod({ unique: true })).rejects.toMatchObject({
    code: 359,
    errorResponse: { violations: [{ ids: [1, 2] }] },
  });
  await docs.deleteOne({ _id: 2 as never });
  expect(await collMod({ unique: true })).toMatchObject({ unique_new: true });
  expect(await docs.indexes()).toContainEqual({ v: 2, key: { x: 1 }, name: "x_1", unique: true });
  await expect(docs.insertOne({ x: 1 })).rejects.toMatchObject({ code: 11000 });
});

test("a clustered collection is listed as one", async () => {
  const { db } = database;
  const name = `clustered${number}`;
  const clusteredIndex = { key: { _id: 1 }, unique: true, name: "by id" } as const;
  const made = await db.createCollection(name, { clusteredIndex });
  expect(await db.listCollections({ name }).toArray()).toMatchObject([
    { name, options: { clusteredIndex: { v: 2, ...clusteredIndex } } },
  ]);
  expect(await made.indexes()).toEqual([{ v: 2, ...clusteredIndex, clustered: true }]);
  await expect(
    db.createCollection(`${name}b`, { clusteredIndex: { key: { a: 1 }, unique: true } }),
  ).rejects.toMatchObject({ code: 197 });
});
