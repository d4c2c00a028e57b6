import { Decimal128, Double, Int32, Long } from "bson";
import { describe, expect, test } from "vitest";
import { compilePipeline, runPipeline } from "../../../../../server/database/embedded/aggregation/index.ts";
import { compileFilter } from "../../../../../server/database/embedded/matcher/index.ts";
import type { AggregationContext, Batches, BsonDocument } from "../../../../../server/database/embedded/types.ts";
import { bsonList, canonical, errorOf, plain } from "../bson.ts";

const COLLECTIONS: Record<string, BsonDocument[]> = {
  orders: bsonList([
    { _id: 1, item: "a", quantity: 2, tags: ["x", "y"], at: { k: 1 } },
    { _id: 2, item: "b", quantity: 1, tags: [] },
    { _id: 3, item: "a", quantity: 4 },
    { _id: 4, item: null, quantity: 3, tags: "x" },
  ]),
  items: bsonList([
    { _id: "a", name: "Ant" },
    { _id: "b", name: "Bee", next: "a" },
    { _id: null, name: "None" },
  ]),
};

async function* read(collection: string, filter: BsonDocument = {}): Batches {
  const { matches } = compileFilter(filter);
  for (const doc of COLLECTIONS[collection] ?? []) if (matches(doc)) yield [doc];
}

function context(overrides: Partial<AggregationContext> = {}): AggregationContext {
  return {
    namespace: "test.orders",
    find: read,
    replaceCollection: async () => undefined,
    merge: async () => ({ matched: true }),
    hasUniqueIndex: () => false,
    ...overrides,
  };
}

async function run(stages: object[], overrides: Partial<AggregationContext> = {}): Promise<BsonDocument[]> {
  const docs: BsonDocument[] = [];
  for await (const batch of runPipeline(bsonList(stages), read("orders"), context(overrides))) docs.push(...batch);
  return docs;
}

describe("a pipeline", () => {
  test.each<[stages: object[], result: unknown]>([
    [
      [{ $match: { quantity: { $gt: 2 } } }, { $project: { item: 1 } }],
      [
        { _id: 3, item: "a" },
        { _id: 4, item: null },
      ],
    ],
    [
      [{ $sort: { quantity: -1 } }, { $skip: 1 }, { $limit: 2 }, { $project: { _id: 1 } }],
      [{ _id: 4 }, { _id: 1 }],
    ],
    [
      [{ $group: { _id: "$item", total: { $sum: "$quantity" }, ids: { $push: "$_id" } } }, { $sort: { _id: 1 } }],
      [
        { _id: null, total: 3, ids: [4] },
        { _id: "a", total: 6, ids: [1, 3] },
        { _id: "b", total: 1, ids: [2] },
      ],
    ],
    [[{ $group: { _id: null, n: { $count: {} }, avg: { $avg: "$quantity" } } }], [{ _id: null, n: 4, avg: 2.5 }]],
    [[{ $match: { _id: 9 } }, { $group: { _id: null, n: { $sum: 1 } } }], []],
    [
      [
        {
          $group: {
            _id: null,
            top: { $top: { sortBy: { quantity: -1 }, output: "$_id" } },
            low: { $bottomN: { n: 2, sortBy: { quantity: -1 }, output: "$_id" } },
          },
        },
      ],
      [{ _id: null, top: 3, low: [1, 2] }],
    ],
    [
      [{ $unwind: "$tags" }, { $project: { tags: 1 } }],
      [
        { _id: 1, tags: "x" },
        { _id: 1, tags: "y" },
        { _id: 4, tags: "x" },
      ],
    ],
    [
      [
        { $unwind: { path: "$tags", includeArrayIndex: "i", preserveNullAndEmptyArrays: true } },
        { $project: { tags: 1, i: 1 } },
      ],
      [
        { _id: 1, tags: "x", i: 0 },
        { _id: 1, tags: "y", i: 1 },
        { _id: 2, i: null },
        { _id: 3, i: null },
        { _id: 4, tags: "x", i: null },
      ],
    ],
    [
      [
        { $match: { _id: { $lt: 3 } } },
        { $lookup: { from: "items", localField: "item", foreignField: "_id", as: "found" } },
        { $project: { "found.name": 1 } },
      ],
      [
        { _id: 1, found: [{ name: "Ant" }] },
        { _id: 2, found: [{ name: "Bee" }] },
      ],
    ],
    [
      [
        { $match: { _id: 4 } },
        { $lookup: { from: "items", localField: "item", foreignField: "_id", as: "found" } },
        { $project: { found: 1 } },
      ],
      [{ _id: 4, found: [{ _id: null, name: "None" }] }],
    ],
    [
      [
        { $match: { _id: 2 } },
        {
          $lookup: {
            from: "items",
            let: { i: "$item" },
            pipeline: [{ $match: { $expr: { $eq: ["$_id", "$$i"] } } }, { $project: { _id: 0, name: 1 } }],
            as: "f",
          },
        },
        { $project: { f: 1 } },
      ],
      [{ _id: 2, f: [{ name: "Bee" }] }],
    ],
    [[{ $count: "n" }], [{ n: 4 }]],
    [[{ $sortByCount: "$item" }, { $limit: 1 }], [{ _id: "a", count: 2 }]],
    [
      [{ $bucket: { groupBy: "$quantity", boundaries: [0, 2, 4], default: "more" } }],
      [
        { _id: 0, count: 1 },
        { _id: 2, count: 2 },
        { _id: "more", count: 1 },
      ],
    ],
    [
      [{ $bucketAuto: { groupBy: "$quantity", buckets: 2 } }],
      [
        { _id: { min: 1, max: 3 }, count: 2 },
        { _id: { min: 3, max: 4 }, count: 2 },
      ],
    ],
    [
      [{ $facet: { n: [{ $count: "n" }], first: [{ $limit: 1 }, { $project: { _id: 1 } }] } }],
      [{ n: [{ n: 4 }], first: [{ _id: 1 }] }],
    ],
    [
      [
        { $limit: 1 },
        { $unionWith: { coll: "items", pipeline: [{ $match: { name: "Ant" } }] } },
        { $project: { _id: 1 } },
      ],
      [{ _id: 1 }, { _id: "a" }],
    ],
    [[{ $match: { _id: 1 } }, { $replaceRoot: { newRoot: "$at" } }], [{ k: 1 }]],
    [
      [
        { $match: { _id: 1 } },
        { $addFields: { "at.j": "$quantity", tags: "$$REMOVE" } },
        { $unset: ["item", "quantity"] },
      ],
      [{ _id: 1, at: { k: 1, j: 2 } }],
    ],
    [
      [{ $match: { _id: 2 } }, { $set: { "a.b": { $add: ["$_id", 1] } } }, { $project: { a: 1 } }],
      [{ _id: 2, a: { b: 3 } }],
    ],
    [
      [
        { $limit: 1 },
        {
          $graphLookup: {
            from: "items",
            startWith: { $literal: "b" },
            connectFromField: "next",
            connectToField: "_id",
            as: "chain",
            depthField: "d",
          },
        },
        { $project: { "chain._id": 1, "chain.d": 1 } },
      ],
      [
        {
          _id: 1,
          chain: [
            { _id: "b", d: 0 },
            { _id: "a", d: 1 },
          ],
        },
      ],
    ],
    [
      [
        { $match: { _id: 1 } },
        { $redact: { $cond: [{ $eq: ["$k", 1] }, "$$PRUNE", "$$DESCEND"] } },
        { $project: { at: 1 } },
      ],
      [{ _id: 1 }],
    ],
    [
      [
        {
          $setWindowFields: {
            sortBy: { _id: 1 },
            output: { running: { $sum: "$quantity", window: { documents: ["unbounded", "current"] } } },
          },
        },
        { $project: { running: 1 } },
      ],
      [
        { _id: 1, running: 2 },
        { _id: 2, running: 3 },
        { _id: 3, running: 7 },
        { _id: 4, running: 10 },
      ],
    ],
    [[{ $documents: [{ a: 1 }, { a: { $add: [1, 1] } }] }], [{ a: 1 }, { a: 2 }]],
  ])("%j", async (stages, result) => {
    expect((await run(stages)).map(plain)).toEqual(result);
  });

  test("a $sort that keeps only a few equals the whole one", async () => {
    const all = await run([{ $sort: { item: 1, quantity: -1 } }]);
    expect(await run([{ $sort: { item: 1, quantity: -1 } }, { $limit: 3 }])).toEqual(all.slice(0, 3));
  });

  test("sums keep the types of numbers", async () => {
    const sum = async (...values: unknown[]) => {
      const source = bsonList(values.map((v) => ({ v })));
      async function* one(): Batches {
        yield source;
      }
      const stages = bsonList([{ $group: { _id: null, s: { $sum: "$v" } } }]);
      for await (const [doc] of runPipeline(stages, one(), context())) return canonical(doc?.s);
      return undefined;
    };
    expect(await sum(new Int32(1), new Int32(2))).toEqual({ $numberInt: "3" });
    expect(await sum(new Int32(2147483647), new Int32(1))).toEqual({ $numberLong: "2147483648" });
    expect(await sum(new Int32(1), Long.ONE)).toEqual({ $numberLong: "2" });
    expect(await sum(new Int32(1), new Double(1))).toEqual({ $numberDouble: "2.0" });
    expect(await sum(new Double(0.5), Decimal128.fromString("0.1"))).toEqual({
      $numberDecimal: "0.6",
    });
  });

  test("one group for equal numbers of different types", async () => {
    const docs = await run([
      { $project: { k: { $cond: [{ $lt: ["$_id", 3] }, { $toLong: 1 }, 1.0] } } },
      { $group: { _id: "$k", n: { $sum: 1 } } },
    ]);
    expect(docs.map(plain)).toEqual([{ _id: 1, n: 4 }]);
  });

  test("$out and $merge hand their documents over", async () => {
    const written: unknown[] = [];
    const out = await run([{ $project: { _id: 1 } }, { $out: "target" }], {
      replaceCollection: async (target, batches) => {
        for await (const batch of batches) written.push(target.coll, ...batch.map((doc) => plain(doc._id)));
      },
    });
    expect(out).toEqual([]);
    expect(written.filter((entry) => entry !== "target")).toEqual([1, 2, 3, 4]);
    const merged: unknown[] = [];
    await run([{ $project: { item: 1 } }, { $merge: { into: "target", whenMatched: "replace" } }], {
      merge: async (_target, write) => {
        merged.push(write.kind);
        return { matched: true };
      },
    });
    expect(merged).toEqual(["replace", "replace", "replace", "replace"]);
  });

  test("tells which fields it reads, so that a scan can leave the others alone", () => {
    const needs = (stages: object[]) => compilePipeline(bsonList(stages), context()).needs;
    expect(needs([{ $match: { "a.b": 1 } }, { $group: { _id: "$c.d", s: { $sum: "$e" } } }])).toEqual(["a", "c", "e"]);
    expect(needs([{ $match: { a: 1 } }])).toBeUndefined();
    expect(needs([{ $group: { _id: "$a", all: { $push: "$$ROOT" } } }])).toBeUndefined();
    expect(needs([{ $addFields: { a: 1 } }, { $count: "n" }])).toBeUndefined();
  });

  test("a killed operation stops between documents", async () => {
    async function* endless(): Batches {
      while (true) yield bsonList(Array.from({ length: 50 }, (_, at) => ({ at })));
    }
    const stop = Date.now() + 100;
    const interrupted = context({
      checkInterrupt: () => {
        if (Date.now() > stop) throw new Error("killed");
      },
    });
    const pipeline = runPipeline(bsonList([{ $group: { _id: "$at", n: { $sum: 1 } } }]), endless(), interrupted);
    await expect(pipeline[Symbol.asyncIterator]().next()).rejects.toThrow("killed");
  });

  test.each<[stages: object[], code: number, message: string | RegExp]>([
    [[{ $foo: 1 }], 40324, "Unrecognized pipeline stage name: '$foo'"],
    [[{ $match: {}, $limit: 1 }], 40323, "A pipeline stage specification object must contain exactly one field."],
    [[{ $changeStream: {} }], 40573, /only supported on replica sets/],
    [[{ $match: {} }, { $documents: [] }], 40602, /is only valid as the first stage/],
    [[{ $out: "x" }, { $match: {} }], 40601, "$out can only be the final stage in the pipeline"],
    [[{ $limit: 0 }], 15958, "the limit must be positive"],
    [[{ $limit: "x" }], 5107201, /invalid argument to \$limit stage/],
    [[{ $match: 1 }], 15959, "the match filter must be an expression in an object"],
    [[{ $group: { total: { $sum: 1 } } }], 15955, "a group specification must include an _id"],
    [[{ $group: { _id: 1, a: 1 } }], 40234, "The field 'a' must be an accumulator object"],
    [[{ $group: { _id: 1, a: { $foo: 1 } } }], 15952, "unknown group operator '$foo'"],
    [[{ $project: {} }], 51272, /projection specification must have at least one field/],
    [
      [{ $project: { a: 1, b: 0 } }],
      31254,
      "Invalid $project :: caused by :: Cannot do exclusion on field b in inclusion projection",
    ],
    [[{ $unwind: "tags" }], 28818, "path option to $unwind stage should be prefixed with a '$': tags"],
    [[{ $sort: {} }], 15976, "$sort stage must have at least one sort key"],
    [[{ $count: "" }], 40157, "the count field must be a non-empty string"],
    [[{ $lookup: { from: "x", as: "y" } }], 9, /requires either 'pipeline' or both/],
    [[{ $facet: { a: [{ $out: "x" }] } }], 40600, "$out is not allowed to be used within a $facet stage"],
    [[{ $geoNear: {} }], 27, /requires a 2d or 2dsphere index/],
    [[{ $collStats: {} }], 115, "$collStats is not supported"],
  ])("%j is refused with code %i", (stages, code, message) => {
    const error = errorOf(() => compilePipeline(bsonList(stages), context()));
    expect(error.message).toMatch(message);
    expect(error.code).toBe(code);
  });
});
