import { compilePipeline } from "../aggregation/index.ts";
import { MongoError } from "../errors.ts";
import type { Batches, BsonDocument } from "../types.ts";
import { compileCollation } from "../values/collation.ts";
import { equalValues } from "../values/compare.ts";
import { fieldNames } from "../values/document.ts";
import { aggregate } from "./aggregate.ts";
import { aggregationContext } from "./aggregation-context.ts";
import { countArgument, documentArgument, flagArgument } from "./arguments.ts";
import type { Command, CommandContext } from "./context.ts";
import { findSpec } from "./find.ts";
import { documents } from "./query.ts";

/** Views on views on views …: deeper than this, or in a circle, they are refused. */
const MAX_DEPTH = 20;

interface View {
  /** The collection below, and the stages that make the view of it. */
  base: string;
  pipeline: BsonDocument[];
  collation: BsonDocument | undefined;
}

/** The view of this name, down to its collection; undefined where the name is not a view's. */
export function viewOf({ database, db }: CommandContext, name: string): View | undefined {
  if (!database.catalog.hasViews) return undefined;
  const first = database.catalog.get(db, name)?.options;
  if (first?.viewOn === undefined) return undefined;
  let [base, pipeline, depth] = [name, [] as BsonDocument[], 0];
  for (let view: BsonDocument | undefined = first; view?.viewOn !== undefined; depth++) {
    if (depth >= MAX_DEPTH)
      throw new MongoError("ViewDepthLimitExceeded", `View depth limit exceeded or view cycle at ${db}.${name}`);
    pipeline = [...(view.pipeline as BsonDocument[]), ...pipeline];
    base = view.viewOn as string;
    view = database.catalog.get(db, base)?.options;
  }
  return { base, pipeline, collation: first.collation as BsonDocument | undefined };
}

/** Writers ask before they touch a collection of this name. */
export function refuseView(context: CommandContext, name: string): void {
  if (viewOf(context, name))
    throw new MongoError("CommandNotSupportedOnView", `Namespace ${context.db}.${name} is a view, not a collection`);
}

/** How each command that reads is done on a view: as an aggregation on the collection below. */
const READS: Record<string, (context: CommandContext) => BsonDocument[]> = {
  aggregate: ({ command }) => command.pipeline as BsonDocument[],
  find(context) {
    const { filter, sort, skip, rest } = findSpec(context);
    const projection = documentArgument(context, "projection");
    return [
      { $match: filter },
      ...(sort && fieldNames(sort).length > 0 ? [{ $sort: sort }] : []),
      ...(skip > 0 ? [{ $skip: skip }] : []),
      ...(rest > 0 ? [{ $limit: rest }] : []),
      ...(projection && fieldNames(projection).length > 0 ? [{ $project: projection }] : []),
    ];
  },
};
/** Commands that take the name of a view as it is. */
const UNCHANGED = new Set(["drop", "create", "collMod", "explain", "count", "distinct"]);

/** The same command on the collection below, where it names a view; refuses commands that views do not know. */
export function throughView(context: CommandContext): { command: Command; context: CommandContext } | undefined {
  const { name, command } = context;
  const target = command[name];
  const view = typeof target === "string" && !UNCHANGED.has(name) ? viewOf(context, target) : undefined;
  if (!view) return undefined;
  const read = Object.hasOwn(READS, name) ? READS[name] : undefined;
  if (!read) refuseView(context, target as string);
  const own = command.collation;
  if (own !== undefined && !equalValues(own, view.collation ?? null) && fieldNames(own as BsonDocument).length > 0)
    throw new MongoError("OptionNotSupportedOnView", "Cannot override a view's default collation");
  const batchSize = countArgument(context, "batchSize");
  const single = name === "find" && flagArgument(context, "singleBatch");
  const { filter, sort, projection, skip, limit, singleBatch, batchSize: _, ...rest } = command;
  const pipeline = [...view.pipeline, ...(read?.(context) ?? [])];
  const cursor = name === "find" ? (batchSize === undefined || single ? {} : { batchSize }) : command.cursor;
  const rewritten = {
    ...rest,
    aggregate: view.base,
    pipeline,
    ...(cursor !== undefined && { cursor }),
    ...(view.collation && { collation: view.collation }),
  };
  return {
    command: aggregate,
    context: { ...context, name: "aggregate", command: rewritten, shownAs: target as string },
  };
}

/** The documents of a view that match, as a collection's `documents` would give them. */
export async function* viewDocuments(context: CommandContext, view: View, filter: BsonDocument): Batches {
  const collation = compileCollation(view.collation);
  const aggregation = aggregationContext(context, view.base, collation, undefined);
  const { run } = compilePipeline([...view.pipeline, { $match: filter }], aggregation);
  yield* run(documents(context, view.base, { filter: {}, collation }));
}
