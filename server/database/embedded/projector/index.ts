import { createCompiler, type Frame } from "../aggregation/expression/index.ts";
import { MongoError } from "../errors.ts";
import type { BsonDocument, Filter, OperationContext, Projection } from "../types.ts";
import { copyDocument, fieldNames, getField } from "../values/document.ts";
import { isDocument } from "../values/types.ts";
import { firstMatchingElement, keepPositional, sliceTransform } from "./find-operators.ts";
import { type FindOperators, parseProjection } from "./parse.ts";
import { ProjectionTree } from "./tree.ts";

export interface ProjectionOptions extends OperationContext {
  /** Needed for the positional `$` where the caller does not hand over the index. */
  filter?: Filter;
}

/**
 * Compiles find's projection: inclusion or exclusion, $slice, $elemMatch, the positional `$`, and expressions.
 * Throws MongoError for a mix of inclusion and exclusion (31253, 31254), colliding paths (31249, 31250) and the rest as the
 * server does; and 51246 when applied, where `$` finds no element.
 */
export function compileProjection(spec: BsonDocument, options: ProjectionOptions = {}): Projection {
  if (fieldNames(spec).length === 0) return (doc) => doc;
  const { mode, tree, positional } = parseProjection(spec, createCompiler(options), findOperators(options));
  return (doc, index) => {
    const out = tree.project(doc, mode, frameOf(doc));
    if (!positional) return out;
    const at = index ?? options.filter?.positional(doc);
    return keepPositional(out, positional, at) as BsonDocument;
  };
}

/** The operators find's projection has over $project's. */
function findOperators(context: OperationContext): FindOperators {
  return (name, operand, path) => {
    if (name === "$slice") {
      const transform = sliceTransform(operand);
      return transform && { kind: "transform", transform };
    }
    if (name === "$elemMatch") {
      if (path.includes(".")) {
        throw new MongoError(31275, "Cannot use $elemMatch projection on a nested field.");
      }
      const pick = firstMatchingElement(operand, context);
      return { kind: "compute", expression: (frame) => pick(getField(frame.root as BsonDocument, path)) };
    }
    if (name === "$meta") throw noMetadata(operand);
    return undefined;
  };
}

function noMetadata(operand: unknown): MongoError {
  return operand === "textScore"
    ? new MongoError(40218, "query requires text score metadata, but it is not available")
    : new MongoError(17308, `Unsupported argument to $meta: ${operand}`);
}

/** Compiles an aggregation's $project. */
export function compileProject(
  spec: BsonDocument,
  context: OperationContext = {},
): (doc: BsonDocument) => BsonDocument {
  if (fieldNames(spec).length === 0) {
    throw new MongoError(51272, "projection specification must have at least one field");
  }
  const { mode, tree } = parseProjection(spec, createCompiler(context));
  return (doc) => tree.project(doc, mode, frameOf(doc));
}

/** Compiles $addFields: every field is computed, nested documents name nested fields. */
export function compileAddFields(
  spec: BsonDocument,
  context: OperationContext = {},
): (doc: BsonDocument) => BsonDocument {
  const compiler = createCompiler(context);
  const tree = new ProjectionTree();
  const add = (level: BsonDocument, above: string[]): void => {
    for (const field of fieldNames(level)) {
      const names = field.split(".");
      if (field === "") throw new MongoError(40352, "FieldPath cannot be constructed with empty string");
      if (names.includes("")) throw new MongoError(15998, "FieldPath field names may not be empty strings.");
      if (names.some((name) => name.startsWith("$"))) {
        throw new MongoError(
          16410,
          "FieldPath field names may not start with '$'. Consider using $getField or $setField.",
        );
      }
      const value = level[field];
      const path = [...above, ...names];
      const first = isDocument(value) ? fieldNames(value)[0] : undefined;
      if (isDocument(value) && first !== undefined && !first.startsWith("$")) add(value, path);
      else tree.add(path, { kind: "compute", expression: compiler.compile(value) });
    }
  };
  add(spec, []);
  return (doc) => {
    const out = copyDocument(doc);
    tree.compute(out, frameOf(doc));
    return out;
  };
}

function frameOf(doc: BsonDocument): Frame {
  return { root: doc, current: doc, slots: [] };
}
