import { MongoError } from "../errors.ts";
import type { BsonValue } from "../types.ts";
import { toDouble, toExactInteger } from "../values/numbers.ts";
import { isNumber, Type, typeNameOf, typeOf } from "../values/types.ts";

const NUMBERS = [Type.int, Type.long, Type.double, Type.decimal];

/** The test for `$type`'s operand: a code, an alias, `number`, or a list of them. */
export function typeSet(operand: BsonValue, operator: string): (value: BsonValue) => boolean {
  const wanted = new Set<number>();
  const entries = Array.isArray(operand) ? operand : [operand];
  if (entries.length === 0) throw new MongoError("FailedToParse", `${operator} must match at least one type`);
  for (const entry of entries) for (const type of typesOf(entry)) wanted.add(type);
  return (value) => value !== undefined && wanted.has(typeOf(value));
}

function typesOf(entry: BsonValue): readonly number[] {
  if (typeof entry === "string") {
    if (entry === "number") return NUMBERS;
    const type = entry === "missing" ? undefined : (Type as Record<string, number>)[entry];
    if (type === undefined) throw new MongoError("BadValue", `Unknown type name alias: ${entry}`);
    return [type];
  }
  if (!isNumber(entry)) throw new MongoError("TypeMismatch", "type must be represented as a number or a string");
  const code = toExactInteger(entry);
  if (code === 0n || code === undefined || typeNameOf(Number(code)) === undefined) {
    throw new MongoError("BadValue", `Invalid numerical type code: ${toDouble(entry)}`);
  }
  return [Number(code)];
}
