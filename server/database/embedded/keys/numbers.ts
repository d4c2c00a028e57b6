import type { Decimal128 } from "bson";

/**
 * Numbers of all four types in one order: the nearest double (8 order-preserving bytes), then the residual to the exact value
 * in units of the double's last place (2 bytes, 14 fractional bits and a flag), then, where that is not exact, 7 more bytes.
 */
const view = new DataView(new ArrayBuffer(8));
const RESIDUAL_ZERO = 0x8000;
const RESIDUAL_BITS = 14n;
const TAIL_BITS = 56n;
const BEYOND_ABOVE = 0xffff;
const BEYOND_BELOW = 0x0001;

export interface ByteSink {
  byte(value: number): void;
  bytes(value: Uint8Array): void;
}

/** Int32, Double and safe integers: the value is the double itself. */
export function writeDouble(sink: ByteSink, value: number): void {
  writeDoubleBits(sink, value);
  writeResidual(sink, RESIDUAL_ZERO);
}

export function writeLong(sink: ByteSink, value: bigint): void {
  const nearest = Number(value);
  writeDoubleBits(sink, nearest);
  const difference = value - BigInt(nearest);
  // Beyond 2^53 the distance between doubles is a power of two of at most 2^11: the division leaves no rest.
  const exponent = difference === 0n ? 0 : parts(nearest)[1];
  const residual = Number((difference << RESIDUAL_BITS) >> BigInt(exponent));
  writeResidual(sink, residual * 2 + RESIDUAL_ZERO);
}

export function writeDecimal(sink: ByteSink, decimal: Decimal128): void {
  const text = decimal.toString();
  const nearest = Number(text);
  const { coefficient, exponent } = parseDecimal(text);
  if (coefficient === undefined || coefficient === 0n) writeDouble(sink, nearest);
  else if (Number.isFinite(nearest) && Math.abs(nearest) >= 2 ** -1022)
    writeDecimalNear(sink, nearest, coefficient, exponent);
  else writeBeyondDouble(sink, coefficient, exponent, Number.isFinite(nearest));
}

function writeDecimalNear(sink: ByteSink, nearest: number, coefficient: bigint, exponent: number): void {
  const [mantissa, power] = parts(nearest);
  const numerator = coefficient * 10n ** BigInt(Math.max(exponent, 0)) * 2n ** BigInt(Math.max(-power, 0));
  const denominator = 10n ** BigInt(Math.max(-exponent, 0)) * 2n ** BigInt(Math.max(power, 0));
  const scaled = (numerator - mantissa * denominator) << (RESIDUAL_BITS + TAIL_BITS);
  const residual = floorDivide(scaled, denominator);
  const high = residual >> TAIL_BITS;
  const low = residual & ((1n << TAIL_BITS) - 1n);
  const exact = low === 0n && residual * denominator === scaled;
  writeDoubleBits(sink, nearest);
  writeResidual(sink, Number(high) * 2 + RESIDUAL_ZERO + (exact ? 0 : 1));
  if (!exact) writeUnsigned(sink, low, 7, false);
}

/** Decimals too large or too small for a double: after the last or beside the zero double, by exponent and digits. */
function writeBeyondDouble(sink: ByteSink, coefficient: bigint, exponent: number, tiny: boolean): void {
  const negative = coefficient < 0n;
  const digits = (negative ? -coefficient : coefficient).toString();
  writeDoubleBits(sink, (negative ? -1 : 1) * (tiny ? 0 : Number.MAX_VALUE));
  writeResidual(sink, negative ? BEYOND_BELOW : BEYOND_ABOVE);
  writeUnsigned(sink, BigInt(exponent + digits.length + 10_000), 2, negative);
  writeUnsigned(sink, BigInt(digits.padEnd(34, "0")), 15, negative);
}

function writeDoubleBits(sink: ByteSink, value: number): void {
  if (Number.isNaN(value)) {
    for (let i = 0; i < 8; i++) sink.byte(0);
    return;
  }
  view.setFloat64(0, value === 0 ? 0 : value);
  const negative = view.getUint8(0) & 0x80;
  for (let i = 0; i < 8; i++) {
    const byte = view.getUint8(i);
    sink.byte(negative ? ~byte & 0xff : i === 0 ? byte | 0x80 : byte);
  }
}

function writeResidual(sink: ByteSink, value: number): void {
  sink.byte(value >> 8);
  sink.byte(value & 0xff);
}

function writeUnsigned(sink: ByteSink, value: bigint, length: number, inverted: boolean): void {
  for (let i = length - 1; i >= 0; i--) {
    const byte = Number((value >> BigInt(8 * i)) & 0xffn);
    sink.byte(inverted ? ~byte & 0xff : byte);
  }
}

/** A finite double as mantissa × 2^exponent, both integers. */
function parts(value: number): [mantissa: bigint, exponent: number] {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = biased === 0 ? fraction : fraction | 0x10000000000000n;
  return [bits >> 63n ? -magnitude : magnitude, Math.max(biased, 1) - 1075];
}

function parseDecimal(text: string): { coefficient?: bigint; exponent: number } {
  const match = /^(-?)(\d*)\.?(\d*)(?:E([+-]?\d+))?$/i.exec(text);
  if (!match) return { exponent: 0 };
  const [, sign, whole = "", fraction = "", power = "0"] = match;
  const magnitude = BigInt(whole + fraction || "0");
  return { coefficient: sign ? -magnitude : magnitude, exponent: Number(power) - fraction.length };
}

function floorDivide(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient;
}
