import { MongoError } from "../errors.ts";
import { compileAddFields, compileProject } from "../projector/index.ts";
import type { BsonDocument, BsonValue, OperationContext } from "../types.ts";
import { fieldNames } from "../values/document.ts";
import { textOfValue } from "../values/text.ts";
import { isDocument, typeName } from "../values/types.ts";
import { compileExpression } from "./expression/index.ts";

export type Transform = (doc: BsonDocument) => BsonDocument;

type CompileTransform = (operand: BsonValue, context: OperationContext) => Transform;

/** The stages that turn one document into one document: pipelines of updates are made of these. */
export const TRANSFORMS: Record<string, CompileTransform> = {
  $addFields: addFields("$addFields"),
  $set: addFields("$set"),
  $project: (operand, context) => {
    if (!isDocument(operand)) throw new MongoError(15969, "$project specification must be an object");
    return prefixed("Invalid $project", () => compileProject(operand, context));
  },
  $unset: unset,
  $replaceRoot: (operand, context) => {
    if (!isDocument(operand)) {
      throw new MongoError(
        40229,
        `expected an object as specification for $replaceRoot stage, got ${typeName(operand)}`,
      );
    }
    const unknown = fieldNames(operand).find((name) => name !== "newRoot");
    if (unknown !== undefined) {
      throw new MongoError(40415, `BSON field '$replaceRoot.${unknown}' is an unknown field.`);
    }
    if (operand.newRoot === undefined)
      throw new MongoError(40414, "BSON field '$replaceRoot.newRoot' is missing but a required field");
    return replaceRoot(operand.newRoot, context);
  },
  $replaceWith: (operand, context) => replaceRoot(operand, context),
};

function addFields(name: string): CompileTransform {
  return (operand, context) => {
    if (!isDocument(operand)) {
      throw new MongoError(40272, `${name} specification stage must be an object, got ${typeName(operand)}`);
    }
    return prefixed(`Invalid ${name}`, () => compileAddFields(operand, context));
  };
}

function unset(operand: BsonValue, context: OperationContext): Transform {
  const fields = Array.isArray(operand) ? operand : [operand];
  if (fields.length === 0)
    throw new MongoError(31119, "$unset specification must be a string or an array with at least one field");
  const spec: BsonDocument = {};
  for (const field of fields) {
    if (typeof field !== "string") {
      throw new MongoError(
        Array.isArray(operand) ? 31120 : 31002,
        "$unset specification must be a string or an array containing only string values",
      );
    }
    spec[field] = false;
  }
  return prefixed("Invalid $unset", () => compileProject(spec, context));
}

function replaceRoot(expression: BsonValue, context: OperationContext): Transform {
  const evaluate = compileExpression(expression, context);
  return (doc) => {
    const value = evaluate(doc);
    if (isDocument(value)) return value;
    throw new MongoError(
      40228,
      `'newRoot' expression must evaluate to an object, but resulting value was: ${value === undefined ? "MISSING" : textOfValue(value)}. Type of resulting value: '${typeName(value)}'.`,
    );
  };
}

/** The server tells in which stage a projection was wrong. */
function prefixed<T>(stage: string, compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    if (error instanceof MongoError) throw new MongoError(error.code, `${stage} :: caused by :: ${error.message}`);
    throw error;
  }
}

/** Compiles the pipeline of an update. Other stages than the documented six are refused with 72. */
export function compilePipelineTransform(stages: readonly BsonDocument[], context: OperationContext): Transform {
  const steps = stages.map((stage) => {
    const names = isDocument(stage) ? fieldNames(stage) : [];
    const [name] = names;
    if (name === undefined || names.length !== 1) {
      throw new MongoError(40323, "A pipeline stage specification object must contain exactly one field.");
    }
    const compile = Object.hasOwn(TRANSFORMS, name) ? TRANSFORMS[name] : undefined;
    if (!compile) throw new MongoError("InvalidOptions", `${name} is not allowed to be used within an update`);
    return compile(stage[name], context);
  });
  return (doc) => steps.reduce((current, step) => step(current), doc);
}
