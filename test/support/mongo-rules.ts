import { Binary, BSONRegExp, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from "bson";

/**
 * MongoDB's rules read naively, over plain arrays and recursion: what the embedded database is compared with. It shares no code
 * with it and is meant to be obvious, not fast. Documents are plain objects with bson's number classes.
 */
export type Value = unknown;
export type Doc = { [name: string]: Value };

/** Stands for a field that is not there. */
export const MISSING = Symbol("missing");

const isDoc = (value: Value): value is Doc =>
  typeof value === "object" && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value));
const isNumber = (value: Value) =>
  [Int32.prototype, Double.prototype, Long.prototype, Decimal128.prototype].includes(
    Object.getPrototypeOf(value ?? false),
  );

function rank(value: Value): number {
  if (value === MISSING) return 0;
  if (value instanceof MinKey) return -1;
  if (value instanceof MaxKey) return 99;
  if (value === null) return 1;
  if (isNumber(value)) return 2;
  if (typeof value === "string") return 3;
  if (isDoc(value)) return 4;
  if (Array.isArray(value)) return 5;
  if (value instanceof Binary) return 6;
  if (value instanceof ObjectId) return 7;
  if (typeof value === "boolean") return 8;
  if (value instanceof Date) return 9;
  if (value instanceof Timestamp) return 10;
  if (value instanceof BSONRegExp) return 11;
  throw new Error(`the reference knows no order for ${value}`);
}

/** A number as a fraction of integers, or "NaN" or an infinity. */
function fraction(value: Value): "NaN" | 1 | -1 | { top: bigint; bottom: bigint } {
  const text = String(value instanceof Double ? value.value : value);
  if (text === "NaN") return "NaN";
  if (text.endsWith("Infinity")) return text.startsWith("-") ? -1 : 1;
  if (value instanceof Double) {
    let double = value.value;
    let bottom = 1n;
    while (!Number.isInteger(double)) {
      double *= 2;
      bottom *= 2n;
    }
    return { top: BigInt(double), bottom };
  }
  const [, sign, whole = "", rest = "", power = "0"] = /^(-?)(\d*)\.?(\d*)(?:E([+-]?\d+))?$/i.exec(text) as string[];
  const digits = BigInt(`${whole}${rest}` || "0") * (sign ? -1n : 1n);
  const exponent = Number(power) - rest.length;
  return exponent >= 0
    ? { top: digits * 10n ** BigInt(exponent), bottom: 1n }
    : { top: digits, bottom: 10n ** BigInt(-exponent) };
}

function compareNumbers(a: Value, b: Value): number {
  const [x, y] = [fraction(a), fraction(b)];
  if (x === "NaN" || y === "NaN") return x === y ? 0 : x === "NaN" ? -1 : 1;
  if (typeof x === "number" || typeof y === "number") {
    const level = (part: typeof x) => (typeof part === "number" ? part : 0);
    return level(x) - level(y);
  }
  const difference = x.top * y.bottom - y.top * x.bottom;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function compare(a: Value, b: Value): number {
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (isNumber(a)) return compareNumbers(a, b);
  if (typeof a === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b as string));
  if (typeof a === "boolean") return Number(a) - Number(b);
  if (a instanceof Date) return a.getTime() - (b as Date).getTime();
  if (a instanceof ObjectId)
    return a.toHexString() < (b as ObjectId).toHexString() ? -1 : Number(!a.equals(b as ObjectId));
  if (a instanceof Timestamp) return Math.sign(a.t - (b as Timestamp).t) || a.i - (b as Timestamp).i;
  if (a instanceof Binary) {
    const other = b as Binary;
    return a.length() - other.length() || a.sub_type - other.sub_type || Buffer.compare(a.value(), other.value());
  }
  if (a instanceof BSONRegExp) {
    const other = b as BSONRegExp;
    return compare(a.pattern, other.pattern) || compare(a.options, other.options);
  }
  if (Array.isArray(a))
    return compareLists(
      a.map((item) => ["", item]),
      (b as Value[]).map((item) => ["", item]),
    );
  if (isDoc(a)) return compareLists(Object.entries(a), Object.entries(b as Doc));
  return 0;
}

function compareLists(a: [string, Value][], b: [string, Value][]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [[nameA, x], [nameB, y]] = [a[i], b[i]] as [[string, Value], [string, Value]];
    const order = rank(x) - rank(y) || compare(nameA, nameB) || compare(x, y);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Every value that a query on the path looks at. */
function candidates(value: Value, path: string[], expand: boolean): Value[] {
  const [name, ...rest] = path;
  if (name === undefined) return expand && Array.isArray(value) ? [...value, value] : [value];
  if (isDoc(value)) return candidates(Object.hasOwn(value, name) ? value[name] : MISSING, rest, expand);
  if (!Array.isArray(value)) return [MISSING];
  return value.flatMap((element, index) => {
    const found = isDoc(element) ? candidates(element, path, expand) : [];
    if (String(index) !== name) return found;
    if (rest.length === 0) return [...found, element];
    return isDoc(element) || Array.isArray(element) ? [...found, ...candidates(element, rest, expand)] : found;
  });
}

const isNaNValue = (value: Value) => isNumber(value) && fraction(value) === "NaN";
const isNull = (value: Value) => value === null || value === MISSING;
const equal = (value: Value, wanted: Value) => (wanted === null ? isNull(value) : compare(value, wanted) === 0);

const RANGES: Record<string, (order: number) => boolean> = {
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
};

function inRange(name: string, value: Value, bound: Value): boolean {
  const accepts = RANGES[name] as (order: number) => boolean;
  const closed = accepts(0);
  if (bound === null) return closed && isNull(value);
  if (bound instanceof MinKey || bound instanceof MaxKey) {
    return rank(value) === rank(bound) ? closed : accepts(bound instanceof MinKey ? 1 : -1);
  }
  if (rank(value) !== rank(bound)) return false;
  if (isNaNValue(value) || isNaNValue(bound)) return closed && isNaNValue(value) && isNaNValue(bound);
  return accepts(compare(value, bound));
}

const NEGATED: Record<string, string> = { $ne: "$eq", $nin: "$in" };

const TYPE_TESTS: Record<string, (value: Value) => boolean> = {
  number: isNumber,
  string: (value) => typeof value === "string",
  null: (value) => value === null,
  array: Array.isArray,
  object: isDoc,
};

function holds(name: string, operand: Value, value: Value): boolean {
  switch (name) {
    case "$eq":
      return equal(value, operand);
    case "$in":
      return (operand as Value[]).some((wanted) => equal(value, wanted));
    case "$exists":
      return value !== MISSING;
    case "$type":
      return value !== MISSING && (TYPE_TESTS[operand as string] as (value: Value) => boolean)(value);
    case "$size":
      return Array.isArray(value) && value.length === (operand as Int32).value;
    case "$elemMatch":
      return Array.isArray(value) && value.some((element) => elementMatches(element, operand as Doc));
    default:
      return inRange(name, value, operand);
  }
}

function elementMatches(element: Value, condition: Doc): boolean {
  if (!Object.keys(condition)[0]?.startsWith("$")) {
    const doc = Array.isArray(element) ? Object.fromEntries(element.entries()) : element;
    return isDoc(doc) && matches(doc, condition);
  }
  return Object.entries(condition).every(([name, operand]) => {
    const positive = NEGATED[name];
    return positive ? !holds(positive, operand, element) : holds(name, operand, element);
  });
}

function conditionHolds(doc: Doc, path: string, name: string, operand: Value): boolean {
  const negated = NEGATED[name];
  if (negated) return !conditionHolds(doc, path, negated, operand);
  if (name === "$not")
    return !Object.entries(operand as Doc).every(([inner, value]) => conditionHolds(doc, path, inner, value));
  if (name === "$all") {
    return (
      (operand as Value[]).length > 0 &&
      (operand as Value[]).every((wanted) => conditionHolds(doc, path, "$eq", wanted))
    );
  }
  if (name === "$exists" && operand === false) return !conditionHolds(doc, path, "$exists", true);
  const expand = name !== "$size" && name !== "$elemMatch";
  return candidates(doc, path.split("."), expand).some((value) => holds(name, operand, value));
}

export function matches(doc: Doc, filter: Doc): boolean {
  return Object.entries(filter).every(([name, condition]) => {
    const branches = condition as Doc[];
    if (name === "$and") return branches.every((branch) => matches(doc, branch));
    if (name === "$or") return branches.some((branch) => matches(doc, branch));
    if (name === "$nor") return !branches.some((branch) => matches(doc, branch));
    const isOperators = isDoc(condition) && Object.keys(condition)[0]?.startsWith("$");
    if (!isOperators) return conditionHolds(doc, name, "$eq", condition);
    return Object.entries(condition as Doc).every(([operator, operand]) =>
      conditionHolds(doc, name, operator, operand),
    );
  });
}

/** The values of which a sort takes the least or the greatest. An empty array is less than null. */
function sortCandidates(value: Value, path: string[]): Value[] {
  const [name, ...rest] = path;
  if (name === undefined) {
    if (!Array.isArray(value)) return [value === MISSING ? null : value];
    return value.length === 0 ? [MISSING] : value;
  }
  if (isDoc(value)) return sortCandidates(Object.hasOwn(value, name) ? value[name] : MISSING, rest);
  if (!Array.isArray(value) || value.length === 0) return [null];
  return value.flatMap((element) => (isDoc(element) ? sortCandidates(element, path) : [null]));
}

/** Whether the way to a field goes through an array, or ends in one. */
export function meetsArray(value: Value, [name, ...rest]: string[]): boolean {
  if (Array.isArray(value)) return true;
  if (name === undefined || !isDoc(value)) return false;
  return Object.hasOwn(value, name) && meetsArray(value[name], rest);
}

/** For documents that meet an array on the way to one of the fields at most: with more, fields of one element stay together. */
export function compareBySort(spec: Record<string, 1 | -1>): (a: Doc, b: Doc) => number {
  return (a, b) => {
    for (const [path, direction] of Object.entries(spec)) {
      const [x, y] = [a, b].map((doc) =>
        sortCandidates(doc, path.split("."))
          .toSorted(compare)
          .at(direction > 0 ? 0 : -1),
      );
      const order = compare(x, y) * direction;
      if (order !== 0) return order;
    }
    return 0;
  };
}

/** Thrown where MongoDB refuses an update. */
export class Refused extends Error {}

/** Applies operators on whole-field and dotted paths that enter no array. Fields are taken in the order of their names. */
export function update(doc: Doc, operators: Record<string, Doc>): Doc {
  const result = structuredCopy(doc) as Doc;
  const steps = Object.entries(operators).flatMap(([name, fields]) =>
    Object.entries(fields).map(([path, operand]): [string, string, Value] => [path, name, operand]),
  );
  steps.sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [path, name, operand] of steps) updatePath(result, path.split("."), name, operand);
  return result;
}

function structuredCopy(value: Value): Value {
  if (Array.isArray(value)) return value.map(structuredCopy);
  if (!isDoc(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, structuredCopy(inner)]));
}

const MAKES_FIELDS = new Set(["$set", "$inc", "$min", "$max", "$push", "$addToSet"]);

function updatePath(doc: Doc, [name, ...rest]: string[], operator: string, operand: Value): void {
  if (name === undefined) return;
  const current = Object.hasOwn(doc, name) ? doc[name] : MISSING;
  if (rest.length === 0) {
    const next = updated(current, operator, operand);
    if (next === MISSING) delete doc[name];
    else doc[name] = next;
  } else if (isDoc(current)) updatePath(current, rest, operator, operand);
  else if (current === MISSING) {
    if (!MAKES_FIELDS.has(operator)) return;
    const made: Doc = {};
    updatePath(made, rest, operator, operand);
    doc[name] = made;
  } else if (operator !== "$unset") throw new Refused(`no way through ${name}`);
}

function updated(current: Value, operator: string, operand: Value): Value {
  switch (operator) {
    case "$set":
      return operand;
    case "$unset":
      return MISSING;
    case "$min":
      return current === MISSING || compare(operand, current) < 0 ? operand : current;
    case "$max":
      return current === MISSING || compare(operand, current) > 0 ? operand : current;
    case "$inc":
      if (current === MISSING) return operand;
      if (!(current instanceof Int32)) throw new Refused("the reference adds to Int32 alone");
      return new Int32(current.value + (operand as Int32).value);
  }
  if (current === MISSING && !MAKES_FIELDS.has(operator)) return MISSING;
  if (current !== MISSING && !Array.isArray(current)) throw new Refused(`${operator} needs an array`);
  const list = current === MISSING ? [] : (current as Value[]);
  switch (operator) {
    case "$push":
      return [...list, operand];
    case "$addToSet":
      return list.some((item) => compare(item, operand) === 0) ? list : [...list, operand];
    case "$pop":
      return (operand as Int32).value > 0 ? list.slice(0, -1) : list.slice(1);
    default: // $pullAll
      return list.filter((item) => !(operand as Value[]).some((wanted) => compare(item, wanted) === 0));
  }
}
