import { Decimal128 } from "bson";
import type { BsonValue } from "../types.ts";
import { decimalParts } from "./decimal.ts";
import { type BsonNumber, toDouble } from "./numbers.ts";
import { isNullish, isNumber } from "./types.ts";

/** MongoDB's truth: zero of any type, false, null and missing are false; all else is true, NaN too. */
export function isTruthy(value: BsonValue): boolean {
  if (typeof value === "boolean") return value;
  if (isNullish(value)) return false;
  if (!isNumber(value)) return true;
  if (value instanceof Decimal128) {
    const { kind, coefficient } = decimalParts(value);
    return kind !== "finite" || coefficient !== 0n;
  }
  return toDouble(value as BsonNumber) !== 0;
}
