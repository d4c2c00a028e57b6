import { Long } from "bson";
import { evaluateLet } from "../aggregation/expression/index.ts";
import { MongoError } from "../errors.ts";
import { extractKeys } from "../keys/extract.ts";
import { compileFilter } from "../matcher/index.ts";
import type { Plan } from "../planner/plan.ts";
import { compileProjection } from "../projector/index.ts";
import type { BsonDocument, Filter } from "../types.ts";
import { fieldNames } from "../values/document.ts";
import {
  arrayArgument,
  collationArgument,
  collectionName,
  countArgument,
  documentArgument,
  flagArgument,
  mismatch,
} from "./arguments.ts";
import { listed } from "./collections.ts";
import type { Command, CommandContext } from "./context.ts";
import { type Results, sessionKey } from "./cursors.ts";
import { openQuery, type QuerySpec } from "./query.ts";
import { FindResults } from "./results.ts";
import { TailResults } from "./tail.ts";

const FIND_FIELDS = [
  "filter",
  "sort",
  "projection",
  "hint",
  "skip",
  "limit",
  "batchSize",
  "singleBatch",
  "allowDiskUse",
  "allowPartialResults",
  "collation",
  "let",
  "max",
  "min",
  "returnKey",
  "showRecordId",
  "noCursorTimeout",
  "tailable",
  "awaitData",
  "oplogReplay",
  "ntoreturn",
  "term",
  "readOnce",
  "runtimeConstants",
] as const;

/** The query of a find command; shared with explain. */
export function findSpec(context: CommandContext): QuerySpec & { skip: number; rest: number } {
  const skip = countArgument(context, "skip") ?? 0;
  const rest = countArgument(context, "limit") ?? 0;
  return {
    filter: documentArgument(context, "filter") ?? {},
    sort: documentArgument(context, "sort"),
    hint: context.command.hint,
    min: documentArgument(context, "min"),
    max: documentArgument(context, "max"),
    collation: collationArgument(context),
    let: evaluateLet(documentArgument(context, "let")),
    limit: rest > 0 ? rest + skip : 0,
    skip,
    rest,
  };
}

export const find: Command = {
  fields: FIND_FIELDS,
  run(context) {
    const { database, db, operation, command } = context;
    const name = collectionName(context);
    const collection = database.catalog.get(db, name);
    const spec = findSpec(context);
    const projectionSpec = documentArgument(context, "projection");
    const projecting = projectionSpec && fieldNames(projectionSpec).length > 0 ? projectionSpec : undefined;
    const environment = { ...(spec.collation && { collation: spec.collation }), ...(spec.let && { let: spec.let }) };
    const project = (filter: Filter) => projecting && compileProjection(projecting, { ...environment, filter });
    const start = (results: Results) =>
      database.cursors.start(results, {
        namespace: `${db}.${name}`,
        operation,
        batchSize: countArgument(context, "batchSize"),
        single: flagArgument(context, "singleBatch"),
        session: sessionKey(command.lsid),
        keep: flagArgument(context, "noCursorTimeout"),
      });
    if (!collection) {
      const filter = compileFilter(spec.filter, environment);
      project(filter);
      return start(listed([]));
    }
    if (flagArgument(context, "tailable")) {
      const filter = compileFilter(spec.filter, environment);
      return start(new TailResults(collection, filter, project(filter), flagArgument(context, "awaitData")));
    }
    const { source, filter, plan } = openQuery(database, collection, spec);
    const { skip, rest: limit } = spec;
    const keyOf = flagArgument(context, "returnKey") ? keyReader(plan) : undefined;
    const showRow = flagArgument(context, "showRecordId");
    return start(new FindResults(source, { filter, projection: project(filter), skip, limit, keyOf, showRow }));
  },
};

export const getMore: Command = {
  fields: ["collection", "batchSize", "term", "lastKnownCommittedOpTime"],
  run(context) {
    const { database, db, command, operation } = context;
    const id = command.getMore;
    if (!(id instanceof Long)) throw mismatch("getMore.getMore", id, "long");
    return database.cursors.more(id, `${db}.${command.collection}`, countArgument(context, "batchSize"), operation);
  },
};

export const killCursors: Command = {
  fields: ["cursors"],
  run(context) {
    const namespace = `${context.db}.${collectionName(context)}`;
    const cursorsKilled: Long[] = [];
    const cursorsNotFound: Long[] = [];
    for (const [at, id] of (arrayArgument(context, "cursors") ?? []).entries()) {
      if (!(id instanceof Long)) throw mismatch(`killCursors.cursors.${at}`, id, "long");
      (context.database.cursors.kill(id, namespace) ? cursorsKilled : cursorsNotFound).push(id);
    }
    return { cursorsKilled, cursorsNotFound, cursorsAlive: [], cursorsUnknown: [], ok: 1 };
  },
};

/** For returnKey: what the index holds of a document; nothing where no index was read. */
function keyReader(plan: Plan): (doc: BsonDocument) => BsonDocument {
  if (plan.kind !== "index") return () => ({});
  const { fields, paths } = plan.index;
  return (doc) => {
    const [key, ...others] = extractKeys(doc, paths).values;
    // Which of its keys led to the document is not known afterwards.
    if (others.length > 0)
      throw new MongoError("CommandNotSupported", "find: 'returnKey' over arrays is not supported");
    return Object.fromEntries(fields.map((field, i) => [field, key?.[i] ?? null]));
  };
}
