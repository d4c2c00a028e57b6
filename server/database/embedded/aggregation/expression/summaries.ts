import { MongoError } from "../../errors.ts";
import type { BsonValue } from "../../types.ts";
import { isDocument } from "../../values/types.ts";
import { type Accumulator, Average, Deviation, Extreme, percentilesOf, Sum } from "../accumulators.ts";
import type { CompileOperator, Expression } from "./compiler.ts";
import { compileArguments } from "./helpers.ts";

/** `{$sum: [a, b]}` over its arguments, `{$sum: "$list"}` over the elements of the one. */
function over(create: () => Accumulator): CompileOperator {
  return (operand, compiler, name) => {
    const parts = compileArguments(operand, compiler, name, 0, Number.POSITIVE_INFINITY);
    const [only] = parts;
    return (frame) => {
      const accumulator = create();
      if (parts.length === 1 && only) {
        const value = only(frame);
        for (const item of Array.isArray(value) ? value : [value]) accumulator.add(item);
      } else for (const part of parts) accumulator.add(part(frame));
      return accumulator.result();
    };
  };
}

const percentiles =
  (single: boolean): CompileOperator =>
  (operand, compiler, name) => {
    if (!isDocument(operand)) throw new MongoError(7436100, `${name} specification must be an object`);
    const input = compiler.compile(operand.input);
    const wanted: Expression = single ? () => [] : compiler.compile(operand.p);
    return (frame) => {
      const value = input(frame);
      const values: BsonValue[] = Array.isArray(value) ? value : [value];
      const found = percentilesOf(values, single ? [0.5] : (wanted(frame) as BsonValue[]));
      return single ? (found[0] ?? null) : found;
    };
  };

/** Accumulators that are expressions too. */
export const SUMMARIES: Record<string, CompileOperator> = {
  $sum: over(() => new Sum()),
  $avg: over(() => new Average()),
  $min: (operand, compiler, name) => over(() => new Extreme(-1, compiler.context.collation))(operand, compiler, name),
  $max: (operand, compiler, name) => over(() => new Extreme(1, compiler.context.collation))(operand, compiler, name),
  $stdDevPop: over(() => new Deviation(false)),
  $stdDevSamp: over(() => new Deviation(true)),
  $percentile: percentiles(false),
  $median: percentiles(true),
};
