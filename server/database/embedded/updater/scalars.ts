import { Double, Int32, Long, Timestamp } from "bson";
import { MongoError } from "../errors.ts";
import type { BsonValue } from "../types.ts";
import { compareValues } from "../values/compare.ts";
import { fieldNames } from "../values/document.ts";
import { addNumbers, type BsonNumber, multiplyNumbers, toExactInteger } from "../values/numbers.ts";
import { textOfElement, textOfValue } from "../values/text.ts";
import { isDocument, isNumber, Type, typeName, typeOf } from "../values/types.ts";
import { type CompileModifier, REMOVED, type Scene } from "./modifier.ts";

/** Operators that replace one value by another. Source: manual, "Field Update Operators" and "Bitwise Update Operator". */
export const SCALAR_MODIFIERS: Record<string, CompileModifier> = {
  $set: (operand) => ({ update: () => operand, create: () => operand }),
  $setOnInsert: (operand) => ({
    update: (current, { inserting }) => (inserting ? operand : current),
    create: ({ inserting }) => (inserting ? operand : undefined),
    ignoresDeadPaths: true,
  }),
  $unset: () => ({ update: () => REMOVED, ignoresDeadPaths: true }),
  $inc: arithmetic("$inc", "increment", addNumbers, (operand) => operand),
  $mul: arithmetic("$mul", "multiply", multiplyNumbers, (operand) => multiplyNumbers(operand, new Int32(0)) ?? operand),
  $min: (operand, { collation }) => ({
    update: (current) => (compareValues(operand, current, collation) < 0 ? operand : current),
    create: () => operand,
  }),
  $max: (operand, { collation }) => ({
    update: (current) => (compareValues(operand, current, collation) > 0 ? operand : current),
    create: () => operand,
  }),
  $currentDate: currentDate,
  $bit: bit,
};

/** Numbers as the server's log prints them. */
const SHELL_NAMES: Record<string, string> = { int: "NumberInt", long: "NumberLong", double: "NumberDouble" };

function arithmetic(
  name: string,
  verb: string,
  compute: (a: BsonNumber, b: BsonNumber) => BsonNumber | undefined,
  initial: (operand: BsonNumber) => BsonNumber,
): CompileModifier {
  return (operand, { path }) => {
    if (!isNumber(operand)) {
      throw new MongoError(
        "TypeMismatch",
        `Cannot ${verb} with non-numeric argument: {${textOfElement(path, operand)}}`,
      );
    }
    return {
      update(current, scene) {
        if (!isNumber(current)) {
          throw new MongoError(
            "TypeMismatch",
            `Cannot apply ${name} to a value of non-numeric type. {${idText(scene)}} has the field '${leafName(scene)}' of non-numeric type ${typeName(current)}`,
          );
        }
        const result = compute(current, operand);
        if (result === undefined) {
          throw new MongoError(
            "BadValue",
            `Failed to apply ${name} operations to current value ((${SHELL_NAMES[typeName(current)]})${textOfValue(current)}) for document {${idText(scene)}}`,
          );
        }
        return result;
      },
      create: () => initial(operand),
    };
  };
}

/** `_id: 1`, as messages about a document name it. */
export function idText({ root }: Scene): string {
  return textOfElement("_id", root._id);
}

function leafName({ path }: Scene): string {
  return path[path.length - 1] as string;
}

function currentDate(operand: BsonValue): ReturnType<CompileModifier> {
  let wanted = "date";
  if (isDocument(operand)) {
    const other = fieldNames(operand).find((field) => field !== "$type");
    if (other !== undefined) throw new MongoError("BadValue", `Unrecognized $currentDate option: ${other}`);
    const type = operand.$type;
    if (type !== "date" && type !== "timestamp") {
      throw new MongoError(
        "BadValue",
        "The '$type' string field is required to be 'date' or 'timestamp': {$currentDate: {field : {$type: 'date'}}}",
      );
    }
    wanted = type;
  } else if (typeof operand !== "boolean") {
    throw new MongoError(
      "BadValue",
      `${typeName(operand)} is not valid type for $currentDate. Please use a boolean ('true') or a $type expression ({$type: 'timestamp/date'}).`,
    );
  }
  const now = (): BsonValue => (wanted === "date" ? new Date() : currentTimestamp());
  return { update: now, create: now };
}

function currentTimestamp(): Timestamp {
  return new Timestamp({ t: Math.floor(Date.now() / 1000), i: 1 });
}

const BITWISE: Record<string, (a: bigint, b: bigint) => bigint> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};

function bit(operand: BsonValue): ReturnType<CompileModifier> {
  const format = "{$bit: {field: {and/or/xor: #}}}";
  const bad = (text: string) => new MongoError("BadValue", text);
  if (!isDocument(operand)) {
    throw bad(
      `The $bit modifier is not compatible with a ${typeName(operand)}. You must pass in an embedded document: ${format}`,
    );
  }
  const steps = fieldNames(operand).map((name) => {
    const compute = Object.hasOwn(BITWISE, name) ? BITWISE[name] : undefined;
    const mask = operand[name];
    if (!compute) {
      throw bad(
        `The $bit modifier only supports 'and', 'or', and 'xor', not '${name}' which is an unknown operator: {${textOfElement(name, mask)}}`,
      );
    }
    if (!isIntegral(mask)) {
      throw bad(
        `The $bit modifier field must be an Integer(32/64 bit); a '${typeName(mask)}' is not supported here: {${textOfElement(name, mask)}}`,
      );
    }
    return { compute, mask };
  });
  if (steps.length === 0) throw bad(`You must pass in at least one bitwise operation. The format is: ${format}`);
  const run = (start: BsonNumber): BsonValue => {
    const isLong = typeOf(start) === Type.long || steps.some(({ mask }) => typeOf(mask) === Type.long);
    let value = toExactInteger(start) as bigint;
    for (const { compute, mask } of steps) value = compute(value, toExactInteger(mask) as bigint);
    return isLong ? Long.fromBigInt(value) : new Int32(Number(value));
  };
  return {
    update(current, scene) {
      if (!isIntegral(current)) {
        throw bad(
          `Cannot apply $bit to a value of non-integral type.${idText(scene)} has the field ${leafName(scene)} of non-integer type ${typeName(current)}`,
        );
      }
      return run(current);
    },
    create: () => run(new Int32(0)),
  };
}

function isIntegral(value: BsonValue): value is Int32 | Long {
  const type = typeOf(value);
  return type === Type.int || type === Type.long;
}

/** For `$pop`, `$slice` and the like: an integer of any numeric type, or undefined. */
export function integerOf(value: BsonValue): number | undefined {
  if (!isNumber(value)) return undefined;
  const exact = value instanceof Double ? value.value : toExactInteger(value);
  if (exact === undefined) return undefined;
  const integer = Number(exact);
  return Number.isInteger(integer) ? integer : undefined;
}
