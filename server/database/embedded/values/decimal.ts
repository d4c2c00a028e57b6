import { Decimal128 } from "bson";

/** coefficient × 10^exponent, exactly; or NaN, or an infinity. */
export interface DecimalParts {
  kind: "finite" | "nan" | "infinity";
  negative: boolean;
  coefficient: bigint;
  exponent: number;
}

const BIAS = 6176;
const MAX_DIGITS = 34;
const MAX_COEFFICIENT = 10n ** 34n - 1n;

/** Takes the 16 bytes apart (IEEE 754-2008, binary integer decimal). */
export function decimalParts(value: Decimal128): DecimalParts {
  const view = new DataView(value.bytes.buffer, value.bytes.byteOffset, 16);
  const low = view.getBigUint64(0, true);
  const high = view.getBigUint64(8, true);
  const negative = high >> 63n === 1n;
  const combination = Number((high >> 58n) & 31n);
  if (combination === 31) return { kind: "nan", negative: false, coefficient: 0n, exponent: 0 };
  if (combination === 30) return { kind: "infinity", negative, coefficient: 0n, exponent: 0 };
  if (combination >= 24) {
    // The second form would need more than 34 digits: by the standard its coefficient counts as 0.
    return { kind: "finite", negative, coefficient: 0n, exponent: Number((high >> 47n) & 0x3fffn) - BIAS };
  }
  const coefficient = ((high & ((1n << 49n) - 1n)) << 64n) | low;
  const exponent = Number((high >> 49n) & 0x3fffn) - BIAS;
  return { kind: "finite", negative, coefficient: coefficient > MAX_COEFFICIENT ? 0n : coefficient, exponent };
}

/** The exact decimal value of a double: every double is m × 2^e, so a finite decimal fraction. */
export function decimalOfDouble(value: number): DecimalParts {
  if (Number.isNaN(value)) return { kind: "nan", negative: false, coefficient: 0n, exponent: 0 };
  const negative = value < 0 || Object.is(value, -0);
  if (!Number.isFinite(value)) return { kind: "infinity", negative, coefficient: 0n, exponent: 0 };
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> 52n);
  const fraction = bits & ((1n << 52n) - 1n);
  let mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  let power = mantissa === 0n ? 0 : (biased === 0 ? 1 : biased) - 1075;
  // The shortest form: 1.5 is 15 × 10^-1, without zeros behind it.
  for (; power < 0 && (mantissa & 1n) === 0n; power++) mantissa >>= 1n;
  if (power >= 0) return { kind: "finite", negative, coefficient: mantissa << BigInt(power), exponent: 0 };
  return { kind: "finite", negative, coefficient: mantissa * 5n ** BigInt(-power), exponent: power };
}

export function decimalOfInteger(value: bigint): DecimalParts {
  return { kind: "finite", negative: value < 0n, coefficient: value < 0n ? -value : value, exponent: 0 };
}

/** NaN equals NaN and comes before every number; -0 equals 0. */
export function compareDecimals(a: DecimalParts, b: DecimalParts): number {
  if (a.kind === "nan" || b.kind === "nan") return a.kind === b.kind ? 0 : a.kind === "nan" ? -1 : 1;
  const signA = signOf(a);
  const signB = signOf(b);
  if (signA !== signB) return signA < signB ? -1 : 1;
  if (signA === 0) return 0;
  return signA > 0 ? compareMagnitude(a, b) : compareMagnitude(b, a);
}

function signOf(value: DecimalParts): number {
  if (value.kind === "finite" && value.coefficient === 0n) return 0;
  return value.negative ? -1 : 1;
}

function compareMagnitude(a: DecimalParts, b: DecimalParts): number {
  if (a.kind === "infinity" || b.kind === "infinity") return a.kind === b.kind ? 0 : a.kind === "infinity" ? 1 : -1;
  const scaleA = digits(a.coefficient) + a.exponent;
  const scaleB = digits(b.coefficient) + b.exponent;
  if (scaleA !== scaleB) return scaleA < scaleB ? -1 : 1;
  const [x, y] = aligned(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

function digits(coefficient: bigint): number {
  return coefficient.toString().length;
}

function aligned(a: DecimalParts, b: DecimalParts): [bigint, bigint] {
  if (a.exponent >= b.exponent) return [a.coefficient * 10n ** BigInt(a.exponent - b.exponent), b.coefficient];
  return [a.coefficient, b.coefficient * 10n ** BigInt(b.exponent - a.exponent)];
}

const NAN = Decimal128.fromString("NaN");

/** Rounds to 34 digits, half to even, as MongoDB's decimal arithmetic does. */
export function makeDecimal(parts: DecimalParts): Decimal128 {
  if (parts.kind === "nan") return NAN;
  const sign = parts.negative ? "-" : "";
  if (parts.kind === "infinity") return Decimal128.fromString(`${sign}Infinity`);
  let { coefficient, exponent } = parts;
  const excess = digits(coefficient) - MAX_DIGITS;
  if (excess > 0) {
    coefficient = divideHalfEven(coefficient, 10n ** BigInt(excess));
    exponent += excess;
  }
  if (exponent < -BIAS) {
    coefficient = divideHalfEven(coefficient, 10n ** BigInt(-BIAS - exponent));
    exponent = -BIAS;
  }
  return Decimal128.fromStringWithRounding(`${sign}${coefficient}E${exponent}`);
}

export function divideHalfEven(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  const twice = (value % divisor) * 2n;
  if (twice < divisor || (twice === divisor && quotient % 2n === 0n)) return quotient;
  return quotient + 1n;
}

export function addDecimals(a: DecimalParts, b: DecimalParts): DecimalParts {
  if (a.kind === "nan" || b.kind === "nan") return { ...a, kind: "nan" };
  if (a.kind === "infinity") return b.kind === "infinity" && a.negative !== b.negative ? { ...a, kind: "nan" } : a;
  if (b.kind === "infinity") return b;
  // Far apart, the smaller one only decides the rounding: bring it near, keeping its sign.
  const [large, small] = a.exponent >= b.exponent ? [a, b] : [b, a];
  if (large.coefficient !== 0n && large.exponent - (small.exponent + digits(small.coefficient)) > 2 * MAX_DIGITS) {
    const near = small.coefficient === 0n ? 0n : 1n;
    return addDecimals(large, { ...small, coefficient: near, exponent: large.exponent - 2 * MAX_DIGITS });
  }
  const [x, y] = aligned(a, b);
  const sum = (a.negative ? -x : x) + (b.negative ? -y : y);
  return {
    kind: "finite",
    negative: sum < 0n || (sum === 0n && a.negative && b.negative),
    coefficient: sum < 0n ? -sum : sum,
    exponent: Math.min(a.exponent, b.exponent),
  };
}

export function multiplyDecimals(a: DecimalParts, b: DecimalParts): DecimalParts {
  const negative = a.negative !== b.negative;
  const zero = signOf(a) === 0 || signOf(b) === 0;
  if (a.kind === "nan" || b.kind === "nan") return { ...a, kind: "nan" };
  if (a.kind === "infinity" || b.kind === "infinity") {
    return { kind: zero ? "nan" : "infinity", negative, coefficient: 0n, exponent: 0 };
  }
  return { kind: "finite", negative, coefficient: a.coefficient * b.coefficient, exponent: a.exponent + b.exponent };
}

/** 34 significant digits; x/0 is an infinity, 0/0 NaN. */
export function divideDecimals(a: DecimalParts, b: DecimalParts): DecimalParts {
  const negative = a.negative !== b.negative;
  if (a.kind === "nan" || b.kind === "nan") return { ...a, kind: "nan" };
  if (a.kind === "infinity") return b.kind === "infinity" ? { ...a, kind: "nan" } : { ...a, negative };
  if (b.kind === "infinity") return { kind: "finite", negative, coefficient: 0n, exponent: -BIAS };
  if (b.coefficient === 0n) return { ...a, kind: a.coefficient === 0n ? "nan" : "infinity", negative };
  const ideal = a.exponent - b.exponent;
  const shift = Math.max(0, MAX_DIGITS + 2 + digits(b.coefficient) - digits(a.coefficient));
  const scaled = a.coefficient * 10n ** BigInt(shift);
  let coefficient = scaled / b.coefficient;
  let exponent = ideal - shift;
  if (scaled % b.coefficient !== 0n) {
    coefficient = coefficient * 10n + 1n; // a sticky digit, so that rounding sees the rest
    exponent -= 1;
  } else {
    while (exponent < ideal && coefficient % 10n === 0n && coefficient !== 0n) {
      coefficient /= 10n;
      exponent += 1;
    }
    if (coefficient === 0n) exponent = ideal;
  }
  return { kind: "finite", negative, coefficient, exponent };
}

/** Truncated to an integer; undefined for NaN and infinities. */
export function truncateDecimal(value: DecimalParts): bigint | undefined {
  if (value.kind !== "finite") return undefined;
  const magnitude =
    value.exponent >= 0
      ? value.coefficient * 10n ** BigInt(value.exponent)
      : value.coefficient / 10n ** BigInt(-value.exponent);
  return value.negative ? -magnitude : magnitude;
}

export function decimalToDouble(value: DecimalParts): number {
  if (value.kind === "nan") return Number.NaN;
  const sign = value.negative ? -1 : 1;
  if (value.kind === "infinity") return sign * Number.POSITIVE_INFINITY;
  return sign * Number(`${value.coefficient}e${value.exponent}`);
}
