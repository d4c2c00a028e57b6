import type { AggregationContext, BsonDocument, BsonValue } from "../types.ts";
import type { Needs } from "../values/needs.ts";
import type { Breath, Stage } from "./streams.ts";

/** What compiling a stage needs of the pipeline it stands in. */
export interface StageContext {
  readonly context: AggregationContext;
  readonly breath: Breath;
  /** Compiles a pipeline inside a stage ($lookup, $facet, $unionWith), with further variables if any. */
  compile(stages: BsonValue, context: AggregationContext): CompiledPipeline;
  /** How many documents the rest of the pipeline wants at most, where $limit follows: for $sort. */
  readonly limit: number | undefined;
  /** Gathers what the stage reads of the documents before it. A stage that hands whole documents on leaves them open. */
  readonly needs: Needs;
}

export type CompileStage = (operand: BsonValue, context: StageContext, name: string) => Stage;

export interface CompiledPipeline {
  run: Stage;
  /** The pipeline makes its own documents ($documents, $collStats): the input is not read. */
  readonly isSource: boolean;
  /** It ends in $out or $merge and gives no documents. */
  readonly writes: boolean;
  /** The top-level fields the pipeline reads of its input; undefined for whole documents. */
  readonly needs: readonly string[] | undefined;
  readonly stages: readonly BsonDocument[];
}
