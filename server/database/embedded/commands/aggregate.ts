import { compilePipeline, evaluateLet } from "../aggregation/index.ts";
import { MongoError } from "../errors.ts";
import type { Batches, BsonDocument, BsonValue } from "../types.ts";
import { encode } from "../values/bson.ts";
import { fieldNames } from "../values/document.ts";
import { type BsonNumber, toDouble } from "../values/numbers.ts";
import { isDocument, isNumber } from "../values/types.ts";
import { aggregationContext } from "./aggregation-context.ts";
import { collationArgument, collectionName, documentArgument, flagArgument, required } from "./arguments.ts";
import { cursorBatchSize, listed } from "./collections.ts";
import type { Command, CommandContext } from "./context.ts";
import { countMatches } from "./count.ts";
import { BATCH_BYTES, type Results, sessionKey } from "./cursors.ts";
import { explainQuery } from "./explain.ts";
import type { Operation } from "./operation.ts";
import { documents, effectiveCollation, type QuerySpec } from "./query.ts";

export const aggregate: Command = {
  writes: ({ pipeline }) => Array.isArray(pipeline) && isOutput(pipeline.at(-1)),
  fields: [
    "pipeline",
    "explain",
    "allowDiskUse",
    "cursor",
    "bypassDocumentValidation",
    "hint",
    "collation",
    "let",
    "fromMongos",
    "needsMerge",
    "exchange",
    "runtimeConstants",
    "isMapReduceCommand",
  ],
  async run(context) {
    const { database, db, command, operation } = context;
    const name = isNumber(command.aggregate) ? "$cmd.aggregate" : collectionName(context);
    const { stages, spec } = pushDown(context);
    if (flagArgument(context, "explain")) return explainQuery(context, spec, false);
    if (!isDocument(command.cursor))
      throw new MongoError(
        "FailedToParse",
        "The 'cursor' option is required, except for aggregate with the explain argument",
      );
    const start = (results: Results) =>
      database.cursors.start(results, {
        namespace: `${db}.${context.shownAs ?? name}`,
        operation,
        batchSize: cursorBatchSize(context),
        session: sessionKey(command.lsid),
      });
    const collation = effectiveCollation(database.catalog.get(db, name), spec.collation);
    const aggregation = aggregationContext(context, name, collation, spec.let);
    const pipeline = compilePipeline(stages, aggregation);
    if (!isNumber(command.aggregate) && fieldNames(stages[0] ?? {})[0] === "$documents")
      throw new MongoError("InvalidNamespace", "'$documents' can only be run with {aggregate: 1}");
    if (isNumber(command.aggregate) && !pipeline.isSource) {
      const [first] = fieldNames((command.pipeline as BsonDocument[])[0] ?? {});
      throw new MongoError(
        "InvalidNamespace",
        `{aggregate: 1} is not valid for '${first ?? "an empty pipeline"}'; a collection is required.`,
      );
    }
    if (pipeline.isSource && spec.filter !== NO_FILTER)
      throw new MongoError(40602, `${fieldNames(stages[0] ?? {})[0]} is only valid as the first stage in a pipeline`);
    const counted = pipeline.isSource ? undefined : countOnly(stages);
    if (counted) {
      const n = await countMatches(context, name, spec);
      return start(listed(n > 0 ? [counted(n)] : []));
    }
    const source = pipeline.isSource ? nothing() : documents(context, name, spec, pipeline.needs);
    const results = new PipelineResults(pipeline.run(source));
    if (pipeline.writes) {
      await results.next(1, operation);
      return start(listed([]));
    }
    return start(results);
  },
};

const NO_FILTER: BsonDocument = {};

/** $out and $merge, which only stand last. */
function isOutput(stage: BsonValue): boolean {
  return isDocument(stage) && (stage.$out !== undefined || stage.$merge !== undefined);
}

/** Moves a leading $match and $sort out of the pipeline into the query, where an index can serve them. */
export function pushDown(context: CommandContext): { stages: BsonDocument[]; spec: QuerySpec } {
  const pipeline = required(context, "pipeline");
  if (!Array.isArray(pipeline)) throw new MongoError("TypeMismatch", "'pipeline' option must be specified as an array");
  const stages = [...pipeline] as BsonDocument[];
  const spec: QuerySpec = { filter: {}, hint: context.command.hint, collation: collationArgument(context) };
  const constants = evaluateLet(documentArgument(context, "let"));
  if (constants) spec.let = constants;
  const taken = (stage: string) =>
    isDocument(stages[0]) && fieldNames(stages[0]).length === 1 && isDocument(stages[0][stage])
      ? (stages.shift()?.[stage] as BsonDocument)
      : undefined;
  spec.filter = taken("$match") ?? NO_FILTER;
  const sort = stages[0]?.$sort;
  // A sort by $meta or an empty one is left to the stage, which refuses it in the server's words.
  if (isDocument(sort) && fieldNames(sort).length > 0 && Object.values(sort).every(isNumber)) {
    spec.sort = taken("$sort");
    const limit = stages[0]?.$limit;
    if (isNumber(limit)) spec.limit = Math.max(0, toDouble(limit as BsonNumber));
  }
  return { stages, spec };
}

/** The shape of the answer where the pipeline does nothing but count, as countDocuments asks for it. */
function countOnly(stages: BsonDocument[]): ((n: number) => BsonDocument) | undefined {
  if (stages.length !== 1) return undefined;
  const { $group: group, $count: field } = stages[0] as BsonDocument;
  if (typeof field === "string") return (n) => ({ [field]: n });
  if (!isDocument(group) || !(group._id === null || isNumber(group._id))) return undefined;
  const [, sum, ...others] = fieldNames(group);
  const operand = sum === undefined ? undefined : group[sum];
  if (sum === undefined || others.length > 0 || !isDocument(operand)) return undefined;
  const one = operand.$sum;
  if (Object.keys(operand).length !== 1 || !isNumber(one) || toDouble(one) !== 1) return undefined;
  return (n) => ({ _id: group._id, [sum]: n });
}

async function* nothing(): Batches {}

/** What the last stage gives, as a cursor's batches. */
class PipelineResults implements Results {
  done = false;
  private readonly batches: AsyncIterator<BsonDocument[]>;
  private waiting: Uint8Array[] = [];

  constructor(batches: Batches) {
    this.batches = batches[Symbol.asyncIterator]();
  }

  async next(limit: number, operation: Operation): Promise<Uint8Array[]> {
    const batch: Uint8Array[] = [];
    let bytes = 0;
    while (batch.length < limit && !this.done) {
      const document = this.waiting[0];
      if (!document) {
        const { done, value } = await this.batches.next().catch((error: unknown) => {
          throw error instanceof MongoError ? error.within("PlanExecutor error during aggregation") : error;
        });
        if (done) this.done = true;
        else this.waiting = value.map(encode);
        if (operation.sliceOver) await operation.breathe();
        continue;
      }
      if (batch.length > 0 && bytes + document.length > BATCH_BYTES) break;
      batch.push(document);
      bytes += document.length;
      this.waiting.shift();
    }
    return batch;
  }

  close(): void {
    void this.batches.return?.();
  }
}
