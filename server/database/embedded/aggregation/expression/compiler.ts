import { MongoError } from "../../errors.ts";
import type { BsonDocument, BsonValue, OperationContext } from "../../types.ts";
import { fieldNames, getField, setField } from "../../values/document.ts";
import { Needs } from "../../values/needs.ts";
import { isDocument, Type, typeOf } from "../../values/types.ts";

/** What an expression is evaluated in: the document, what `$field` starts from, and the variables of $let, $map and so on. */
export interface Frame {
  root: BsonValue;
  current: BsonValue;
  slots: BsonValue[];
}

/** A compiled expression. `undefined` is a missing value. */
export type Expression = (frame: Frame) => BsonValue;

export type CompileOperator = (operand: BsonValue, compiler: Compiler, name: string) => Expression;

/** Where a variable's value is found at run time: in a slot of the frame, or in the command's `let`. */
type Variable = (frame: Frame) => BsonValue;

const REMOVE: Variable = () => undefined;

/** Compiles one expression tree; knows the operators and the variables in scope. */
export class Compiler {
  readonly context: OperationContext;
  /** Gathers which fields of the document the expressions read. */
  readonly needs: Needs;
  readonly #operators: Readonly<Record<string, CompileOperator>>;
  #variables: ReadonlyMap<string, Variable>;
  #slots = 0;

  constructor(context: OperationContext, operators: Readonly<Record<string, CompileOperator>>, needs = new Needs()) {
    this.context = context;
    this.needs = needs;
    this.#operators = operators;
    const now = new Date();
    const variables = new Map<string, Variable>([
      ["ROOT", (frame) => frame.root],
      ["CURRENT", (frame) => frame.current],
      ["REMOVE", REMOVE],
      ["NOW", () => now],
      ["DESCEND", () => "$$DESCEND"],
      ["PRUNE", () => "$$PRUNE"],
      ["KEEP", () => "$$KEEP"],
    ]);
    const constants = context.let;
    // Read when evaluated, not when compiled: $lookup binds its variables anew for every document.
    if (constants) for (const name of Object.keys(constants)) variables.set(name, () => constants[name]);
    this.#variables = variables;
  }

  knows(operator: string): boolean {
    return Object.hasOwn(this.#operators, operator);
  }

  compile(expression: BsonValue): Expression {
    if (typeof expression === "string" && expression.startsWith("$")) return this.#path(expression);
    if (Array.isArray(expression)) {
      const items = expression.map((item) => this.compile(item));
      return (frame) => items.map((item) => item(frame) ?? null);
    }
    if (isDocument(expression)) return this.#document(expression);
    return () => expression;
  }

  /** Compiles the parts that see further variables; `bind` receives a setter for each. */
  withVariables<T>(
    names: readonly string[],
    compileInside: (setters: ((frame: Frame, value: BsonValue) => void)[]) => T,
  ): T {
    const outer = this.#variables;
    const inner = new Map(outer);
    const setters = names.map((name) => {
      checkVariableName(name);
      const slot = this.#slots++;
      inner.set(name, (frame) => frame.slots[slot]);
      return (frame: Frame, value: BsonValue) => {
        frame.slots[slot] = value;
      };
    });
    this.#variables = inner;
    try {
      return compileInside(setters);
    } finally {
      this.#variables = outer;
    }
  }

  #path(text: string): Expression {
    const isVariable = text.startsWith("$$");
    const names = text.slice(isVariable ? 2 : 1).split(".");
    if (names.some((name) => name === "")) {
      throw text === "$" || text === "$$"
        ? new MongoError(
            isVariable ? "FailedToParse" : 16872,
            isVariable ? "empty variable names are not allowed" : "'$' by itself is not a valid FieldPath",
          )
        : new MongoError(15998, "FieldPath field names may not be empty strings.");
    }
    const start = isVariable ? (names.shift() as string) : "CURRENT";
    const variable = this.#variables.get(start);
    if (!variable) throw new MongoError(17276, `Use of undefined variable: ${start}`);
    const dollar = names.find((name) => name.startsWith("$"));
    if (dollar !== undefined && dollar !== "$id" && dollar !== "$ref" && dollar !== "$db") {
      throw new MongoError(
        16410,
        "FieldPath field names may not start with '$'. Consider using $getField or $setField.",
      );
    }
    const [only] = names;
    if (start === "CURRENT" || start === "ROOT") {
      if (only === undefined) this.needs.all();
      else this.needs.add(only);
    }
    if (only === undefined) return variable;
    if (names.length === 1 && start === "CURRENT") return (frame) => step(frame.current, names, 0);
    return (frame) => step(variable(frame), names, 0);
  }

  #document(expression: BsonDocument): Expression {
    const fields = fieldNames(expression);
    const [first] = fields;
    if (first?.startsWith("$")) {
      if (fields.length > 1) {
        throw new MongoError(
          15983,
          `an expression specification must contain exactly one field, the name of the expression. Found ${fields.length} fields in ${describeDocument(expression)}`,
        );
      }
      const compile = Object.hasOwn(this.#operators, first) ? this.#operators[first] : undefined;
      if (!compile) throw new MongoError("InvalidPipelineOperator", `Unrecognized expression '${first}'`);
      return compile(expression[first], this, first);
    }
    const members = fields.map((name): [string, Expression] => {
      if (name.startsWith("$")) throw new MongoError("InvalidPipelineOperator", `Unrecognized expression '${name}'`);
      if (name.includes(".")) throw new MongoError(16405, "dotted field names are only allowed at the top level");
      return [name, this.compile(expression[name])];
    });
    return (frame) => {
      const doc: BsonDocument = {};
      for (const [name, evaluate] of members) {
        const value = evaluate(frame);
        if (value !== undefined) setField(doc, name, value);
      }
      return doc;
    };
  }
}

/** `$a.b`: an array on the way answers with an array of what its documents hold there. Index names mean nothing here. */
function step(value: BsonValue, names: readonly string[], at: number): BsonValue {
  let current = value;
  for (let i = at; i < names.length; i++) {
    if (Array.isArray(current)) {
      const found: BsonValue[] = [];
      for (const element of current) {
        const inner = Array.isArray(element) ? undefined : step(element, names, i);
        if (inner !== undefined) found.push(inner);
      }
      return found;
    }
    if (!isDocument(current)) return undefined;
    current = getField(current, names[i] as string);
  }
  return typeOf(current) === Type.missing ? undefined : current;
}

function checkVariableName(name: string): void {
  if (name === "CURRENT") return;
  if (name === "") throw new MongoError("FailedToParse", "empty variable names are not allowed");
  if (!/^[a-z\u0080-\uffff]/.test(name)) {
    throw new MongoError("FailedToParse", `'${name}' starts with an invalid character for a user variable name`);
  }
  const bad = /[^\w\u0080-\uffff]/.exec(name);
  if (bad)
    throw new MongoError("FailedToParse", `'${name}' contains an invalid character for a variable name: '${bad[0]}'`);
}

/** A document as error messages print it. */
function describeDocument(doc: BsonDocument): string {
  return JSON.stringify(doc);
}
