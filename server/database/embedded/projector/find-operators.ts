import { MongoError } from "../errors.ts";
import { compileFilter } from "../matcher/index.ts";
import { compileElementTest, isOperatorDocument } from "../matcher/predicate.ts";
import type { BsonDocument, BsonValue, OperationContext } from "../types.ts";
import { copyDocument, setField } from "../values/document.ts";
import { Needs } from "../values/needs.ts";
import { toDouble } from "../values/numbers.ts";
import { isDocument, isNumber, typeName } from "../values/types.ts";

/** `{$slice: n}` and `{$slice: [skip, n]}`; undefined where it is the expression of that name. */
export function sliceTransform(operand: BsonValue): ((value: BsonValue) => BsonValue) | undefined {
  if (isNumber(operand)) {
    const count = Math.trunc(toDouble(operand));
    return (value) => {
      if (!Array.isArray(value)) return value;
      return count < 0 ? value.slice(count) : value.slice(0, count);
    };
  }
  if (!Array.isArray(operand)) {
    throw new MongoError(
      28667,
      "Invalid $slice syntax. The given syntax did not match the find() syntax because :: Location31273: $slice only supports numbers and [skip, limit] arrays :: The given syntax did not match the expression $slice syntax.",
    );
  }
  if (operand.length !== 2 || !operand.every(isNumber)) return undefined;
  const [skip, limit] = operand.map((item) => Math.trunc(toDouble(item as Parameters<typeof toDouble>[0]))) as [
    number,
    number,
  ];
  if (limit <= 0) throw new MongoError(28724, "First argument to $slice must be an array, but is of type: int");
  return (value) => {
    if (!Array.isArray(value)) return value;
    const start = skip < 0 ? Math.max(0, value.length + skip) : skip;
    return value.slice(start, start + limit);
  };
}

/** `{$elemMatch: condition}`: the first fitting element alone, or no field at all. */
export function firstMatchingElement(operand: BsonValue, context: OperationContext): (value: BsonValue) => BsonValue {
  if (!isDocument(operand))
    throw new MongoError(31274, `elemMatch: Invalid argument, object required, but got ${typeName(operand)}`);
  const test = elementTest(operand, context);
  return (value) => {
    if (!Array.isArray(value)) return undefined;
    const found = value.findIndex(test);
    return found < 0 ? undefined : [value[found]];
  };
}

function elementTest(operand: BsonDocument, context: OperationContext): (element: BsonValue) => boolean {
  if (!isOperatorDocument(operand)) {
    const { matches } = compileFilter(operand, context);
    return (element) => isDocument(element) && matches(element);
  }
  return compileElementTest(operand, {
    collation: context.collation,
    context,
    needs: new Needs(),
    compile: (inner) => {
      const { matches } = compileFilter(inner as BsonDocument, context);
      return (doc) => (matches(doc) ? -1 : -2);
    },
  });
}

/** Keeps of the first array on the path only the element by which the filter matched. */
export function keepPositional(value: BsonValue, names: readonly string[], index: number | undefined): BsonValue {
  if (Array.isArray(value)) {
    if (index === undefined || index >= value.length) {
      throw new MongoError(
        51246,
        "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
      );
    }
    return [value[index]];
  }
  const [name, ...rest] = names;
  if (name === undefined || !isDocument(value) || value[name] === undefined) return value;
  const copy = copyDocument(value);
  setField(copy, name, keepPositional(value[name], rest, index));
  return copy;
}
