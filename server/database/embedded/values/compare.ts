import { Binary, BSONRegExp, BSONSymbol, type Code, type ObjectId, type Timestamp } from "bson";
import { MongoError } from "../errors.ts";
import type { BsonDocument, BsonValue, Collation, DbPointer } from "../types.ts";
import { fieldNames } from "./document.ts";
import { type BsonNumber, compareNumbers } from "./numbers.ts";
import { orderOfType, typeOf } from "./types.ts";

export { typeOrder } from "./types.ts";

/**
 * MongoDB's order over all BSON values: by type, then by value; -1, 0 or 1. Numbers compare by value whatever their type.
 * Missing equals BSON undefined and comes before null; sorting treats missing as null, see sort.ts.
 */
export function compareValues(a: BsonValue, b: BsonValue, collation?: Collation): number {
  if (typeof a === "string" && typeof b === "string") {
    return collation ? collation.compare(a, b) : compareStrings(a, b);
  }
  const order = orderOfType(typeOf(a));
  const other = orderOfType(typeOf(b));
  if (order !== other) return order < other ? -1 : 1;
  const compare = BY_ORDER[order];
  return compare ? compare(a, b, collation) : 0;
}

export function equalValues(a: BsonValue, b: BsonValue, collation?: Collation): boolean {
  return compareValues(a, b, collation) === 0;
}

/** By the bytes of UTF-8, which is by code point; JS itself compares UTF-16 units, where surrogates come too early. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    if (x >= 0xd800 && y >= 0xd800) return codePointRank(x) < codePointRank(y) ? -1 : 1;
    return x < y ? -1 : 1;
  }
  return a.length < b.length ? -1 : 1;
}

function codePointRank(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

type Compare = (a: BsonValue, b: BsonValue, collation?: Collation) => number;

const BY_ORDER: Record<number, Compare> = {
  10: (a, b) => compareNumbers(a as BsonNumber, b as BsonNumber),
  15: (a, b, collation) => {
    const [x, y] = [textOf(a), textOf(b)];
    return collation ? collation.compare(x, y) : compareStrings(x, y);
  },
  20: (a, b, collation) => compareDocuments(a as BsonDocument, b as BsonDocument, collation),
  25: (a, b, collation) => compareArrays(a as BsonValue[], b as BsonValue[], collation),
  30: (a, b) => compareBinary(toBinary(a), toBinary(b)),
  35: (a, b) => sign(Buffer.compare((a as ObjectId).id, (b as ObjectId).id)),
  40: (a, b) => Number(a) - Number(b),
  45: (a, b) => sign((a as Date).getTime() - (b as Date).getTime()),
  47: (a, b) => compareTimestamps(a as Timestamp, b as Timestamp),
  50: (a, b) => {
    const [x, y] = [toRegExp(a), toRegExp(b)];
    return compareStrings(x.pattern, y.pattern) || compareStrings(x.options, y.options);
  },
  55: (a, b) => comparePointers(a as DbPointer, b as DbPointer),
  60: (a, b) => compareStrings((a as Code).code, (b as Code).code),
  65: (a, b, collation) =>
    compareStrings((a as Code).code, (b as Code).code) ||
    compareDocuments((a as Code).scope as BsonDocument, (b as Code).scope as BsonDocument, collation),
};

/** Field by field: type, then name, then value; the one that ends first is less. */
function compareDocuments(a: BsonDocument, b: BsonDocument, collation?: Collation): number {
  const left = fieldNames(a);
  const right = fieldNames(b);
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const nameA = left[i] as string;
    const nameB = right[i] as string;
    const x = a[nameA];
    const y = b[nameB];
    const order = orderOfType(typeOf(x)) - orderOfType(typeOf(y));
    if (order !== 0) return sign(order);
    if (nameA !== nameB) return compareStrings(nameA, nameB);
    const result = compareValues(x, y, collation);
    if (result !== 0) return result;
  }
  return sign(left.length - right.length);
}

function compareArrays(a: BsonValue[], b: BsonValue[], collation?: Collation): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const result = compareValues(a[i], b[i], collation);
    if (result !== 0) return result;
  }
  return sign(a.length - b.length);
}

function compareBinary(a: Binary, b: Binary): number {
  if (a.position !== b.position) return a.position < b.position ? -1 : 1;
  if (a.sub_type !== b.sub_type) return a.sub_type < b.sub_type ? -1 : 1;
  return sign(Buffer.compare(a.buffer.subarray(0, a.position), b.buffer.subarray(0, b.position)));
}

function compareTimestamps(a: Timestamp, b: Timestamp): number {
  return sign((a.high >>> 0) - (b.high >>> 0) || (a.low >>> 0) - (b.low >>> 0));
}

function comparePointers(a: DbPointer, b: DbPointer): number {
  return (
    sign(a.namespace.length - b.namespace.length) ||
    compareStrings(a.namespace, b.namespace) ||
    sign(Buffer.compare(a.id.id, b.id.id))
  );
}

function sign(value: number): number {
  return value < 0 ? -1 : value > 0 ? 1 : 0;
}

function textOf(value: BsonValue): string {
  return value instanceof BSONSymbol ? value.value : (value as string);
}

export function toBinary(value: BsonValue): Binary {
  return value instanceof Binary ? value : new Binary(value as unknown as Uint8Array);
}

/** Throws 51108 for an option that no regular expression has; the class itself throws an error of its own. */
export function makeRegExp(pattern: string, options: string): BSONRegExp {
  const wrong = [...options].find((flag) => !"imsxlu".includes(flag));
  if (wrong !== undefined) throw new MongoError(51108, `invalid flag in regex options: ${wrong}`);
  return new BSONRegExp(pattern, options);
}

export function toRegExp(value: BsonValue): BSONRegExp {
  if (value instanceof BSONRegExp) return value;
  const { source, flags } = value as RegExp;
  return new BSONRegExp(source, [...flags].filter((flag) => "ims".includes(flag)).join(""));
}
