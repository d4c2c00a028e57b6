import { Binary, Double, Int32, Long, Timestamp } from "bson";
import { MongoError } from "../../errors.ts";
import type { BsonDocument, BsonValue } from "../../types.ts";
import { sizeOf } from "../../values/bson.ts";
import { compareValues } from "../../values/compare.ts";
import { copyDocument, deleteField, fieldNames, getField, setField } from "../../values/document.ts";
import { isTruthy } from "../../values/truth.ts";
import { isDocument, isNullish, typeName } from "../../values/types.ts";
import { ValueSet } from "../../values/value-set.ts";
import type { CompileOperator } from "./compiler.ts";
import { namedArguments, namedOperator, operator } from "./helpers.ts";

/** Later documents win; nullish ones are skipped. */
export function mergeObjects(docs: readonly BsonValue[]): BsonDocument {
  const out: BsonDocument = {};
  for (const doc of docs) {
    if (isNullish(doc)) continue;
    if (!isDocument(doc)) {
      throw new MongoError(
        40400,
        `$mergeObjects requires object inputs, but input ${JSON.stringify(doc)} is of type ${typeName(doc)}`,
      );
    }
    for (const name of fieldNames(doc)) setField(out, name, doc[name]);
  }
  return out;
}

const getFieldOperator: CompileOperator = (operand, compiler, name) => {
  const isLong = isDocument(operand) && !fieldNames(operand)[0]?.startsWith("$");
  const { field, input } = isLong
    ? namedArguments(operand, name, {
        notDocument: 3041701,
        unknown: 3041701,
        missing: 3041703,
        required: ["field"],
        optional: ["input"],
      })
    : { field: operand, input: undefined };
  const wanted = compiler.compile(field);
  const from = compiler.compile(
    input === undefined && !(isLong && "input" in (operand as BsonDocument)) ? "$$CURRENT" : input,
  );
  return (frame) => {
    const key = wanted(frame);
    if (typeof key !== "string") {
      throw new MongoError(3041704, `$getField requires 'field' to evaluate to type String, but got ${typeName(key)}`);
    }
    const doc = from(frame);
    if (isNullish(doc)) return doc === undefined ? undefined : null;
    return isDocument(doc) ? getField(doc, key) : undefined;
  };
};

function changeField({ field, input, value }: Record<string, BsonValue>, name: string): BsonValue {
  if (isNullish(input)) return null;
  if (!isDocument(input)) throw new MongoError(4161105, `${name} requires 'input' to evaluate to type Object`);
  if (typeof field !== "string") {
    throw new MongoError(4161107, `${name} requires 'field' to evaluate to type String, but got ${typeName(field)}`);
  }
  const out = copyDocument(input);
  if (value === undefined) {
    if (Object.hasOwn(out, field)) deleteField(out, field);
  } else setField(out, field, value);
  return out;
}

function setOf(name: string, code: number, values: BsonValue[]): BsonValue[][] | null {
  if (values.some(isNullish)) return null;
  for (const value of values) {
    if (!Array.isArray(value))
      throw new MongoError(code, `All operands of ${name} must be arrays. One argument is of type: ${typeName(value)}`);
  }
  return values as BsonValue[][];
}

function unique(list: readonly BsonValue[]): BsonValue[] {
  const sorted = [...list].sort((a, b) => compareValues(a, b));
  return sorted.filter((value, at) => at === 0 || compareValues(sorted[at - 1], value) !== 0);
}

/** Operators on documents, sets, timestamps and sizes. */
export const OBJECTS: Record<string, CompileOperator> = {
  $mergeObjects: operator(0, Number.POSITIVE_INFINITY, (args) =>
    mergeObjects(args.length === 1 && Array.isArray(args[0]) ? args[0] : args),
  ),
  $getField: getFieldOperator,
  $setField: namedOperator(
    { notDocument: 4161100, unknown: 4161101, missing: 4161102, required: ["field", "input", "value"], optional: [] },
    changeField,
  ),
  $unsetField: namedOperator(
    { notDocument: 4161100, unknown: 4161101, missing: 4161102, required: ["field", "input"], optional: [] },
    changeField,
  ),
  $setUnion: operator(0, Number.POSITIVE_INFINITY, (args) => {
    const sets = setOf("$setUnion", 17043, args);
    return sets && unique(sets.flat());
  }),
  $setIntersection: operator(0, Number.POSITIVE_INFINITY, (args) => {
    const sets = setOf("$setIntersection", 17047, args);
    if (!sets) return null;
    const [first = [], ...rest] = sets;
    const others = rest.map((set) => new ValueSet(set));
    return unique(first.filter((value) => others.every((set) => set.has(value))));
  }),
  $setDifference: operator(2, 2, (args) => {
    if (args.some(isNullish)) return null;
    const [a, b] = args;
    if (!Array.isArray(a))
      throw new MongoError(
        17048,
        `both operands of $setDifference must be arrays. First argument is of type: ${typeName(a)}`,
      );
    if (!Array.isArray(b))
      throw new MongoError(
        17049,
        `both operands of $setDifference must be arrays. Second argument is of type: ${typeName(b)}`,
      );
    const seen = new ValueSet(b);
    return a.filter((value) => seen.add(value));
  }),
  $setEquals: operator(2, Number.POSITIVE_INFINITY, (args) => {
    for (const arg of args) {
      if (!Array.isArray(arg))
        throw new MongoError(
          17044,
          `All operands of $setEquals must be arrays. One argument is of type: ${typeName(arg)}`,
        );
    }
    const [first, ...rest] = args as BsonValue[][];
    const wanted = unique(first ?? []);
    return rest.every((set) => compareValues(unique(set), wanted) === 0);
  }),
  $setIsSubset: operator(2, 2, ([a, b]) => {
    if (!Array.isArray(a))
      throw new MongoError(
        17046,
        `both operands of $setIsSubset must be arrays. First argument is of type: ${typeName(a)}`,
      );
    if (!Array.isArray(b))
      throw new MongoError(
        17042,
        `both operands of $setIsSubset must be arrays. Second argument is of type: ${typeName(b)}`,
      );
    const all = new ValueSet(b);
    return a.every((value) => all.has(value));
  }),
  $anyElementTrue: operator(1, 1, ([set]) => {
    if (!Array.isArray(set))
      throw new MongoError(17041, `$anyElementTrue's argument must be an array, but is ${typeName(set)}`);
    return set.some(isTruthy);
  }),
  $allElementsTrue: operator(1, 1, ([set]) => {
    if (!Array.isArray(set))
      throw new MongoError(17040, `$allElementsTrue's argument must be an array, but is ${typeName(set)}`);
    return set.every(isTruthy);
  }),
  $binarySize: operator(1, 1, ([value]) => {
    if (isNullish(value)) return null;
    if (typeof value === "string") return new Int32(Buffer.byteLength(value));
    if (value instanceof Binary) return new Int32(value.position);
    throw new MongoError(51276, `$binarySize requires a string or BinData argument, found: ${typeName(value)}`);
  }),
  $bsonSize: operator(1, 1, ([value]) => {
    if (isNullish(value)) return null;
    if (!isDocument(value))
      throw new MongoError(31393, `$bsonSize requires a document input, found: ${typeName(value)}`);
    return new Int32(sizeOf(value));
  }),
  $tsSecond: operator(1, 1, ([value]) => timestampPart("$tsSecond", value, 5687301, (stamp) => stamp.high >>> 0)),
  $tsIncrement: operator(1, 1, ([value]) => timestampPart("$tsIncrement", value, 5687302, (stamp) => stamp.low >>> 0)),
  $rand: (operand) => {
    const empty =
      (isDocument(operand) && fieldNames(operand).length === 0) || (Array.isArray(operand) && operand.length === 0);
    if (!empty) throw new MongoError(3040501, "$rand does not currently accept arguments");
    return () => new Double(Math.random());
  },
  $meta: (operand) => {
    throw new MongoError(
      40218,
      `query requires ${typeof operand === "string" ? operand : "text score"} metadata, but it is not available`,
    );
  },
  $function: unsupported("$function"),
  $accumulator: unsupported("$accumulator"),
};

function timestampPart(name: string, value: BsonValue, code: number, part: (stamp: Timestamp) => number): BsonValue {
  if (isNullish(value)) return null;
  if (!(value instanceof Timestamp))
    throw new MongoError(code, `${name} requires a timestamp argument, found: ${typeName(value)}`);
  return Long.fromNumber(part(value));
}

function unsupported(name: string): CompileOperator {
  return () => {
    throw new MongoError("CommandNotSupported", `${name} is not supported: there is no server-side JavaScript`);
  };
}
