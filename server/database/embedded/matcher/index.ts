import { compileExpression } from "../aggregation/expression/index.ts";
import { MongoError } from "../errors.ts";
import type { BsonDocument, BsonValue, Filter, OperationContext } from "../types.ts";
import { partialDecoder } from "../values/bson.ts";
import { fieldNames } from "../values/document.ts";
import { Needs } from "../values/needs.ts";
import { toDouble } from "../values/numbers.ts";
import { NO_INDEX, NO_MATCH } from "../values/path.ts";
import { isTruthy } from "../values/truth.ts";
import { isDocument, isNumber, typeName } from "../values/types.ts";
import { compileJsonSchema } from "./json-schema.ts";
import { all, any, type FilterEnvironment, type Node, negate } from "./nodes.ts";
import { compileField } from "./predicate.ts";

/**
 * Compiles a query filter once, for any number of documents. Null, missing and arrays are met as MongoDB's manual tells.
 * Throws MongoError, mostly BadValue (2), in the server's words for what is not a filter.
 */
export function compileFilter(filter: BsonDocument, context: OperationContext = {}): Filter {
  const needs = new Needs();
  const env: FilterEnvironment = {
    collation: context.collation,
    context,
    needs,
    compile: (inner) => compileDocument(inner, env),
  };
  const node = compileDocument(filter, env);
  const decodeNeeded = partialDecoder(needs.names);
  return {
    matches: (doc) => node(doc) !== NO_MATCH,
    matchesRaw: (bytes) => node(decodeNeeded(bytes)) !== NO_MATCH,
    needs: needs.names,
    positional: (doc) => {
      const found = node(doc);
      return found >= 0 ? found : undefined;
    },
  };
}

function compileDocument(filter: BsonValue, env: FilterEnvironment): Node {
  if (!isDocument(filter)) throw new MongoError("BadValue", `filter must be an object, got ${typeName(filter)}`);
  const nodes: Node[] = [];
  for (const name of fieldNames(filter)) {
    const node =
      name.startsWith("$") && !REFERENCE_FIELDS.has(name)
        ? compileTopLevel(name, filter[name], env)
        : compileField(name, filter[name], env);
    if (node) nodes.push(node);
  }
  return all(nodes);
}

const REFERENCE_FIELDS = new Set(["$ref", "$id", "$db"]);

function compileTopLevel(name: string, operand: BsonValue, env: FilterEnvironment): Node | undefined {
  const compile = Object.hasOwn(TOP_LEVEL, name) ? TOP_LEVEL[name] : undefined;
  if (!compile) {
    throw new MongoError(
      "BadValue",
      `unknown top level operator: ${name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
    );
  }
  return compile(operand, env);
}

type TopLevel = (operand: BsonValue, env: FilterEnvironment) => Node | undefined;

const TOP_LEVEL: Record<string, TopLevel> = {
  $and: (operand, env) => all(branches("$and", operand, env)),
  $or: (operand, env) => any(branches("$or", operand, env)),
  $nor: (operand, env) => negate(any(branches("$nor", operand, env))),
  $expr: (operand, env) => {
    const evaluate = compileExpression(operand, env.context, env.needs);
    return (doc) => (isTruthy(evaluate(doc)) ? NO_INDEX : NO_MATCH);
  },
  $jsonSchema: (operand, env) => {
    env.needs.all();
    const test = compileJsonSchema(operand, env.collation);
    return (doc) => (test(doc) ? NO_INDEX : NO_MATCH);
  },
  $comment: () => undefined,
  $alwaysTrue: () => () => NO_INDEX,
  $alwaysFalse: () => () => NO_MATCH,
  $sampleRate: (operand) => {
    const rate = isNumber(operand) ? toDouble(operand) : Number.NaN;
    if (!(rate >= 0 && rate <= 1))
      throw new MongoError("BadValue", "numeric argument to $sampleRate must be in [0, 1]");
    return () => (Math.random() < rate ? NO_INDEX : NO_MATCH);
  },
  $text: () => {
    throw new MongoError("IndexNotFound", "text index required for $text query");
  },
  $where: () => {
    throw new MongoError("BadValue", "$where is not allowed in this context: server-side JavaScript is not supported");
  },
};

function branches(name: string, operand: BsonValue, env: FilterEnvironment): Node[] {
  if (!Array.isArray(operand)) throw new MongoError("BadValue", `${name} must be an array`);
  if (operand.length === 0) throw new MongoError("BadValue", "$and/$or/$nor must be a nonempty array");
  return operand.map((branch) => {
    if (!isDocument(branch)) throw new MongoError("BadValue", "$or/$and/$nor entries need to be full objects");
    return env.compile(branch);
  });
}
