import { MongoError } from "../errors.ts";
import type { Plan } from "../planner/plan.ts";
import type { Source } from "../planner/source.ts";
import type { BsonDocument } from "../types.ts";
import { isDocument } from "../values/types.ts";
import { pushDown } from "./aggregate.ts";
import { collectionName, documentArgument, textArgument } from "./arguments.ts";
import type { Command, CommandContext } from "./context.ts";
import { countSpec } from "./count.ts";
import { findSpec } from "./find.ts";
import { VERSION } from "./handshake.ts";
import { eachRow, openQuery, type QuerySpec } from "./query.ts";
import { throughView } from "./views.ts";

/** How the query of each command that explain knows is found in it. */
const queries: Record<string, (context: CommandContext) => QuerySpec> = {
  find: findSpec,
  count: countSpec,
  distinct: countSpec,
  findAndModify: (context) => ({ ...countSpec(context), sort: documentArgument(context, "sort") }),
  update: (context) => firstStatement(context, "updates"),
  delete: (context) => firstStatement(context, "deletes"),
  aggregate: (context) => pushDown(context).spec,
};

const VERBOSITIES = ["queryPlanner", "executionStats", "allPlansExecution"];

/** Tells the plan of a query: the stage names and the index as MongoDB shows them. */
export const explain: Command = {
  fields: ["verbosity"],
  async run(context) {
    const verbosity = textArgument(context, "verbosity") ?? "allPlansExecution";
    if (!VERBOSITIES.includes(verbosity))
      throw new MongoError(
        "BadValue",
        `Enumeration value '${verbosity}' for field 'explain.verbosity' is not a valid value.`,
      );
    const inner = documentArgument(context, "explain") ?? {};
    const name = Object.keys(inner)[0] ?? "";
    const query = Object.hasOwn(queries, name) ? queries[name] : undefined;
    if (!query) throw new MongoError("CommandNotFound", `Explain failed due to unknown command: ${name}`);
    const innerContext: CommandContext = { ...context, name, command: { ...inner, $db: context.db } };
    const view = throughView(innerContext)?.context;
    if (view) return explainQuery(view, pushDown(view).spec, verbosity !== "queryPlanner");
    return explainQuery(innerContext, query(innerContext), verbosity !== "queryPlanner");
  },
};

export async function explainQuery(context: CommandContext, spec: QuerySpec, execute: boolean): Promise<BsonDocument> {
  const { database, db, operation } = context;
  const name = collectionName(context);
  const collection = database.catalog.get(db, name);
  const namespace = `${db}.${name}`;
  const opened = collection && openQuery(database, collection, spec);
  const planner = {
    namespace,
    parsedQuery: spec.filter,
    indexFilterSet: false,
    maxIndexedOrSolutionsReached: false,
    winningPlan: opened ? describe(opened.plan, spec) : { stage: "EOF" },
    rejectedPlans: [],
  };
  const executionStats = execute && {
    executionStats: await statistics(opened?.source, planner.winningPlan, operation, spec),
  };
  return {
    explainVersion: "1",
    queryPlanner: planner,
    ...executionStats,
    command: context.command,
    serverInfo: { version: VERSION },
    ok: 1,
  };
}

function describe(plan: Plan, spec: QuerySpec): BsonDocument {
  let stage = describeAccess(plan, spec);
  if (spec.sort && Object.keys(spec.sort).length > 0 && !plan.sorted)
    stage = {
      stage: "SORT",
      sortPattern: spec.sort,
      ...(spec.limit && { limitAmount: spec.limit }),
      inputStage: stage,
    };
  return stage;
}

function describeAccess(plan: Plan, spec: QuerySpec): BsonDocument {
  const filter = plan.exact ? {} : { filter: spec.filter };
  if (plan.kind === "table") return { stage: "COLLSCAN", ...filter, direction: plan.backward ? "backward" : "forward" };
  const scans = plan.kind === "union" ? plan.branches.map(describeScan) : [describeScan(plan)];
  const joined = plan.merge
    ? { stage: "SORT_MERGE", sortPattern: plan.merge, inputStages: scans }
    : plan.kind === "union"
      ? { stage: "OR", inputStages: scans }
      : scans[0];
  return { stage: "FETCH", ...filter, inputStage: joined };
}

function describeScan(plan: Extract<Plan, { kind: "index" }>): BsonDocument {
  const { index, backward, bounds, ranges } = plan;
  return {
    stage: "IXSCAN",
    keyPattern: index.key,
    indexName: index.name,
    isMultiKey: plan.repeats,
    isUnique: index.unique,
    isSparse: index.sparse,
    isPartial: index.partial !== undefined,
    indexVersion: 2,
    direction: backward ? "backward" : "forward",
    boundFields: index.fields.filter((_, i) => bounds[i] !== undefined),
    ranges: ranges.length,
  };
}

async function statistics(
  source: Source | undefined,
  plan: BsonDocument,
  operation: CommandContext["operation"],
  spec: QuerySpec,
): Promise<BsonDocument> {
  const start = performance.now();
  let nReturned = 0;
  const visit = () => ++nReturned !== spec.limit;
  if (source) await eachRow(source, operation, visit, Math.min(spec.limit || 256, 256));
  return {
    executionSuccess: true,
    nReturned,
    executionTimeMillis: Math.round(performance.now() - start),
    totalKeysExamined: source?.stats.keysExamined ?? 0,
    totalDocsExamined: source?.stats.docsExamined ?? 0,
    executionStages: plan,
  };
}

function firstStatement({ command }: CommandContext, field: string): QuerySpec {
  const statement = (command[field] as BsonDocument[] | undefined)?.[0];
  const filter = isDocument(statement?.q) ? statement.q : {};
  return { filter, hint: statement?.hint };
}
