import { MongoError } from "../errors.ts";
import { compileFilter } from "../matcher/index.ts";
import { isRegExp } from "../matcher/operators.ts";
import type { BsonDocument, BsonValue, Collation } from "../types.ts";
import { compareValues } from "../values/compare.ts";
import { fieldNames } from "../values/document.ts";
import { toDouble } from "../values/numbers.ts";
import { compileSort } from "../values/sort.ts";
import { textOfElement } from "../values/text.ts";
import { isDocument, isNumber, typeName } from "../values/types.ts";
import { ValueSet } from "../values/value-set.ts";
import type { CompileModifier, Modifier, ModifierContext, Scene } from "./modifier.ts";
import { idText, integerOf } from "./scalars.ts";

/** Operators that change an array. Source: manual, "Array Update Operators". */
export const ARRAY_MODIFIERS: Record<string, CompileModifier> = {
  $push: push,
  $pushAll: () => {
    throw new MongoError(
      "FailedToParse",
      "Unknown modifier: $pushAll. Expected a valid update modifier or pipeline-style update specified as an array",
    );
  },
  $addToSet: addToSet,
  $pop: pop,
  $pull: pull,
  $pullAll: pullAll,
};

const bad = (text: string) => new MongoError("BadValue", text);

interface PushClauses {
  values: BsonValue[];
  position: number;
  slice: number | undefined;
  compare: ((a: BsonValue, b: BsonValue) => number) | undefined;
}

function push(operand: BsonValue, { collation }: ModifierContext): Modifier {
  const clauses = pushClauses(operand, collation);
  return {
    update(current, scene) {
      if (!Array.isArray(current)) {
        throw bad(
          `The field '${scene.path.join(".")}' must be an array but is of type ${typeName(current)} in document {${idText(scene)}}`,
        );
      }
      return pushInto(current, clauses);
    },
    create: () => pushInto([], clauses),
  };
}

function pushClauses(operand: BsonValue, collation: Collation | undefined): PushClauses {
  if (!isDocument(operand) || !("$each" in operand)) {
    return { values: [operand], position: Number.POSITIVE_INFINITY, slice: undefined, compare: undefined };
  }
  const unknown = fieldNames(operand).find((name) => !["$each", "$slice", "$sort", "$position"].includes(name));
  if (unknown !== undefined) throw bad(`Unrecognized clause in $push: ${unknown}`);
  const { $each, $slice, $sort, $position } = operand;
  if (!Array.isArray($each)) {
    throw bad(`The argument to $each in $push must be an array but it was of type: ${typeName($each)}`);
  }
  const slice = $slice === undefined ? undefined : integerOf($slice);
  if ($slice !== undefined && slice === undefined) {
    throw bad(`The value for $slice must be an integer value but was given type: ${typeName($slice)}`);
  }
  const position = $position === undefined ? Number.POSITIVE_INFINITY : integerOf($position);
  if (position === undefined) {
    throw bad(`The value for $position must be an integer value, not of type: ${typeName($position)}`);
  }
  return { values: $each, position, slice, compare: $sort === undefined ? undefined : pushSort($sort, collation) };
}

function pushSort(sort: BsonValue, collation: Collation | undefined): (a: BsonValue, b: BsonValue) => number {
  const isDirection = (value: BsonValue) => isNumber(value) && Math.abs(toDouble(value)) === 1;
  if (isNumber(sort)) {
    if (!isDirection(sort)) throw bad("The $sort element value must be either 1 or -1");
    const direction = toDouble(sort);
    return (a, b) => compareValues(a, b, collation) * direction;
  }
  if (!isDocument(sort)) {
    throw bad("The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields");
  }
  const names = fieldNames(sort);
  if (names.length === 0) throw bad("The $sort pattern is empty when it should be a set of fields.");
  for (const name of names) {
    if (!isDirection(sort[name])) throw bad("The $sort element value must be either 1 or -1");
    if (name === "") throw bad("The $sort field cannot be empty");
    if (name.split(".").includes("")) throw bad(`The $sort field is a dotted field but has an empty part: ${name}`);
  }
  const compare = compileSort(sort, collation);
  const asDocument = (value: BsonValue): BsonDocument => (isDocument(value) ? value : {});
  return (a, b) => compare(asDocument(a), asDocument(b));
}

function pushInto(array: BsonValue[], { values, position, slice, compare }: PushClauses): BsonValue[] {
  if (values.length === 0 && slice === undefined && !compare) return array;
  const at = position < 0 ? Math.max(0, array.length + position) : Math.min(position, array.length);
  let result = [...array.slice(0, at), ...values, ...array.slice(at)];
  if (compare) result.sort(compare);
  if (slice !== undefined) {
    if (slice === 0) result = [];
    else result = slice > 0 ? result.slice(0, slice) : result.slice(slice);
  }
  return result;
}

function addToSet(operand: BsonValue, { collation }: ModifierContext): Modifier {
  let values: BsonValue[] = [operand];
  if (isDocument(operand) && fieldNames(operand)[0] === "$each") {
    const other = fieldNames(operand)[1];
    if (other !== undefined) {
      throw bad(`Found unexpected fields after $each in $addToSet: ${textOfElement(other, operand[other])}`);
    }
    if (!Array.isArray(operand.$each)) {
      throw new MongoError(
        "TypeMismatch",
        `The argument to $each in $addToSet must be an array but it was of type ${typeName(operand.$each)}`,
      );
    }
    values = operand.$each;
  }
  const add = (array: BsonValue[]): BsonValue[] => {
    const present = new ValueSet(array, collation);
    const added = values.filter((value) => present.add(value));
    return added.length > 0 ? [...array, ...added] : array;
  };
  return {
    update(current, scene) {
      if (!Array.isArray(current)) {
        throw bad(
          `Cannot apply $addToSet to non-array field. Field named '${scene.path.at(-1)}' has non-array type ${typeName(current)}`,
        );
      }
      return add(current);
    },
    create: () => add([]),
  };
}

function pop(operand: BsonValue, { path }: ModifierContext): Modifier {
  if (!isNumber(operand))
    throw new MongoError("FailedToParse", `Expected a number in: ${textOfElement(path, operand)}`);
  const end = integerOf(operand);
  if (end !== 1 && end !== -1) {
    throw new MongoError(
      "FailedToParse",
      `$pop expects 1 or -1, found: ${textOfElement(path, operand).slice(path.length + 2)}`,
    );
  }
  return {
    update(current, scene) {
      if (!Array.isArray(current)) {
        throw new MongoError(
          "TypeMismatch",
          `Path '${scene.path.join(".")}' contains an element of non-array type '${typeName(current)}'`,
        );
      }
      if (current.length === 0) return current;
      return end === 1 ? current.slice(0, -1) : current.slice(1);
    },
  };
}

function pull(operand: BsonValue, context: ModifierContext): Modifier {
  return cull("$pull", pullTest(operand, context));
}

/** A condition on the elements: operators and patterns on the element, a filter on its fields, or an equal value. */
function pullTest(operand: BsonValue, { context, collation }: ModifierContext): (element: BsonValue) => boolean {
  if (isRegExp(operand) || (isDocument(operand) && fieldNames(operand)[0]?.startsWith("$") && !isLogical(operand))) {
    const filter = compileFilter({ "": operand }, context);
    return (element) => filter.matches({ "": element });
  }
  if (isDocument(operand)) {
    const filter = compileFilter(operand, context);
    return (element) => isDocument(element) && filter.matches(element);
  }
  return (element) => compareValues(element, operand, collation) === 0;
}

function isLogical(operand: BsonDocument): boolean {
  return ["$and", "$or", "$nor", "$expr"].includes(fieldNames(operand)[0] as string);
}

function pullAll(operand: BsonValue, { collation }: ModifierContext): Modifier {
  if (!Array.isArray(operand)) throw bad(`$pullAll requires an array argument but was given a ${typeName(operand)}`);
  const unwanted = new ValueSet(operand, collation);
  return cull("$pullAll", (element) => unwanted.has(element));
}

function cull(name: string, test: (element: BsonValue) => boolean): Modifier {
  return {
    update(current, _scene: Scene) {
      if (!Array.isArray(current)) throw bad(`Cannot apply ${name} to a non-array value`);
      const kept = current.filter((element) => !test(element));
      return kept.length === current.length ? current : kept;
    },
  };
}
