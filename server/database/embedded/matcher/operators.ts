import { BSONRegExp, BSONSymbol, MaxKey, MinKey } from "bson";
import { MongoError } from "../errors.ts";
import type { BsonDocument, BsonValue, Collation } from "../types.ts";
import { BsonUndefined } from "../types.ts";
import { compareValues, toRegExp } from "../values/compare.ts";
import { type BsonNumber, isNaNValue, toDouble, toExactInteger } from "../values/numbers.ts";
import { isDocument, isNumber, typeOf, typeOrder } from "../values/types.ts";
import { ValueSet } from "../values/value-set.ts";
import { bitTest } from "./bits.ts";
import { compileRegExp } from "./regex.ts";
import { typeSet } from "./type-set.ts";

/** Decides on one value that a path led to; `undefined` is a missing one. */
export type ValueTest = (value: BsonValue) => boolean;

export interface ValueOperator {
  /** `$size` and `$elemMatch` look at an array as a whole, not at its elements. */
  wholeArray?: boolean;
  compile(operand: BsonValue, field: string, collation: Collation | undefined): ValueTest;
}

/** Operators that test the value at a path. $not, $elemMatch, $all and $in's negation stand in predicate.ts. */
export const VALUE_OPERATORS: Record<string, ValueOperator> = {
  $eq: { compile: (operand, _field, collation) => equality(operand, collation) },
  $gt: { compile: (operand, field, collation) => comparison("gt", operand, field, collation) },
  $gte: { compile: (operand, field, collation) => comparison("gte", operand, field, collation) },
  $lt: { compile: (operand, field, collation) => comparison("lt", operand, field, collation) },
  $lte: { compile: (operand, field, collation) => comparison("lte", operand, field, collation) },
  $in: { compile: (operand, _field, collation) => membership("$in", operand, collation) },
  $type: { compile: (operand) => typeSet(operand, "$type") },
  $size: { wholeArray: true, compile: size },
  $mod: { compile: modulo },
  $bitsAllSet: { compile: (operand, field) => bitTest("$bitsAllSet", operand, field) },
  $bitsAllClear: { compile: (operand, field) => bitTest("$bitsAllClear", operand, field) },
  $bitsAnySet: { compile: (operand, field) => bitTest("$bitsAnySet", operand, field) },
  $bitsAnyClear: { compile: (operand, field) => bitTest("$bitsAnyClear", operand, field) },
};

/** `{field: value}` and $eq: null also stands for missing. */
export function equality(operand: BsonValue, collation?: Collation): ValueTest {
  const order = typeOrder(operand);
  if (operand instanceof BsonUndefined) throw new MongoError("BadValue", "cannot compare to undefined");
  if (order === 5) return (value) => value === undefined || value === null || value instanceof BsonUndefined;
  if (typeof operand === "string" && !collation) {
    return (value) => value === operand || (value instanceof BSONSymbol && value.value === operand);
  }
  return (value) => value !== undefined && compareValues(value, operand, collation) === 0;
}

/** A regular expression matches strings by pattern, and a stored regular expression that is the same. */
export function patternTest(operand: BsonValue): ValueTest {
  const test = compileRegExp(operand);
  const own = toRegExp(operand);
  return (value) => {
    if (typeof value === "string") return test(value);
    if (value instanceof BSONSymbol) return test(value.value);
    return value instanceof BSONRegExp && value.pattern === own.pattern && value.options === own.options;
  };
}

const ACCEPTS = {
  gt: (order: number) => order > 0,
  gte: (order: number) => order >= 0,
  lt: (order: number) => order < 0,
  lte: (order: number) => order <= 0,
};

/**
 * Ranges stay within the operand's type (type bracketing). MinKey and MaxKey bound every type. NaN is in no open range, and
 * only itself in a closed one.
 */
function comparison(
  kind: keyof typeof ACCEPTS,
  operand: BsonValue,
  field: string,
  collation: Collation | undefined,
): ValueTest {
  if (operand instanceof BsonUndefined) throw new MongoError("BadValue", "cannot compare to undefined");
  if (isRegExp(operand)) {
    throw new MongoError("BadValue", `Can't have RegEx as arg to predicate over field '${field}'.`);
  }
  const accepts = ACCEPTS[kind];
  const closed = kind === "gte" || kind === "lte";
  const order = typeOrder(operand);
  if (order === 5) return closed ? equality(operand, collation) : () => false;
  if (operand instanceof MinKey || operand instanceof MaxKey) {
    const upwards = kind === "gt" || kind === "gte";
    return (value) => (typeOf(value) === typeOf(operand) ? closed : upwards === operand instanceof MinKey);
  }
  if (isNaNValue(operand)) return closed ? isNaNValue : () => false;
  return (value) =>
    value !== undefined &&
    typeOrder(value) === order &&
    accepts(compareValues(value, operand, collation)) &&
    !isNaNValue(value);
}

export function isRegExp(value: BsonValue): value is BSONRegExp | RegExp {
  return value instanceof BSONRegExp || value instanceof RegExp;
}

/** $in over values and regular expressions. Many plain values go through a set of their hashes. */
export function membership(name: string, operand: BsonValue, collation?: Collation): ValueTest {
  if (!Array.isArray(operand)) throw new MongoError("BadValue", `${name} needs an array`);
  const texts = new Set<string>();
  const tests: ValueTest[] = [];
  for (const item of operand) {
    if (isDocument(item) && Object.keys(item)[0]?.startsWith("$") && !isReference(item)) {
      throw new MongoError("BadValue", `cannot nest $ under ${name}`);
    }
    if (item instanceof BsonUndefined) throw new MongoError("BadValue", "cannot compare to undefined");
    if (typeof item === "string" && !collation) texts.add(item);
    else tests.push(isRegExp(item) ? patternTest(item) : equality(item, collation));
  }
  const values = operand.filter((item) => !isRegExp(item));
  if (tests.length > 8 && tests.length + texts.size === values.length) return manyValues(values, collation);
  return (value) => {
    if (typeof value === "string" && texts.has(value)) return true;
    if (value instanceof BSONSymbol && texts.has(value.value)) return true;
    for (const test of tests) if (test(value)) return true;
    return false;
  };
}

function manyValues(values: BsonValue[], collation: Collation | undefined): ValueTest {
  // Made at the first test: behind an index that answers exactly nothing is tested.
  let set: ValueSet | undefined;
  const takesNull = values.includes(null);
  return (value) => {
    if (value === undefined || value instanceof BsonUndefined) return takesNull;
    set ??= new ValueSet(values, collation);
    return set.has(value);
  };
}

/** `{$ref, $id}`: a document whose names start with $ and that is a value all the same. */
export function isReference(doc: BsonDocument): boolean {
  const first = Object.keys(doc)[0];
  return first === "$ref" || first === "$id" || first === "$db";
}

function size(operand: BsonValue): ValueTest {
  const shown = `$size: ${isNumber(operand) ? toDouble(operand) : JSON.stringify(operand)}`;
  const fail = (what: string) => new MongoError("BadValue", `Failed to parse $size. Expected ${what} in: ${shown}`);
  if (!isNumber(operand)) throw fail("a number");
  const wanted = toExactInteger(operand);
  if (wanted === undefined) throw fail("an integer");
  if (wanted < 0n) throw fail("a non-negative number");
  return (value) => Array.isArray(value) && value.length === Number(wanted);
}

function modulo(operand: BsonValue): ValueTest {
  const bad = (why: string) => new MongoError("BadValue", why);
  if (!Array.isArray(operand)) throw bad("malformed mod, needs to be an array");
  if (operand.length < 2) throw bad("malformed mod, not enough elements");
  if (operand.length > 2) throw bad("malformed mod, too many elements");
  const [divisor, remainder] = operand;
  if (!isNumber(divisor)) throw bad("malformed mod, divisor not a number");
  if (!isNumber(remainder)) throw bad("malformed mod, remainder not a number");
  const by = truncated(divisor, "divisor");
  const rest = truncated(remainder, "remainder");
  if (by === 0n) throw bad("divisor cannot be 0");
  return (value) => {
    if (!isNumber(value)) return false;
    const integer = truncate(value);
    return integer !== undefined && integer % by === rest;
  };
}

function truncated(value: BsonNumber, what: string): bigint {
  const integer = truncate(value);
  if (integer === undefined) {
    throw new MongoError(
      "BadValue",
      `malformed mod, ${what} value is invalid :: caused by :: Unable to coerce NaN/Inf to integral type`,
    );
  }
  return integer;
}

function truncate(value: BsonNumber): bigint | undefined {
  const exact = toExactInteger(value);
  if (exact !== undefined) return exact;
  const double = toDouble(value);
  return Number.isFinite(double) ? BigInt(Math.trunc(double)) : undefined;
}
