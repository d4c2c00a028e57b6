import { Int32 } from "bson";
import { MongoError } from "../errors.ts";
import type { BsonDocument, BsonValue, Collation } from "../types.ts";
import { compareValues } from "../values/compare.ts";
import { fieldNames, setField } from "../values/document.ts";
import { hashKey } from "../values/key.ts";
import { toExactInteger } from "../values/numbers.ts";
import { compileSortKeys } from "../values/sort.ts";
import { isDocument, isNumber, typeName } from "../values/types.ts";
import {
  ACCUMULATORS,
  ACCUMULATORS_OF_N,
  type Accumulator,
  Least,
  percentileAccumulator,
  Sum,
} from "./accumulators.ts";
import { type Compiler, createCompiler, type Expression, type Frame } from "./expression/index.ts";
import { SortBuffer } from "./sort-buffer.ts";
import { sortStage } from "./sort-stage.ts";
import type { CompileStage } from "./stage.ts";
import { drain, inBatches } from "./streams.ts";

/** One output field of a group: makes an accumulator, and feeds it a document. */
interface GroupField {
  name: string;
  create(frame: Frame): Accumulator;
  value: Expression;
}

interface Group {
  id: BsonValue;
  accumulators: Accumulator[];
}

const group: CompileStage = (operand, { context, breath, needs }) => {
  if (!isDocument(operand)) throw new MongoError(15947, "a group's fields must be specified in an object");
  if (!("_id" in operand)) throw new MongoError(15955, "a group specification must include an _id");
  const compiler = createCompiler(context, needs);
  const id = compiler.compile(operand._id);
  const fields = fieldNames(operand)
    .filter((name) => name !== "_id")
    .map((name) => groupField(name, operand[name], compiler));
  return async function* (input) {
    const groups = new Grouping(fields, context.collation);
    const frame: Frame = { root: undefined, current: undefined, slots: [] };
    await drain(input, breath, (doc) => {
      frame.root = doc;
      frame.current = doc;
      groups.add(id(frame) ?? null, frame);
    });
    yield* inBatches(groups.documents());
  };
};

/** The groups met so far, by the key of their _id. */
class Grouping {
  readonly #fields: GroupField[];
  readonly #collation: Collation | undefined;
  readonly #groups = new Map<string, Group>();

  constructor(fields: GroupField[], collation: Collation | undefined) {
    this.#fields = fields;
    this.#collation = collation;
  }

  add(id: BsonValue, frame: Frame): void {
    const key = hashKey(id, this.#collation);
    let found = this.#groups.get(key);
    if (!found) {
      found = { id, accumulators: this.#fields.map((field) => field.create(frame)) };
      this.#groups.set(key, found);
    }
    for (const [at, field] of this.#fields.entries()) (found.accumulators[at] as Accumulator).add(field.value(frame));
  }

  *documents(): Generator<BsonDocument> {
    for (const { id, accumulators } of this.#groups.values()) {
      const doc: BsonDocument = { _id: id };
      for (const [at, { name }] of this.#fields.entries())
        setField(doc, name, (accumulators[at] as Accumulator).result());
      yield doc;
    }
  }
}

function groupField(name: string, spec: BsonValue, compiler: Compiler): GroupField {
  if (name.includes(".")) throw new MongoError(40235, `The field name '${name}' cannot contain '.'`);
  if (name.startsWith("$")) throw new MongoError(40236, `The field name '${name}' cannot be an operator name`);
  if (!isDocument(spec)) throw new MongoError(40234, `The field '${name}' must be an accumulator object`);
  const operators = fieldNames(spec);
  const [operator] = operators;
  if (operators.length !== 1 || operator === undefined) {
    throw new MongoError(40238, `The field '${name}' must specify one accumulator`);
  }
  return { name, ...accumulatorOf(operator, spec[operator], compiler) };
}

/** Compiles `{$sum: expression}` and its kin, or throws what `unknown` makes of the name. */
export function accumulatorOf(
  operator: string,
  operand: BsonValue,
  compiler: Compiler,
  unknown = (name: string) => new MongoError(15952, `unknown group operator '${name}'`),
): Omit<GroupField, "name"> {
  const { collation } = compiler.context;
  const plain = Object.hasOwn(ACCUMULATORS, operator) ? ACCUMULATORS[operator] : undefined;
  if (plain) {
    if (Array.isArray(operand) && operand.length !== 1) {
      throw new MongoError(40237, `The ${operator} accumulator is a unary operator`);
    }
    return { create: () => plain(collation), value: compiler.compile(Array.isArray(operand) ? operand[0] : operand) };
  }
  const ofN = Object.hasOwn(ACCUMULATORS_OF_N, operator) ? ACCUMULATORS_OF_N[operator] : undefined;
  if (ofN) {
    const { input, n } = inputAndN(operator, operand);
    const count = compiler.compile(n);
    return { create: (frame) => ofN(countOfN(count(frame)), collation), value: compiler.compile(input) };
  }
  switch (operator) {
    case "$count":
      if (!isDocument(operand) || fieldNames(operand).length > 0) {
        throw new MongoError("TypeMismatch", "$count takes no arguments, i.e. $count:{}");
      }
      return { create: () => new Sum(), value: () => new Int32(1) };
    case "$top":
    case "$bottom":
    case "$topN":
    case "$bottomN":
      return topOrBottom(operator, operand, compiler);
    case "$median":
    case "$percentile": {
      if (!isDocument(operand)) throw new MongoError(7436100, `${operator} specification must be an object`);
      const wanted = operator === "$median" ? undefined : compiler.compile(operand.p);
      return {
        create: (frame) => percentileAccumulator(wanted && (wanted(frame) as BsonValue[])),
        value: compiler.compile(operand.input),
      };
    }
    case "$accumulator":
      throw new MongoError("CommandNotSupported", "$accumulator is not supported: there is no server-side JavaScript");
    default:
      throw unknown(operator);
  }
}

function inputAndN(operator: string, operand: BsonValue): { input: BsonValue; n: BsonValue } {
  if (!isDocument(operand))
    throw new MongoError(5787900, `specification must be an object; found ${operator}: ${typeName(operand)}`);
  const unknown = fieldNames(operand).find((name) => name !== "input" && name !== "n");
  if (unknown !== undefined) throw new MongoError(5787901, `Unknown argument for 'n' operator: ${unknown}`);
  if (!("n" in operand)) throw new MongoError(5787906, "Missing value for 'n'");
  if (!("input" in operand)) throw new MongoError(5787907, "Missing value for 'input'");
  return { input: operand.input, n: operand.n };
}

function countOfN(value: BsonValue): number {
  const exact = isNumber(value) ? toExactInteger(value) : undefined;
  if (exact === undefined)
    throw new MongoError(5787902, `Value for 'n' must be of integral type, but found ${typeName(value)}`);
  if (exact <= 0n) throw new MongoError(5787908, `'n' must be greater than 0, found ${exact}`);
  return Number(exact);
}

/** {$topN: {sortBy, output, n}}: the outputs of the first documents in an order of their own. */
function topOrBottom(operator: string, operand: BsonValue, compiler: Compiler): Omit<GroupField, "name"> {
  if (!isDocument(operand)) throw new MongoError(5788001, `specification must be an object; found ${operator}`);
  const { sortBy, output, n } = operand;
  if (!isDocument(sortBy)) throw new MongoError(5788005, `Missing or wrong value for 'sortBy' in ${operator}`);
  if (!("output" in operand)) throw new MongoError(5788004, "Missing value for 'output'");
  const single = !operator.endsWith("N");
  if (single && n !== undefined) throw new MongoError(5788002, `Unknown argument to ${operator} 'n'`);
  if (!single && n === undefined) throw new MongoError(5788003, "Missing value for 'n'");
  const direction = operator.startsWith("$top") ? 1 : -1;
  const { keyOf, compareKeys } = compileSortKeys(sortBy, compiler.context.collation);
  const compare = (a: BsonDocument, b: BsonDocument) =>
    compareKeys(keyOf(a.doc as BsonDocument), keyOf(b.doc as BsonDocument)) * direction;
  const value = compiler.compile(output);
  compiler.needs.all();
  const count = single ? () => new Int32(1) : compiler.compile(n);
  return {
    create: (frame) => {
      const least = new Least<BsonDocument>(countOfN(count(frame)), compare);
      return {
        add: (entry) => least.add(entry as BsonDocument),
        result: () => {
          const values = least.result().map((entry) => entry.output ?? null);
          if (direction < 0) values.reverse();
          return single ? (values[0] ?? null) : values;
        },
      };
    },
    value: (frame) => ({ doc: frame.root, output: value(frame) ?? null }),
  };
}

const sortByCount: CompileStage = (operand, context, name) => {
  const expression =
    (typeof operand === "string" && operand.startsWith("$")) ||
    (isDocument(operand) && fieldNames(operand)[0]?.startsWith("$"));
  if (!expression) {
    throw new MongoError(
      40149,
      "the sortByCount field must be defined as a $-prefixed path or an expression inside an object",
    );
  }
  const counted = group({ _id: operand, count: { $sum: new Int32(1) } }, context, name);
  const sorted = sortStage({ count: new Int32(-1) }, context, name);
  return (input) => sorted(counted(input));
};

const DEFAULT_OUTPUT: BsonDocument = { count: { $sum: new Int32(1) } };

function bucketFields(output: BsonValue, compiler: Compiler): GroupField[] {
  const spec = output ?? DEFAULT_OUTPUT;
  if (!isDocument(spec))
    throw new MongoError(40196, `The $bucket 'output' field must be an object, but found type: ${typeName(output)}`);
  return fieldNames(spec).map((name) => groupField(name, spec[name], compiler));
}

const bucket: CompileStage = (operand, { context, breath, needs }) => {
  if (!isDocument(operand))
    throw new MongoError(40201, `Argument to $bucket stage must be an object, but found type: ${typeName(operand)}.`);
  const unknown = fieldNames(operand).find((name) => !["groupBy", "boundaries", "default", "output"].includes(name));
  if (unknown !== undefined) throw new MongoError(40197, `Unrecognized option to $bucket: ${unknown}.`);
  const { groupBy, boundaries, default: fallback, output } = operand;
  if (groupBy === undefined || boundaries === undefined)
    throw new MongoError(40198, "$bucket requires 'groupBy' and 'boundaries' to be specified.");
  if (!Array.isArray(boundaries))
    throw new MongoError(
      40200,
      `The $bucket 'boundaries' field must be an array, but found type: ${typeName(boundaries)}.`,
    );
  if (boundaries.length < 2)
    throw new MongoError(
      40192,
      `The $bucket 'boundaries' field must have at least 2 values, but found ${boundaries.length} value(s).`,
    );
  const { collation } = context;
  const compiler = createCompiler(context, needs);
  const limits = boundaries.map((limit) => compiler.compile(limit)({ root: {}, current: {}, slots: [] }));
  for (let i = 1; i < limits.length; i++) {
    if (compareValues(limits[i - 1], limits[i], collation) >= 0) {
      throw new MongoError(
        40194,
        `The 'boundaries' option to $bucket must be sorted, but elements ${i - 1} and ${i} are not in ascending order.`,
      );
    }
  }
  const value = compiler.compile(groupBy);
  const fields = bucketFields(output, compiler);
  return async function* (input) {
    const groups = new Grouping(fields, collation);
    const frame: Frame = { root: undefined, current: undefined, slots: [] };
    await drain(input, breath, (doc) => {
      frame.root = doc;
      frame.current = doc;
      const key = value(frame) ?? null;
      let at = limits.length - 1;
      while (at >= 0 && compareValues(key, limits[at], collation) < 0) at -= 1;
      const inside = at >= 0 && at < limits.length - 1;
      if (!inside && !("default" in operand)) {
        throw new MongoError(
          40066,
          "$switch could not find a matching branch for an input, and no default was specified.",
        );
      }
      groups.add(inside ? (limits[at] as BsonValue) : (fallback as BsonValue), frame);
    });
    yield* inBatches([...groups.documents()].sort((a, b) => compareValues(a._id, b._id, collation)));
  };
};

const bucketAuto: CompileStage = (operand, { context, breath }) => {
  if (!isDocument(operand))
    throw new MongoError(40240, `The argument to $bucketAuto must be an object, but found type: ${typeName(operand)}.`);
  const { groupBy, buckets, output, granularity } = operand;
  const unknown = fieldNames(operand).find((name) => !["groupBy", "buckets", "output", "granularity"].includes(name));
  if (unknown !== undefined) throw new MongoError(40245, `Unrecognized option to $bucketAuto: ${unknown}.`);
  if (groupBy === undefined || buckets === undefined)
    throw new MongoError(40246, "$bucketAuto requires 'groupBy' and 'buckets' to be specified.");
  if (granularity !== undefined)
    throw new MongoError("CommandNotSupported", "$bucketAuto's granularity is not supported");
  const wanted = isNumber(buckets) ? Number(toExactInteger(buckets) ?? 0) : 0;
  if (wanted <= 0) throw new MongoError(40243, "The $bucketAuto 'buckets' field must be greater than 0");
  const compiler = createCompiler(context);
  const value = compiler.compile(groupBy);
  const fields = bucketFields(output, compiler);
  return async function* (input) {
    const frame: Frame = { root: undefined, current: undefined, slots: [] };
    const compare = (a: BsonValue, b: BsonValue) => compareValues(a, b, context.collation);
    const keyOf = (doc: BsonDocument) => {
      frame.root = doc;
      frame.current = doc;
      return value(frame) ?? null;
    };
    const buffer = new SortBuffer({ context, breath }, [1], ([a], [b]) => compare(a, b));
    await buffer.fill(input, (doc) => [keyOf(doc)]);
    const size = Math.max(1, Math.round(buffer.size / wanted));
    const buckets: { min: BsonValue; max: BsonValue; count: number; accumulators: Accumulator[] }[] = [];
    for await (const batch of buffer.sorted()) {
      for (const doc of batch) {
        const key = keyOf(doc);
        let bucket = buckets.at(-1);
        // Equal values stay together, and the last bucket takes what is left.
        if (!bucket || (bucket.count >= size && buckets.length < wanted && compare(key, bucket.max) !== 0)) {
          if (bucket) bucket.max = key;
          bucket = { min: key, max: key, count: 0, accumulators: fields.map((field) => field.create(frame)) };
          buckets.push(bucket);
        }
        bucket.max = key;
        bucket.count++;
        for (const [at, field] of fields.entries()) bucket.accumulators[at]?.add(field.value(frame));
      }
      if (breath.due) await breath.take();
    }
    const made = buckets.map(({ min, max, accumulators }) => {
      const doc: BsonDocument = { _id: { min, max } };
      for (const [at, field] of fields.entries()) setField(doc, field.name, accumulators[at]?.result());
      return doc;
    });
    yield* inBatches(made);
  };
};

/** Stages that gather documents in groups, holding one accumulator set a group and no documents. */
export const GROUP_STAGES: Record<string, CompileStage> = {
  $group: group,
  $sortByCount: sortByCount,
  $bucket: bucket,
  $bucketAuto: bucketAuto,
};
