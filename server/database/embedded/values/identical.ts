import type { Code } from "bson";
import { Decimal128 } from "bson";
import type { BsonDocument, BsonValue } from "../types.ts";
import { compareValues, toBinary } from "./compare.ts";
import { decimalParts } from "./decimal.ts";
import { fieldNames } from "./document.ts";
import { type BsonNumber, toDouble } from "./numbers.ts";
import { Type, typeOf } from "./types.ts";

/**
 * Whether two values would be stored as the same bytes. Stricter than equal: 1 and 1.0 differ, and so do 0.0 and -0.0.
 * An update that changes nothing in this sense is a no-op.
 */
export function identicalValues(a: BsonValue, b: BsonValue): boolean {
  if (a === b) return true;
  const type = typeOf(a);
  if (type !== typeOf(b)) return false;
  switch (type) {
    case Type.object:
      return identicalDocuments(a as BsonDocument, b as BsonDocument);
    case Type.array:
      return identicalArrays(a as BsonValue[], b as BsonValue[]);
    case Type.double:
      return Object.is(toDouble(a as BsonNumber), toDouble(b as BsonNumber));
    case Type.decimal:
      return identicalDecimals(a, b);
    case Type.binData:
      return toBinary(a).sub_type === toBinary(b).sub_type && compareValues(a, b) === 0;
    case Type.javascriptWithScope:
      return (
        (a as Code).code === (b as Code).code &&
        identicalValues((a as Code).scope as BsonValue, (b as Code).scope as BsonValue)
      );
    default:
      return compareValues(a, b) === 0;
  }
}

export function identicalDocuments(a: BsonDocument, b: BsonDocument): boolean {
  const left = fieldNames(a);
  const right = fieldNames(b);
  return (
    left.length === right.length && left.every((name, at) => name === right[at] && identicalValues(a[name], b[name]))
  );
}

function identicalArrays(a: BsonValue[], b: BsonValue[]): boolean {
  return a.length === b.length && a.every((item, at) => identicalValues(item, b[at]));
}

/** 1.0 and 1.00 are equal decimals, but not the same bytes. */
function identicalDecimals(a: BsonValue, b: BsonValue): boolean {
  if (!(a instanceof Decimal128 && b instanceof Decimal128)) return false;
  const [x, y] = [decimalParts(a), decimalParts(b)];
  return x.kind === y.kind && x.negative === y.negative && x.coefficient === y.coefficient && x.exponent === y.exponent;
}
