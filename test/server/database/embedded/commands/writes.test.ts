import { type Collection, MongoBulkWriteError, ObjectId } from "mongodb";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../support.ts";

interface Item {
  _id: number;
  n?: number;
  tags?: string[];
  lines?: { sku: string; qty: number }[];
  at?: Date;
}

let database: TestDatabase;
let items: Collection<Item>;
let number = 0;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.stop());
beforeEach(() => {
  items = database.db.collection<Item>(`items${++number}`);
});

test("an ordered batch ends at the first error, an unordered one tells each error by its index", async () => {
  await items.insertOne({ _id: 1 });
  const batch = [{ _id: 2 }, { _id: 1 }, { _id: 3 }, { _id: 1 }];
  const ordered = await items.insertMany(batch).catch((error) => error);
  expect(ordered).toBeInstanceOf(MongoBulkWriteError);
  expect(ordered.code).toBe(11000);
  expect(ordered.insertedCount).toBe(1);
  await items.deleteMany({ _id: { $gt: 1 } });
  const unordered = await items.insertMany(batch, { ordered: false }).catch((error) => error);
  expect(unordered.writeErrors.map((error: { index: number }) => error.index)).toEqual([1, 3]);
  expect(unordered.insertedCount).toBe(2);
  expect(await items.countDocuments()).toBe(3);
});

test("a duplicate names the index, the key pattern and the value", async () => {
  await items.createIndex({ n: 1, tags: -1 }, { unique: true, name: "pair" });
  await items.insertOne({ _id: 1, n: 5, tags: ["a", "b"] });
  await expect(items.insertOne({ _id: 2, n: 5, tags: ["b"] })).rejects.toMatchObject({
    code: 11000,
    keyPattern: { n: 1, tags: -1 },
    keyValue: { n: 5, tags: "b" },
    message: expect.stringContaining(`index: pair dup key: { n: 5, tags: "b" }`),
  });
  await items.insertOne({ _id: 3, n: 6 });
  await expect(items.updateOne({ _id: 3 }, { $set: { n: 5, tags: ["a"] } })).rejects.toMatchObject({ code: 11000 });
  expect(await items.findOne({ _id: 3 })).toEqual({ _id: 3, n: 6 });
});

test("bulkWrite mixes all kinds and counts each", async () => {
  const result = await items.bulkWrite([
    { insertOne: { document: { _id: 1, n: 1 } } },
    { insertOne: { document: { _id: 2, n: 1 } } },
    { updateMany: { filter: { n: 1 }, update: { $inc: { n: 1 } } } },
    { updateOne: { filter: { _id: 9 }, update: { $set: { n: 9 } }, upsert: true } },
    { replaceOne: { filter: { _id: 1 }, replacement: { n: 7 } } },
    { deleteOne: { filter: { _id: 2 } } },
  ]);
  expect(result).toMatchObject({
    insertedCount: 2,
    matchedCount: 3,
    modifiedCount: 3,
    upsertedCount: 1,
    deletedCount: 1,
  });
  expect(result.upsertedIds).toEqual({ 3: 9 });
  expect(await items.find().sort({ _id: 1 }).toArray()).toEqual([
    { _id: 1, n: 7 },
    { _id: 9, n: 9 },
  ]);
});

test("an update that changes nothing matches without modifying", async () => {
  await items.insertOne({ _id: 1, n: 1 });
  expect(await items.updateOne({ _id: 1 }, { $set: { n: 1 } })).toMatchObject({ matchedCount: 1, modifiedCount: 0 });
  expect(await items.updateOne({ _id: 2 }, { $set: { n: 1 } })).toMatchObject({ matchedCount: 0, modifiedCount: 0 });
});

test("positional updates reach the matched element, all of them, or the filtered ones", async () => {
  const lines = [
    { sku: "a", qty: 1 },
    { sku: "b", qty: 2 },
    { sku: "b", qty: 3 },
  ];
  await items.insertOne({ _id: 1, lines });
  await items.updateOne({ "lines.sku": "b" }, { $set: { "lines.$.qty": 20 } });
  await items.updateOne({ _id: 1 }, { $inc: { "lines.$[].qty": 1 } });
  await items.updateOne(
    { _id: 1 },
    { $set: { "lines.$[big].sku": "big" } },
    { arrayFilters: [{ "big.qty": { $gt: 10 } }] },
  );
  expect((await items.findOne({ _id: 1 }))?.lines).toEqual([
    { sku: "a", qty: 2 },
    { sku: "big", qty: 21 },
    { sku: "b", qty: 4 },
  ]);
  await expect(items.updateOne({ _id: 1 }, { $set: { "lines.$.qty": 1 } })).rejects.toMatchObject({ code: 2 });
});

test("a replacement of many documents is refused, an empty one too", async () => {
  await items.insertOne({ _id: 1, n: 1 });
  for (const u of [{ n: 2 }, {}]) {
    const command = { update: items.collectionName, updates: [{ q: {}, u, multi: true }] };
    expect(await database.db.command(command)).toMatchObject({ n: 0, writeErrors: [{ index: 0, code: 9 }] });
  }
  expect(await items.findOne()).toEqual({ _id: 1, n: 1 });
});

test("a multi-document update finds each document once, though it moves it along the index it reads", async () => {
  await items.createIndex({ n: 1 });
  await items.insertMany(Array.from({ length: 600 }, (_, n) => ({ _id: n, n })));
  const { modifiedCount } = await items.updateMany({ n: { $gte: 0 } }, { $inc: { n: 1000 } });
  expect(modifiedCount).toBe(600);
  expect(await items.countDocuments({ n: { $gte: 1000, $lt: 1600 } })).toBe(600);
});

test("findOneAndUpdate takes the first in order and gives the document before or after", async () => {
  await items.insertMany([
    { _id: 1, n: 2 },
    { _id: 2, n: 1 },
  ]);
  expect(await items.findOneAndUpdate({}, { $inc: { n: 10 } }, { sort: { n: 1 } })).toEqual({ _id: 2, n: 1 });
  const after = { sort: { n: 1 }, returnDocument: "after", projection: { n: 1, _id: 0 } } as const;
  expect(await items.findOneAndUpdate({}, { $inc: { n: 10 } }, after)).toEqual({ n: 12 });
  expect(await items.findOneAndDelete({ n: 11 })).toEqual({ _id: 2, n: 11 });
  expect(await items.findOneAndReplace({ _id: 5 }, { n: 5 }, { upsert: true })).toBeNull();
  const raw = await items.findOneAndUpdate(
    { _id: 6 },
    { $set: { n: 6 } },
    { upsert: true, includeResultMetadata: true },
  );
  expect(raw).toMatchObject({ lastErrorObject: { n: 1, updatedExisting: false, upserted: 6 }, value: null, ok: 1 });
});

test("an upsert builds the document from the filter's equalities and $setOnInsert", async () => {
  const result = await items.updateOne(
    { _id: 4, tags: { $all: ["x"] }, n: { $gt: 3 } },
    { $setOnInsert: { n: 8 } },
    { upsert: true },
  );
  expect(result).toMatchObject({ upsertedId: 4, upsertedCount: 1, matchedCount: 0 });
  expect(await items.findOne({ _id: 4 })).toMatchObject({ _id: 4, n: 8 });
  const made = await database.db
    .collection(`items${number}`)
    .updateOne({ kind: "new" }, { $set: { n: 1 } }, { upsert: true });
  expect(made.upsertedId).toBeInstanceOf(ObjectId);
});

test("_id can not change, and may not be an array", async () => {
  await items.insertOne({ _id: 1 });
  await expect(items.updateOne({ _id: 1 }, { $set: { _id: 2 } })).rejects.toMatchObject({ code: 66 });
  await expect(items.insertOne({ _id: [1] as never })).rejects.toMatchObject({ code: 53 });
  await expect(items.updateOne({ _id: 1 }, { $nonsense: { a: 1 } } as never)).rejects.toMatchObject({ code: 9 });
});

test("two concurrent claims of one document: just one gets it", async () => {
  await items.insertOne({ _id: 1, n: 0 });
  const claims = await Promise.all(
    Array.from({ length: 20 }, (_, i) => items.updateOne({ _id: 1, n: 0 }, { $set: { n: i + 1 } })),
  );
  expect(claims.filter(({ modifiedCount }) => modifiedCount === 1)).toHaveLength(1);
});

test("a document of 16 MiB is stored, a larger one refused", async () => {
  const files = database.db.collection<{ _id: number; data: string }>(`files${number}`);
  await files.insertOne({ _id: 1, data: "x".repeat(16 * 1024 * 1024 - 100) });
  expect((await files.findOne({ _id: 1 }))?.data.length).toBe(16 * 1024 * 1024 - 100);
  await expect(files.updateOne({ _id: 1 }, { $set: { more: "y".repeat(200) } })).rejects.toThrow();
});

test("writes say what a standalone server can not do", async () => {
  const session = database.client.startSession();
  session.startTransaction();
  // The driver puts its own advice around the server's code 20.
  await expect(items.insertOne({ _id: 1 }, { session })).rejects.toMatchObject({ originalError: { code: 20 } });
  await session.abortTransaction().catch(() => {});
  await session.endSession();
  await expect(items.insertOne({ _id: 2 }, { writeConcern: { w: 3 } })).rejects.toMatchObject({ code: 2 });
  await expect(items.watch().next()).rejects.toMatchObject({ code: 40573 });
});

test("an upsert may set a field whose name begins with a dollar, an update may only remove it", async () => {
  await items.updateOne({ _id: 1 }, { $set: { $price: 3, "$deep.b": 1 } }, { upsert: true });
  expect(await items.findOne({ _id: 1 })).toEqual({ _id: 1, $price: 3, $deep: { b: 1 } });
  const refused = { code: 52, message: expect.stringMatching(/'\$price' in '\$price' is not allowed in the context/) };
  await expect(items.updateOne({ _id: 1 }, { $set: { $price: 4 } })).rejects.toMatchObject(refused);
  expect((await items.updateOne({ _id: 2 }, { $set: { $price: 4 } })).matchedCount).toBe(0);
  await items.updateOne({ _id: 1 }, { $unset: { $price: "" } });
  expect(await items.findOne({ _id: 1 })).toEqual({ _id: 1, $deep: { b: 1 } });
});

test("an unacknowledged write arrives", async () => {
  await items.insertOne({ _id: 1, n: 1 }, { writeConcern: { w: 0 } });
  // The same connection serves one request after the other; another may be faster.
  await expect.poll(() => items.countDocuments()).toBe(1);
});
