import { MongoError } from "../errors.ts";
import type { AggregationContext, BsonDocument, BsonValue } from "../types.ts";
import { fieldNames } from "../values/document.ts";
import { Needs } from "../values/needs.ts";
import { isDocument } from "../values/types.ts";
import { GROUP_STAGES } from "./group-stages.ts";
import { JOIN_STAGES } from "./join-stages.ts";
import { OUTPUT_STAGES } from "./output-stages.ts";
import { countOf, SIMPLE_STAGES } from "./simple-stages.ts";
import { sortStage } from "./sort-stage.ts";
import { SOURCE_STAGES } from "./source-stages.ts";
import type { CompiledPipeline, CompileStage } from "./stage.ts";
import { Breath, type Stage } from "./streams.ts";
import { WINDOW_STAGES } from "./window-stages.ts";

const STAGES: Record<string, CompileStage> = {
  ...SIMPLE_STAGES,
  $sort: sortStage,
  ...GROUP_STAGES,
  ...JOIN_STAGES,
  ...OUTPUT_STAGES,
  ...WINDOW_STAGES,
  ...SOURCE_STAGES,
};

/** A pipeline within a pipeline within … is refused past this depth, as the server does. */
const MAX_DEPTH = 20;

/**
 * Compiles a pipeline, throwing what the server's parser throws: 40323 for a stage that is no single-field object, 40324 for an
 * unknown stage, 40602 for a source stage that does not come first, 40601 for $out or $merge that does not come last.
 */
export function compilePipeline(stages: BsonValue, context: AggregationContext, depth = 0): CompiledPipeline {
  if (!Array.isArray(stages)) throw new MongoError("TypeMismatch", "'pipeline' option must be specified as an array");
  if (depth > MAX_DEPTH) {
    throw new MongoError(
      "MaxSubPipelineDepthExceeded",
      `Maximum number of nested sub-pipelines exceeded. Limit is ${MAX_DEPTH}`,
    );
  }
  const breath = new Breath(context);
  const steps: Stage[] = [];
  const needs = new Needs();
  let open = true;
  let isSource = false;
  let writes = false;
  for (const [at, stage] of stages.entries()) {
    const name = stageName(stage);
    if (at > 0 && Object.hasOwn(SOURCE_STAGES, name))
      throw new MongoError(40602, `${name} is only valid as the first stage in a pipeline`);
    const compile = Object.hasOwn(STAGES, name) ? STAGES[name] : undefined;
    if (!compile) throw new MongoError(40324, `Unrecognized pipeline stage name: '${name}'`);
    if (Object.hasOwn(SOURCE_STAGES, name)) isSource = true;
    if (Object.hasOwn(OUTPUT_STAGES, name)) {
      if (at < stages.length - 1) throw new MongoError(40601, `${name} can only be the final stage in the pipeline`);
      writes = true;
    }
    if (open && !PASSES_ON.has(name) && !FORGETS.has(name)) needs.all();
    steps.push(
      compile(
        (stage as BsonDocument)[name],
        {
          context,
          breath,
          limit: limitAfter(stages, at),
          needs: open ? needs : new Needs(),
          compile: (inner, innerContext) => compilePipeline(inner, innerContext, depth + 1),
        },
        name,
      ),
    );
    if (FORGETS.has(name)) open = false;
  }
  if (open) needs.all();
  return {
    needs: needs.names,
    isSource,
    writes,
    stages: stages as BsonDocument[],
    run: (input) => steps.reduce((current, step) => step(current), input),
  };
}

/** Stages that tell what they read and hand documents on as they came. */
const PASSES_ON = new Set(["$match", "$limit", "$skip", "$sample", "$sort"]);
/** Stages that tell what they read and hand on nothing else. */
const FORGETS = new Set(["$group", "$count", "$sortByCount", "$bucket"]);

function stageName(stage: BsonValue): string {
  const names = isDocument(stage) ? fieldNames(stage) : [];
  const [name] = names;
  if (!isDocument(stage))
    throw new MongoError("TypeMismatch", "Each element of the 'pipeline' array must be an object");
  if (name === undefined || names.length !== 1) {
    throw new MongoError(40323, "A pipeline stage specification object must contain exactly one field.");
  }
  return name;
}

/** The most documents that the stages after `at` can use, where only $skip stands before a $limit. */
function limitAfter(stages: readonly BsonValue[], at: number): number | undefined {
  let skipped = 0;
  for (const stage of stages.slice(at + 1)) {
    if (!isDocument(stage)) return undefined;
    if ("$limit" in stage) return skipped + countOf(stage.$limit, "$limit", 1);
    if (!("$skip" in stage)) return undefined;
    skipped += countOf(stage.$skip, "$skip", 0);
  }
  return undefined;
}
