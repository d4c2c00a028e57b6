import type { BSONRegExp } from "bson";
import { encodeStringPrefix, encodeValue, inverted, KeyType, successor } from "../keys/encode.ts";
import { BsonUndefined, type BsonValue, type Collation } from "../types.ts";
import { isNaNValue } from "../values/numbers.ts";
import { isDocument, isNumber, Type, typeOf } from "../values/types.ts";
import type { Condition } from "./conditions.ts";

/** Keys of one ascending field, from `lo` up to but not including `hi`. A point holds one value's key. */
export interface Interval {
  lo: Buffer;
  hi: Buffer;
  point: boolean;
}

/** Where a field's keys must lie, in ascending order without overlap. `exact`: every key in there passes the condition. */
export interface Bounds {
  intervals: Interval[];
  exact: boolean;
}

/** What bounds depend on besides the condition. */
export interface FieldTraits {
  multikey: boolean;
  sparse: boolean;
  collation: Collation | undefined;
}

export const everything: Interval = { lo: Buffer.from([0x00]), hi: Buffer.from([0xff]), point: false };

/** The bounds that a condition gives an index field; undefined where it gives none. */
export function boundsOf(condition: Condition, traits: FieldTraits): Bounds | undefined {
  const make = Object.hasOwn(operators, condition.operator) ? operators[condition.operator] : undefined;
  const bounds = make?.(condition.operand, traits);
  return bounds && { intervals: bounds.intervals, exact: bounds.exact && condition.whole };
}

type MakeBounds = (operand: BsonValue, traits: FieldTraits) => Bounds | undefined;

const operators: Record<string, MakeBounds> = {
  $eq: equal,
  $in: (operand, traits) => (Array.isArray(operand) ? union(operand, traits) : undefined),
  $gt: (operand, traits) => range(operand, traits, (key, [, end]) => [successor(key), end]),
  $gte: (operand, traits) => range(operand, traits, (key, [, end]) => [key, end]),
  $lt: (operand, traits) => range(operand, traits, (key, [start]) => [start, key]),
  $lte: (operand, traits) => range(operand, traits, (key, [start]) => [start, successor(key)]),
  $regex: regex,
  $exists: (operand, { sparse }) => {
    const wanted = operand !== false && operand !== null && !(isNumber(operand) && encodeValue(operand).equals(zero));
    if (wanted) return sparse ? { intervals: [everything], exact: false } : undefined;
    return sparse ? undefined : { intervals: [point(null)], exact: false };
  },
  $ne: (operand, traits) => complement([operand], traits),
  $nin: (operand, traits) => (Array.isArray(operand) ? complement(operand, traits) : undefined),
};

const zero = encodeValue(0);
const nan = encodeValue(Number.NaN);
const emptyArray = new BsonUndefined();

function point(value: BsonValue, collation?: Collation): Interval {
  const lo = encodeValue(value, collation);
  return { lo, hi: successor(lo), point: true };
}

function equal(operand: BsonValue, { collation, sparse }: FieldTraits): Bounds | undefined {
  const type = typeOf(operand);
  if (type === Type.regex) return { intervals: sorted([point(operand)]), exact: false };
  // null also matches what is missing, which a sparse index lacks; an empty array has the key of undefined.
  if (type === Type.null && sparse) return undefined;
  if (type === Type.null) return { intervals: sorted([point(null), point(emptyArray)]), exact: false };
  if (type === Type.undefined || type === Type.missing) return undefined;
  if (Array.isArray(operand)) {
    // Equal to the whole array, or to one of its elements.
    const first = operand.length > 0 ? (operand[0] as BsonValue) : emptyArray;
    return { intervals: sorted([point(first, collation), point(operand, collation)]), exact: false };
  }
  return { intervals: [point(operand, collation)], exact: true };
}

function union(operands: BsonValue[], traits: FieldTraits): Bounds | undefined {
  const parts: Bounds[] = [];
  for (const operand of operands) {
    const part = typeOf(operand) === Type.regex ? regex(operand, traits) : equal(operand, traits);
    if (!part) return undefined;
    parts.push(part);
  }
  return { intervals: sorted(parts.flatMap((part) => part.intervals)), exact: parts.every((part) => part.exact) };
}

/** Comparisons look at values of the operand's type alone. */
function range(
  operand: BsonValue,
  { collation }: FieldTraits,
  cut: (key: Buffer, type: [start: Buffer, end: Buffer]) => [Buffer, Buffer],
): Bounds | undefined {
  const type = typeOf(operand);
  if (isNaNValue(operand) || unbounded.has(type)) return undefined;
  const key = encodeValue(operand);
  const first = key[0] as number;
  const start = first === KeyType.number ? successor(nan) : Buffer.from([first]);
  const end = Buffer.from([first + 1]);
  // A collation's keys tell what is equal, not what is less.
  if (collation && (type === Type.string || type === Type.symbol))
    return { intervals: [{ lo: start, hi: end, point: false }], exact: false };
  const [lo, hi] = cut(key, [start, end]);
  return { intervals: Buffer.compare(lo, hi) < 0 ? [{ lo, hi, point: false }] : [], exact: true };
}

/** Operands whose comparison does not follow the index's order closely enough. */
const unbounded = new Set<number>([
  Type.null,
  Type.undefined,
  Type.missing,
  Type.array,
  Type.object,
  Type.minKey,
  Type.maxKey,
  Type.regex,
  Type.javascriptWithScope,
  Type.dbPointer,
]);

function regex(operand: BsonValue, { collation }: FieldTraits): Bounds | undefined {
  const [pattern, options] = Array.isArray(operand) ? operand : [operand, undefined];
  const source = typeof pattern === "string" ? pattern : regexParts(pattern).pattern;
  const flags = typeof options === "string" ? options : typeof pattern === "string" ? "" : regexParts(pattern).options;
  const prefix = collation ? "" : literalPrefix(source, flags);
  const lo = encodeStringPrefix(prefix);
  const strings = { lo, hi: successor(lo), point: false };
  // A stored regular expression equal to the pattern matches too.
  const expressions = { lo: Buffer.from([KeyType.regex]), hi: Buffer.from([KeyType.regex + 1]), point: false };
  return { intervals: [strings, expressions], exact: false };
}

function regexParts(value: BsonValue): { pattern: string; options: string } {
  if (value instanceof RegExp) return { pattern: value.source, options: value.flags };
  const { pattern = "", options = "" } = (value ?? {}) as Partial<BSONRegExp>;
  return { pattern, options };
}

/** The text every match starts with: `^abc` gives "abc"; nothing where a flag or an alternative makes that unsure. */
function literalPrefix(pattern: string, flags: string): string {
  const anchor = /^(?:\^|\\A)/.exec(pattern);
  if (!anchor || /[imx]/.test(flags) || pattern.includes("|")) return "";
  let prefix = "";
  let at = anchor[0].length;
  while (at < pattern.length) {
    let char = pattern[at] as string;
    let next = at + 1;
    if (char === "\\") {
      char = pattern[next] as string;
      if (char === undefined || /[a-zA-Z0-9]/.test(char)) break;
      next++;
    } else if (/[.^$*+?()[\]{}|]/.test(char)) break;
    // A quantifier may make the character before it optional.
    if (/[*?{]/.test(pattern[next] ?? "")) break;
    prefix += char;
    at = next;
    if (pattern[at] === "+") break;
  }
  return prefix;
}

/**
 * All but these. With several keys per document, another key may still be one of these; and an array or a pattern has
 * keys within its bounds that it does not match.
 */
function complement(operands: BsonValue[], traits: FieldTraits): Bounds | undefined {
  if (traits.multikey || traits.sparse) return undefined;
  if (operands.some((operand) => Array.isArray(operand) || typeOf(operand) === Type.regex)) return undefined;
  const bounds = union(operands, traits);
  if (!bounds) return undefined;
  const intervals: Interval[] = [];
  let from = everything.lo;
  for (const { lo, hi } of bounds.intervals) {
    if (Buffer.compare(from, lo) < 0) intervals.push({ lo: from, hi: lo, point: false });
    from = hi;
  }
  intervals.push({ lo: from, hi: everything.hi, point: false });
  return { intervals, exact: false };
}

/** Ascending and without overlap. */
function sorted(intervals: Interval[]): Interval[] {
  intervals.sort((a, b) => Buffer.compare(a.lo, b.lo));
  const merged: Interval[] = [];
  for (const interval of intervals) {
    const last = merged.at(-1);
    if (last && Buffer.compare(interval.lo, last.hi) < 0) {
      if (Buffer.compare(interval.hi, last.hi) > 0) last.hi = interval.hi;
      if (!interval.point) last.point = false;
    } else merged.push({ ...interval });
  }
  return merged;
}

export function intersect(a: Bounds, b: Bounds): Bounds {
  const intervals: Interval[] = [];
  for (const x of a.intervals) {
    for (const y of b.intervals) {
      const lo = Buffer.compare(x.lo, y.lo) > 0 ? x.lo : y.lo;
      const hi = Buffer.compare(x.hi, y.hi) < 0 ? x.hi : y.hi;
      if (Buffer.compare(lo, hi) < 0) intervals.push({ lo, hi, point: x.point || y.point });
    }
  }
  return { intervals, exact: a.exact && b.exact };
}

/** The same keys in a descending field. */
export function descending(intervals: Interval[]): Interval[] {
  return intervals
    .map(({ lo, hi, point }) => {
      const own = inverted(lo);
      // A point's low end is its whole key; from behind the next key it would come out shorter, and be that of others too.
      return { lo: point ? own : successor(inverted(hi)), hi: successor(own), point };
    })
    .reverse();
}

/** Whether a value's place in an index depends on the collation. */
export function hasText(value: BsonValue): boolean {
  const type = typeOf(value);
  if (type === Type.string || type === Type.symbol || type === Type.regex) return true;
  if (Array.isArray(value)) return value.some(hasText);
  return isDocument(value) && Object.values(value).some(hasText);
}
