import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from "bson";
import { type BsonDocument, BsonUndefined, type BsonValue, DbPointer } from "../types.ts";

/** BSON type numbers as $type names them; `missing` is ours. */
export const Type = {
  minKey: -1,
  missing: 0,
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  dbPointer: 12,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  maxKey: 127,
} as const;

export type TypeName = keyof typeof Type;

const nameByType = new Map<number, TypeName>(Object.entries(Type).map(([name, type]) => [type, name as TypeName]));

// Told apart by prototype, never by a `_bsontype` member: a stored document may hold a field of that name.
const typeByPrototype = new Map<object | null, number>([
  [Object.prototype, Type.object],
  [null, Type.object],
  [DBRef.prototype, Type.object],
  [Array.prototype, Type.array],
  [Int32.prototype, Type.int],
  [Double.prototype, Type.double],
  [Long.prototype, Type.long],
  [Decimal128.prototype, Type.decimal],
  [ObjectId.prototype, Type.objectId],
  [Date.prototype, Type.date],
  [Binary.prototype, Type.binData],
  [BSONRegExp.prototype, Type.regex],
  [RegExp.prototype, Type.regex],
  [BSONSymbol.prototype, Type.symbol],
  [Timestamp.prototype, Type.timestamp],
  [MinKey.prototype, Type.minKey],
  [MaxKey.prototype, Type.maxKey],
  [BsonUndefined.prototype, Type.undefined],
  [DbPointer.prototype, Type.dbPointer],
]);

/** The BSON type number of a value; 0 for a missing one. */
export function typeOf(value: BsonValue): number {
  switch (typeof value) {
    case "string":
      return Type.string;
    case "boolean":
      return Type.bool;
    case "undefined":
      return Type.missing;
    case "number":
      return Number.isInteger(value) && value === (value | 0) && !Object.is(value, -0) ? Type.int : Type.double;
    case "bigint":
      return Type.long;
  }
  if (value === null) return Type.null;
  const type = typeByPrototype.get(Object.getPrototypeOf(value));
  if (type !== undefined) return type;
  if (value instanceof Code) return value.scope ? Type.javascriptWithScope : Type.javascript;
  if (value instanceof Uint8Array) return Type.binData;
  if (value instanceof Binary) return Type.binData; // UUID
  return Type.object;
}

/** `int`, `objectId`, …: the alias that $type takes and error messages print. */
export function typeName(value: BsonValue): TypeName {
  return nameByType.get(typeOf(value)) as TypeName;
}

export function typeNameOf(type: number): TypeName | undefined {
  return nameByType.get(type);
}

/** Place of each type in the order of comparison; types in the same place compare by value. Source: manual, "Comparison/Sort Order". */
const ORDER: Record<number, number> = {
  [Type.minKey]: -1,
  [Type.missing]: 0,
  [Type.undefined]: 0,
  [Type.null]: 5,
  [Type.int]: 10,
  [Type.long]: 10,
  [Type.double]: 10,
  [Type.decimal]: 10,
  [Type.string]: 15,
  [Type.symbol]: 15,
  [Type.object]: 20,
  [Type.array]: 25,
  [Type.binData]: 30,
  [Type.objectId]: 35,
  [Type.bool]: 40,
  [Type.date]: 45,
  [Type.timestamp]: 47,
  [Type.regex]: 50,
  [Type.dbPointer]: 55,
  [Type.javascript]: 60,
  [Type.javascriptWithScope]: 65,
  [Type.maxKey]: 127,
};

/** The place of a value's type in MongoDB's order across types: missing 0, null 5, numbers 10, strings 15, … */
export function typeOrder(value: BsonValue): number {
  return ORDER[typeOf(value)] as number;
}

export function orderOfType(type: number): number {
  return ORDER[type] as number;
}

export function isDocument(value: BsonValue): value is BsonDocument {
  return typeof value === "object" && value !== null && typeOf(value) === Type.object;
}

export function isArray(value: BsonValue): value is BsonValue[] {
  return Array.isArray(value);
}

export function isNumber(value: BsonValue): value is number | bigint | Int32 | Double | Long | Decimal128 {
  return typeOrder(value) === 10;
}

export function isNullish(value: BsonValue): boolean {
  return value === null || value === undefined || value instanceof BsonUndefined;
}
