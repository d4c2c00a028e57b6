import { Decimal128, Double, Int32, Long } from "bson";
import type { BsonValue } from "../types.ts";
import {
  addDecimals,
  compareDecimals,
  type DecimalParts,
  decimalOfDouble,
  decimalOfInteger,
  decimalParts,
  decimalToDouble,
  makeDecimal,
  multiplyDecimals,
} from "./decimal.ts";

/** A BSON number, or the JS number or bigint that our own code may pass for one. */
export type BsonNumber = number | bigint | Int32 | Double | Long | Decimal128;

const INT_MIN = -(2n ** 31n);
const INT_MAX = 2n ** 31n - 1n;
const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

/** As a double; inexact for large Longs and for Decimal128. */
export function toDouble(value: BsonNumber): number {
  if (typeof value === "number") return value;
  if (value instanceof Int32 || value instanceof Double) return value.value;
  if (value instanceof Decimal128) return decimalToDouble(decimalParts(value));
  return Number(value instanceof Long ? value.toBigInt() : value);
}

export function toDecimalParts(value: BsonNumber): DecimalParts {
  if (value instanceof Decimal128) return decimalParts(value);
  if (value instanceof Long) return decimalOfInteger(value.toBigInt());
  if (typeof value === "bigint") return decimalOfInteger(value);
  const double = toDouble(value);
  return Number.isSafeInteger(double) && !Object.is(double, -0)
    ? decimalOfInteger(BigInt(double))
    : decimalOfDouble(double);
}

/** The exact integer a number stands for, or undefined where it has a fraction, is NaN or infinite. */
export function toExactInteger(value: BsonNumber): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (value instanceof Long) return value.toBigInt();
  if (value instanceof Decimal128) {
    const parts = decimalParts(value);
    if (parts.kind !== "finite" || parts.exponent > 40) return undefined;
    if (parts.coefficient === 0n) return 0n;
    const scale = 10n ** BigInt(Math.abs(parts.exponent));
    if (parts.exponent < 0 && parts.coefficient % scale !== 0n) return undefined;
    const magnitude = parts.exponent < 0 ? parts.coefficient / scale : parts.coefficient * scale;
    return parts.negative ? -magnitude : magnitude;
  }
  const double = toDouble(value);
  return Number.isInteger(double) ? BigInt(double) : undefined;
}

export function isNaNValue(value: BsonValue): boolean {
  if (typeof value === "number") return Number.isNaN(value);
  if (value instanceof Double) return Number.isNaN(value.value);
  return value instanceof Decimal128 && decimalParts(value).kind === "nan";
}

/** Exact across all four types; NaN equals NaN and comes first. */
export function compareNumbers(a: BsonNumber, b: BsonNumber): number {
  const x = asDouble(a);
  const y = asDouble(b);
  if (x !== undefined && y !== undefined) return compareDoubles(x, y);
  if (a instanceof Long && b instanceof Long) return a.compare(b);
  if (a instanceof Decimal128 || b instanceof Decimal128) return compareDecimals(toDecimalParts(a), toDecimalParts(b));
  if (x !== undefined) return 0 - compareIntegerWithDouble(toBigInt(b), x);
  if (y !== undefined) return compareIntegerWithDouble(toBigInt(a), y);
  const left = toBigInt(a);
  const right = toBigInt(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

function asDouble(value: BsonNumber): number | undefined {
  if (typeof value === "number") return value;
  return value instanceof Int32 || value instanceof Double ? value.value : undefined;
}

function toBigInt(value: BsonNumber): bigint {
  return typeof value === "bigint" ? value : (value as Long).toBigInt();
}

function compareDoubles(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  return Number.isNaN(a) ? (Number.isNaN(b) ? 0 : -1) : 1;
}

function compareIntegerWithDouble(integer: bigint, double: number): number {
  if (Number.isNaN(double)) return 1;
  // JS compares a bigint with a number exactly.
  return integer < double ? -1 : integer > double ? 1 : 0;
}

/** Which of two number types the result of arithmetic has: decimal over double over long over int. */
function rank(value: BsonNumber): 0 | 1 | 2 | 3 {
  if (value instanceof Int32) return 0;
  if (value instanceof Long || typeof value === "bigint") return 1;
  if (value instanceof Decimal128) return 3;
  return typeof value === "number" && (value | 0) === value ? 0 : 2;
}

/** An Int32 where it fits, else a Long, else a Double: what aggregation arithmetic makes of an integer result. */
export function makeInteger(value: bigint, atLeast: "int" | "long" = "int"): Int32 | Long | Double {
  if (atLeast === "int" && value >= INT_MIN && value <= INT_MAX) return new Int32(Number(value));
  if (value >= LONG_MIN && value <= LONG_MAX) return Long.fromBigInt(value);
  return new Double(Number(value));
}

/**
 * The sum, in the wider of the two types; an Int32 overflows to Long. A Long overflow gives `undefined`: $inc refuses it, and
 * $add goes on as a double.
 */
export function addNumbers(a: BsonNumber, b: BsonNumber): BsonNumber | undefined {
  const wider = Math.max(rank(a), rank(b));
  if (wider === 3) return makeDecimal(addDecimals(toDecimalParts(a), toDecimalParts(b)));
  if (wider === 2) return new Double(toDouble(a) + toDouble(b));
  return integerResult((toExactInteger(a) as bigint) + (toExactInteger(b) as bigint), wider);
}

export function multiplyNumbers(a: BsonNumber, b: BsonNumber): BsonNumber | undefined {
  const wider = Math.max(rank(a), rank(b));
  if (wider === 3) return makeDecimal(multiplyDecimals(toDecimalParts(a), toDecimalParts(b)));
  if (wider === 2) return new Double(toDouble(a) * toDouble(b));
  return integerResult((toExactInteger(a) as bigint) * (toExactInteger(b) as bigint), wider);
}

function integerResult(value: bigint, wider: number): BsonNumber | undefined {
  const result = makeInteger(value, wider === 0 ? "int" : "long");
  return result instanceof Double ? undefined : result;
}

/** How error messages print a number. */
export function numberText(value: BsonNumber): string {
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (value instanceof Double) return Number.isInteger(value.value) ? value.value.toFixed(1) : String(value.value);
  return value.toString();
}
