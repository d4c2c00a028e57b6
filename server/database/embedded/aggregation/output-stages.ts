import { MongoError } from "../errors.ts";
import type { Batches, BsonDocument, BsonValue, MergeWrite } from "../types.ts";
import { fieldNames } from "../values/document.ts";
import { valueAtExactPath } from "../values/path.ts";
import { textOfDocument } from "../values/text.ts";
import { isDocument, typeName } from "../values/types.ts";
import { compileExpression } from "./expression/index.ts";
import type { CompileStage, StageContext } from "./stage.ts";

/** The stages that end a pipeline by writing what it gives. */
export const OUTPUT_STAGES: Record<string, CompileStage> = { $out: out, $merge: merge };

/** What a pipeline that writes gives its cursor. */
const NOTHING: BsonDocument[][] = [];

interface Target {
  db: string;
  coll: string;
}

function databaseOf(namespace: string): string {
  return namespace.slice(0, namespace.indexOf("."));
}

function targetOf(value: BsonValue, context: StageContext, stage: string): Target {
  const db = databaseOf(context.context.namespace);
  if (typeof value === "string") return { db, coll: value };
  if (isDocument(value) && typeof value.coll === "string") {
    return { db: typeof value.db === "string" ? value.db : db, coll: value.coll };
  }
  throw new MongoError(
    stage === "$out" ? 16990 : 51178,
    `${stage} only supports a string or object argument, but found ${typeName(value)}`,
  );
}

function out(operand: BsonValue, stage: StageContext) {
  const target = targetOf(operand, stage, "$out");
  return async function* (input: Batches): Batches {
    await stage.context.replaceCollection(target, input);
    yield* NOTHING;
  };
}

const MATCHED = ["replace", "keepExisting", "merge", "fail"];
const UNMATCHED = ["insert", "discard", "fail"];

/** Source: manual, "$merge". Every document is one write; the first failing one ends the pipeline. */
function merge(operand: BsonValue, stage: StageContext) {
  const { context } = stage;
  const spec: BsonDocument = typeof operand === "string" ? { into: operand } : (operand as BsonDocument);
  if (!isDocument(spec))
    throw new MongoError(51182, `$merge requires a string or object argument, but found ${typeName(operand)}`);
  const known = ["into", "on", "let", "whenMatched", "whenNotMatched"];
  const unknown = fieldNames(spec).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new MongoError(40415, `BSON field '$merge.${unknown}' is an unknown field.`);
  const target = targetOf(spec.into, stage, "$merge");
  const on = spec.on === undefined ? ["_id"] : ((Array.isArray(spec.on) ? spec.on : [spec.on]) as string[]);
  if (on.length === 0)
    throw new MongoError(51187, "If explicitly specifying $merge 'on', must include at least one field");
  if (spec.on !== undefined && !(on.length === 1 && on[0] === "_id") && !context.hasUniqueIndex(target, on)) {
    throw new MongoError(51183, "Cannot find index to verify that join fields will be unique");
  }
  const whenMatched = spec.whenMatched ?? "merge";
  const whenNotMatched = (spec.whenNotMatched ?? "insert") as string;
  const isPipeline = Array.isArray(whenMatched);
  if (!isPipeline && !MATCHED.includes(whenMatched as string)) {
    throw new MongoError(
      "BadValue",
      `Enumeration value '${whenMatched}' for field 'whenMatched' is not a valid value.`,
    );
  }
  if (!UNMATCHED.includes(whenNotMatched)) {
    throw new MongoError(
      "BadValue",
      `Enumeration value '${whenNotMatched}' for field '$merge.whenNotMatched' is not a valid value.`,
    );
  }
  const variables = isDocument(spec.let) ? spec.let : { new: "$$ROOT" };
  const bindings = Object.entries(variables).map(([name, value]): [string, (doc: BsonDocument) => BsonValue] => [
    name,
    compileExpression(value, context),
  ]);

  const writeOf = (doc: BsonDocument, filter: BsonDocument): MergeWrite => {
    const upsert = whenNotMatched === "insert";
    const { _id, ...fields } = doc;
    if (isPipeline) {
      const values = Object.fromEntries(bindings.map(([name, value]) => [name, value(doc)]));
      return { kind: "update", filter, update: whenMatched as BsonDocument[], upsert: false, let: values };
    }
    switch (whenMatched) {
      case "fail":
        return { kind: "insert", doc };
      case "replace":
        return { kind: "replace", filter, doc, upsert };
      case "keepExisting":
        return { kind: "update", filter, update: { $setOnInsert: on.includes("_id") ? fields : doc }, upsert };
      default:
        return {
          kind: "update",
          filter,
          update: [{ $replaceWith: { $mergeObjects: ["$$ROOT", { $literal: doc }] } }],
          upsert: false,
        };
    }
  };

  return async function* (input: Batches): Batches {
    for await (const batch of input) {
      for (const doc of batch) {
        const filter: BsonDocument = {};
        for (const field of on) {
          const value = valueAtExactPath(doc, field.split("."));
          if (value === undefined || value === null || Array.isArray(value)) {
            throw new MongoError(
              51132,
              `$merge write error: 'on' field '${field}' cannot be missing, null, undefined or an array. Full document: ${textOfDocument(doc)}`,
            );
          }
          filter[field] = { $eq: value };
        }
        const { matched } = await context.merge(target, writeOf(doc, filter));
        if (matched) continue;
        if (whenNotMatched === "fail") {
          throw new MongoError(
            13113,
            "$merge could not find a matching document in the target collection for at least one document in the source collection",
          );
        }
        const inserts = whenNotMatched === "insert" && (isPipeline || whenMatched === "merge");
        if (inserts) await context.merge(target, { kind: "insert", doc });
      }
    }
    yield* NOTHING;
  };
}
