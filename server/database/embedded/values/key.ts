import { type BSONSymbol, type Code, Decimal128, type ObjectId, type Timestamp } from "bson";
import type { BsonDocument, BsonValue, Collation, DbPointer } from "../types.ts";
import { toBinary, toRegExp } from "./compare.ts";
import { decimalParts } from "./decimal.ts";
import { fieldNames } from "./document.ts";
import { type BsonNumber, compareNumbers, toDouble, toExactInteger } from "./numbers.ts";
import { Type, typeOf } from "./types.ts";

/**
 * A string that is the same for two values exactly when they compare equal: the key of groups and sets. With a collation it
 * holds within that collation object alone.
 */
export function hashKey(value: BsonValue, collation?: Collation): string {
  if (typeof value === "string") return `s${collation ? collation.key(value) : value}`;
  switch (typeOf(value)) {
    case Type.missing:
    case Type.undefined:
      return "u";
    case Type.null:
      return "N";
    case Type.bool:
      return value ? "T" : "F";
    case Type.int:
    case Type.long:
    case Type.double:
    case Type.decimal:
      return numberKey(value as BsonNumber);
    case Type.objectId:
      return `o${(value as ObjectId).toHexString()}`;
    case Type.date:
      return `d${(value as Date).getTime()}`;
    case Type.array:
      return `[${(value as BsonValue[]).map((item) => framed(hashKey(item, collation))).join("")}]`;
    case Type.object:
      return documentKey(value as BsonDocument, collation);
    case Type.symbol:
      return hashKey((value as unknown as BSONSymbol).value, collation);
    case Type.timestamp:
      return `t${(value as Timestamp).toString()}`;
    case Type.binData: {
      const binary = toBinary(value);
      return `b${binary.sub_type}:${binary.toString("base64")}`;
    }
    case Type.regex: {
      const { pattern, options } = toRegExp(value);
      return `r${options}/${pattern}`;
    }
    case Type.dbPointer:
      return `p${(value as DbPointer).id.toHexString()}${(value as DbPointer).namespace}`;
    case Type.javascript:
      return `c${(value as Code).code}`;
    case Type.javascriptWithScope:
      return `w${framed((value as Code).code)}${hashKey((value as Code).scope as BsonValue, collation)}`;
    default:
      return typeOf(value) === Type.minKey ? "-" : "+";
  }
}

function framed(key: string): string {
  return `${key.length}:${key}`;
}

function documentKey(doc: BsonDocument, collation: Collation | undefined): string {
  let key = "{";
  for (const name of fieldNames(doc)) key += framed(name) + framed(hashKey(doc[name], collation));
  return `${key}}`;
}

function numberKey(value: BsonNumber): string {
  if (typeof value === "object" && "value" in value && Number.isSafeInteger(value.value)) return `i${value.value || 0}`;
  const integer = toExactInteger(value);
  if (integer !== undefined) return `i${integer}`;
  const double = toDouble(value);
  if (!(value instanceof Decimal128) || compareNumbers(value, double) === 0) return `f${double}`;
  const parts = decimalParts(value);
  const digits = parts.coefficient.toString().replace(/0+$/, "");
  const exponent = parts.exponent + parts.coefficient.toString().length - digits.length;
  return `D${parts.negative ? "-" : ""}${digits}E${exponent}`;
}
