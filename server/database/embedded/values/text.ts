import { Binary, BSONSymbol, Code, ObjectId, Timestamp } from "bson";
import type { BsonDocument, BsonValue } from "../types.ts";
import { toRegExp } from "./compare.ts";
import { fieldNames } from "./document.ts";
import { type BsonNumber, numberText } from "./numbers.ts";
import { isDocument, isNumber, Type, typeName, typeOf } from "./types.ts";

/** A value as the server prints it in messages: `{ a: 1, b: "x" }`, `ObjectId('…')`. */
export function textOfValue(value: BsonValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (isNumber(value)) return numberText(value as BsonNumber);
  if (Array.isArray(value)) return value.length === 0 ? "[]" : `[ ${value.map(textOfValue).join(", ")} ]`;
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (value instanceof Timestamp) return `Timestamp(${value.high >>> 0}, ${value.low >>> 0})`;
  if (value instanceof Binary) return `BinData(${value.sub_type}, ${value.toString("hex").toUpperCase()})`;
  if (value instanceof BSONSymbol) return JSON.stringify(value.value);
  if (value instanceof Code) return value.code;
  if (typeOf(value) === Type.regex) {
    const { pattern, options } = toRegExp(value);
    return `/${pattern}/${options}`;
  }
  if (isDocument(value)) return textOfDocument(value);
  if (typeof value === "boolean" || value === null) return String(value);
  return typeName(value);
}

export function textOfDocument(doc: BsonDocument): string {
  const names = fieldNames(doc);
  if (names.length === 0) return "{}";
  return `{ ${names.map((name) => textOfElement(name, doc[name])).join(", ")} }`;
}

/** `name: value` */
export function textOfElement(name: string, value: BsonValue): string {
  return `${name}: ${textOfValue(value)}`;
}
