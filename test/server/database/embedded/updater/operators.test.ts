import { Decimal128, Double, Int32, Long } from "bson";
import { describe, expect, test } from "vitest";
import type { BsonDocument } from "../../../../../server/database/embedded/types.ts";
import { compileUpdate } from "../../../../../server/database/embedded/updater/index.ts";
import { bson, bsonList, canonical, errorOf, plain } from "../bson.ts";

interface Options {
  arrayFilters?: object[];
  positional?: number;
}

function apply(update: object, doc: object, options: Options = {}) {
  const { v } = bson({ v: update }) as { v: BsonDocument };
  const arrayFilters = options.arrayFilters && bsonList(options.arrayFilters);
  const compiled = compileUpdate(v, arrayFilters ? { arrayFilters } : {});
  const target = { inserting: false, ...(options.positional === undefined ? {} : { positional: options.positional }) };
  return compiled.apply(bson(doc), target);
}

type Case = [update: object, doc: object, after: object, options?: Options];

/** From the manual's pages on the update operators. */
const CASES: Record<string, Case[]> = {
  "fields are set, made on the way, renamed and removed": [
    [{ $set: { a: 2, "b.c": 3 } }, { a: 1 }, { a: 2, b: { c: 3 } }],
    [{ $set: { "a.1": 9 } }, { a: [1, 2] }, { a: [1, 9] }],
    [{ $set: { "a.3": 9 } }, { a: [1] }, { a: [1, null, null, 9] }],
    [{ $set: { "a.0": 9 } }, {}, { a: { 0: 9 } }],
    [{ $set: { "a.1.b": 9 } }, { a: [1] }, { a: [1, { b: 9 }] }],
    [{ $unset: { a: "" } }, { a: 1, b: 2 }, { b: 2 }],
    [{ $unset: { "a.0": "" } }, { a: [1, 2] }, { a: [null, 2] }],
    [{ $unset: { "a.b": "" } }, { a: 5 }, { a: 5 }],
    [{ $rename: { a: "b" } }, { a: 1 }, { b: 1 }],
    [{ $rename: { "a.b": "c.d" } }, { a: { b: 1, x: 2 }, c: { e: 3 } }, { a: { x: 2 }, c: { e: 3, d: 1 } }],
    [{ $rename: { a: "b" } }, { b: 1 }, { b: 1 }],
    [{ $rename: { a: "b" } }, { a: 2, b: 1 }, { b: 2 }],
    [{ $setOnInsert: { a: 1 } }, { b: 1 }, { b: 1 }],
  ],
  "new fields come in the order of their names": [
    [{ $set: { c: 1, a: 1 }, $inc: { b: 1 } }, {}, { a: 1, b: 1, c: 1 }],
    [{ $set: { "10": 1, "9": 1 } }, {}, { 9: 1, 10: 1 }],
  ],
  "numbers, least and greatest": [
    [{ $inc: { a: 1, b: -2 } }, { a: 1 }, { a: 2, b: -2 }],
    [{ $mul: { a: 2, b: 5 } }, { a: 3 }, { a: 6, b: 0 }],
    [{ $min: { a: 2, b: 1 } }, { a: 3 }, { a: 2, b: 1 }],
    [{ $max: { a: 2 } }, { a: "x" }, { a: "x" }],
    [{ $max: { a: "x" } }, { a: 2 }, { a: "x" }],
    [{ $bit: { a: { and: 10, or: 1 } } }, { a: 13 }, { a: 9 }],
    [{ $bit: { a: { xor: 5 } } }, {}, { a: 5 }],
  ],
  "arrays grow": [
    [{ $push: { a: 1 } }, {}, { a: [1] }],
    [{ $push: { a: [1, 2] } }, { a: [0] }, { a: [0, [1, 2]] }],
    [{ $push: { a: { $each: [3, 1], $sort: 1 } } }, { a: [2] }, { a: [1, 2, 3] }],
    [{ $push: { a: { $each: [3, 1], $sort: -1, $slice: 2 } } }, { a: [2] }, { a: [3, 2] }],
    [{ $push: { a: { $each: [], $slice: -1 } } }, { a: [1, 2] }, { a: [2] }],
    [{ $push: { a: { $each: [9], $position: 1 } } }, { a: [1, 2] }, { a: [1, 9, 2] }],
    [{ $push: { a: { $each: [9], $position: -1 } } }, { a: [1, 2] }, { a: [1, 9, 2] }],
    [
      { $push: { a: { $each: [{ s: 1, t: 1 }], $sort: { s: 1, t: -1 } } } },
      { a: [{ s: 2 }, { s: 1, t: 5 }] },
      { a: [{ s: 1, t: 5 }, { s: 1, t: 1 }, { s: 2 }] },
    ],
    [{ $addToSet: { a: 1 } }, { a: [1] }, { a: [1] }],
    [{ $addToSet: { a: { $each: [1, 2, 2] } } }, { a: [1] }, { a: [1, 2] }],
    [
      { $addToSet: { a: { b: 1, c: 2 } } },
      { a: [{ c: 2, b: 1 }] },
      {
        a: [
          { c: 2, b: 1 },
          { b: 1, c: 2 },
        ],
      },
    ],
    [{ $addToSet: { a: [1] } }, {}, { a: [[1]] }],
  ],
  "arrays shrink": [
    [{ $pop: { a: 1, b: -1 } }, { a: [1, 2], b: [1, 2] }, { a: [1], b: [2] }],
    [{ $pull: { a: 1 } }, { a: [1, 2, 1] }, { a: [2] }],
    [{ $pull: { a: { $gte: 2 } } }, { a: [1, 2, 3] }, { a: [1] }],
    [{ $pull: { a: { b: 1 } } }, { a: [{ b: 1, c: 1 }, { b: 2 }, 5] }, { a: [{ b: 2 }, 5] }],
    [{ $pull: { a: { b: { $elemMatch: { c: 1 } } } } }, { a: [{ b: [{ c: 1 }] }, { b: [] }] }, { a: [{ b: [] }] }],
    [{ $pull: { a: /^x/ } }, { a: ["xa", "b"] }, { a: ["b"] }],
    [
      { $pull: { a: [1, 2] } },
      {
        a: [
          [1, 2],
          [2, 1],
        ],
      },
      { a: [[2, 1]] },
    ],
    [{ $pull: { a: { $in: ["x"] } } }, {}, {}],
    [{ $pullAll: { a: [1, { b: 1 }] } }, { a: [1, { b: 1 }, 2] }, { a: [2] }],
  ],
  "positions in arrays": [
    [{ $set: { "a.$": 9 } }, { a: [1, 2] }, { a: [1, 9] }, { positional: 1 }],
    [{ $set: { "a.$.b": 9 }, $inc: { "a.$.c": 1 } }, { a: [{ b: 1 }] }, { a: [{ b: 9, c: 1 }] }, { positional: 0 }],
    [{ $inc: { "a.$[]": 1 } }, { a: [1, 2] }, { a: [2, 3] }],
    [{ $inc: { "a.$[].b.$[]": 1 } }, { a: [{ b: [1] }, { b: [2, 3] }] }, { a: [{ b: [2] }, { b: [3, 4] }] }],
    [{ $set: { "a.$[x]": 0 } }, { a: [1, 5, 9] }, { a: [1, 0, 0] }, { arrayFilters: [{ x: { $gt: 1 } }] }],
    [
      { $set: { "a.$[x].b.$[y].c": 1 } },
      {
        a: [
          { k: 1, b: [{ c: 0 }, { c: 5 }] },
          { k: 2, b: [{ c: 5 }] },
        ],
      },
      {
        a: [
          { k: 1, b: [{ c: 0 }, { c: 1 }] },
          { k: 2, b: [{ c: 5 }] },
        ],
      },
      { arrayFilters: [{ "x.k": 1 }, { "y.c": { $gt: 0 } }] },
    ],
    [
      { $set: { "a.$[x]": 0 } },
      { a: [{ b: 1, c: 1 }, { b: 1 }] },
      { a: [0, { b: 1 }] },
      { arrayFilters: [{ $and: [{ "x.b": 1 }, { "x.c": 1 }] }] },
    ],
    [{ $push: { "a.$[].b": 1 } }, { a: [{}, { b: [0] }] }, { a: [{ b: [1] }, { b: [0, 1] }] }],
    [{ $unset: { "a.$[].b": 1 } }, { a: [{ b: 1, c: 1 }] }, { a: [{ c: 1 }] }],
  ],
  "pipelines and replacements": [
    [[{ $set: { b: { $add: ["$a", 1] } } }, { $unset: "a" }], { a: 1 }, { b: 2 }],
    [[{ $replaceWith: { $mergeObjects: [{ z: 0 }, "$$ROOT"] } }], { a: 1 }, { z: 0, a: 1 }],
    [[{ $project: { a: 1 } }], { a: 1, b: 2 }, { a: 1 }],
    [{ b: 2 }, { a: 1 }, { b: 2 }],
    [{}, { a: 1 }, {}],
  ],
};

describe("an update", () => {
  for (const [title, cases] of Object.entries(CASES)) {
    test.each(cases)(`${title}: %o on %o gives %o`, (update, doc, after, options) => {
      const result = apply(update, { _id: 1, ...doc }, options);
      expect(JSON.stringify(plain(result.doc))).toBe(JSON.stringify({ _id: 1, ...after }));
      expect(result.changed).toBe(JSON.stringify(doc) !== JSON.stringify(after));
    });
  }

  test("leaves the document it was given alone", () => {
    const doc = bson({ _id: 1, a: { b: [1, { c: 2 }] } });
    const before = JSON.stringify(doc);
    const { v } = bson({ v: { $set: { "a.b.1.c": 3 }, $push: { "a.d": 1 } } }) as { v: BsonDocument };
    compileUpdate(v).apply(doc, { inserting: false });
    expect(JSON.stringify(doc)).toBe(before);
  });

  test("keeps the types of numbers, and widens them where they overflow", () => {
    const inc = (value: unknown, by: unknown) => canonical(apply({ $inc: { a: by } }, { _id: 1, a: value }).doc.a);
    expect(inc(new Int32(1), new Int32(1))).toEqual({ $numberInt: "2" });
    expect(inc(new Int32(2147483647), new Int32(1))).toEqual({ $numberLong: "2147483648" });
    expect(inc(new Int32(1), Long.fromNumber(1))).toEqual({ $numberLong: "2" });
    expect(inc(new Int32(1), new Double(1))).toEqual({ $numberDouble: "2.0" });
    expect(inc(new Double(0.1), Decimal128.fromString("0.2"))).toEqual({
      $numberDecimal: "0.3000000000000000055511151231257827",
    });
    expect(errorOf(() => inc(Long.MAX_VALUE, Long.ONE)).code).toBe(2);
    expect(canonical(apply({ $mul: { a: new Double(2) } }, { _id: 1 }).doc.a)).toEqual({ $numberDouble: "0.0" });
    expect(canonical(apply({ $set: { a: new Double(1) } }, { _id: 1, a: 1 }).doc.a)).toEqual({ $numberDouble: "1.0" });
  });

  test("sets the current time as a date or a timestamp", () => {
    const { doc } = apply({ $currentDate: { a: true, b: { $type: "timestamp" } } }, { _id: 1 });
    expect(doc.a).toBeInstanceOf(Date);
    expect(canonical(doc.b)).toHaveProperty("$timestamp");
  });
});
