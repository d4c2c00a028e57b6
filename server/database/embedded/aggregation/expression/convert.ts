import { Binary, BSONSymbol, Decimal128, Double, Int32, Long, ObjectId, Timestamp, UUID } from "bson";
import { MongoError } from "../../errors.ts";
import type { BsonValue } from "../../types.ts";
import { decimalParts, makeDecimal, truncateDecimal } from "../../values/decimal.ts";
import { type BsonNumber, toDecimalParts, toDouble, toExactInteger } from "../../values/numbers.ts";
import { isTruthy } from "../../values/truth.ts";
import { isNullish, isNumber, Type, typeName, typeNameOf, typeOf } from "../../values/types.ts";
import type { CompileOperator, Expression } from "./compiler.ts";
import { parseDate } from "./date-parse.ts";
import { namedArguments, operator } from "./helpers.ts";

function failure(message: string): MongoError {
  return new MongoError("ConversionFailure", message);
}

function unsupportedConversion(value: BsonValue, target: string): MongoError {
  return failure(`Unsupported conversion from ${typeName(value)} to ${target} in $convert with no onError value`);
}

/** The string $toString makes of a value. */
export function toText(value: BsonValue): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (value instanceof BSONSymbol) return value.value;
  if (value instanceof ObjectId) return value.toHexString();
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Timestamp) return `Timestamp(${value.high >>> 0}, ${value.low >>> 0})`;
  if (value instanceof Double) return doubleText(value.value);
  if (isNumber(value)) return value.toString();
  if (value instanceof Binary && value.sub_type === Binary.SUBTYPE_UUID) return value.toUUID().toHexString();
  throw unsupportedConversion(value, "string");
}

function doubleText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (Object.is(value, -0)) return "-0";
  return String(value)
    .replace(/e\+?(-?)(\d)$/, "e$10$2")
    .replace(/e(\d)/, "e+$1");
}

function parseNumber(text: string, why: (reason: string) => MongoError): number {
  if (!/^[+-]?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?|Infinity|inf|NaN)$/i.test(text)) {
    throw why(text === "" ? "Empty string" : "Did not consume whole string.");
  }
  if (/inf/i.test(text)) return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

const numberFailure = (text: string) => (reason: string) =>
  failure(`Failed to parse number '${text}' in $convert with no onError value: ${reason}`);

function toIntegral(value: BsonValue, bits: 32 | 64): bigint {
  const target = bits === 32 ? "int" : "long";
  const limit = 2n ** BigInt(bits - 1);
  const checked = (exact: bigint, shown: BsonValue): bigint => {
    if (exact >= limit || exact < -limit) {
      throw failure(`Conversion would overflow target type in $convert with no onError value: ${toText(shown)}`);
    }
    return exact;
  };
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (value instanceof Date && bits === 64) return BigInt(value.getTime());
  if (typeof value === "string") {
    if (!/^[+-]?\d+$/.test(value))
      throw numberFailure(value)(value === "" ? "No digits" : "Did not consume whole string.");
    const exact = BigInt(value.replace(/^\+/, ""));
    if (exact >= limit || exact < -limit) throw numberFailure(value)("Overflow");
    return exact;
  }
  if (!isNumber(value)) throw unsupportedConversion(value, target);
  const exact = toExactInteger(value);
  if (exact !== undefined) return checked(exact, value);
  const double = toDouble(value);
  if (Number.isNaN(double))
    throw failure(`Attempt to convert NaN value to integer type in $convert with no onError value`);
  if (!Number.isFinite(double))
    throw failure(`Attempt to convert infinity value to integer type in $convert with no onError value`);
  const whole =
    value instanceof Decimal128 ? (truncateDecimal(decimalParts(value)) as bigint) : BigInt(Math.trunc(double));
  return checked(whole, value);
}

function toDoubleValue(value: BsonValue): Double {
  if (typeof value === "boolean") return new Double(value ? 1 : 0);
  if (value instanceof Date) return new Double(value.getTime());
  if (typeof value === "string") {
    const double = parseNumber(value, numberFailure(value));
    if (!Number.isFinite(double) && /^[+-]?[\d.]/.test(value)) throw numberFailure(value)("Out of range");
    return new Double(double);
  }
  if (!isNumber(value)) throw unsupportedConversion(value, "double");
  const double = toDouble(value as BsonNumber);
  if (value instanceof Decimal128 && !Number.isFinite(double) && decimalParts(value).kind === "finite") {
    throw failure(`Conversion would overflow target type in $convert with no onError value: ${value.toString()}`);
  }
  return new Double(double);
}

function toDecimalValue(value: BsonValue): Decimal128 {
  if (typeof value === "boolean") return Decimal128.fromString(value ? "1" : "0");
  if (value instanceof Date) return Decimal128.fromString(String(value.getTime()));
  if (typeof value === "string") {
    try {
      return Decimal128.fromStringWithRounding(value);
    } catch {
      throw numberFailure(value)("Failed to parse string to decimal");
    }
  }
  if (!isNumber(value)) throw unsupportedConversion(value, "decimal");
  if (value instanceof Decimal128) return value;
  // A double's 15 leading digits, as the server converts.
  if (typeOf(value) === Type.double) {
    const double = toDouble(value);
    return Decimal128.fromString(Number.isFinite(double) ? double.toPrecision(15) : String(double));
  }
  return makeDecimal(toDecimalParts(value));
}

function toDate(value: BsonValue): Date {
  if (value instanceof Date) return value;
  if (typeof value === "string") return parseDate(value, undefined, undefined);
  if (value instanceof ObjectId) return value.getTimestamp();
  if (value instanceof Timestamp) return new Date((value.high >>> 0) * 1000);
  const type = typeOf(value);
  if (type === Type.long || type === Type.double || type === Type.decimal) {
    return new Date(Number(toIntegral(value, 64)));
  }
  throw unsupportedConversion(value, "date");
}

function toObjectId(value: BsonValue): ObjectId {
  if (value instanceof ObjectId) return value;
  if (typeof value !== "string") throw unsupportedConversion(value, "objectId");
  if (!/^[0-9a-fA-F]{24}$/.test(value)) {
    const why =
      value.length === 24
        ? "Invalid character found in hex string"
        : `Invalid string length for parsing to OID, expected 24 but found ${value.length}`;
    throw failure(`Failed to parse objectId '${value}' in $convert with no onError value: ${why}.`);
  }
  return new ObjectId(value);
}

function toBinary(value: BsonValue): Binary {
  if (value instanceof Binary) return value;
  if (typeof value === "string" && UUID.isValid(value)) return new UUID(value);
  throw unsupportedConversion(value, "binData");
}

const TARGETS = new Map<number, (value: BsonValue) => BsonValue>([
  [Type.double, toDoubleValue],
  [Type.string, toText],
  [Type.binData, toBinary],
  [Type.objectId, toObjectId],
  [Type.bool, isTruthy],
  [Type.date, toDate],
  [Type.int, (value) => new Int32(Number(toIntegral(value, 32)))],
  [Type.long, (value) => Long.fromBigInt(toIntegral(value, 64))],
  [Type.decimal, toDecimalValue],
]);

function targetType(to: BsonValue): number {
  if (typeof to === "string") {
    const type = (Type as Record<string, number>)[to];
    if (type === undefined || to === "missing") throw new MongoError("BadValue", `Unknown type name: ${to}`);
    return type;
  }
  if (!isNumber(to))
    throw new MongoError(
      "FailedToParse",
      `$convert's 'to' argument must be a string or number, but is ${typeName(to)}`,
    );
  const type = toDouble(to);
  if (typeNameOf(type) === undefined) {
    throw new MongoError(
      "FailedToParse",
      `In $convert, numeric value for 'to' does not correspond to a BSON type: ${type}`,
    );
  }
  return type;
}

function convertTo(value: BsonValue, type: number): BsonValue {
  const convert = TARGETS.get(type);
  if (!convert) throw unsupportedConversion(value, typeNameOf(type) ?? String(type));
  return convert(value);
}

const convert: CompileOperator = (operand, compiler, name) => {
  const parts = namedArguments(operand, name, {
    notDocument: 9,
    unknown: 9,
    missing: 9,
    required: ["input", "to"],
    optional: ["onError", "onNull", "format"],
  });
  const compiled = (field: string): Expression | undefined =>
    field in parts ? compiler.compile(parts[field]) : undefined;
  const [input, to, onError, onNull] = [compiled("input"), compiled("to"), compiled("onError"), compiled("onNull")];
  return (frame) => {
    const value = input?.(frame);
    if (isNullish(value)) return onNull ? onNull(frame) : null;
    const target = to?.(frame);
    if (isNullish(target)) return null;
    const type = targetType(target);
    try {
      return convertTo(value, type);
    } catch (error) {
      if (onError && error instanceof MongoError) return onError(frame);
      throw error;
    }
  };
};

const shorthand = (type: number): CompileOperator =>
  operator(1, 1, ([value]) => (isNullish(value) ? null : convertTo(value, type)));

export const CONVERSIONS: Record<string, CompileOperator> = {
  $convert: convert,
  $toBool: shorthand(Type.bool),
  $toDate: shorthand(Type.date),
  $toDecimal: shorthand(Type.decimal),
  $toDouble: shorthand(Type.double),
  $toInt: shorthand(Type.int),
  $toLong: shorthand(Type.long),
  $toObjectId: shorthand(Type.objectId),
  $toString: shorthand(Type.string),
  $toUUID: shorthand(Type.binData),
  $isNumber: operator(1, 1, ([value]) => isNumber(value)),
  $type: operator(1, 1, ([value]) => typeName(value)),
};
