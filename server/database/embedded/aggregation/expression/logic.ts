import { Int32 } from "bson";
import { MongoError } from "../../errors.ts";
import type { BsonValue } from "../../types.ts";
import { compareValues } from "../../values/compare.ts";
import { fieldNames } from "../../values/document.ts";
import { isTruthy } from "../../values/truth.ts";
import { isDocument, isNullish, typeName } from "../../values/types.ts";
import type { CompileOperator, Compiler, Expression } from "./compiler.ts";
import { compileArguments, namedArguments } from "./helpers.ts";

function comparison(accepts: (order: number) => BsonValue): CompileOperator {
  return (operand, compiler, name) => {
    const [a, b] = compileArguments(operand, compiler, name, 2, 2) as [Expression, Expression];
    const { collation } = compiler.context;
    return (frame) => accepts(compareValues(a(frame), b(frame), collation));
  };
}

/** Boolean, comparison, conditional and variable operators. */
export const LOGIC: Record<string, CompileOperator> = {
  $eq: comparison((order) => order === 0),
  $ne: comparison((order) => order !== 0),
  $gt: comparison((order) => order > 0),
  $gte: comparison((order) => order >= 0),
  $lt: comparison((order) => order < 0),
  $lte: comparison((order) => order <= 0),
  $cmp: comparison((order) => new Int32(Math.sign(order))),
  $and: (operand, compiler, name) => {
    const parts = compileArguments(operand, compiler, name, 0, Number.POSITIVE_INFINITY);
    return (frame) => parts.every((part) => isTruthy(part(frame)));
  },
  $or: (operand, compiler, name) => {
    const parts = compileArguments(operand, compiler, name, 0, Number.POSITIVE_INFINITY);
    return (frame) => parts.some((part) => isTruthy(part(frame)));
  },
  $not: (operand, compiler, name) => {
    const [part] = compileArguments(operand, compiler, name, 1, 1) as [Expression];
    return (frame) => !isTruthy(part(frame));
  },
  $cond: (operand, compiler, name) => {
    const parts = isDocument(operand) ? conditionParts(operand) : operand;
    const [test, yes, no] = compileArguments(parts, compiler, name, 3, 3) as [Expression, Expression, Expression];
    return (frame) => (isTruthy(test(frame)) ? yes(frame) : no(frame));
  },
  $ifNull: (operand, compiler, name) => {
    const parts = Array.isArray(operand) ? operand : [operand];
    if (parts.length < 2) {
      throw new MongoError(1257300, `$ifNull needs at least two arguments, had: ${parts.length}`);
    }
    const compiled = compileArguments(parts, compiler, name, 2, Number.POSITIVE_INFINITY);
    return (frame) => {
      let value: BsonValue;
      for (const part of compiled) {
        value = part(frame);
        if (!isNullish(value)) return value;
      }
      return value;
    };
  },
  $switch: (operand, compiler) => switchOn(operand, compiler),
  $let: (operand, compiler, name) => {
    if (!isDocument(operand)) throw new MongoError(16874, "$let only supports an object as its argument");
    const { vars, in: inside } = namedArguments(operand, name, {
      notDocument: 16874,
      unknown: 16875,
      missing: 16876,
      required: ["vars", "in"],
      optional: [],
    });
    if (!isDocument(vars)) {
      throw new MongoError("TypeMismatch", `invalid parameter: expected an object (vars)`);
    }
    const names = fieldNames(vars);
    const values = names.map((variable) => compiler.compile(vars[variable]));
    return compiler.withVariables(names, (setters) => {
      const body = compiler.compile(inside);
      return (frame) => {
        const evaluated = values.map((value) => value(frame));
        setters.forEach((set, at) => {
          set(frame, evaluated[at]);
        });
        return body(frame);
      };
    });
  },
  $literal: (operand) => () => operand,
  $const: (operand) => () => operand,
  $expr: (operand, compiler) => compiler.compile(operand),
};

function conditionParts(operand: BsonValue): BsonValue[] {
  if (!isDocument(operand)) return [];
  for (const field of fieldNames(operand)) {
    if (!["if", "then", "else"].includes(field)) {
      throw new MongoError(17083, `Unrecognized parameter to $cond: ${field}`);
    }
  }
  const missing: [string, number][] = [
    ["if", 17080],
    ["then", 17080],
    ["else", 17082],
  ];
  for (const [field, code] of missing) {
    if (!(field in operand)) throw new MongoError(code, `Missing '${field}' parameter to $cond`);
  }
  return [operand.if, operand.then, operand.else];
}

function switchOn(operand: BsonValue, compiler: Compiler): Expression {
  if (!isDocument(operand)) {
    throw new MongoError(40060, `$switch requires an object as an argument, found: ${typeName(operand)}`);
  }
  for (const field of fieldNames(operand)) {
    if (field !== "branches" && field !== "default") {
      throw new MongoError(40067, `$switch found an unknown argument: ${field}`);
    }
  }
  const { branches } = operand;
  if (!Array.isArray(branches)) {
    if (branches === undefined) throw new MongoError(40068, "$switch requires at least one branch.");
    throw new MongoError(40061, `$switch expected an array for 'branches', found: ${typeName(branches)}`);
  }
  if (branches.length === 0) throw new MongoError(40068, "$switch requires at least one branch.");
  const cases = branches.map((branch): [Expression, Expression] => {
    if (!isDocument(branch)) {
      throw new MongoError(40062, `$switch expected each branch to be an object, found: ${typeName(branch)}`);
    }
    const unknown = fieldNames(branch).find((field) => field !== "case" && field !== "then");
    if (unknown !== undefined) throw new MongoError(40063, `$switch found an unknown argument to a branch: ${unknown}`);
    if (!("case" in branch)) throw new MongoError(40064, "$switch requires each branch have a 'case' expression");
    if (!("then" in branch)) throw new MongoError(40065, "$switch requires each branch have a 'then' expression.");
    return [compiler.compile(branch.case), compiler.compile(branch.then)];
  });
  const fallback = "default" in operand ? compiler.compile(operand.default) : undefined;
  return (frame) => {
    for (const [test, value] of cases) if (isTruthy(test(frame))) return value(frame);
    if (fallback) return fallback(frame);
    throw new MongoError(40066, "$switch could not find a matching branch for an input, and no default was specified.");
  };
}
