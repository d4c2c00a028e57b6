import { MongoError } from "../errors.ts";
import type { BsonValue } from "../types.ts";
import { toDouble, toExactInteger } from "../values/numbers.ts";
import { textOfValue } from "../values/text.ts";
import { isDocument, isNumber, typeName } from "../values/types.ts";
import { addUnits, isUnit, type Unit } from "./expression/date-units.ts";
import { UTC } from "./expression/zones.ts";

/** Which documents of a partition a window covers for the one at `at`: those from `from` up to, without, `to`. */
export interface Window {
  /** `values` are the partition's sort values, read by ranges alone. */
  frame(at: number, values: readonly BsonValue[]): { from: number; to: number };
  /** It begins at the first document, so it only grows as `at` does. */
  readonly grows: boolean;
  /** It is the same for every document. */
  readonly whole: boolean;
}

const UNBOUNDED = { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY };

/** Reads `window: {documents | range, unit}`; without one a window covers the whole partition. */
export function compileWindow(spec: BsonValue): Window {
  if (spec === undefined) return documentWindow(UNBOUNDED);
  if (!isDocument(spec)) throw bad("'window' field must be an object");
  const { documents, range, unit } = spec;
  for (const field of Object.keys(spec))
    if (!["documents", "range", "unit"].includes(field))
      throw bad(
        "'window' field can only contain 'documents' as the only argument or 'range' with an optional 'unit' field",
      );
  if (documents !== undefined && range !== undefined)
    throw bad("Window bounds can specify either 'documents' or 'unit', not both.");
  if (range !== undefined) return rangeWindow(boundsOf(range, false), readUnit(unit));
  if (unit !== undefined) throw bad("Window bounds can only specify 'unit' with range-based bounds.");
  return documentWindow(documents === undefined ? UNBOUNDED : boundsOf(documents, true));
}

const bad = (text: string) => new MongoError("FailedToParse", text);

/** The unit of a range or a rate; undefined where none is given. */
export function readUnit(unit: BsonValue): Unit | undefined {
  if (unit === undefined) return undefined;
  if (typeof unit !== "string" || !isUnit(unit)) throw bad(`unknown time unit value: ${textOfValue(unit)}`);
  return unit;
}

interface Bounds {
  lower: number;
  upper: number;
}

function boundsOf(bounds: BsonValue, whole: boolean): Bounds {
  if (!Array.isArray(bounds) || bounds.length !== 2)
    throw bad(`Window bounds must be a 2-element array: ${textOfValue(bounds)}`);
  const [lower, upper] = bounds.map((bound, side) => {
    if (bound === "unbounded") return side === 0 ? UNBOUNDED.lower : UNBOUNDED.upper;
    if (bound === "current") return 0;
    if (!isNumber(bound) || (whole && toExactInteger(bound) === undefined))
      throw bad(
        `${whole ? "Numeric document-based bounds must be an integer" : "Range-based bounds expression must be a number"}, but found: ${textOfValue(bound)}`,
      );
    return toDouble(bound);
  }) as [number, number];
  if (lower > upper) throw new MongoError(5339900, `Lower bound must not exceed upper bound: ${textOfValue(bounds)}`);
  return { lower, upper };
}

function documentWindow({ lower, upper }: Bounds): Window {
  return {
    grows: lower === UNBOUNDED.lower,
    whole: lower === UNBOUNDED.lower && upper === UNBOUNDED.upper,
    frame: (at, { length }) => ({
      from: Math.min(length, Math.max(0, at + lower)),
      to: Math.max(0, Math.min(length, at + upper + 1)),
    }),
  };
}

/** Documents whose sort value lies so far around this one's: numbers, or dates by a unit. */
function rangeWindow({ lower, upper }: Bounds, unit: Unit | undefined): Window {
  return {
    grows: lower === UNBOUNDED.lower,
    whole: lower === UNBOUNDED.lower && upper === UNBOUNDED.upper,
    frame(at, values) {
      const own = sortNumber(values[at], unit);
      const limit = (offset: number) => {
        if (!Number.isFinite(offset)) return offset;
        return unit ? addUnits(own, unit, offset, UTC) : own + offset;
      };
      const [least, most] = [limit(lower), limit(upper)];
      return {
        from: firstWhere(values.length, (i) => sortNumber(values[i], unit) >= least),
        to: firstWhere(values.length, (i) => sortNumber(values[i], unit) > most),
      };
    },
  };
}

/** The value a range counts from: a number, or with a unit the milliseconds of a date. */
export function sortNumber(value: BsonValue, unit: Unit | undefined): number {
  if (unit ? value instanceof Date : isNumber(value))
    return value instanceof Date ? value.getTime() : toDouble(value as never);
  throw unit
    ? new MongoError(5429513, `Invalid range: Expected the sortBy field to be a Date, but it was ${typeName(value)}`)
    : new MongoError(5429414, `Invalid range: Expected the sortBy field to be a number, but it was ${typeName(value)}`);
}

/** The first index for which a test that stays true once it is true holds. */
function firstWhere(length: number, holds: (at: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
