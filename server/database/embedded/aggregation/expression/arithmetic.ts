import { Decimal128, Double, Int32, Long } from "bson";
import { MongoError } from "../../errors.ts";
import type { BsonValue } from "../../types.ts";
import {
  addDecimals,
  decimalParts,
  divideDecimals,
  divideHalfEven,
  makeDecimal,
  multiplyDecimals,
  truncateDecimal,
} from "../../values/decimal.ts";
import {
  addNumbers,
  type BsonNumber,
  makeInteger,
  multiplyNumbers,
  toDecimalParts,
  toDouble,
  toExactInteger,
} from "../../values/numbers.ts";
import { textOfValue } from "../../values/text.ts";
import { isNullish, isNumber, Type, typeName, typeOf } from "../../values/types.ts";
import type { CompileOperator } from "./compiler.ts";
import { operator } from "./helpers.ts";

const isDecimal = (value: BsonValue): value is Decimal128 => value instanceof Decimal128;
const isIntegral = (value: BsonValue) => typeOf(value) === Type.int || typeOf(value) === Type.long;

/** A function of one number that keeps integers as they are where it is the identity for them. */
function unary(
  name: string,
  onDouble: (value: number) => number,
  options: {
    keepsIntegers?: boolean;
    onDecimal?: (value: Decimal128) => Decimal128;
    check?: (value: BsonNumber) => void;
  } = {},
): CompileOperator {
  return operator(1, 1, ([value]) => {
    if (isNullish(value)) return null;
    if (!isNumber(value)) throw new MongoError(28765, `${name} only supports numeric types, not ${typeName(value)}`);
    options.check?.(value);
    if (options.keepsIntegers && isIntegral(value)) return value;
    if (isDecimal(value)) {
      return options.onDecimal ? options.onDecimal(value) : Decimal128.fromString(String(onDouble(toDouble(value))));
    }
    return new Double(onDouble(toDouble(value)));
  });
}

/** Rounds a decimal to `place` digits after the point. */
function roundDecimal(value: Decimal128, place: number, how: "trunc" | "round" | "floor" | "ceil"): Decimal128 {
  const parts = decimalParts(value);
  if (parts.kind !== "finite" || -parts.exponent <= place) return value;
  const divisor = 10n ** BigInt(-parts.exponent - place);
  let coefficient = parts.coefficient / divisor;
  const hasRest = parts.coefficient % divisor !== 0n;
  if (how === "round") coefficient = divideHalfEven(parts.coefficient, divisor);
  else if (hasRest && ((how === "ceil" && !parts.negative) || (how === "floor" && parts.negative))) coefficient += 1n;
  return makeDecimal({ ...parts, coefficient, exponent: -place });
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest < 0.5) return floor;
  if (rest > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

function toPlace(name: "$round" | "$trunc"): CompileOperator {
  const how = name === "$round" ? "round" : "trunc";
  return operator(1, 2, ([value, place]) => {
    if (isNullish(value)) return null;
    if (!isNumber(value)) throw new MongoError(51081, `${name} only supports numeric types, not ${typeName(value)}`);
    if (place === null) return null;
    const digits = place === undefined ? 0 : placeOf(name, place);
    if (isIntegral(value)) {
      if (digits >= 0) return value;
      const divisor = 10n ** BigInt(-digits);
      const exact = toExactInteger(value) as bigint;
      const magnitude = exact < 0n ? -exact : exact;
      const rounded = (how === "round" ? divideHalfEven(magnitude, divisor) : magnitude / divisor) * divisor;
      return makeInteger(exact < 0n ? -rounded : rounded, typeOf(value) === Type.long ? "long" : "int");
    }
    if (isDecimal(value)) return roundDecimal(value, digits, how);
    const double = toDouble(value);
    if (!Number.isFinite(double)) return value;
    if (digits === 0) return new Double(how === "round" ? roundHalfEven(double) : Math.trunc(double));
    const rounded = roundDecimal(Decimal128.fromStringWithRounding(String(double)), digits, how);
    return new Double(toDouble(rounded));
  });
}

function placeOf(name: string, place: BsonValue): number {
  const digits = isNumber(place) ? toExactInteger(place) : undefined;
  if (digits === undefined) throw new MongoError(51082, `precision argument to  ${name} must be a integral value`);
  if (digits < -20n || digits > 100n) {
    throw new MongoError(51083, `cannot apply ${name} with precision value ${digits} value must be in [-20, 100]`);
  }
  return Number(digits);
}

/** Every argument must be a number; anything nullish makes the whole null. */
function fold(
  name: string,
  start: BsonNumber,
  combine: (a: BsonNumber, b: BsonNumber) => BsonNumber | undefined,
): CompileOperator {
  return operator(0, Number.POSITIVE_INFINITY, (args) => {
    let total: BsonNumber = start;
    let date: Date | undefined;
    for (const arg of args) {
      if (isNullish(arg)) return null;
      if (isNumber(arg)) {
        // Past the Long range the server goes on in doubles.
        total = combine(total, arg) ?? combine(new Double(toDouble(total)), arg) ?? total;
      } else if (arg instanceof Date && name === "$add") {
        if (date) throw new MongoError(16612, "only one date allowed in an $add expression");
        date = arg;
      } else {
        const types = name === "$add" ? "numeric or date types" : "numeric types";
        throw new MongoError("TypeMismatch", `${name} only supports ${types}, not ${typeName(arg)}`);
      }
    }
    return date ? new Date(date.getTime() + Math.round(toDouble(total))) : total;
  });
}

function subtract([a, b]: BsonValue[]): BsonValue {
  if (isNullish(a) || isNullish(b)) return null;
  if (a instanceof Date) {
    if (b instanceof Date) return Long.fromNumber(a.getTime() - b.getTime());
    if (isNumber(b)) return new Date(a.getTime() - Math.round(toDouble(b)));
  }
  if (!isNumber(a) || !isNumber(b)) {
    throw new MongoError("TypeMismatch", `can't $subtract ${typeName(b)} from ${typeName(a)}`);
  }
  if (isDecimal(a) || isDecimal(b)) {
    const right = toDecimalParts(b);
    return makeDecimal(addDecimals(toDecimalParts(a), { ...right, negative: !right.negative }));
  }
  if (!isIntegral(a) || !isIntegral(b)) return new Double(toDouble(a) - toDouble(b));
  const wide = typeOf(a) === Type.long || typeOf(b) === Type.long;
  return makeInteger((toExactInteger(a) as bigint) - (toExactInteger(b) as bigint), wide ? "long" : "int");
}

function divide([a, b]: BsonValue[]): BsonValue {
  if (isNullish(a) || isNullish(b)) return null;
  if (!isNumber(a) || !isNumber(b)) {
    throw new MongoError("TypeMismatch", `$divide only supports numeric types, not ${typeName(a)} and ${typeName(b)}`);
  }
  if (toDouble(b) === 0) throw new MongoError("BadValue", "can't $divide by zero");
  if (isDecimal(a) || isDecimal(b)) return makeDecimal(divideDecimals(toDecimalParts(a), toDecimalParts(b)));
  return new Double(toDouble(a) / toDouble(b));
}

/** The sign is the dividend's, as in C. */
function modulo([a, b]: BsonValue[]): BsonValue {
  if (isNullish(a) || isNullish(b)) return null;
  if (!isNumber(a) || !isNumber(b)) {
    throw new MongoError("TypeMismatch", `$mod only supports numeric types, not ${typeName(a)} and ${typeName(b)}`);
  }
  if (toDouble(b) === 0) throw new MongoError("BadValue", "can't $mod by zero");
  if (isDecimal(a) || isDecimal(b)) {
    const [x, y] = [toDecimalParts(a), toDecimalParts(b)];
    const quotient = truncateDecimal(divideDecimals(x, y));
    if (quotient === undefined) return Decimal128.fromString("NaN");
    const times = multiplyDecimals(y, {
      ...x,
      negative: quotient < 0n,
      coefficient: quotient < 0n ? -quotient : quotient,
      exponent: 0,
    });
    return makeDecimal(addDecimals(x, { ...times, negative: !times.negative }));
  }
  if (!isIntegral(a) || !isIntegral(b)) return new Double(toDouble(a) % toDouble(b));
  const wide = typeOf(a) === Type.long || typeOf(b) === Type.long;
  return makeInteger((toExactInteger(a) as bigint) % (toExactInteger(b) as bigint), wide ? "long" : "int");
}

function power([base, exponent]: BsonValue[]): BsonValue {
  if (isNullish(base) || isNullish(exponent)) return null;
  if (!isNumber(base)) throw new MongoError(28762, `$pow's base must be numeric, not ${typeName(base)}`);
  if (!isNumber(exponent)) throw new MongoError(28763, `$pow's exponent must be numeric, not ${typeName(exponent)}`);
  const [x, y] = [toDouble(base), toDouble(exponent)];
  if (x === 0 && y < 0) throw new MongoError(28764, "$pow cannot take a base of 0 and a negative exponent");
  if (isDecimal(base) || isDecimal(exponent)) {
    return Number.isInteger(y) && y >= 0 && y < 1000
      ? makeDecimal(integerPower(toDecimalParts(base), y))
      : Decimal128.fromStringWithRounding(String(x ** y));
  }
  if (isIntegral(base) && isIntegral(exponent) && y >= 0 && Math.abs(x ** y) < 2 ** 64) {
    const wide = typeOf(base) === Type.long || typeOf(exponent) === Type.long;
    return makeInteger(BigInt(x) ** BigInt(y), wide ? "long" : "int");
  }
  return new Double(x ** y);
}

function integerPower(base: ReturnType<typeof toDecimalParts>, exponent: number): ReturnType<typeof toDecimalParts> {
  let result = toDecimalParts(1);
  for (let i = 0; i < exponent; i++) result = multiplyDecimals(result, base);
  return result;
}

function positive(name: string, code: number) {
  return (value: BsonNumber) => {
    if (!(toDouble(value) > 0) && !Number.isNaN(toDouble(value))) {
      throw new MongoError(code, `${name}'s argument must be a positive number, but is ${textOfValue(value)}`);
    }
  };
}

function logarithm([value, base]: BsonValue[]): BsonValue {
  if (isNullish(value) || isNullish(base)) return null;
  if (!isNumber(value)) throw new MongoError(28756, `$log's argument must be numeric, not ${typeName(value)}`);
  if (!isNumber(base)) throw new MongoError(28757, `$log's base must be numeric, not ${typeName(base)}`);
  if (toDouble(value) <= 0) {
    throw new MongoError(28758, `$log's argument must be a positive number, but is ${textOfValue(value)}`);
  }
  if (toDouble(base) <= 0 || toDouble(base) === 1) {
    throw new MongoError(28759, `$log's base must be a positive number not equal to 1, but is ${textOfValue(base)}`);
  }
  return new Double(Math.log(toDouble(value)) / Math.log(toDouble(base)));
}

function absolute([value]: BsonValue[]): BsonValue {
  if (isNullish(value)) return null;
  if (!isNumber(value)) throw new MongoError(28765, `$abs only supports numeric types, not ${typeName(value)}`);
  if (isDecimal(value)) return makeDecimal({ ...decimalParts(value), negative: false });
  if (!isIntegral(value)) return new Double(Math.abs(toDouble(value)));
  const exact = toExactInteger(value) as bigint;
  if (exact === -(2n ** 63n)) throw new MongoError(28680, "can't take $abs of long long min");
  return makeInteger(exact < 0n ? -exact : exact, typeOf(value) === Type.long ? "long" : "int");
}

function bitwise(name: string, start: bigint, combine: (a: bigint, b: bigint) => bigint): CompileOperator {
  return operator(0, Number.POSITIVE_INFINITY, (args) => {
    let total = start;
    let wide = false;
    for (const arg of args) {
      if (isNullish(arg)) return null;
      if (!isIntegral(arg)) {
        throw new MongoError("TypeMismatch", `${name} only supports int and long operands.`);
      }
      wide ||= typeOf(arg) === Type.long;
      total = combine(total, toExactInteger(arg as BsonNumber) as bigint);
    }
    return makeInteger(total, wide ? "long" : "int");
  });
}

function bounded(name: string, low: number, high: number) {
  return (value: BsonNumber) => {
    const double = toDouble(value);
    if (double < low || double > high) {
      throw new MongoError(50989, `cannot apply ${name} to ${textOfValue(value)}, value must be in [${low},${high}]`);
    }
  };
}

/** Arithmetic, bitwise and trigonometry operators. Results keep the widest type of their operands. */
export const ARITHMETIC: Record<string, CompileOperator> = {
  $add: fold("$add", new Int32(0), addNumbers),
  $multiply: fold("$multiply", new Int32(1), multiplyNumbers),
  $subtract: operator(2, 2, subtract),
  $divide: operator(2, 2, divide),
  $mod: operator(2, 2, modulo),
  $pow: operator(2, 2, power),
  $log: operator(2, 2, logarithm),
  $abs: operator(1, 1, absolute),
  $ceil: unary("$ceil", Math.ceil, { keepsIntegers: true, onDecimal: (value) => roundDecimal(value, 0, "ceil") }),
  $floor: unary("$floor", Math.floor, { keepsIntegers: true, onDecimal: (value) => roundDecimal(value, 0, "floor") }),
  $exp: unary("$exp", Math.exp),
  $ln: unary("$ln", Math.log, { check: positive("$ln", 28766) }),
  $log10: unary("$log10", Math.log10, { check: positive("$log10", 28761) }),
  $sqrt: unary("$sqrt", Math.sqrt, {
    check: (value) => {
      if (toDouble(value) < 0) throw new MongoError(28714, "$sqrt's argument must be greater than or equal to 0");
    },
  }),
  $round: toPlace("$round"),
  $trunc: toPlace("$trunc"),
  $sigmoid: unary("$sigmoid", (value) => 1 / (1 + Math.exp(-value))),
  $bitAnd: bitwise("$bitAnd", -1n, (a, b) => a & b),
  $bitOr: bitwise("$bitOr", 0n, (a, b) => a | b),
  $bitXor: bitwise("$bitXor", 0n, (a, b) => a ^ b),
  $bitNot: operator(1, 1, ([value]) => {
    if (isNullish(value)) return null;
    if (!isIntegral(value)) {
      throw new MongoError("TypeMismatch", `$bitNot only supports int and long, not: ${typeName(value)}.`);
    }
    return makeInteger(~(toExactInteger(value as BsonNumber) as bigint), typeOf(value) === Type.long ? "long" : "int");
  }),
  $sin: unary("$sin", Math.sin),
  $cos: unary("$cos", Math.cos),
  $tan: unary("$tan", Math.tan),
  $asin: unary("$asin", Math.asin, { check: bounded("$asin", -1, 1) }),
  $acos: unary("$acos", Math.acos, { check: bounded("$acos", -1, 1) }),
  $atan: unary("$atan", Math.atan),
  $sinh: unary("$sinh", Math.sinh),
  $cosh: unary("$cosh", Math.cosh),
  $tanh: unary("$tanh", Math.tanh),
  $asinh: unary("$asinh", Math.asinh),
  $acosh: unary("$acosh", Math.acosh, { check: bounded("$acosh", 1, Number.POSITIVE_INFINITY) }),
  $atanh: unary("$atanh", Math.atanh, { check: bounded("$atanh", -1, 1) }),
  $degreesToRadians: unary("$degreesToRadians", (value) => (value * Math.PI) / 180),
  $radiansToDegrees: unary("$radiansToDegrees", (value) => (value * 180) / Math.PI),
  $atan2: operator(2, 2, ([y, x]) => {
    if (isNullish(y) || isNullish(x)) return null;
    if (!isNumber(y) || !isNumber(x)) {
      throw new MongoError(51044, `$atan2 only supports numeric types, not ${typeName(y)} and ${typeName(x)}`);
    }
    return new Double(Math.atan2(toDouble(y), toDouble(x)));
  }),
};
