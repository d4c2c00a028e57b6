import { MongoError } from "../errors.ts";
import type { Batches, BsonDocument, BsonValue } from "../types.ts";
import { copyDocument, fieldNames, setField } from "../values/document.ts";
import { isDocument, typeName } from "../values/types.ts";
import { Exchange, type Plain } from "./exchange.ts";
import type { CompileStage } from "./stage.ts";
import { collect, inBatches } from "./streams.ts";

/**
 * Stages left to mingo. It sees the documents as plain JS values; what it leaves alone keeps its BSON type, and a number that it
 * computes comes back as an Int32 where it is one, else as a Double.
 */
export const BORROWED_STAGES: Record<string, CompileStage> = {
  $setWindowFields: borrowed(["sortBy", "partitionBy", "output"], ["output"]),
  $densify: borrowed(["field", "partitionByFields", "range"], ["field", "range"]),
  $fill: borrowed(["partitionBy", "partitionByFields", "sortBy", "output"], ["output"]),
};

/** Marks each document with its place, so that it can be told from one that mingo made. */
const PLACE = "\u0001place";

function borrowed(known: readonly string[], required: readonly string[]): CompileStage {
  return (operand, { context }, name) => {
    if (!isDocument(operand)) {
      throw new MongoError(
        "FailedToParse",
        `the ${name} stage specification must be an object, found ${typeName(operand)}`,
      );
    }
    for (const field of fieldNames(operand)) {
      if (!known.includes(field))
        throw new MongoError("UnknownBsonField", `BSON field '${name}.${field}' is an unknown field.`);
    }
    for (const field of required) {
      if (!(field in operand))
        throw new MongoError(40414, `BSON field '${name}.${field}' is missing but a required field`);
    }
    refuseScripts(operand);
    return async function* (input: Batches): Batches {
      // Loaded when first needed: few pipelines do, and every start would pay for it.
      const { Aggregator } = await import("mingo");
      const docs = await collect(input);
      const exchange = new Exchange();
      const stage = { [name]: exchange.toPlain(operand) };
      const plain = docs.map((doc, at) => ({ ...(exchange.toPlain(doc) as object), [PLACE]: at }));
      const variables = context.let ? (exchange.toPlain(context.let) as Record<string, unknown>) : {};
      let results: Record<string, Plain>[];
      try {
        results = new Aggregator([stage], { scriptEnabled: true, variables }).run(plain) as Record<string, Plain>[];
      } catch (error) {
        throw new MongoError("FailedToParse", `${name}: ${error instanceof Error ? error.message : error}`);
      }
      yield* inBatches(results.map((result) => restore(result, docs, exchange)));
    };
  };
}

/** mingo needs scripts for its own $setWindowFields; a client's never run. */
function refuseScripts(value: BsonValue): void {
  if (Array.isArray(value)) for (const item of value) refuseScripts(item);
  if (!isDocument(value)) return;
  for (const name of fieldNames(value)) {
    if (name === "$function" || name === "$accumulator" || name === "$where") {
      throw new MongoError("CommandNotSupported", `${name} is not supported: there is no server-side JavaScript`);
    }
    refuseScripts(value[name]);
  }
}

/** The original document with what changed in it, or a new document. */
function restore(result: Record<string, Plain>, docs: readonly BsonDocument[], exchange: Exchange): BsonDocument {
  const place = result[PLACE];
  const original = typeof place === "number" ? docs[place] : undefined;
  const doc: BsonDocument = original ? copyDocument(original) : {};
  for (const name of Object.keys(result)) {
    if (name === PLACE) continue;
    const before: BsonValue = original?.[name];
    if (original && before !== undefined && exchange.isUnchanged(before, result[name])) continue;
    setField(doc, name, exchange.fromPlain(result[name]));
  }
  return doc;
}
