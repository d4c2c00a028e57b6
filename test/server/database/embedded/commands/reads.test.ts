import { type Collection, Decimal128, type Document, Double, Long, MaxKey, MinKey, Timestamp, UUID } from "mongodb";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, realMongo, type TestDatabase } from "../support.ts";

let database: TestDatabase;
let docs: Collection<Document>;
let number = 0;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.stop());
beforeEach(() => {
  docs = database.db.collection<Document>(`docs${++number}`);
});

const numbers = (count: number) => Array.from({ length: count }, (_, n) => ({ _id: n as never, n, mod: n % 10 }));

test("a cursor gives everything in batches of the size asked for, and ends", async () => {
  await docs.insertMany(numbers(1000));
  const cursor = docs.find({}, { batchSize: 7 }).sort({ _id: 1 });
  const seen: number[] = [];
  for await (const { n } of cursor) seen.push(n);
  expect(seen).toEqual(numbers(1000).map(({ n }) => n));
  expect(await docs.find().skip(990).limit(20).toArray()).toHaveLength(10);
  expect(await docs.find().limit(-3).toArray()).toHaveLength(3);
  expect(await docs.find({}, { batchSize: 0 }).toArray()).toHaveLength(1000);
});

test("a closed cursor is gone on the server, and getMore of an unknown one says so", async () => {
  await docs.insertMany(numbers(300));
  const reply = await database.db.command({ find: docs.collectionName, batchSize: 2 });
  const { id, ns } = reply.cursor;
  expect(ns).toBe(`${database.db.databaseName}.${docs.collectionName}`);
  const asLong = Long.fromValue(id);
  const killed = await database.db.command({ killCursors: docs.collectionName, cursors: [asLong] });
  expect(killed.cursorsKilled).toHaveLength(1);
  await expect(database.db.command({ getMore: asLong, collection: docs.collectionName })).rejects.toMatchObject({
    code: 43,
  });
});

test("all BSON types keep their type, and sort as the manual tells", async () => {
  const values = [
    new MinKey(),
    null,
    new Double(1.5),
    Long.fromString("9007199254740993"),
    Decimal128.fromString("9007199254740993.5"),
    "text",
    { a: 1 },
    new UUID("0123456789abcdef0123456789abcdef"),
    true,
    new Date(0),
    new Timestamp({ t: 1, i: 1 }),
    /x/i,
    new MaxKey(),
  ];
  await docs.insertMany(values.map((value, _id) => ({ _id: _id as never, value })).reverse());
  const options = { promoteValues: false, promoteLongs: false, bsonRegExp: false };
  const plain = await docs.find({}, options).sort({ value: 1 }).toArray();
  expect(plain.map(({ _id }) => Number(_id))).toEqual(values.map((_, i) => i));
  expect(plain[4]?.value).toEqual(Decimal128.fromString("9007199254740993.5"));
  await docs.createIndex({ value: -1 });
  const indexed = await docs.find().sort({ value: -1 }).toArray();
  expect(indexed.map(({ _id }) => Number(_id))).toEqual(values.map((_, i) => i).reverse());
  expect(await docs.countDocuments({ value: { $type: "binData" } })).toBe(1);
});

test("projections include, exclude, slice and pick elements", async () => {
  await docs.insertOne({
    _id: 1 as never,
    a: 1,
    b: { c: 2, d: 3 },
    list: [1, 2, 3, 4],
    lines: [
      { s: "x", q: 1 },
      { s: "y", q: 2 },
    ],
  });
  const find = (projection: Document, filter: Document = {}) => docs.findOne(filter, { projection });
  expect(await find({ a: 1 })).toEqual({ _id: 1, a: 1 });
  expect(await find({ "b.c": 1, _id: 0 })).toEqual({ b: { c: 2 } });
  expect(await find({ a: 0, lines: 0, list: 0 })).toEqual({ _id: 1, b: { c: 2, d: 3 } });
  expect((await find({ list: { $slice: [1, 2] } }))?.list).toEqual([2, 3]);
  expect(await find({ lines: { $elemMatch: { q: 2 } } })).toEqual({ _id: 1, lines: [{ s: "y", q: 2 }] });
  expect(await find({ "lines.$": 1 }, { "lines.q": { $gt: 1 } })).toEqual({ _id: 1, lines: [{ s: "y", q: 2 }] });
  await expect(find({ a: 1, b: 0 })).rejects.toMatchObject({ code: 31254 });
});

test("a collation makes comparisons without regard to case", async () => {
  await docs.insertMany([{ name: "Ada" }, { name: "ada" }, { name: "Bob" }]);
  const collation = { locale: "en", strength: 2 };
  expect(await docs.countDocuments({ name: "ADA" }, { collation })).toBe(2);
  await docs.createIndex({ name: 1 }, { collation });
  expect(await docs.countDocuments({ name: "ADA" }, { collation })).toBe(2);
  expect(await docs.countDocuments({ name: "ADA" })).toBe(0);
  expect((await docs.find({}, { collation }).sort({ name: -1 }).toArray()).map(({ name }) => name)[0]).toBe("Bob");
});

test("a tailable cursor gives what is inserted after it was opened", async () => {
  const log = await database.db.createCollection<Document>(`log${number}`, { capped: true, size: 65536 });
  await log.insertOne({ n: 1 });
  const cursor = log.find({}, { tailable: true, awaitData: true });
  expect(await cursor.next()).toMatchObject({ n: 1 });
  const next = cursor.next();
  await log.insertOne({ n: 2 });
  expect(await next).toMatchObject({ n: 2 });
  await cursor.close();
  await docs.insertOne({ n: 1 });
  await expect(docs.find({}, { tailable: true }).toArray()).rejects.toMatchObject({ code: 2 });
});

test("distinct spreads arrays and keeps types apart", async () => {
  await docs.insertMany([{ a: [1, 2] }, { a: 2 }, { a: "2" }, { b: 1 }]);
  expect(await docs.distinct("a")).toEqual([1, 2, "2"]);
});

test("counts follow filter, skip and limit", async () => {
  await docs.insertMany(numbers(100));
  await docs.createIndex({ mod: 1 });
  expect(await docs.countDocuments({ mod: 3 })).toBe(10);
  expect(await docs.countDocuments({ mod: { $in: [1, 2] } }, { skip: 5 })).toBe(15);
  expect(await docs.countDocuments({}, { limit: 7 })).toBe(7);
  expect(await docs.estimatedDocumentCount()).toBe(100);
  expect(await docs.countDocuments({ n: { $gte: 95 } })).toBe(5);
});

test("an aggregation groups, joins by an index and writes to another collection", async () => {
  await docs.insertMany(numbers(100));
  const other = database.db.collection<Document>(`other${number}`);
  await other.insertMany([{ _id: 3 as never, name: "three" }]);
  const joined = await docs
    .aggregate([
      { $match: { mod: { $gte: 2 } } },
      { $group: { _id: "$mod", sum: { $sum: "$n" }, count: { $sum: 1 } } },
      { $lookup: { from: other.collectionName, localField: "_id", foreignField: "_id", as: "found" } },
      { $sort: { _id: 1 } },
      { $limit: 2 },
    ])
    .toArray();
  expect(joined).toEqual([
    { _id: 2, sum: 470, count: 10, found: [] },
    { _id: 3, sum: 480, count: 10, found: [{ _id: 3, name: "three" }] },
  ]);
  await docs.aggregate([{ $match: { mod: 1 } }, { $out: `out${number}` }]).toArray();
  expect(await database.db.collection(`out${number}`).countDocuments()).toBe(10);
  await docs.aggregate([{ $match: { mod: 2 } }, { $merge: { into: `out${number}` } }]).toArray();
  expect(await database.db.collection(`out${number}`).countDocuments()).toBe(20);
});

test("an operation that takes longer than maxTimeMS is ended", async () => {
  await docs.insertMany(numbers(5000));
  const slow = docs.find({ $expr: { $gt: [{ $size: { $range: [0, 3000] } }, 5000] } }, { maxTimeMS: 20 });
  await expect(slow.toArray()).rejects.toMatchObject({ code: 50 });
});

test("bad queries get the server's codes", async () => {
  await docs.insertOne({ a: 1 });
  const code = (filter: Document) =>
    docs.findOne(filter).then(
      () => 0,
      (error) => error.code,
    );
  expect(await code({ a: { $nonsense: 1 } })).toBe(2);
  expect(await code({ $nonsense: 1 })).toBe(2);
  expect(await code({ $or: [] })).toBe(2);
  await expect(docs.find({}, { hint: "no_such_index" }).toArray()).rejects.toMatchObject({ code: 2 });
  await expect(database.db.command({ nonsense: 1 })).rejects.toMatchObject({ code: 59, codeName: "CommandNotFound" });
  await expect(database.db.command({ find: "c", nonsense: 1 })).rejects.toMatchObject({ code: 40415 });
  await expect(docs.aggregate([{ $nonsense: 1 }]).toArray()).rejects.toMatchObject({ code: 40324 });
});

test.skipIf(realMongo)("the guard refuses a query that no index serves, and lets the others through", async () => {
  await docs.insertMany(numbers(10));
  await docs.createIndex({ n: 1 });
  const admin = database.client.db("admin");
  await admin.command({ setParameter: 1, notablescan: true });
  try {
    await expect(docs.findOne({ mod: 1 })).rejects.toMatchObject({ code: 291, codeName: "NoQueryExecutionPlans" });
    await expect(docs.updateMany({ mod: 1 }, { $set: { x: 1 } })).rejects.toMatchObject({ code: 291 });
    expect(await docs.findOne({ n: 1 })).toMatchObject({ n: 1 });
    expect(await docs.countDocuments()).toBe(10);
  } finally {
    await admin.command({ setParameter: 1, notablescan: false });
  }
});

test("min and max bound the keys of the hinted index, from the one up to before the other", async () => {
  await docs.insertMany(numbers(30));
  await docs.createIndex({ mod: 1, n: -1 });
  const ids = async (options: Document, filter: Document = {}) =>
    (await docs.find(filter, options).toArray()).map(({ _id }) => _id);
  expect(await ids({ hint: { _id: 1 }, min: { _id: 3 }, max: { _id: 6 } })).toEqual([3, 4, 5]);
  expect(await ids({ hint: { _id: 1 }, min: { _id: 27 }, sort: { _id: -1 } })).toEqual([29, 28, 27]);
  expect(await ids({ hint: { _id: 1 }, max: { _id: 6 }, sort: { n: -1 }, limit: 2 }, { mod: { $ne: 5 } })).toEqual([
    4, 3,
  ]);
  const between = { hint: { mod: 1, n: -1 }, min: { mod: 2, n: 12 }, max: { mod: 3, n: 13 } };
  expect(await ids(between as Document)).toEqual([12, 2, 23]);
  await expect(ids({ max: { _id: 6 } })).rejects.toMatchObject({ code: 51173 });
  await expect(ids({ hint: { _id: 1 }, max: { n: 6 } })).rejects.toMatchObject({ code: 51174 });
});

test("a find gives only the keys of the index it read, or the number of each record", async () => {
  await docs.insertMany(numbers(3));
  await docs.createIndex({ mod: 1, n: 1 });
  const keys = await docs.find({ mod: { $gte: 1 } }, { returnKey: true }).toArray();
  expect(keys).toEqual([
    { mod: 1, n: 1 },
    { mod: 2, n: 2 },
  ]);
  expect(await docs.find({}, { returnKey: true }).toArray()).toEqual([{}, {}, {}]);
  const [first] = await docs.find({ n: 1 }, { showRecordId: true, projection: { n: 1 } }).toArray();
  expect(first).toEqual({ _id: 1, n: 1, $recordId: expect.anything() });
});

test("a sort by fields of one array keeps what stands in one element together, with an index or without", async () => {
  await docs.insertMany([
    { _id: 1 as never, a: [{ b: false }, { c: 0.1 }] },
    { _id: 2 as never, a: { c: 0 } },
    { _id: 3 as never, a: [{ b: 1, c: 9 }, { b: 2 }] },
  ]);
  const order = async (...fields: [string, 1 | -1][]) =>
    (await docs.find().sort(fields).toArray()).map(({ _id }) => Number(_id));
  const both = async () => [await order(["a.b", 1], ["a.c", 1]), await order(["a.b", -1], ["a.c", -1])];
  // The keys of the first are (null, 0.1) and (false, null), of the second (null, 0), of the third (1, 9) and (2, null).
  expect(await both()).toEqual([
    [2, 1, 3],
    [1, 3, 2],
  ]);
  await docs.createIndex({ "a.b": 1, "a.c": 1 });
  expect(await both()).toEqual([
    [2, 1, 3],
    [1, 3, 2],
  ]);
});

test("a sort by two arrays side by side is refused", async () => {
  await docs.insertOne({ _id: 1 as never, a: [1, 2], b: [3, 4] });
  const refused = { code: 2, message: /parallel arrays/ };
  await expect(docs.find().sort({ a: 1, b: 1 }).toArray()).rejects.toMatchObject({ code: refused.code });
  await expect(docs.aggregate([{ $sort: { a: 1, b: 1 } }]).toArray()).rejects.toThrow(refused.message);
  expect(await docs.find().sort({ a: 1 }).toArray()).toHaveLength(1);
});
