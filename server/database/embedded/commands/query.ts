import { compileFilter } from "../matcher/index.ts";
import { type Plan, planQuery } from "../planner/plan.ts";
import { SortedSource } from "../planner/sorted.ts";
import { openSource, type Row, type Source } from "../planner/source.ts";
import type { Collection } from "../storage/collection.ts";
import type { Batches, BsonDocument, BsonValue, Collation, Filter } from "../types.ts";
import { partialDecoder } from "../values/bson.ts";
import { compileCollation } from "../values/collation.ts";
import { fieldNames } from "../values/document.ts";
import { parseSort } from "../values/sort.ts";
import type { CommandContext, Database } from "./context.ts";
import type { Operation } from "./operation.ts";

/** A query as find, count, update and the others state it. */
export interface QuerySpec {
  filter: BsonDocument;
  sort?: BsonDocument | undefined;
  hint?: BsonValue;
  collation?: Collation | undefined;
  let?: BsonDocument | undefined;
  min?: BsonDocument | undefined;
  max?: BsonDocument | undefined;
  /** How many documents are wanted at most, skipped ones included; 0 for all. */
  limit?: number;
}

export interface OpenQuery {
  filter: Filter;
  plan: Plan;
  source: Source;
}

/** The collation a collection gives its queries where they name none. */
export function effectiveCollation(collection: Collection | undefined, own: Collation | undefined) {
  const inherited = collection?.options.collation as BsonDocument | undefined;
  return own ?? (inherited && compileCollation(inherited));
}

/** Compiles, plans and opens a query. */
export function openQuery(database: Database, collection: Collection, spec: QuerySpec): OpenQuery {
  const collation = effectiveCollation(collection, spec.collation);
  const filter = compileFilter(spec.filter, { ...(collation && { collation }), ...(spec.let && { let: spec.let }) });
  const sort = spec.sort && fieldNames(spec.sort).length > 0 ? spec.sort : undefined;
  if (sort && sort.$natural === undefined) parseSort(sort);
  const { hint, limit, min, max } = spec;
  const noTableScan = database.options.noTableScan && collection.db !== "admin";
  const plan = planQuery(collection, { filter: spec.filter, sort, hint, min, max, collation, limit, noTableScan });
  let source = openSource(collection, plan, filter);
  if (sort && !plan.sorted) {
    const { store } = database;
    source = new SortedSource(source, collection, { spec: sort, collation, limit: limit ?? 0, store });
  }
  return { filter, plan, source };
}

/** Calls `visit` with each row until it says stop; others have their turns in between. */
export async function eachRow(
  source: Source,
  operation: Operation,
  visit: (row: Row) => boolean | undefined,
  wanted = 256,
): Promise<void> {
  try {
    while (!source.done) {
      for (const row of source.pull(wanted, wanted === 1)) if (visit(row) === false) return;
      if (operation.sliceOver) await operation.breathe();
    }
  } finally {
    source.close?.();
  }
}

/** The documents of a query as the stages take them. */
export async function* documents(
  { database, db, operation }: CommandContext,
  name: string,
  spec: QuerySpec,
  needs?: readonly string[],
): Batches {
  const collection = database.catalog.get(db, name);
  if (!collection) return;
  const { source } = openQuery(database, collection, spec);
  const read = partialDecoder(needs);
  try {
    while (!source.done) {
      const rows = source.pull(128);
      if (rows.length > 0) yield rows.map(({ bytes, doc }) => doc ?? read(bytes));
      if (operation.sliceOver) await operation.breathe();
    }
  } finally {
    source.close?.();
  }
}
