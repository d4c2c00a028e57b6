import { Binary, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId } from "bson";
import { describe, expect, test } from "vitest";
import { compileFilter } from "../../../../../server/database/embedded/matcher/index.ts";
import { decode, encode } from "../../../../../server/database/embedded/values/bson.ts";
import { compileCollation } from "../../../../../server/database/embedded/values/collation.ts";
import { bson } from "../bson.ts";

type Case = [filter: object, doc: object, matches: boolean];

const oid = new ObjectId("000000000000000000000001");

/** From the manual's pages on the query operators; where the manual is silent, as a MongoDB 7.0 server answers. */
const CASES: Record<string, Case[]> = {
  "a value is found in a field and in an array": [
    [{ a: 1 }, { a: 1 }, true],
    [{ a: 1 }, { a: [3, 1] }, true],
    [{ a: [3, 1] }, { a: [3, 1] }, true],
    [{ a: [1, 3] }, { a: [3, 1] }, false],
    [{ a: [1] }, { a: [[1], 2] }, true],
    [{ a: 1 }, { a: [[1]] }, false],
    [{ a: { b: 1, c: 2 } }, { a: { b: 1, c: 2 } }, true],
    [{ a: { b: 1, c: 2 } }, { a: { c: 2, b: 1 } }, false],
    [{}, { a: 1 }, true],
  ],
  "numbers are equal whatever their type": [
    [{ a: Long.fromNumber(1) }, { a: new Double(1) }, true],
    [{ a: Decimal128.fromString("1.0") }, { a: 1 }, true],
    [{ a: Decimal128.fromString("0.1") }, { a: 0.1 }, false],
    [{ a: Long.fromString("9007199254740993") }, { a: 9007199254740992 }, false],
    [{ a: { $gt: 9007199254740992 } }, { a: Long.fromString("9007199254740993") }, true],
    [{ a: -0.0 }, { a: 0 }, true],
    [{ a: Number.NaN }, { a: Decimal128.fromString("NaN") }, true],
    [{ a: { $gte: Number.NaN } }, { a: 1 }, false],
    [{ a: { $lt: 5 } }, { a: Number.NaN }, false],
  ],
  "null stands for missing too": [
    [{ a: null }, {}, true],
    [{ a: null }, { a: null }, true],
    [{ a: null }, { a: [] }, false],
    [{ a: null }, { a: [null] }, true],
    [{ "a.b": null }, { a: 1 }, true],
    [{ "a.b": null }, { a: [] }, false],
    [{ "a.b": null }, { a: [{ b: 1 }, {}] }, true],
    [{ "a.b": null }, { a: [1, 2] }, false],
    [{ a: { $ne: null } }, {}, false],
    [{ a: { $gte: null } }, {}, true],
    [{ a: { $gt: null } }, { a: null }, false],
    [{ a: { $in: [null] } }, {}, true],
    [{ a: { $nin: [null] } }, {}, false],
  ],
  "ranges stay within a type": [
    [{ a: { $gt: 1 } }, { a: "x" }, false],
    [{ a: { $lt: "b" } }, { a: 1 }, false],
    [{ a: { $gt: 1, $lt: 3 } }, { a: [0, 4] }, true],
    [{ a: { $gt: new Date(0) } }, { a: new Date(1) }, true],
    [{ a: { $gt: new MinKey() } }, { a: "x" }, true],
    [{ a: { $lt: new MaxKey() } }, { a: null }, true],
    [{ a: { $gte: { b: 1 } } }, { a: { b: 2 } }, true],
    [{ a: { $gt: [1, 2] } }, { a: [1, 3] }, true],
    [{ a: { $lt: true } }, { a: false }, true],
  ],
  "negations match where nothing fits": [
    [{ a: { $ne: 1 } }, { a: [1, 2] }, false],
    [{ a: { $ne: 1 } }, {}, true],
    [{ a: { $nin: [1, 2] } }, { a: 3 }, true],
    [{ a: { $nin: [1, /x/] } }, { a: "axb" }, false],
    [{ a: { $not: { $gt: 1 } } }, {}, true],
    [{ a: { $not: /^a/ } }, { a: "b" }, true],
    [{ $nor: [{ a: 1 }, { b: 2 }] }, { a: 2, b: 3 }, true],
  ],
  "paths enter arrays by element and by index": [
    [{ "a.b": 2 }, { a: [{ b: 1 }, { b: 2 }] }, true],
    [{ "a.0": 5 }, { a: [5, 6] }, true],
    [{ "a.1.b": 2 }, { a: [{ b: 1 }, { b: 2 }] }, true],
    [{ "a.0": 1 }, { a: [[1]] }, false],
    [{ "a.0.0": 1 }, { a: [[1]] }, true],
    [{ "a.0": 1 }, { a: { 0: 1 } }, true],
    [{ "a.0": 1 }, { a: [{ 0: 1 }] }, true],
    [{ "a.b": 1 }, { a: [[{ b: 1 }]] }, false],
  ],
  "array operators": [
    [{ a: { $all: [1, 2] } }, { a: [2, 1, 3] }, true],
    [{ a: { $all: [1] } }, { a: 1 }, true],
    [{ a: { $all: [] } }, { a: [] }, false],
    [{ a: { $all: [[1, 2]] } }, { a: [1, 2] }, true],
    [{ a: { $all: [{ $elemMatch: { b: 1 } }, { $elemMatch: { b: 2 } }] } }, { a: [{ b: 1 }, { b: 2 }] }, true],
    [{ a: { $size: 2 } }, { a: [1, 2] }, true],
    [{ a: { $size: 2 } }, { a: [[1, 2]] }, false],
    [{ a: { $elemMatch: { $gt: 1, $lt: 3 } } }, { a: [0, 4] }, false],
    [{ a: { $elemMatch: { b: 1, c: 2 } } }, { a: [{ b: 1 }, { c: 2 }] }, false],
    [{ a: { $elemMatch: { b: 1, c: 2 } } }, { a: [{ b: 1, c: 2 }] }, true],
    [{ a: { $elemMatch: { $elemMatch: { $gt: 1 } } } }, { a: [[1, 2]] }, true],
    [{ a: { $elemMatch: { $or: [{ b: 1 }, { b: 3 }] } } }, { a: [{ b: 3 }] }, true],
    [{ a: { $elemMatch: { $gt: 1 } } }, { a: 2 }, false],
    [{ a: { $not: { $elemMatch: { b: 1 } } } }, { a: [{ b: 2 }] }, true],
  ],
  "existence and types": [
    [{ a: { $exists: true } }, { a: null }, true],
    [{ a: { $exists: false } }, {}, true],
    [{ "a.b": { $exists: true } }, { a: [{}, { b: 1 }] }, true],
    [{ "a.b": { $exists: false } }, { a: [] }, true],
    [{ a: { $type: "int" } }, { a: 1 }, true],
    [{ a: { $type: "number" } }, { a: Long.ONE }, true],
    [{ a: { $type: ["string", 10] } }, { a: null }, true],
    [{ a: { $type: "array" } }, { a: [1] }, true],
    [{ a: { $type: "string" } }, { a: [1, "x"] }, true],
    [{ a: { $type: -1 } }, { a: new MinKey() }, true],
    [{ a: oid }, { a: oid }, true],
  ],
  "regular expressions as PCRE reads them": [
    [{ a: /^AB/i }, { a: "abc" }, true],
    [{ a: { $regex: "b$" } }, { a: "ab\n" }, true],
    [{ a: { $regex: "^b", $options: "m" } }, { a: "a\nb" }, true],
    [{ a: { $regex: "a.b" } }, { a: "a\nb" }, false],
    [{ a: { $regex: "a.b", $options: "s" } }, { a: "a\nb" }, true],
    [{ a: { $regex: "a b # comment", $options: "x" } }, { a: "ab" }, true],
    [{ a: { $regex: "(?i)ab" } }, { a: "AB" }, true],
    [{ a: { $regex: "[[:digit:]]+" } }, { a: "x7" }, true],
    [{ a: { $regex: "\\Aab\\z" } }, { a: "ab" }, true],
    [{ a: { $regex: "^.$" } }, { a: "\u{1F600}" }, true],
    [{ a: { $in: [/^x/, 3] } }, { a: ["yx", "xy"] }, true],
    [{ a: /a/ }, { a: 5 }, false],
    [{ a: { $regex: "\\Qa.b\\E" } }, { a: "a.b" }, true],
  ],
  "arithmetic and bits": [
    [{ a: { $mod: [4, 1] } }, { a: 5 }, true],
    [{ a: { $mod: [4, -1] } }, { a: -5 }, true],
    [{ a: { $mod: [4, 1] } }, { a: 5.9 }, true],
    [{ a: { $bitsAllSet: 5 } }, { a: 7 }, true],
    [{ a: { $bitsAllSet: [0, 2] } }, { a: 4 }, false],
    [{ a: { $bitsAnyClear: [1] } }, { a: 5 }, true],
    [{ a: { $bitsAllClear: [1] } }, { a: 2 }, false],
    [{ a: { $bitsAnySet: [100] } }, { a: -1 }, true],
    [{ a: { $bitsAllSet: new Binary(Buffer.from([3])) } }, { a: new Binary(Buffer.from([7])) }, true],
  ],
  "logic, expressions and schemas": [
    [{ $and: [{ a: 1 }, { $or: [{ b: 1 }, { b: 2 }] }] }, { a: 1, b: 2 }, true],
    [{ $expr: { $gt: ["$a", "$b"] } }, { a: 2, b: 1 }, true],
    [{ $comment: "why", a: 1 }, { a: 1 }, true],
    [{ $jsonSchema: { required: ["a"], properties: { a: { bsonType: "int", minimum: 2 } } } }, { a: 2 }, true],
    [{ $jsonSchema: { required: ["a"], properties: { a: { bsonType: "int", minimum: 2 } } } }, { a: 1 }, false],
    [{ $jsonSchema: { properties: { a: { type: "array", items: { type: "string" } } } } }, { a: [1] }, false],
    [{ $jsonSchema: { additionalProperties: false, properties: { a: {} } } }, { a: 1, b: 2 }, false],
    [{ "a.$id": 5 }, { a: { $ref: "c", $id: 5 } }, true],
  ],
};

describe("a filter", () => {
  for (const [title, cases] of Object.entries(CASES)) {
    test.each(cases)(`${title}: %o on %o is %s`, (filter, doc, matches) => {
      const compiled = compileFilter(bson(filter));
      expect(compiled.matches(bson(doc))).toBe(matches);
    });
  }

  test("compares text by its collation", () => {
    const collation = compileCollation(bson({ locale: "en", strength: 1 }));
    const { matches } = compileFilter(bson({ a: "resume", b: { $in: ["X"] }, c: { $gt: "a" } }), {
      ...(collation && { collation }),
    });
    expect(matches(bson({ a: "Résumé", b: "x", c: "B" }))).toBe(true);
    expect(matches(bson({ a: "resumes", b: "x", c: "B" }))).toBe(false);
  });

  test("tells by which element of an array it matched", () => {
    const at = (filter: object, doc: object) => compileFilter(bson(filter)).positional(bson(doc));
    expect(at({ a: 2 }, { a: [1, 2] })).toBe(1);
    expect(at({ "a.b": 2 }, { a: [{ b: 1 }, { b: 2 }] })).toBe(1);
    expect(at({ a: { $elemMatch: { b: 2 } } }, { a: [{ b: 1 }, { b: 2 }] })).toBe(1);
    expect(at({ $or: [{ a: 9 }, { a: { $gt: 1 } }] }, { a: [1, 2] })).toBe(1);
    expect(at({ a: [1, 2] }, { a: [1, 2] })).toBeUndefined();
    expect(at({ "a.b": 2 }, { a: [{ b: [1] }, { b: [0, 2] }] })).toBe(1);
  });

  test("a stored field named _bsontype is data, not a type", () => {
    const doc = decode(encode({ a: { _bsontype: "Long", low: new Int32(1) } }));
    expect(compileFilter(bson({ "a.low": 1 })).matches(doc)).toBe(true);
    expect(compileFilter({ a: new Int32(1) }).matches(doc)).toBe(false);
  });
});
