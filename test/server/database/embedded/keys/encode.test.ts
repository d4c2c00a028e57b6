import { Decimal128, Double, Int32, Long } from "bson";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeKey, encodeValue, inverted, successor } from "../../../../../server/database/embedded/keys/encode.ts";
import { compareValues } from "../../../../../server/database/embedded/values/compare.ts";
import { bsonNumber, bsonValue, cases } from "../values.ts";

test("the order of keys is the order of values", () => {
  fc.assert(
    fc.property(bsonValue, bsonValue, (a, b) => {
      expect(Buffer.compare(encodeValue(a), encodeValue(b))).toBe(Math.sign(compareValues(a, b)) + 0);
    }),
    cases(5_000, 100_000),
  );
});

test("numbers of all types have one order", () => {
  fc.assert(
    fc.property(bsonNumber, bsonNumber, (a, b) => {
      expect(Buffer.compare(encodeValue(a), encodeValue(b))).toBe(Math.sign(compareValues(a, b)) + 0);
    }),
    cases(5_000, 100_000),
  );
});

test("a descending field has the opposite order", () => {
  fc.assert(
    fc.property(bsonValue, bsonValue, (a, b) => {
      const order = Buffer.compare(encodeKey([a], [-1]), encodeKey([b], [-1]));
      expect(order).toBe(-Math.sign(compareValues(a, b)) + 0);
    }),
    cases(2_000, 50_000),
  );
});

test("compound keys compare field by field", () => {
  fc.assert(
    fc.property(bsonValue, bsonValue, bsonValue, bsonValue, (a, b, c, d) => {
      const order = Buffer.compare(encodeKey([a, b], [1, -1]), encodeKey([c, d], [1, -1]));
      expect(order).toBe((Math.sign(compareValues(a, c)) || -Math.sign(compareValues(b, d))) + 0);
    }),
    cases(2_000, 50_000),
  );
});

test("numbers that are equal have the same key whatever their type", () => {
  const one = [new Int32(1), new Double(1), Long.fromNumber(1), Decimal128.fromString("1.00"), 1, 1n];
  const keys = new Set(one.map((value) => encodeValue(value).toString("hex")));
  expect(keys.size).toBe(1);
  expect(encodeValue(new Double(-0))).toEqual(encodeValue(0));
});

test("numbers that differ only beyond a double's precision have different keys", () => {
  const decimals = ["0.1", "0.10000000000000000000000000000001", "0.1000000000000000055511151231257827"];
  const keys = [...decimals.map((text) => Decimal128.fromString(text)), new Double(0.1)].map((value) =>
    encodeValue(value),
  );
  expect(new Set(keys.map((key) => key.toString("hex"))).size).toBe(4);
  const long = encodeValue(Long.fromString("9007199254740993"));
  expect(Buffer.compare(long, encodeValue(new Double(9007199254740992)))).toBe(1);
  expect(Buffer.compare(long, encodeValue(new Double(9007199254740994)))).toBe(-1);
});

test("the successor of a key is above all that start with it and below all else above it", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 4 }), fc.uint8Array({ maxLength: 4 }), (prefix, rest) => {
      fc.pre(prefix.some((byte) => byte !== 0xff));
      expect(Buffer.compare(Buffer.concat([prefix, rest]), successor(prefix))).toBe(-1);
    }),
  );
  expect(successor(Buffer.from([1, 0xff]))).toEqual(Buffer.from([2]));
  expect(inverted(Buffer.from([0, 0xff]))).toEqual(Buffer.from([0xff, 0]));
});
