import { Long } from "bson";
import { MongoError } from "../errors.ts";
import { isRegExp } from "../matcher/operators.ts";
import type { AggregationContext, Batches, BsonDocument, BsonValue } from "../types.ts";
import { copyDocument, fieldNames, setField } from "../values/document.ts";
import { hashKey } from "../values/key.ts";
import { toExactInteger } from "../values/numbers.ts";
import { compilePath, valuesAtPath } from "../values/path.ts";
import { isDocument, isNumber, typeName } from "../values/types.ts";
import { compileExpression } from "./expression/index.ts";
import { setAt } from "./simple-stages.ts";
import type { CompiledPipeline, CompileStage, StageContext } from "./stage.ts";
import { collect, inBatches } from "./streams.ts";

/** Stages that read another collection, or run pipelines inside. */
export const JOIN_STAGES: Record<string, CompileStage> = {
  $lookup: lookup,
  $graphLookup: graphLookup,
  $unionWith: unionWith,
  $facet: facet,
};

/** Where a stage's `from` or `coll` leads. */
function collectionOf(from: BsonValue, stage: string): { name: string; db?: string } {
  if (typeof from === "string") return { name: from };
  if (isDocument(from) && typeof from.coll === "string") {
    return typeof from.db === "string" ? { name: from.coll, db: from.db } : { name: from.coll };
  }
  throw new MongoError("FailedToParse", `${stage} argument 'from' must be a string, is type ${typeName(from)}`);
}

function lookup(operand: BsonValue, { context, compile, breath }: StageContext) {
  const spec = lookupSpec(operand);
  const foreign = spec.from;
  const variables: BsonDocument = { ...context.let };
  const inner: AggregationContext = { ...context, let: variables };
  const bindings = Object.entries(spec.let).map(([name, expression]): [string, (doc: BsonDocument) => BsonValue] => {
    variables[name] = null;
    return [name, compileExpression(expression, context)];
  });
  const pipeline = spec.pipeline ? compile(spec.pipeline, inner) : undefined;
  if (pipeline?.writes) throw new MongoError(51047, "$out and $merge are not allowed within a $lookup's sub-pipeline");
  const local = spec.localField === undefined ? undefined : compilePath(spec.localField);
  const asPath = spec.as.split(".");
  return async function* (input: Batches): Batches {
    for await (const batch of input) {
      const out: BsonDocument[] = [];
      for (const doc of batch) {
        for (const [name, value] of bindings) variables[name] = value(doc);
        const filter = local ? joinFilter(doc, local, spec.foreignField as string) : {};
        const found = foreign
          ? context.find(foreign.name, filter, foreign.db === undefined ? {} : { db: foreign.db })
          : inBatches([]);
        const joined = await collect(pipeline ? pipeline.run(found) : found);
        out.push(setAt(copyDocument(doc), asPath, joined));
        if (breath.due) await breath.take();
      }
      yield out;
    }
  };
}

/** Equality with the local value, any element of a local array, or null where there is none. */
function joinFilter(doc: BsonDocument, local: ReturnType<typeof compilePath>, foreignField: string): BsonDocument {
  const values = valuesAtPath(doc, local).filter((value) => !Array.isArray(value));
  const seen = new Map<string, BsonValue>();
  for (const value of values) seen.set(hashKey(value ?? null), value ?? null);
  const wanted = [...seen.values()];
  if (wanted.length === 0) wanted.push(null);
  // $eq takes a regular expression as a value; $in would take it as a pattern.
  if (wanted.some(isRegExp)) return { $or: wanted.map((value) => ({ [foreignField]: { $eq: value } })) };
  return { [foreignField]: wanted.length === 1 ? { $eq: wanted[0] } : { $in: wanted } };
}

interface LookupSpec {
  from: { name: string; db?: string } | undefined;
  as: string;
  localField: string | undefined;
  foreignField: string | undefined;
  let: BsonDocument;
  pipeline: BsonValue[] | undefined;
}

function lookupSpec(operand: BsonValue): LookupSpec {
  const bad = (text: string) => new MongoError("FailedToParse", text);
  if (!isDocument(operand))
    throw bad(`the $lookup stage specification must be an object, but found ${typeName(operand)}`);
  const known = ["from", "as", "localField", "foreignField", "let", "pipeline"];
  for (const name of fieldNames(operand)) {
    if (!known.includes(name)) throw bad(`unknown argument to $lookup: ${name}`);
  }
  for (const name of ["as", "localField", "foreignField"]) {
    if (operand[name] !== undefined && typeof operand[name] !== "string") {
      throw bad(`$lookup argument '${name}' must be a string, found type ${typeName(operand[name])}`);
    }
  }
  const { as, localField, foreignField, let: variables, pipeline } = operand as Record<string, BsonValue>;
  if (typeof as !== "string") throw bad("must specify 'as' field for a $lookup");
  if (operand.from === undefined && pipeline === undefined) throw bad("must specify 'pipeline' when 'from' is empty");
  if (pipeline !== undefined && !Array.isArray(pipeline))
    throw new MongoError("TypeMismatch", "'pipeline' option must be specified as an array");
  if (variables !== undefined && !isDocument(variables))
    throw bad(`$lookup argument 'let: ${JSON.stringify(variables)}' must be an object, is type ${typeName(variables)}`);
  if ((localField === undefined) !== (foreignField === undefined))
    throw bad("$lookup requires both or neither of 'localField' and 'foreignField' to be specified");
  if (pipeline === undefined && localField === undefined)
    throw bad("$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be specified");
  return {
    from: operand.from === undefined ? undefined : collectionOf(operand.from, "$lookup"),
    as,
    localField: localField as string | undefined,
    foreignField: foreignField as string | undefined,
    let: (variables as BsonDocument | undefined) ?? {},
    pipeline: pipeline as BsonValue[] | undefined,
  };
}

function graphLookup(operand: BsonValue, { context, breath }: StageContext) {
  if (!isDocument(operand))
    throw new MongoError(
      "FailedToParse",
      `the $graphLookup stage specification must be an object, but found ${typeName(operand)}`,
    );
  const { from, as, startWith, connectFromField, connectToField, maxDepth, depthField, restrictSearchWithMatch } =
    operand;
  const known = [
    "from",
    "as",
    "startWith",
    "connectFromField",
    "connectToField",
    "maxDepth",
    "depthField",
    "restrictSearchWithMatch",
  ];
  const unknown = fieldNames(operand).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new MongoError(40104, `Unknown argument to $graphLookup: ${unknown}`);
  for (const name of ["from", "as", "startWith", "connectFromField", "connectToField"]) {
    if (operand[name] === undefined)
      throw new MongoError(
        40105,
        `$graphLookup requires 'from', 'as', 'startWith', 'connectFromField', and 'connectToField' to be specified.`,
      );
  }
  const depthLimit =
    maxDepth === undefined
      ? Number.POSITIVE_INFINITY
      : Number(isNumber(maxDepth) ? toExactInteger(maxDepth) : Number.NaN);
  if (Number.isNaN(depthLimit)) throw new MongoError(40100, "maxDepth requires a numeric argument");
  if (depthLimit < 0) throw new MongoError(40101, `maxDepth requires a nonnegative argument, found: ${depthLimit}`);
  const { name: foreign, db } = collectionOf(from, "$graphLookup");
  const start = compileExpression(startWith, context);
  const fromPath = compilePath(connectFromField as string);
  const to = connectToField as string;
  const restrict = isDocument(restrictSearchWithMatch) ? [restrictSearchWithMatch] : [];
  const valuesOf = (value: BsonValue): BsonValue[] => (Array.isArray(value) ? value : [value ?? null]);

  const reach = async (doc: BsonDocument): Promise<BsonDocument[]> => {
    const found = new Map<string, BsonDocument>();
    const asked = new Set<string>();
    let frontier = valuesOf(start(doc));
    for (let depth = 0; depth <= depthLimit && frontier.length > 0; depth++) {
      const wanted = frontier.filter((value) => !asked.has(hashKey(value)));
      for (const value of wanted) asked.add(hashKey(value));
      if (wanted.length === 0) break;
      frontier = [];
      const filter = { $and: [{ [to]: { $in: wanted } }, ...restrict] };
      for await (const batch of context.find(foreign, filter, db === undefined ? {} : { db })) {
        for (const reached of batch) {
          const key = hashKey(reached._id);
          if (found.has(key)) continue;
          const copy =
            typeof depthField === "string"
              ? setAt(copyDocument(reached), depthField.split("."), Long.fromNumber(depth))
              : reached;
          found.set(key, copy);
          frontier.push(
            ...valuesAtPath(reached, fromPath).filter((value) => !Array.isArray(value) && value !== undefined),
          );
        }
        if (breath.due) await breath.take();
      }
    }
    return [...found.values()];
  };

  return async function* (input: Batches): Batches {
    for await (const batch of input) {
      const out: BsonDocument[] = [];
      for (const doc of batch) out.push(setAt(copyDocument(doc), (as as string).split("."), await reach(doc)));
      yield out;
    }
  };
}

function unionWith(operand: BsonValue, { context, compile }: StageContext) {
  const spec = typeof operand === "string" ? { coll: operand } : operand;
  if (!isDocument(spec))
    throw new MongoError(
      "FailedToParse",
      `the $unionWith stage specification must be an object or string, but found ${typeName(operand)}`,
    );
  const { coll, pipeline } = spec as Record<string, BsonValue>;
  if (coll === undefined && pipeline === undefined)
    throw new MongoError(
      "FailedToParse",
      "$unionWith stage without explicit collection must have a pipeline with $documents as first stage",
    );
  const inner: CompiledPipeline = compile(pipeline ?? [], context);
  if (inner.writes) throw new MongoError(31441, "$out and $merge are not allowed within a $unionWith's sub-pipeline");
  const target = coll === undefined ? undefined : collectionOf(coll, "$unionWith");
  return async function* (input: Batches): Batches {
    yield* input;
    const source =
      target && !inner.isSource
        ? context.find(target.name, {}, target.db === undefined ? {} : { db: target.db })
        : inBatches([]);
    yield* inner.run(source);
  };
}

const NOT_IN_FACET = new Set([
  "$out",
  "$merge",
  "$facet",
  "$collStats",
  "$indexStats",
  "$geoNear",
  "$planCacheStats",
  "$documents",
  "$changeStream",
]);

/** Every branch sees all the documents; they are read once and handed to the branches batch by batch. */
function facet(operand: BsonValue, { context, compile }: StageContext) {
  if (!isDocument(operand)) throw new MongoError(40169, "the $facet specification must be a non-empty object");
  const names = fieldNames(operand);
  if (names.length === 0) throw new MongoError(40169, "the $facet specification must be a non-empty object");
  const branches = names.map((name): [string, CompiledPipeline] => {
    const stages = operand[name];
    if (!Array.isArray(stages))
      throw new MongoError(40170, `arguments to $facet must be arrays, ${name} is type ${typeName(stages)}`);
    for (const stage of stages) {
      const stageName = isDocument(stage) ? fieldNames(stage)[0] : undefined;
      if (stageName !== undefined && NOT_IN_FACET.has(stageName)) {
        throw new MongoError(40600, `${stageName} is not allowed to be used within a $facet stage`);
      }
    }
    return [name, compile(stages, context)];
  });
  return async function* (input: Batches): Batches {
    const channels = branches.map(() => new Channel());
    const results = branches.map(([, pipeline], at) => {
      const channel = channels[at] as Channel;
      return collect(pipeline.run(channel)).finally(() => channel.close());
    });
    // A failing branch is reported when its result is awaited, not as an unhandled rejection.
    for (const result of results) result.catch(() => undefined);
    for await (const batch of input) {
      await Promise.all(channels.map((channel) => channel.send(batch)));
      if (channels.every((channel) => channel.closed)) break;
    }
    for (const channel of channels) channel.end();
    const doc: BsonDocument = {};
    const values = await Promise.all(results);
    for (const [at, [name]] of branches.entries()) setField(doc, name, values[at] as BsonDocument[]);
    yield [doc];
  };
}

/** Hands batches from one loop to another, one at a time. */
class Channel implements AsyncIterable<BsonDocument[]> {
  closed = false;
  #ended = false;
  #batch: BsonDocument[] | undefined;
  #wake: (() => void)[] = [];

  async send(batch: BsonDocument[]): Promise<void> {
    while (this.#batch && !this.closed) await this.#changed();
    if (this.closed) return;
    this.#batch = batch;
    this.#notify();
  }

  end(): void {
    this.#ended = true;
    this.#notify();
  }

  /** The reader wants no more. */
  close(): void {
    this.closed = true;
    this.#notify();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<BsonDocument[]> {
    while (true) {
      const batch = this.#batch;
      if (batch) {
        this.#batch = undefined;
        this.#notify();
        yield batch;
      } else if (this.#ended) return;
      else await this.#changed();
    }
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #notify(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
