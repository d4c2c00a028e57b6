import type { BsonDocument, BsonValue, OperationContext } from "../../types.ts";
import type { Needs } from "../../values/needs.ts";
import { Compiler, type Expression, type Frame } from "./compiler.ts";
import { OPERATORS } from "./operators.ts";

export type { Expression, Frame } from "./compiler.ts";
export { Compiler } from "./compiler.ts";

/** A compiler for several expressions that share variables, such as the parts of one stage. */
export function createCompiler(context: OperationContext, needs?: Needs): Compiler {
  return new Compiler(context, OPERATORS, needs);
}

/**
 * Compiles an aggregation expression once. The result gives `undefined` where the expression is missing.
 * Throws MongoError with the server's codes, at compile time for what can't be parsed and at run time for wrong operands.
 */
export function compileExpression(
  expression: BsonValue,
  context: OperationContext = {},
  needs?: Needs,
): (doc: BsonDocument) => BsonValue {
  return standalone(createCompiler(context, needs).compile(expression));
}

/** Runs a compiled expression on whole documents. The frame is reused: evaluation is synchronous and never re-enters. */
export function standalone(expression: Expression): (doc: BsonDocument) => BsonValue {
  const frame: Frame = { root: undefined, current: undefined, slots: [] };
  return (doc) => {
    frame.root = doc;
    frame.current = doc;
    return expression(frame);
  };
}

/** Evaluates `let` of a command: constants that may use earlier nothing but system variables. */
export function evaluateLet(value: BsonDocument | undefined, context: OperationContext = {}): BsonDocument | undefined {
  if (!value) return undefined;
  const constants: BsonDocument = {};
  for (const [name, expression] of Object.entries(value)) {
    constants[name] = compileExpression(expression, context)({});
  }
  return constants;
}
