// biome-ignore-all lint/suspicious/noThenProperty: $cond and $switch name a branch "then"
import { Decimal128, Double, Int32, Long, ObjectId, Timestamp } from "bson";
import { describe, expect, test } from "vitest";
import { compileExpression } from "../../../../../server/database/embedded/aggregation/index.ts";
import { bson, canonical, errorOf, plain } from "../bson.ts";

const evaluate = (expression: unknown, doc: object = {}) => compileExpression(bson({ e: expression }).e)(bson(doc));

type Case = [expression: unknown, result: unknown, doc?: object];

const day = (text: string) => new Date(text);
const date = (text: string) => ({ $date: text });

/** From the manual's pages on the operators, with the types of numbers where they matter. */
const CASES: Record<string, Case[]> = {
  "fields, variables and literals": [
    ["$a.b", [1, 2], { a: [{ b: 1 }, { b: 2 }, 5] }],
    ["$$ROOT.a", 1, { a: 1 }],
    [{ $literal: "$a" }, "$a"],
    [{ x: "$a", y: "$missing" }, { x: 1 }, { a: 1 }],
    [["$a", "$missing"], [1, null], { a: 1 }],
    [{ $let: { vars: { x: 2, y: "$a" }, in: { $add: ["$$x", "$$y"] } } }, 5, { a: 3 }],
    ["$a.0", [], { a: [1, 2] }],
  ],
  logic: [
    [{ $and: [1, true, "x"] }, true],
    [{ $or: [0, null, ""] }, true],
    [{ $not: [{ $gt: [1, 2] }] }, true],
    [{ $cmp: ["a", 1] }, 1],
    [{ $gt: ["$missing", null] }, false],
    [{ $lt: ["$missing", null] }, true],
    [{ $cond: [{ $gte: ["$a", 1] }, "yes", "no"] }, "yes", { a: 1 }],
    [{ $cond: { if: false, then: 1, else: 2 } }, 2],
    [{ $ifNull: ["$a", "$b", 3] }, 3, { a: null }],
    [{ $switch: { branches: [{ case: { $eq: ["$a", 1] }, then: "one" }], default: "other" } }, "one", { a: 1 }],
  ],
  arithmetic: [
    [{ $add: [1, 2, 3.5] }, 6.5],
    [{ $add: [day("2020-01-01"), 86400000] }, date("2020-01-02T00:00:00Z")],
    [{ $add: [1, null] }, null],
    [{ $subtract: [day("2020-01-02"), day("2020-01-01")] }, 86400000],
    [{ $divide: [7, 2] }, 3.5],
    [{ $mod: [-7, 3] }, -1],
    [{ $pow: [2, 10] }, 1024],
    [{ $round: [2.5] }, 2],
    [{ $round: [-1234, -2] }, -1200],
    [{ $round: [19.25, 1] }, 19.2],
    [{ $trunc: [19.99, 1] }, 19.9],
    [{ $ceil: -1.5 }, -1],
    [{ $floor: "$a" }, 7, { a: 7 }],
    [{ $abs: -5 }, 5],
    [{ $sqrt: 16 }, 4],
    [{ $log: [8, 2] }, 3],
    [{ $bitAnd: [12, 10] }, 8],
    [{ $bitNot: 5 }, -6],
    [{ $sum: [1, "x", 2] }, 3],
    [{ $sum: "$a" }, 6, { a: [1, 2, 3] }],
    [{ $avg: "$a" }, 2, { a: [1, 3, null] }],
    [{ $max: ["$a", 5] }, 5, { a: 3 }],
    [{ $stdDevPop: [2, 4] }, 1],
  ],
  arrays: [
    [{ $arrayElemAt: ["$a", -1] }, 3, { a: [1, 2, 3] }],
    [{ $filter: { input: "$a", as: "x", cond: { $gt: ["$$x", 1] } } }, [2, 3], { a: [1, 2, 3] }],
    [{ $filter: { input: "$a", cond: { $gt: ["$$this", 1] }, limit: 1 } }, [2], { a: [1, 2, 3] }],
    [{ $map: { input: "$a", in: { $multiply: ["$$this", 2] } } }, [2, 4], { a: [1, 2] }],
    [{ $reduce: { input: ["a", "b"], initialValue: "", in: { $concat: ["$$value", "$$this"] } } }, "ab"],
    [{ $concatArrays: [[1], [2]] }, [1, 2]],
    [{ $slice: [[1, 2, 3], 1, 2] }, [2, 3]],
    [{ $slice: [[1, 2, 3], -2] }, [2, 3]],
    [{ $range: [0, 10, 3] }, [0, 3, 6, 9]],
    [{ $in: [2, [1, 2]] }, true],
    [{ $indexOfArray: [["a", "b"], "b"] }, 1],
    [{ $size: "$a" }, 2, { a: [1, 2] }],
    [
      { $zip: { inputs: [[1, 2], ["a"]], useLongestLength: true, defaults: [0, "z"] } },
      [
        [1, "a"],
        [2, "z"],
      ],
    ],
    [{ $sortArray: { input: [{ a: 2 }, { a: 1 }], sortBy: { a: 1 } } }, [{ a: 1 }, { a: 2 }]],
    [{ $firstN: { input: [1, 2, 3], n: 2 } }, [1, 2]],
    [{ $maxN: { input: [1, 3, null, 2], n: 2 } }, [3, 2]],
    [{ $arrayToObject: [[{ k: "a", v: 1 }]] }, { a: 1 }],
    [{ $objectToArray: "$a" }, [{ k: "x", v: 1 }], { a: { x: 1 } }],
    [{ $setUnion: [[2, 1], [1]] }, [1, 2]],
    [{ $setDifference: [[1, 2, 1], [2]] }, [1]],
    [
      {
        $setEquals: [
          [1, 2],
          [2, 1, 1],
        ],
      },
      true,
    ],
    [{ $setIsSubset: [[1], [1, 2]] }, true],
    [{ $mergeObjects: ["$a", { y: 2 }] }, { x: 1, y: 2 }, { a: { x: 1 } }],
    [{ $getField: "a.b" }, 1, { "a.b": 1 }],
    [{ $setField: { field: { $literal: "$x" }, input: "$$ROOT", value: 1 } }, { a: 1, $x: 1 }, { a: 1 }],
  ],
  strings: [
    [{ $concat: ["a", "$b"] }, "ax", { b: "x" }],
    [{ $toUpper: "aé" }, "Aé"],
    [{ $substrCP: ["héllo", 1, 2] }, "él"],
    [{ $substrBytes: ["hello", 1, 3] }, "ell"],
    [{ $strLenBytes: "é" }, 2],
    [{ $strLenCP: "é" }, 1],
    [{ $indexOfCP: ["abcb", "b", 2] }, 3],
    [{ $indexOfBytes: ["éa", "a"] }, 2],
    [{ $split: ["a-b", "-"] }, ["a", "b"]],
    [{ $trim: { input: "  a " } }, "a"],
    [{ $ltrim: { input: "xxa", chars: "x" } }, "a"],
    [{ $replaceAll: { input: "a.a", find: ".", replacement: { $literal: "$&" } } }, "a$&a"],
    [{ $regexMatch: { input: "ABC", regex: "b", options: "i" } }, true],
    [{ $regexFind: { input: "héllo", regex: /l(l)/ } }, { match: "ll", idx: 2, captures: ["l"] }],
    [
      { $regexFindAll: { input: "aba", regex: "a" } },
      [
        { match: "a", idx: 0, captures: [] },
        { match: "a", idx: 2, captures: [] },
      ],
    ],
    [{ $strcasecmp: ["a", "B"] }, -1],
  ],
  conversions: [
    [{ $toString: new ObjectId("000000000000000000000001") }, "000000000000000000000001"],
    [{ $toObjectId: "000000000000000000000001" }, { $oid: "000000000000000000000001" }],
    [{ $toString: 2.5 }, "2.5"],
    [{ $toString: day("2020-01-01") }, "2020-01-01T00:00:00.000Z"],
    [{ $toInt: "12" }, 12],
    [{ $toInt: 1.9 }, 1],
    [{ $toBool: "false" }, true],
    [{ $toDate: new ObjectId("5ab9c3da31c2ab715d421285") }, date("2018-03-27T04:08:58Z")],
    [{ $toDate: "2018-03-03" }, date("2018-03-03T00:00:00Z")],
    [{ $convert: { input: "x", to: "int", onError: -1 } }, -1],
    [{ $convert: { input: null, to: "int", onNull: 0 } }, 0],
    [{ $type: "$a" }, "missing"],
    [{ $type: "$a" }, "int", { a: 1 }],
    [{ $isNumber: "$a" }, true, { a: Decimal128.fromString("1") }],
  ],
  dates: [
    [{ $year: day("2020-02-29T23:00:00Z") }, 2020],
    [{ $dayOfWeek: day("2020-02-29") }, 7],
    [{ $isoWeek: day("2021-01-03") }, 53],
    [{ $isoWeekYear: day("2021-01-03") }, 2020],
    [{ $week: day("2016-01-01") }, 0],
    [{ $dayOfYear: day("2020-12-31") }, 366],
    [{ $hour: { date: day("2020-07-01T00:00:00Z"), timezone: "Europe/Berlin" } }, 2],
    [{ $hour: { date: day("2020-01-01T00:00:00Z"), timezone: "-0530" } }, 18],
    [{ $dateToString: { date: day("2020-01-02T03:04:05.006Z") } }, "2020-01-02T03:04:05.006Z"],
    [{ $dateToString: { date: day("2020-01-02T03:04:05Z"), format: "%G-W%V-%u %j %%" } }, "2020-W01-4 002 %"],
    [
      { $dateToString: { date: day("2020-07-01T00:00:00Z"), format: "%H:%M %z", timezone: "America/New_York" } },
      "20:00 -0400",
    ],
    [
      { $dateFromString: { dateString: "2017-02-08T12:10:40.787", timezone: "America/New_York" } },
      date("2017-02-08T17:10:40.787Z"),
    ],
    [{ $dateFromString: { dateString: "06-15-2018", format: "%m-%d-%Y" } }, date("2018-06-15T00:00:00Z")],
    [{ $dateFromString: { dateString: "no date", onError: "bad" } }, "bad"],
    [{ $dateFromParts: { year: 2017, month: 14, day: 1, hour: 12 } }, date("2018-02-01T12:00:00Z")],
    [{ $dateFromParts: { isoWeekYear: 2017, isoWeek: 6, isoDayOfWeek: 4 } }, date("2017-02-09T00:00:00Z")],
    [
      { $dateToParts: { date: day("2017-01-01T01:29:09.123Z"), timezone: "America/New_York" } },
      { year: 2016, month: 12, day: 31, hour: 20, minute: 29, second: 9, millisecond: 123 },
    ],
    [{ $dateAdd: { startDate: day("2021-01-31"), unit: "month", amount: 1 } }, date("2021-02-28T00:00:00Z")],
    [
      { $dateSubtract: { startDate: day("2020-03-29T12:00:00Z"), unit: "day", amount: 1, timezone: "Europe/Berlin" } },
      date("2020-03-28T13:00:00Z"),
    ],
    [{ $dateDiff: { startDate: day("2020-12-31"), endDate: day("2021-01-01"), unit: "year" } }, 1],
    [{ $dateDiff: { startDate: day("2021-01-02"), endDate: day("2021-01-03"), unit: "week" } }, 1],
    [
      { $dateTrunc: { date: day("2021-05-05T05:05:05Z"), unit: "week", startOfWeek: "Monday" } },
      date("2021-05-03T00:00:00Z"),
    ],
    [{ $dateTrunc: { date: day("2021-05-05T05:05:05Z"), unit: "month", binSize: 2 } }, date("2021-05-01T00:00:00Z")],
    [{ $tsSecond: new Timestamp({ t: 5, i: 1 }) }, 5],
  ],
};

describe("an expression", () => {
  for (const [title, cases] of Object.entries(CASES)) {
    test.each(cases)(`${title}: %o is %o`, (expression, result, doc) => {
      expect(plain(evaluate(expression, doc))).toEqual(result);
    });
  }

  test.each<[unknown, unknown]>([
    [{ $add: [new Int32(1), new Int32(2)] }, { $numberInt: "3" }],
    [{ $add: [new Int32(2147483647), new Int32(1)] }, { $numberLong: "2147483648" }],
    [{ $add: [Long.MAX_VALUE, new Int32(1)] }, { $numberDouble: "9223372036854775808.0" }],
    [{ $add: [new Int32(1), Long.ONE] }, { $numberLong: "2" }],
    [{ $multiply: [new Double(2), new Int32(3)] }, { $numberDouble: "6.0" }],
    [{ $add: [Decimal128.fromString("0.1"), new Int32(2)] }, { $numberDecimal: "2.1" }],
    [
      { $divide: [Decimal128.fromString("1"), new Int32(3)] },
      { $numberDecimal: "0.3333333333333333333333333333333333" },
    ],
    [{ $divide: [new Int32(4), new Int32(2)] }, { $numberDouble: "2.0" }],
    [{ $sum: [new Int32(1), new Double(1)] }, { $numberDouble: "2.0" }],
    [{ $sum: [0.1, 0.2, 0.3] }, { $numberDouble: "0.6" }],
    [{ $toLong: "9007199254740993" }, { $numberLong: "9007199254740993" }],
    [{ $toDecimal: new Double(0.1) }, { $numberDecimal: "0.100000000000000" }],
    [{ $size: [[1, 2]] }, { $numberInt: "2" }],
    [{ $subtract: [new Date(5), new Date(2)] }, { $numberLong: "3" }],
  ])("%o keeps the type of its operands: %o", (expression, result) => {
    expect(canonical(evaluate(expression))).toEqual(result);
  });

  test.each<[unknown, number, string | RegExp]>([
    [{ $foo: 1 }, 168, "Unrecognized expression '$foo'"],
    [{ $add: 1, $subtract: 2 }, 15983, /must contain exactly one field/],
    ["$$foo", 17276, "Use of undefined variable: foo"],
    ["$a..b", 15998, "FieldPath field names may not be empty strings."],
    [{ $add: ["x"] }, 14, "$add only supports numeric or date types, not string"],
    [{ $subtract: ["x", 1] }, 14, "can't $subtract int from string"],
    [{ $divide: [1, 0] }, 2, "can't $divide by zero"],
    [{ $subtract: [1] }, 16020, "Expression $subtract takes exactly 2 arguments. 1 were passed in."],
    [{ $concat: [1] }, 16702, "$concat only supports strings, not int"],
    [{ $toInt: "x" }, 241, /^Failed to parse number 'x' in \$convert with no onError value/],
    [{ $toObjectId: "x" }, 241, /^Failed to parse objectId 'x'/],
    [{ $size: 1 }, 17124, "The argument to $size must be an array, but was of type: int"],
    [{ $in: [1, 2] }, 40081, "$in requires an array as a second argument, found: int"],
    [{ $year: "x" }, 16006, "can't convert from BSON type string to Date"],
    [{ $hour: { date: new Date(), timezone: "Mars/Base" } }, 40485, 'unrecognized time zone identifier: "Mars/Base"'],
    [{ $switch: { branches: [{ case: false, then: 1 }] } }, 40066, /could not find a matching branch/],
    [{ $function: { body: "x", args: [], lang: "js" } }, 115, /\$function is not supported/],
    [{ $cond: [1, 2] }, 16020, /\$cond takes exactly 3 arguments/],
  ])("%o is refused with code %i", (expression, code, message) => {
    const error = errorOf(() => evaluate(expression));
    expect(error.message).toMatch(message);
    expect(error.code).toBe(code);
  });
});
