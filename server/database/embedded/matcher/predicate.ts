import { MongoError } from "../errors.ts";
import type { BsonDocument, BsonValue } from "../types.ts";
import { fieldNames } from "../values/document.ts";
import { anyAtPath, compilePath, NO_INDEX, NO_MATCH, type Path } from "../values/path.ts";
import { isTruthy } from "../values/truth.ts";
import { isDocument } from "../values/types.ts";
import { all, type FilterEnvironment, type Node, negate } from "./nodes.ts";
import {
  equality,
  isReference,
  isRegExp,
  membership,
  patternTest,
  VALUE_OPERATORS,
  type ValueTest,
} from "./operators.ts";
import { regexFromOperators } from "./regex.ts";

/** `{field: condition}`: a value, a regular expression, or a document of operators. */
export function compileField(field: string, condition: BsonValue, env: FilterEnvironment): Node {
  const path = compilePath(field);
  env.needs.add(field);
  if (isOperatorDocument(condition)) return all(operatorNodes(path, condition, env));
  const test = isRegExp(condition) ? patternTest(condition) : equality(condition, env.collation);
  return atPath(path, test);
}

/** True for `{$gt: 1}`; a DBRef's `{$ref, $id}` and an empty document are values. */
export function isOperatorDocument(value: BsonValue): value is BsonDocument {
  return isDocument(value) && fieldNames(value)[0]?.startsWith("$") === true && !isReference(value);
}

function atPath(path: Path, test: ValueTest, expandLeaf = true): Node {
  return (doc) => anyAtPath(doc, path, test, expandLeaf);
}

function operatorNodes(path: Path, condition: BsonDocument, env: FilterEnvironment): Node[] {
  const nodes: Node[] = [];
  for (const name of fieldNames(condition)) {
    const node = operatorNode(path, name, condition[name], condition, env);
    if (node) nodes.push(node);
  }
  return nodes;
}

/** One operator at a path; undefined for one that says nothing of its own ($options, $comment). */
function operatorNode(
  path: Path,
  name: string,
  operand: BsonValue,
  condition: BsonDocument,
  env: FilterEnvironment,
): Node | undefined {
  const valueOperator = Object.hasOwn(VALUE_OPERATORS, name) ? VALUE_OPERATORS[name] : undefined;
  if (valueOperator) {
    return atPath(path, valueOperator.compile(operand, path.text, env.collation), !valueOperator.wholeArray);
  }
  const compile = Object.hasOwn(PATH_OPERATORS, name) ? PATH_OPERATORS[name] : undefined;
  if (!compile) throw new MongoError("BadValue", `unknown operator: ${name}`);
  return compile(path, operand, env, condition);
}

type PathOperator = (
  path: Path,
  operand: BsonValue,
  env: FilterEnvironment,
  condition: BsonDocument,
) => Node | undefined;

const noGeo =
  (name: string): PathOperator =>
  () => {
    throw new MongoError("CommandNotSupported", `${name} is not supported: there are no geospatial indexes`);
  };
const needsGeoIndex: PathOperator = () => {
  throw new MongoError(
    "NoQueryExecutionPlans",
    "error processing query: planner returned error: unable to find index for $geoNear query",
  );
};

/** Operators that need the path or their neighbours. */
const PATH_OPERATORS: Record<string, PathOperator> = {
  $ne: (path, operand, env) => {
    if (isRegExp(operand)) throw new MongoError("BadValue", "Can't have regex as arg to $ne.");
    return negate(atPath(path, equality(operand, env.collation)));
  },
  $nin: (path, operand, env) => negate(atPath(path, membership("$nin", operand, env.collation))),
  $exists: (path, operand) => {
    const node = atPath(path, (value) => value !== undefined);
    return isTruthy(operand) ? node : negate(node);
  },
  $not: (path, operand, env) => {
    if (isRegExp(operand)) return negate(atPath(path, patternTest(operand)));
    if (!isDocument(operand)) throw new MongoError("BadValue", "$not needs a regex or a document");
    if (fieldNames(operand).length === 0) throw new MongoError("BadValue", "$not cannot be empty");
    return negate(all(operatorNodes(path, operand, env)));
  },
  $regex: (path, operand, _env, condition) =>
    atPath(path, patternTest(regexFromOperators(operand, condition.$options))),
  $options: (_path, _operand, _env, condition) => {
    if (!("$regex" in condition)) throw new MongoError("BadValue", "$options needs a $regex");
    return undefined;
  },
  $comment: () => undefined,
  $elemMatch: (path, operand, env) => elemMatch(path, operand, env),
  $all: allOf,
  $geoWithin: noGeo("$geoWithin"),
  $geoIntersects: noGeo("$geoIntersects"),
  $within: noGeo("$within"),
  $near: needsGeoIndex,
  $nearSphere: needsGeoIndex,
  $maxDistance: needsGeoIndex,
};

/** One element must meet every condition: operators on the element itself, or a filter on its fields. */
function elemMatch(path: Path, operand: BsonValue, env: FilterEnvironment): Node {
  const test = compileElementTest(operand, env);
  const indexOf = (array: BsonValue): number => (Array.isArray(array) ? array.findIndex(test) : -1);
  return (doc) => {
    let at = -1;
    const found = anyAtPath(
      doc,
      path,
      (value) => {
        at = indexOf(value);
        return at >= 0;
      },
      false,
    );
    return found === NO_INDEX ? at : found;
  };
}

/** The test $elemMatch makes of each element; projections use it too. */
export function compileElementTest(operand: BsonValue, env: FilterEnvironment): ValueTest {
  if (!isDocument(operand)) throw new MongoError("BadValue", "$elemMatch needs an Object");
  const first = fieldNames(operand)[0];
  const onValue = first?.startsWith("$") && !LOGICAL.has(first) && !isReference(operand);
  if (!onValue) {
    const node = env.compile(operand);
    return (element) => {
      if (Array.isArray(element)) return node(Object.fromEntries(element.entries())) !== NO_MATCH;
      return isDocument(element) && node(element) !== NO_MATCH;
    };
  }
  // The element is looked at as a value: no path, and no entering of nested arrays.
  const tests = fieldNames(operand).map((name) => elementTest(name, operand[name], operand, env));
  return (element) => tests.every((test) => test(element));
}

const LOGICAL = new Set(["$and", "$or", "$nor", "$where", "$expr", "$jsonSchema"]);

function elementTest(name: string, operand: BsonValue, condition: BsonDocument, env: FilterEnvironment): ValueTest {
  const wrapped = compilePath("v");
  const valueOperator = Object.hasOwn(VALUE_OPERATORS, name) ? VALUE_OPERATORS[name] : undefined;
  if (valueOperator) return valueOperator.compile(operand, "", env.collation);
  switch (name) {
    case "$ne": {
      const equal = equality(operand, env.collation);
      return (element) => !equal(element);
    }
    case "$nin": {
      const member = membership("$nin", operand, env.collation);
      return (element) => !member(element);
    }
    case "$not": {
      if (isRegExp(operand)) {
        const test = patternTest(operand);
        return (element) => !test(element);
      }
      if (!isDocument(operand)) throw new MongoError("BadValue", "$not needs a regex or a document");
      const inner = fieldNames(operand).map((inside) => elementTest(inside, operand[inside], operand, env));
      return (element) => !inner.every((test) => test(element));
    }
    case "$regex":
      return patternTest(regexFromOperators(operand, condition.$options));
    case "$elemMatch": {
      const test = compileElementTest(operand, env);
      return (element) => Array.isArray(element) && element.some(test);
    }
    default: {
      const node = operatorNode(wrapped, name, operand, condition, env);
      return (element) => !node || node({ v: element }) !== NO_MATCH;
    }
  }
}

/** Every listed value, or $elemMatch condition, is met at the path; an empty list by none. */
function allOf(path: Path, operand: BsonValue, env: FilterEnvironment): Node {
  if (!Array.isArray(operand)) throw new MongoError("BadValue", "$all needs an array");
  if (operand.length === 0) return () => NO_MATCH;
  const conditions = operand.map((item) => isDocument(item) && fieldNames(item)[0] === "$elemMatch");
  if (conditions.includes(true) && conditions.includes(false) && conditions[0]) {
    throw new MongoError("BadValue", "$all/$elemMatch has to be consistent");
  }
  const nodes = operand.map((item) => {
    if (isDocument(item) && isOperatorDocument(item)) {
      if (!conditions[0]) throw new MongoError("BadValue", "no $ expressions in $all");
      return elemMatch(path, item.$elemMatch, env);
    }
    return atPath(path, isRegExp(item) ? patternTest(item) : equality(item, env.collation));
  });
  return all(nodes);
}
