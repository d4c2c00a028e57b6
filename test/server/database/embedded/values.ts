import { Binary, BSONRegExp, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from "bson";
import fc from "fast-check";
import type { BsonValue } from "../../../../server/database/embedded/types.ts";

/** Numbers near each other and near the limits of their types, in all four types. */
export const bsonNumber: fc.Arbitrary<BsonValue> = fc.oneof(
  fc.integer({ min: -3, max: 3 }).map((value) => new Int32(value)),
  fc.integer({ min: -3, max: 3 }).map((value) => Long.fromNumber(value)),
  fc
    .constantFrom(-1.5, 0.1, 0.5, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e300, 2 ** 53, -(2 ** 62))
    .map((value) => new Double(value)),
  fc.double({ noNaN: true }).map((value) => new Double(value)),
  fc.bigInt({ min: 2n ** 53n - 4n, max: 2n ** 53n + 4n }).map((value) => Long.fromBigInt(value)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => Long.fromBigInt(value)),
  fc
    .constantFrom(
      "0.1",
      "0.5",
      "1",
      "1.0",
      "-1.5",
      "9007199254740993",
      "1E+6000",
      "-1E-6000",
      "NaN",
      "0.10000000000000001",
    )
    .map((text) => Decimal128.fromString(text)),
);

const text = fc.oneof(
  fc.constantFrom("", "a", "ab", "abc", "b", "A", "é", "a\0b", "\u{1F600}", "\uffff"),
  fc.string({ maxLength: 4, unit: "grapheme" }),
);

export const bsonScalar: fc.Arbitrary<BsonValue> = fc.oneof(
  { weight: 4, arbitrary: bsonNumber },
  { weight: 4, arbitrary: text },
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.boolean() },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.constantFrom<BsonValue>(new MinKey(), new MaxKey(), new BSONRegExp("a", "i"), new BSONRegExp("b", "")),
      fc.integer({ min: -2, max: 2 }).map((value) => new Date(value)),
      fc.integer({ min: 0, max: 2 }).map((i) => new Timestamp({ t: i, i })),
      fc.constantFrom("000000000000000000000001", "0000000000000000000000ff").map((hex) => new ObjectId(hex)),
      fc.uint8Array({ maxLength: 2 }).map((bytes) => new Binary(bytes, 0)),
    ),
  },
);

export const bsonValue: fc.Arbitrary<BsonValue> = fc.letrec<{ value: BsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, depthSize: "small" },
    { weight: 6, arbitrary: bsonScalar },
    { weight: 1, arbitrary: fc.array(tie("value"), { maxLength: 3 }) },
    {
      weight: 1,
      arbitrary: fc.dictionary(fc.constantFrom("a", "b", "c"), tie("value"), { maxKeys: 2 }).map((doc) => ({ ...doc })),
    },
  ),
})).value;

/** How many generated cases a property runs: the full number with PARLEY_LONG=1. */
export function cases(short: number, long: number): { numRuns: number } {
  return { numRuns: process.env.PARLEY_LONG ? long : short };
}
