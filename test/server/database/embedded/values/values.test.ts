import {
  Binary,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  serialize,
  Timestamp,
  UUID,
} from "bson";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MongoError } from "../../../../../server/database/embedded/errors.ts";
import type { BsonValue } from "../../../../../server/database/embedded/types.ts";
import { decode, encode, partialDecoder } from "../../../../../server/database/embedded/values/bson.ts";
import { compileCollation } from "../../../../../server/database/embedded/values/collation.ts";
import { compareValues } from "../../../../../server/database/embedded/values/compare.ts";
import { copyDocument, fieldNames, setField } from "../../../../../server/database/embedded/values/document.ts";
import { hashKey } from "../../../../../server/database/embedded/values/key.ts";
import { compileSort } from "../../../../../server/database/embedded/values/sort.ts";
import { bson, bsonList, errorOf, plain } from "../bson.ts";
import { bsonValue, cases } from "../values.ts";

describe("the order of values", () => {
  /** Manual, "Comparison/Sort Order"; each is less than the next. */
  const ASCENDING: BsonValue[] = [
    new MinKey(),
    null,
    new Double(Number.NaN),
    new Double(Number.NEGATIVE_INFINITY),
    Decimal128.fromString("-1E+6000"),
    Long.MIN_VALUE,
    new Int32(-1),
    Decimal128.fromString("-1E-6000"),
    new Int32(0),
    Decimal128.fromString("0.1"),
    new Double(0.1),
    new Int32(1),
    new Double(9007199254740992),
    Long.fromString("9007199254740993"),
    new Double(1e300),
    Decimal128.fromString("1E+6000"),
    "",
    "A",
    "a",
    "aa",
    "\uffff",
    "\u{1F600}",
    {},
    { a: 1 },
    { a: 2 },
    { b: 0 },
    { a: "x" },
    [],
    [1],
    [1, 1],
    [2],
    new Binary(new Uint8Array(0)),
    new Binary(Buffer.from([1])),
    new UUID("00000000-0000-4000-8000-000000000000"),
    new ObjectId("000000000000000000000000"),
    new ObjectId("ffffffffffffffffffffffff"),
    false,
    true,
    new Date(-1),
    new Date(1),
    new Timestamp({ t: 1, i: 5 }),
    new Timestamp({ t: 4294967295, i: 0 }),
    /a/,
    /b/i,
    new Code("x"),
    new MaxKey(),
  ];

  test("goes by type, then by value", () => {
    for (const [i, a] of ASCENDING.entries()) {
      for (const [j, b] of ASCENDING.entries()) {
        expect([i, j, Math.sign(compareValues(a, b))]).toEqual([i, j, Math.sign(i - j)]);
      }
    }
  });

  test("is a total order, and equal values share a hash key", () => {
    fc.assert(
      fc.property(bsonValue, bsonValue, bsonValue, (a, b, c) => {
        expect(compareValues(a, b) + compareValues(b, a)).toBe(0);
        if (compareValues(a, b) <= 0 && compareValues(b, c) <= 0) expect(compareValues(a, c)).toBeLessThanOrEqual(0);
        expect(hashKey(a) === hashKey(b)).toBe(compareValues(a, b) === 0);
      }),
      cases(2000, 100_000),
    );
  });
});

describe("sorting", () => {
  const sorted = (spec: object, docs: object[]) =>
    bsonList(docs)
      .sort(compileSort(bson(spec)))
      .map(plain);

  test("an array counts by its least element upwards and its greatest downwards", () => {
    const docs = [{ a: [3, 10] }, { a: 5 }, { a: [4] }];
    expect(sorted({ a: 1 }, docs)).toEqual([{ a: [3, 10] }, { a: [4] }, { a: 5 }]);
    expect(sorted({ a: -1 }, docs)).toEqual([{ a: [3, 10] }, { a: 5 }, { a: [4] }]);
  });

  test("an empty array comes before null, and missing is null", () => {
    expect(sorted({ a: 1 }, [{ a: 1 }, {}, { a: [] }, { a: null }])).toEqual([{ a: [] }, {}, { a: null }, { a: 1 }]);
  });

  test("paths enter arrays of documents", () => {
    expect(sorted({ "a.b": -1 }, [{ a: [{ b: 1 }, { b: 7 }] }, { a: { b: 5 } }])).toEqual([
      { a: [{ b: 1 }, { b: 7 }] },
      { a: { b: 5 } },
    ]);
  });

  test("a direction must be 1 or -1", () => {
    expect(errorOf(() => compileSort(bson({ a: 2 }))).code).toBe(15975);
    expect(errorOf(() => compileSort(bson({ a: "x" }))).code).toBe(15974);
  });
});

describe("collations", () => {
  const compare = (spec: object, a: string, b: string) => compileCollation(bson(spec))?.compare(a, b);

  test.each([
    [{ locale: "en", strength: 1 }, "é", "E", 0],
    [{ locale: "en", strength: 2 }, "a", "A", 0],
    [{ locale: "en", strength: 2 }, "e", "é", -1],
    [{ locale: "en" }, "a", "A", -1],
    [{ locale: "en", caseFirst: "upper" }, "a", "A", 1],
    [{ locale: "en", strength: 1, caseLevel: true }, "a", "A", -1],
    [{ locale: "en", numericOrdering: true }, "a9", "a10", -1],
    [{ locale: "en", alternate: "shifted" }, "a-b", "ab", 0],
    [{ locale: "sv" }, "z", "ö", -1],
    [{ locale: "de" }, "z", "ö", 1],
    [{ locale: "de@collation=phonebook" }, "ae", "ä", -1],
  ])("%o orders %s and %s as %i", (spec, a, b, order) => {
    expect(Math.sign(compare(spec, a, b) as number)).toBe(order);
  });

  test("simple is none, and a wrong one is refused", () => {
    expect(compileCollation(bson({ locale: "simple" }))).toBeUndefined();
    expect(errorOf(() => compileCollation(bson({ locale: "xx-not-a-locale" }))).code).toBe(2);
    expect(errorOf(() => compileCollation(bson({ strength: 1 }))).code).toBe(40414);
    expect(errorOf(() => compileCollation(bson({ locale: "en", foo: 1 }))).code).toBe(40415);
    expect(errorOf(() => compileCollation(bson({ locale: "en", backwards: true }))).code).toBe(115);
  });
});

describe("documents in memory", () => {
  test("keep the order of integer-like and strange names", () => {
    const bytes = serialize(
      new Map<string, unknown>([
        ["b", 1],
        ["10", 2],
        ["2", 3],
        ["__proto__", 4],
        ["a", { $ref: "c", $id: 1 }],
      ]),
    );
    const doc = decode(bytes);
    expect(fieldNames(doc)).toEqual(["b", "10", "2", "__proto__", "a"]);
    expect(Buffer.from(encode(doc)).equals(bytes)).toBe(true);
    const copy = copyDocument(doc);
    setField(copy, "1", new Int32(5));
    expect(fieldNames(copy).at(-1)).toBe("1");
    expect(fieldNames(doc)).toHaveLength(5);
  });

  test("come back byte for byte", () => {
    const doc = {
      int: new Int32(1),
      double: new Double(1),
      long: Long.fromNumber(1),
      decimal: Decimal128.fromString("1.00"),
      zero: new Double(-0),
      date: new Date(-5),
      binary: new Binary(Buffer.from([1, 2]), 0x80),
      uuid: new UUID(),
      old: new Binary(Buffer.from([1, 2]), 2),
      stamp: new Timestamp({ t: 4294967295, i: 7 }),
      regex: /a\/b/im,
      code: new Code("f"),
      scoped: new Code("f", { a: 1 }),
      min: new MinKey(),
      max: new MaxKey(),
      nested: [[{ a: [null] }], "é\0\u{1F600}"],
    };
    const bytes = serialize(doc);
    expect(Buffer.from(encode(decode(bytes))).equals(bytes)).toBe(true);
  });

  test("generated ones come back byte for byte, whole and field by field", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ minLength: 1, maxLength: 5 }).filter((name) => !name.includes("\0")),
          bsonValue,
          { maxKeys: 6 },
        ),
        (doc) => {
          const bytes = encode({ ...doc });
          const decoded = decode(bytes);
          expect(Buffer.from(encode(decoded)).equals(bytes)).toBe(true);
          const [first] = Object.keys(doc);
          if (first !== undefined) expect(hashKey(partialDecoder([first])(bytes)[first])).toBe(hashKey(decoded[first]));
        },
      ),
      cases(2000, 100_000),
    );
  });

  test("malformed bytes are refused, whatever they are", () => {
    const valid = serialize({
      a: "text",
      b: [1, { c: new Binary(Buffer.from([1, 2, 3])) }],
      d: new Code("x", { y: 1 }),
      e: /a/i,
    });
    const damage = fc.tuple(fc.nat(valid.length - 1), fc.nat(255), fc.nat(valid.length));
    fc.assert(
      fc.property(damage, ([at, byte, length]) => {
        const bytes = Uint8Array.from(valid);
        bytes[at] = byte;
        try {
          decode(bytes.subarray(0, length));
        } catch (error) {
          expect(error).toBeInstanceOf(MongoError);
        }
      }),
      cases(5000, 100_000),
    );
  });

  test("nesting past the server's limit is refused", () => {
    let doc: object = {};
    for (let i = 0; i < 250; i++) doc = { a: doc };
    expect(errorOf(() => decode(serialize(doc))).code).toBe(15);
  });
});
