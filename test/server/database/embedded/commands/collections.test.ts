import type { Collection, MongoServerError } from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../support.ts";

interface Item {
  _id: number;
  n?: number;
  kind?: string;
}

let database: TestDatabase;
let items: Collection<Item>;
beforeAll(async () => {
  database = await openTestDatabase();
  items = database.db.collection<Item>("items");
  await items.insertMany([
    { _id: 1, n: 1, kind: "a" },
    { _id: 2, n: 2, kind: "b" },
    { _id: 3, n: 3, kind: "b" },
  ]);
});
afterAll(() => database.stop());

const failureOf = (work: Promise<unknown>): Promise<MongoServerError> =>
  work.then(
    () => undefined,
    (error) => error,
  ) as never;

describe("a view", () => {
  const name = "large";
  beforeAll(async () => {
    const pipeline = [{ $match: { n: { $gt: 1 } } }, { $addFields: { tens: { $multiply: ["$n", 10] } } }];
    await database.db.createCollection(name, { viewOn: "items", pipeline });
    await database.db.createCollection("kinds", {
      viewOn: name,
      pipeline: [{ $group: { _id: "$kind", n: { $sum: 1 } } }],
    });
  });
  const view = () => database.db.collection<Item & { tens: number }>(name);

  test("is not made of itself, by whatever way", async () => {
    const { db } = database;
    await db.createCollection("circle1", { viewOn: "circle2", pipeline: [] });
    const circle = { code: 5, codeName: "GraphContainsCycle" };
    await expect(db.createCollection("circle2", { viewOn: "circle1", pipeline: [] })).rejects.toMatchObject(circle);
    await expect(db.createCollection("circle3", { viewOn: "circle3", pipeline: [] })).rejects.toMatchObject(circle);
    await db.createCollection("circle2", { viewOn: "items", pipeline: [] });
    const change = { collMod: "circle2", viewOn: "circle1", pipeline: [] };
    await expect(db.command(change)).rejects.toMatchObject(circle);
  });

  test("is read like a collection", async () => {
    expect(await view().find({ tens: 20 }).toArray()).toEqual([{ _id: 2, n: 2, kind: "b", tens: 20 }]);
    const [last] = await view()
      .find({}, { sort: { tens: -1 }, limit: 1, projection: { tens: 1 } })
      .toArray();
    expect(last).toEqual({ _id: 3, tens: 30 });
    expect(await view().find({}, { batchSize: 1 }).toArray()).toHaveLength(2);
    expect(await view().countDocuments({ n: 2 })).toBe(1);
    expect(await view().estimatedDocumentCount()).toBe(2);
    expect(await view().distinct("tens")).toEqual([20, 30]);
  });

  test("stands on views, and pipelines of others read it", async () => {
    expect(await database.db.collection("kinds").find().toArray()).toEqual([{ _id: "b", n: 2 }]);
    const joined = await items
      .aggregate([
        { $match: { _id: 2 } },
        { $lookup: { from: name, localField: "_id", foreignField: "_id", as: "same" } },
      ])
      .toArray();
    expect(joined[0]?.same).toMatchObject([{ tens: 20 }]);
    const all = await items.aggregate([{ $unionWith: name }, { $count: "n" }]).toArray();
    expect(all).toEqual([{ n: 5 }]);
  });

  test("takes no writes and no indexes", async () => {
    const writes = [
      () => view().insertOne({ _id: 9, tens: 1 }),
      () => view().updateOne({}, { $set: { n: 1 } }),
      () => view().deleteMany({}),
      () => view().createIndex({ n: 1 }),
      () => items.aggregate([{ $merge: name }]).toArray(),
    ];
    for (const write of writes) expect(await failureOf(write())).toMatchObject({ code: 166 });
    expect(await items.countDocuments()).toBe(3);
  });

  test("is listed as one, and collMod changes it", async () => {
    const [listed] = await database.db.listCollections({ name }).toArray();
    expect(listed).toMatchObject({ type: "view", options: { viewOn: "items" }, info: { readOnly: true } });
    await database.db.createCollection("changing", { viewOn: "items", pipeline: [] });
    await database.db.command({ collMod: "changing", viewOn: "items", pipeline: [{ $match: { n: 3 } }] });
    expect(await database.db.collection("changing").countDocuments()).toBe(1);
    expect(await database.db.collection("changing").drop()).toBe(true);
  });
});

describe("a time series", () => {
  const timeseries = { timeField: "at", metaField: "shop", granularity: "minutes" } as const;

  test("is listed with its granularity and takes an _id twice", async () => {
    const series = await database.db.createCollection<{ _id: number; at: Date }>("visits", {
      timeseries,
      expireAfterSeconds: 604_800,
    });
    const [listed] = await database.db.listCollections({ name: "visits" }).toArray();
    expect(listed).toMatchObject({ type: "timeseries", options: { timeseries, expireAfterSeconds: 604_800 } });
    await series.insertMany([
      { _id: 1, at: new Date() },
      { _id: 1, at: new Date() },
    ]);
    expect(await series.countDocuments({ _id: 1 })).toBe(2);
  });

  test("refuses a document without its time", async () => {
    const series = await database.db.createCollection("timeless", { timeseries });
    expect(await failureOf(series.insertOne({ at: "noon" }))).toMatchObject({ code: 2 });
  });
});

describe("a validator tells why a document fails", () => {
  const detailsOf = async (validator: object, document: object) => {
    const name = `checked${Math.random()}`.replace(".", "");
    await database.db.createCollection(name, { validator });
    const error = await failureOf(database.db.collection(name).insertOne(document));
    expect(error).toMatchObject({ code: 121, errInfo: { failingDocumentId: expect.anything() } });
    return error.errInfo?.details;
  };
  const $jsonSchema = {
    bsonType: "object",
    required: ["name"],
    properties: { name: { bsonType: "string", description: "what buyers see" }, qty: { minimum: 1 } },
    additionalProperties: true,
  };

  test("a schema by its rules", async () => {
    expect(await detailsOf({ $jsonSchema }, { _id: 1, qty: 0 })).toEqual({
      operatorName: "$jsonSchema",
      schemaRulesNotSatisfied: [
        {
          operatorName: "properties",
          propertiesNotSatisfied: [
            {
              propertyName: "qty",
              details: [
                {
                  operatorName: "minimum",
                  specifiedAs: { minimum: 1 },
                  reason: "comparison failed",
                  consideredValue: 0,
                },
              ],
            },
          ],
        },
        { operatorName: "required", specifiedAs: { required: ["name"] }, missingProperties: ["name"] },
      ],
    });
    expect(await detailsOf({ $jsonSchema }, { _id: 1, name: 5 })).toMatchObject({
      schemaRulesNotSatisfied: [
        {
          propertiesNotSatisfied: [
            {
              propertyName: "name",
              description: "what buyers see",
              details: [
                { operatorName: "bsonType", reason: "type did not match", consideredValue: 5, consideredType: "int" },
              ],
            },
          ],
        },
      ],
    });
  });

  test("a query by its conditions", async () => {
    expect(await detailsOf({ n: { $gt: 5 } }, { _id: 1, n: 1 })).toEqual({
      operatorName: "$gt",
      specifiedAs: { n: { $gt: 5 } },
      reason: "comparison failed",
      consideredValue: 1,
    });
    expect(await detailsOf({ n: 1, kind: { $exists: true } }, { _id: 1, n: 1 })).toEqual({
      operatorName: "$and",
      clausesNotSatisfied: [
        {
          index: 1,
          details: {
            operatorName: "$exists",
            specifiedAs: { kind: { $exists: true } },
            reason: "path does not exist",
          },
        },
      ],
    });
  });
});
