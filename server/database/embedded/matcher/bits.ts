import { Binary } from "bson";
import { MongoError } from "../errors.ts";
import type { BsonValue } from "../types.ts";
import { toDouble, toExactInteger } from "../values/numbers.ts";
import { isNumber } from "../values/types.ts";

const LONG_LIMIT = 2n ** 63n;

/** What each operator asks of the bits its mask names: all or any of them, set or clear. */
const KINDS: Record<string, { all: boolean; set: boolean }> = {
  $bitsAllSet: { all: true, set: true },
  $bitsAllClear: { all: true, set: false },
  $bitsAnySet: { all: false, set: true },
  $bitsAnyClear: { all: false, set: false },
};

/** $bits…: positions from a list, a number or binary data; numbers are two's complement, sign-extended without end. */
export function bitTest(name: string, operand: BsonValue, field: string): (value: BsonValue) => boolean {
  const positions = positionsOf(name, operand, field);
  const { all, set } = KINDS[name] as { all: boolean; set: boolean };
  return (value) => {
    const bit = bitReader(value);
    if (!bit) return false;
    return all ? positions.every((at) => bit(at) === set) : positions.some((at) => bit(at) === set);
  };
}

function bitReader(value: BsonValue): ((at: number) => boolean) | undefined {
  if (value instanceof Binary) return (at) => binaryBit(value, at);
  if (!isNumber(value)) return undefined;
  const integer = toExactInteger(value);
  if (integer === undefined || integer >= LONG_LIMIT || integer < -LONG_LIMIT) return undefined;
  return (at) => ((integer >> BigInt(Math.min(at, 63))) & 1n) === 1n;
}

function binaryBit(value: Binary, at: number): boolean {
  const byte = at >> 3;
  return byte < value.position && (((value.buffer[byte] as number) >> (at & 7)) & 1) === 1;
}

function positionsOf(name: string, operand: BsonValue, field: string): number[] {
  if (Array.isArray(operand)) return operand.map((item) => position(item));
  if (operand instanceof Binary) {
    return Array.from({ length: operand.position * 8 }, (_, at) => at).filter((at) => binaryBit(operand, at));
  }
  if (!isNumber(operand)) {
    throw new MongoError("BadValue", `${field} takes an Array, a number, or a BinData but received: ${name}`);
  }
  const mask = toExactInteger(operand);
  if (mask === undefined || mask >= LONG_LIMIT) {
    throw new MongoError("FailedToParse", `Expected an integer: ${name}: ${toDouble(operand)}`);
  }
  if (mask < 0n) throw new MongoError("FailedToParse", `Expected a non-negative number in: ${name}: ${mask}`);
  return Array.from({ length: 64 }, (_, at) => at).filter((at) => ((mask >> BigInt(at)) & 1n) === 1n);
}

function position(item: BsonValue): number {
  const at = isNumber(item) ? toExactInteger(item) : undefined;
  if (at === undefined) {
    throw new MongoError("BadValue", "bit positions must be an integer");
  }
  if (at < 0n) throw new MongoError("BadValue", "bit positions must be >= 0");
  return Number(at);
}
