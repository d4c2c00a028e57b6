import { MongoError } from "../errors.ts";
import type { Batches, BsonDocument, BsonValue } from "../types.ts";
import { compareValues } from "../values/compare.ts";
import { copyDocument, fieldNames } from "../values/document.ts";
import { compileSortKeys, parseSort } from "../values/sort.ts";
import { isDocument, typeName } from "../values/types.ts";
import { densify } from "./densify.ts";
import { createCompiler } from "./expression/index.ts";
import { setAt } from "./simple-stages.ts";
import { SortBuffer } from "./sort-buffer.ts";
import type { CompileStage, StageContext } from "./stage.ts";
import { BATCH, type Stage } from "./streams.ts";
import { TRANSFORMS } from "./transforms.ts";
import { compileWindowFunction, type Partition, type WindowFunction } from "./window-functions.ts";

/** Stages that look at a document's neighbours in an order. */
export const WINDOW_STAGES: Record<string, CompileStage> = {
  $setWindowFields: setWindowFields,
  $densify: densify,
  $fill: fill,
};

/** Checks a stage's document: the server's words for what is unknown, missing or no document at all. */
export function stageSpec(
  name: string,
  operand: BsonValue,
  known: readonly string[],
  needed: readonly string[],
): BsonDocument {
  if (!isDocument(operand))
    throw new MongoError(
      "FailedToParse",
      `the ${name} stage specification must be an object, found ${typeName(operand)}`,
    );
  for (const field of fieldNames(operand))
    if (!known.includes(field)) throw new MongoError(40415, `BSON field '${name}.${field}' is an unknown field.`);
  for (const field of needed)
    if (!(field in operand))
      throw new MongoError(40414, `BSON field '${name}.${field}' is missing but a required field`);
  return operand;
}

/** Source: manual, "$setWindowFields". The documents come out sorted by partition, then by `sortBy`. */
function setWindowFields(operand: BsonValue, stage: StageContext): Stage {
  const { partitionBy, sortBy, output } = stageSpec(
    "$setWindowFields",
    operand,
    ["partitionBy", "sortBy", "output"],
    ["output"],
  );
  if (!isDocument(output))
    throw new MongoError("TypeMismatch", "BSON field '$setWindowFields.output' must be an object");
  if (sortBy !== undefined && !isDocument(sortBy))
    throw new MongoError("TypeMismatch", "BSON field '$setWindowFields.sortBy' must be an object");
  const { context, breath } = stage;
  const compiler = createCompiler(context);
  const partition = partitionBy === undefined ? undefined : compiler.compile(partitionBy);
  const order = compileSortKeys(sortBy ?? {}, context.collation);
  const directions = parseSort(sortBy ?? {}).map(({ direction }) => direction);
  const fields = fieldNames(output).map((path): [string[], WindowFunction] => [
    path.split("."),
    compileWindowFunction(output[path], compiler, directions.length),
  ]);
  const partitionOf = (doc: BsonDocument): BsonValue => {
    const value = partition?.({ root: doc, current: doc, slots: [] }) ?? null;
    if (Array.isArray(value))
      throw new MongoError("TypeMismatch", "An expression used to partition cannot evaluate to value of type array");
    return value;
  };
  const samePartition = (a: BsonValue, b: BsonValue) => compareValues(a, b, context.collation) === 0;
  return async function* (input) {
    const buffer = new SortBuffer(
      stage,
      [1, ...directions],
      ([a, ...x], [b, ...y]) => compareValues(a, b, context.collation) || order.compareKeys(x, y),
    );
    await buffer.fill(input, (doc) => [partitionOf(doc), ...order.keyOf(doc)]);
    let docs: BsonDocument[] = [];
    for await (const batch of buffer.sorted()) {
      for (const doc of batch) {
        const first = docs[0];
        if (first && !samePartition(partitionOf(first), partitionOf(doc))) {
          yield* computed(docs);
          docs = [];
        }
        docs.push(doc);
      }
    }
    if (docs.length > 0) yield* computed(docs);
  };

  async function* computed(docs: BsonDocument[]): Batches {
    const keys = docs.map(order.keyOf);
    const values = keys.map((key) => key[0]);
    const part: Partition = { docs, keys, values };
    const columns = fields.map(([path, compute]) => ({ path, valueAt: compute(part) }));
    let out: BsonDocument[] = [];
    for (const [at, doc] of docs.entries()) {
      const copy = copyDocument(doc);
      for (const { path, valueAt } of columns) setAt(copy, path, valueAt(at));
      out.push(copy);
      if (breath.due) await breath.take();
      if (out.length < BATCH) continue;
      yield out;
      out = [];
    }
    if (out.length > 0) yield out;
  }
}

const METHODS: Record<string, string> = { linear: "$linearFill", locf: "$locf" };

/** $fill is $setWindowFields for its methods and $addFields for its values, as in MongoDB. */
function fill(operand: BsonValue, stage: StageContext): Stage {
  const known = ["partitionBy", "partitionByFields", "sortBy", "output"];
  const { partitionBy, partitionByFields, sortBy, output } = stageSpec("$fill", operand, known, ["output"]);
  if (!isDocument(output)) throw new MongoError("TypeMismatch", "BSON field '$fill.output' must be an object");
  if (partitionBy !== undefined && partitionByFields !== undefined)
    throw new MongoError(6050204, "Maximum one of 'partitionBy' and 'partitionByFields can be specified in '$fill'");
  const windows: BsonDocument = {};
  const values: BsonDocument = {};
  for (const field of fieldNames(output)) {
    const rule = output[field];
    if (!isDocument(rule) || (rule.value === undefined) === (rule.method === undefined))
      throw new MongoError(6050202, "Each output field must have exactly one of 'value' and 'method'");
    if (rule.value !== undefined) values[field] = { $ifNull: [`$${field}`, rule.value] };
    else {
      const method = METHODS[String(rule.method)];
      if (method === undefined) throw new MongoError(6050202, "Method must be either 'locf' or 'linear'");
      if (sortBy === undefined && method === "$linearFill")
        throw new MongoError(
          605001,
          "$linearFill must be specified with a top level sortBy expression with exactly one element",
        );
      windows[field] = { [method]: `$${field}` };
    }
  }
  const byFields = Array.isArray(partitionByFields)
    ? Object.fromEntries(partitionByFields.map((field) => [String(field).replaceAll(".", "_"), `$${field}`]))
    : undefined;
  const steps: Stage[] = [];
  if (fieldNames(windows).length > 0) {
    const partition = partitionBy ?? byFields;
    const spec = {
      ...(partition !== undefined && { partitionBy: partition }),
      ...(sortBy && { sortBy }),
      output: windows,
    };
    steps.push(setWindowFields(spec, stage));
  }
  if (fieldNames(values).length > 0) {
    const change = (TRANSFORMS.$addFields as (typeof TRANSFORMS)[string])(values, stage.context);
    steps.push(async function* (input) {
      for await (const batch of input) yield batch.map(change);
    });
  }
  return (input) => steps.reduce((current, step) => step(current), input);
}
