import { Double, Int32 } from "bson";
import { MongoError } from "../errors.ts";
import type { BsonDocument, BsonValue } from "../types.ts";
import { compareValues } from "../values/compare.ts";
import { fieldNames } from "../values/document.ts";
import { toDouble, toExactInteger } from "../values/numbers.ts";
import { isDocument, isNullish, isNumber, typeName } from "../values/types.ts";
import { UNIT_MS, type Unit } from "./expression/date-units.ts";
import type { Compiler, Expression, Frame } from "./expression/index.ts";
import { accumulatorOf } from "./group-stages.ts";
import { compileWindow, readUnit, sortNumber, type Window } from "./windows.ts";

/** The documents that share a partition, in order, with the values they are sorted by. */
export interface Partition {
  docs: readonly BsonDocument[];
  /** The sort key of each document. */
  keys: readonly BsonValue[][];
  /** The first of it. */
  values: readonly BsonValue[];
}

/** Computes one output field for the documents of a partition, one after the other. */
export type WindowFunction = (partition: Partition) => (at: number) => BsonValue;

interface Spec {
  name: string;
  operand: BsonValue;
  window: Window;
  hasWindow: boolean;
  compiler: Compiler;
  /** How many fields the stage sorts by. */
  sorted: number;
}

const bad = (text: string) => new MongoError("FailedToParse", text);

/** Compiles `{$sum: expression, window: {…}}`: one of the functions below, or an accumulator over the window. */
export function compileWindowFunction(spec: BsonValue, compiler: Compiler, sorted: number): WindowFunction {
  if (!isDocument(spec)) throw bad("The field must be a window function object");
  const names = fieldNames(spec).filter((name) => name !== "window");
  const [name] = names;
  if (name === undefined || names.length !== 1)
    throw bad("Window function found an unknown argument or expected a $-prefixed window function");
  const hasWindow = spec.window !== undefined;
  const parts: Spec = { name, operand: spec[name], window: compileWindow(spec.window), hasWindow, compiler, sorted };
  const compile = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  return compile ? compile(parts) : overWindow(parts);
}

const FUNCTIONS: Record<string, (spec: Spec) => WindowFunction> = {
  $documentNumber: (spec) => ranked(spec, () => (at) => new Int32(at + 1)),
  $rank: (spec) =>
    ranked(spec, (isNew) => {
      let rank = 0;
      return (at) => {
        if (isNew(at)) rank = at + 1;
        return new Int32(rank);
      };
    }),
  $denseRank: (spec) =>
    ranked(spec, (isNew) => {
      let rank = 0;
      return (at) => {
        if (isNew(at)) rank++;
        return new Int32(rank);
      };
    }),
  $shift: shift,
  $derivative: (spec) => overTime(spec, derivative),
  $integral: (spec) => overTime(spec, integral),
  $covariancePop: (spec) => covariance(spec, 0),
  $covarianceSamp: (spec) => covariance(spec, 1),
  $expMovingAvg: movingAverage,
  $locf: (spec) => {
    const value = withoutWindow(spec).compiler.compile(spec.operand);
    return ({ docs }) => {
      let last: BsonValue = null;
      return (at) => {
        const own = evaluate(value, docs[at]);
        if (!isNullish(own)) last = own;
        return last;
      };
    };
  },
  $linearFill: linearFill,
};

function evaluate(expression: Expression, doc: BsonDocument | undefined): BsonValue {
  return expression({ root: doc, current: doc, slots: [] });
}

/** An accumulator over the window: computed once, carried on while the window only grows, else anew for each document. */
function overWindow({ name, operand, window, compiler }: Spec): WindowFunction {
  const { create, value } = accumulatorOf(name, operand, compiler, (unknown) =>
    bad(`Unrecognized window function, ${unknown}`),
  );
  return ({ docs, values }) => {
    const inputs = docs.map((doc) => evaluate(value, doc));
    const start = () => create({ root: docs[0], current: docs[0], slots: [] } as Frame);
    let accumulator = start();
    let done = 0;
    let whole: BsonValue;
    return (at) => {
      if (window.whole && at > 0) return whole;
      const { from, to } = window.frame(at, values);
      if (!window.grows) {
        accumulator = start();
        done = from;
      }
      for (; done < to; done++) accumulator.add(inputs[done]);
      const result = accumulator.result();
      whole = result;
      // What still grows must not change what was given out.
      return Array.isArray(result) ? [...result] : result;
    };
  };
}

/** Functions that look at the order alone. */
function ranked(spec: Spec, start: (isNew: (at: number) => boolean) => (at: number) => BsonValue): WindowFunction {
  const { name, operand, sorted } = withoutWindow(spec);
  if (!isDocument(operand) || fieldNames(operand).length > 0)
    throw new MongoError(5371603, `${name} must be specified with '{}' as the value`);
  if (sorted === 0) throw new MongoError(5371602, `${name} must be specified with a top level sortBy expression`);
  if (name !== "$documentNumber" && sorted > 1)
    throw new MongoError(
      5371602,
      `${name} must be specified with a top level sortBy expression with exactly one element`,
    );
  const { collation } = spec.compiler.context;
  return ({ values }) => start((at) => at === 0 || compareValues(values[at - 1], values[at], collation) !== 0);
}

function withoutWindow(spec: Spec): Spec {
  if (spec.hasWindow) throw new MongoError(5371601, `${spec.name} does not accept a 'window' field`);
  return spec;
}

function argumentsOf({ name, operand }: Spec, known: readonly string[]): BsonDocument {
  if (!isDocument(operand)) throw bad(`${name} requires an object, but found ${typeName(operand)}`);
  const unknown = fieldNames(operand).find((field) => !known.includes(field));
  if (unknown !== undefined) throw bad(`${name} got unexpected argument: ${unknown}`);
  return operand;
}

function shift(spec: Spec): WindowFunction {
  const { output, by, default: fallback } = argumentsOf(withoutWindow(spec), ["output", "by", "default"]);
  if (spec.sorted === 0) throw bad("'$shift' requires a sortBy");
  if (output === undefined || by === undefined) throw bad("$shift requires an 'output' expression and a 'by' integer");
  const distance = isNumber(by) ? toExactInteger(by) : undefined;
  if (distance === undefined) throw bad(`'$shift:by' field must be an integer, but found ${typeName(by)}`);
  const value = spec.compiler.compile(output);
  const missing = fallback === undefined ? null : (evaluate(spec.compiler.compile(fallback), {}) ?? null);
  return ({ docs }) =>
    (at) => {
      const other = docs[at + Number(distance)];
      return other === undefined ? missing : (evaluate(value, other) ?? null);
    };
}

type Point = [x: number, y: number];

/** $derivative and $integral: what the points in the window say, x in units of time or plain numbers. */
function overTime(spec: Spec, compute: (points: readonly Point[]) => number | null): WindowFunction {
  const { input, unit: name } = argumentsOf(spec, ["input", "unit"]);
  if (input === undefined) throw bad(`${spec.name} requires an 'input' expression`);
  if (spec.sorted !== 1) throw bad(`${spec.name} requires a sortBy with exactly one element`);
  if (spec.name === "$derivative" && !spec.hasWindow) throw bad("$derivative requires explicit window bounds");
  const unit = readUnit(name);
  const scale = unit === undefined ? 1 : fixedUnit(spec.name, unit);
  const value = spec.compiler.compile(input);
  return ({ docs, values }) => {
    const points = docs.map((doc, at): Point | undefined => {
      const y = evaluate(value, doc);
      return isNumber(y) ? [sortNumber(values[at], unit) / scale, toDouble(y)] : undefined;
    });
    return (at) => {
      const { from, to } = spec.window.frame(at, values);
      const result = compute(points.slice(from, to).filter((point) => point !== undefined));
      return result === null ? null : new Double(result);
    };
  };
}

function fixedUnit(name: string, unit: Unit): number {
  const length = (UNIT_MS as Partial<Record<Unit, number>>)[unit];
  if (length === undefined) throw new MongoError(5490704, `unit must be 'week' or smaller in ${name}`);
  return length;
}

function derivative(points: readonly Point[]): number | null {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || last[0] === first[0]) return null;
  return (last[1] - first[1]) / (last[0] - first[0]);
}

/** By trapezoids. */
function integral(points: readonly Point[]): number | null {
  if (points.length === 0) return null;
  let sum = 0;
  for (let i = 1; i < points.length; i++) {
    const [[x0, y0], [x1, y1]] = [points[i - 1] as Point, points[i] as Point];
    sum += ((x1 - x0) * (y0 + y1)) / 2;
  }
  return sum;
}

function covariance({ name, operand, compiler, window }: Spec, less: 0 | 1): WindowFunction {
  if (!Array.isArray(operand) || operand.length !== 2) throw bad(`${name} requires an array of two expressions`);
  const [x, y] = operand.map((expression) => compiler.compile(expression)) as [Expression, Expression];
  return ({ docs, values }) => {
    const points = docs.map((doc): Point | undefined => {
      const [a, b] = [evaluate(x, doc), evaluate(y, doc)];
      return isNumber(a) && isNumber(b) ? [toDouble(a), toDouble(b)] : undefined;
    });
    return (at) => {
      const { from, to } = window.frame(at, values);
      const inside = points.slice(from, to).filter((point) => point !== undefined);
      const n = inside.length - less;
      if (n <= 0) return null;
      const mean = (side: 0 | 1) => inside.reduce((sum, point) => sum + point[side], 0) / inside.length;
      const [meanX, meanY] = [mean(0), mean(1)];
      return new Double(inside.reduce((sum, [a, b]) => sum + (a - meanX) * (b - meanY), 0) / n);
    };
  };
}

function movingAverage(spec: Spec): WindowFunction {
  const { input, N, alpha } = argumentsOf(withoutWindow(spec), ["input", "N", "alpha"]);
  if (spec.sorted === 0) throw bad("$expMovingAvg requires an explicit 'sortBy'");
  if (input === undefined || (N === undefined) === (alpha === undefined))
    throw bad("$expMovingAvg requires an 'input' and exactly one of 'N' and 'alpha'");
  const steps = isNumber(N) ? toExactInteger(N) : undefined;
  if (N !== undefined && (steps === undefined || steps <= 0n))
    throw bad("'N' field must be an integer greater than zero");
  const factor = isNumber(alpha) ? toDouble(alpha) : Number.NaN;
  if (alpha !== undefined && !(factor > 0 && factor < 1)) throw bad("'alpha' must be between 0 and 1 (exclusive)");
  const n = Number(steps);
  const next = (value: number, before: number) =>
    steps === undefined ? value * factor + before * (1 - factor) : (2 * value + (n - 1) * before) / (n + 1);
  const compiled = spec.compiler.compile(input);
  return ({ docs }) => {
    let last: BsonValue = null;
    return (at) => {
      const value = evaluate(compiled, docs[at]);
      if (isNumber(value)) last = isNumber(last) ? new Double(next(toDouble(value), toDouble(last))) : value;
      return last;
    };
  };
}

/** Fills what lies between two known values on the line through them. */
function linearFill(spec: Spec): WindowFunction {
  if (withoutWindow(spec).sorted !== 1)
    throw new MongoError(
      605001,
      "$linearFill must be specified with a top level sortBy expression with exactly one element",
    );
  const value = spec.compiler.compile(spec.operand);
  return ({ docs, values }) => {
    const known = docs.map((doc) => {
      const own = evaluate(value, doc);
      if (!isNullish(own) && !isNumber(own))
        throw new MongoError(
          "TypeMismatch",
          `Value to be filled must be numeric or nullish, but found ${typeName(own)}`,
        );
      return isNumber(own) ? own : undefined;
    });
    let [left, right] = [-1, -1];
    return (at) => {
      const own = known[at];
      if (own !== undefined) {
        left = at;
        return own;
      }
      if (right <= at) right = known.findIndex((other, i) => i > at && other !== undefined);
      const [low, high] = [known[left], known[right]];
      if (low === undefined || high === undefined) return null;
      const [x0, x, x1] = [left, at, right].map((i) => axis(values[i])) as [number, number, number];
      if (x0 === x1) throw new MongoError(6050106, "There can be no repeated values in the sort field");
      const [y0, y1] = [toDouble(low), toDouble(high)];
      return new Double(y0 + ((x - x0) * (y1 - y0)) / (x1 - x0));
    };
  };
}

function axis(value: BsonValue): number {
  return sortNumber(value, value instanceof Date ? "millisecond" : undefined);
}
