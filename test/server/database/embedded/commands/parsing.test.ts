import { Decimal128, Long, type MongoServerError } from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase, realMongo, type TestDatabase } from "../support.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.stop());

const run = (command: Record<string, unknown>, db = database.db) => db.command(command);
const refusal = (command: Record<string, unknown>, db = database.db): Promise<MongoServerError> =>
  db.command(command).catch((error) => error);

describe("a command that can't be read is refused as a whole", () => {
  test.each([
    [{ find: "a", bogus: 1 }, 40415, "BSON field 'FindCommandRequest.bogus' is an unknown field."],
    [
      { find: "a", filter: 5 },
      14,
      "BSON field 'FindCommandRequest.filter' is the wrong type 'int', expected type 'object'",
    ],
    [{ insert: "a" }, 40414, "BSON field 'insert.documents' is missing but a required field"],
    [{ delete: "a", deletes: [{ q: {}, limit: 2 }] }, 9, "The limit field in delete objects must be 0 or 1. Got 2"],
    [{ delete: "a", deletes: [{ q: {} }] }, 40414, "BSON field 'delete.deletes.limit' is missing but a required field"],
    [{ aggregate: "a", cursor: {} }, 40414, "BSON field 'aggregate.pipeline' is missing but a required field"],
    [{ distinct: "a", key: "" }, 40352, "FieldPath cannot be constructed with empty string"],
    [{ find: "a", maxTimeMS: "soon" }, 2, "maxTimeMS must be a number"],
    [{ find: "a", readConcern: { level: "some" } }, 2, "is not a valid value"],
    [{ find: "a", writeConcern: { w: 1 } }, 72, "writeConcern"],
    [{ create: "a", size: 4096 }, 72, "the 'capped' field needs to be true"],
    [{ create: "system.own" }, 73, "system.own"],
  ])("%o", async (command, code, message) => {
    const error = await refusal(command);
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  test("one unreadable statement leaves the readable ones of its command undone", async () => {
    const deletes = [
      { q: { _id: 1 }, limit: 1 },
      { q: { _id: 2 }, limit: 7 },
    ];
    await run({ insert: "statements", documents: [{ _id: 1 }, { _id: 2 }] });
    expect(await refusal({ delete: "statements", deletes })).toMatchObject({ code: 9 });
    expect(await database.db.collection("statements").countDocuments()).toBe(2);
  });

  test("an impossible database name is refused on reads too", async () => {
    expect(await refusal({ find: "a" }, database.client.db("a b"))).toMatchObject({ codeName: "InvalidNamespace" });
  });

  test("a pipeline without a collection must begin with a stage that makes its own documents", async () => {
    expect(await refusal({ aggregate: 1, pipeline: [{ $match: {} }], cursor: {} })).toMatchObject({ code: 73 });
    expect(await database.db.aggregate([{ $documents: [{ a: 1 }] }]).toArray()).toEqual([{ a: 1 }]);
    expect(await refusal({ aggregate: "words", pipeline: [{ $documents: [{ a: 1 }] }], cursor: {} })).toMatchObject({
      code: 73,
    });
  });

  test("what goes wrong while a pipeline runs is told as the pipeline's error", async () => {
    await run({ insert: "words", documents: [{ word: "x" }] });
    const pipeline = [{ $project: { sum: { $add: ["$word", 1] } } }];
    const error = await refusal({ aggregate: "words", pipeline, cursor: {} });
    expect(error.message).toMatch(/^PlanExecutor error during aggregation :: caused by :: \$add only supports/);
  });
});

describe("the Stable API", () => {
  test("a strict client gets version 1 and nothing else", async () => {
    const strict = { apiVersion: "1", apiStrict: true };
    expect(await run({ ping: 1, ...strict })).toMatchObject({ ok: 1 });
    const distinct = await refusal({ distinct: "a", key: "b", ...strict });
    expect(distinct).toMatchObject({ code: 323, codeName: "APIStrictError" });
    expect(distinct.message).toContain("the command distinct is not in API Version 1");
    const stage = await refusal({ aggregate: "a", pipeline: [{ $indexStats: {} }], cursor: {}, ...strict });
    expect(stage).toMatchObject({ codeName: "APIStrictError" });
  });

  test("a version that does not exist, or strictness without one, is an error", async () => {
    expect(await refusal({ ping: 1, apiVersion: "9" })).toMatchObject({ code: 322, codeName: "APIVersionError" });
    expect(await refusal({ ping: 1, apiStrict: true })).toMatchObject({ code: 4886600 });
  });
});

describe("what tools ask a server about itself", () => {
  const admin = () => database.client.db("admin");

  test("serverStatus counts operations by kind", async () => {
    const before = await run({ serverStatus: 1 }, admin());
    await run({ find: "a" });
    await run({ insert: "counted", documents: [{}] });
    const after = await run({ serverStatus: 1 }, admin());
    expect(after.opcounters.query).toBeGreaterThan(before.opcounters.query);
    expect(after.opcounters.insert).toBeGreaterThan(before.opcounters.insert);
    expect(after).toMatchObject({ ok: 1, process: "mongod", connections: { current: expect.any(Number) } });
  });

  test.skipIf(realMongo)("a standalone without users, profiler or plan filters says so", async () => {
    expect(await refusal({ replSetGetStatus: 1 }, admin())).toMatchObject({
      code: 76,
      codeName: "NoReplicationEnabled",
    });
    expect(await run({ usersInfo: 1 })).toMatchObject({ users: [] });
    expect(await run({ rolesInfo: 1 })).toMatchObject({ roles: [] });
    expect(await run({ profile: -1 })).toMatchObject({ was: 0 });
    expect(await run({ getLog: "*" }, admin())).toMatchObject({ names: ["global", "startupWarnings"] });
    expect(Object.keys((await run({ listCommands: 1 })).commands)).toContain("findAndModify");
  });

  test("dataSize tells the bytes and documents of a collection", async () => {
    await run({ insert: "sized", documents: [{ _id: 1 }, { _id: 2 }] });
    const namespace = `${database.db.databaseName}.sized`;
    expect(await run({ dataSize: namespace })).toMatchObject({ numObjects: 2, size: 28 });
  });
});

test("numbers that overflow or mix with decimals are told and summed as MongoDB does", async () => {
  const numbers = database.db.collection<{ _id: number; n: Long | Decimal128 | number }>("numbers");
  await numbers.insertMany([
    { _id: 1, n: Long.MAX_VALUE },
    { _id: 2, n: Decimal128.fromString("1.5") },
    { _id: 3, n: 1 },
  ]);
  const overflow = numbers.updateOne({ _id: 1 }, { $inc: { n: 1 } } as object);
  await expect(overflow).rejects.toThrow("current value ((NumberLong)9223372036854775807) for document {_id: 1}");
  const [sum] = await numbers
    .aggregate([{ $match: { _id: { $gt: 1 } } }, { $group: { _id: null, n: { $sum: "$n" } } }])
    .toArray();
  expect(String(sum?.n)).toBe("2.5");
});
