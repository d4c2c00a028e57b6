import type { AggregationContext, Batches, BsonDocument } from "../types.ts";
import { compilePipeline } from "./pipeline.ts";

export { compileExpression, evaluateLet } from "./expression/index.ts";
export { compilePipeline } from "./pipeline.ts";
export type { CompiledPipeline } from "./stage.ts";

/**
 * Runs an aggregation over `source`, batch by batch. Errors of the pipeline itself are thrown at once, those of single documents
 * while it is read. A pipeline that begins with a stage such as $documents does not read `source`.
 */
export function runPipeline(stages: readonly BsonDocument[], source: Batches, context: AggregationContext): Batches {
  return compilePipeline(stages as BsonDocument[], context).run(source);
}
