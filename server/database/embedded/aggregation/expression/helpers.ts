import { MongoError } from "../../errors.ts";
import type { BsonDocument, BsonValue } from "../../types.ts";
import { fieldNames } from "../../values/document.ts";
import { isDocument } from "../../values/types.ts";
import type { CompileOperator, Compiler, Expression } from "./compiler.ts";

/** An operator on evaluated arguments, `{$op: [a, b]}` or `{$op: a}`. Throws 16020 or 28667 for a wrong number of them. */
export function operator(min: number, max: number, evaluate: (args: BsonValue[]) => BsonValue): CompileOperator {
  return (operand, compiler, name) => {
    const args = compileArguments(operand, compiler, name, min, max);
    const [first, second] = args;
    if (args.length === 1 && first) return (frame) => evaluate([first(frame)]);
    if (args.length === 2 && first && second) return (frame) => evaluate([first(frame), second(frame)]);
    return (frame) => evaluate(args.map((arg) => arg(frame)));
  };
}

export function compileArguments(
  operand: BsonValue,
  compiler: Compiler,
  name: string,
  min: number,
  max: number,
): Expression[] {
  const operands = Array.isArray(operand) ? operand : [operand];
  const count = operands.length;
  if (min === max && count !== min) {
    throw new MongoError(16020, `Expression ${name} takes exactly ${min} arguments. ${count} were passed in.`);
  }
  if (count < min || count > max) {
    throw new MongoError(
      28667,
      `Expression ${name} takes at least ${min} arguments, and at most ${max}, but ${count} were passed in.`,
    );
  }
  return operands.map((item) => compiler.compile(item));
}

export interface NamedArguments {
  /** The operator takes a document: the error code when it gets something else. */
  notDocument: number;
  unknown: number;
  missing: number;
  required: readonly string[];
  optional: readonly string[];
}

/** The parts of `{$op: {name: expression, …}}`, not compiled yet, after checking the names. */
export function namedArguments(operand: BsonValue, name: string, rule: NamedArguments): BsonDocument {
  if (!isDocument(operand)) {
    throw new MongoError(rule.notDocument, `${name} only supports an object as its argument`);
  }
  for (const field of fieldNames(operand)) {
    if (!rule.required.includes(field) && !rule.optional.includes(field)) {
      throw new MongoError(rule.unknown, `Unrecognized argument to ${name}: ${field}`);
    }
  }
  for (const field of rule.required) {
    if (!(field in operand)) throw new MongoError(rule.missing, `Missing '${field}' parameter to ${name}`);
  }
  return operand;
}

/** An operator on a document of named, evaluated arguments. */
export function namedOperator(
  rule: NamedArguments,
  evaluate: (args: Record<string, BsonValue>, name: string) => BsonValue,
): CompileOperator {
  return (operand, compiler, name) => {
    const parts = namedArguments(operand, name, rule);
    const compiled = fieldNames(parts).map((field): [string, Expression] => [field, compiler.compile(parts[field])]);
    return (frame) => {
      const args: Record<string, BsonValue> = {};
      for (const [field, expression] of compiled) args[field] = expression(frame);
      return evaluate(args, name);
    };
  };
}
