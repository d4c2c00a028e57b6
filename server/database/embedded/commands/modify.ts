import { MongoError } from "../errors.ts";
import type { Row } from "../planner/source.ts";
import type { Collection, Stored } from "../storage/collection.ts";
import type { BsonDocument, BsonValue, Filter } from "../types.ts";
import { compileUpdate, isOperatorUpdate, type UpdateOptions, upsertDocument } from "../updater/index.ts";
import { decode, encode } from "../values/bson.ts";
import { isDocument, typeName } from "../values/types.ts";
import type { CommandContext } from "./context.ts";
import { prepareInsert, prepareUpdate, validate } from "./documents.ts";
import { eachRow, effectiveCollation, openQuery, type QuerySpec } from "./query.ts";

export type UpdateSpec = BsonDocument | BsonDocument[];

/** One statement of an update, or the update of a findAndModify. */
export interface Modification {
  query: QuerySpec;
  update: UpdateSpec;
  arrayFilters?: BsonDocument[] | undefined;
  multi: boolean;
  upsert: boolean;
  bypassValidation: boolean;
}

export interface ModificationResult {
  matched: number;
  modified: number;
  upserted?: Stored;
  /** The last document changed, before and after. */
  before?: Stored;
  after?: Stored;
  filter?: Filter;
}

export function readUpdate(value: BsonValue): UpdateSpec {
  if (Array.isArray(value)) {
    for (const stage of value)
      if (!isDocument(stage))
        throw new MongoError("TypeMismatch", "Each element of the 'pipeline' array must be an object");
    return value as BsonDocument[];
  }
  if (isDocument(value)) return value;
  throw new MongoError("FailedToParse", `Update argument must be either an object or an array, got ${typeName(value)}`);
}

/** Finds and changes documents in one turn: nobody writes between the match and the change. */
export async function modify(context: CommandContext, name: string, change: Modification): Promise<ModificationResult> {
  const { database, db, operation } = context;
  const { query, update, multi, upsert } = change;
  if (multi && !Array.isArray(update) && !isOperatorUpdate(update))
    throw new MongoError("FailedToParse", "multi update is not supported for replacement-style update");
  let collection = database.catalog.get(db, name);
  const collation = effectiveCollation(collection, query.collation);
  const options: UpdateOptions = {
    ...(change.arrayFilters && { arrayFilters: change.arrayFilters }),
    ...(collation && { collation }),
    ...(query.let && { let: query.let }),
  };
  const compiled = compileUpdate(update, options);
  const positional = usesPositional(update);
  const result: ModificationResult = { matched: 0, modified: 0 };
  if (collection) {
    const found = collection;
    const { source, filter } = openQuery(database, found, { ...query, limit: multi ? 0 : 1 });
    const changed = new Set<number>();
    result.filter = filter;
    const visit = (row: Row): boolean => {
      if (changed.has(row.row)) return true;
      if (multi) changed.add(row.row);
      const doc = row.doc ?? decode(row.bytes);
      const index = positional ? filter.positional(doc) : undefined;
      const outcome = compiled.apply(doc, { inserting: false, ...(index !== undefined && { positional: index }) });
      result.matched++;
      result.before = { doc, bytes: row.bytes };
      result.after = result.before;
      if (!outcome.changed) return multi;
      const after = prepareUpdate(outcome.doc);
      validate(found, after.doc, change.bypassValidation);
      found.update(row.row, result.before, after);
      result.modified++;
      result.after = after;
      return multi;
    };
    await eachRow(source, operation, visit, multi ? 256 : 1);
  }
  if (result.matched === 0 && upsert) {
    const stored = prepareInsert(encode(upsertDocument(query.filter, update, options)));
    collection = database.catalog.getOrCreate(db, name);
    validate(collection, stored.doc, change.bypassValidation);
    collection.insert(stored);
    result.upserted = stored;
  }
  return result;
}

/** Deletes what the query finds; returns the documents' number and the last one. */
export async function remove(
  context: CommandContext,
  collection: Collection,
  query: QuerySpec,
  single: boolean,
): Promise<{ removed: number; last?: Stored; filter: Filter }> {
  const { source, filter } = openQuery(context.database, collection, { ...query, limit: single ? 1 : 0 });
  let removed = 0;
  let last: Stored | undefined;
  const visit = ({ row, bytes, doc }: Row): boolean => {
    last = { doc: doc ?? decode(bytes), bytes };
    collection.delete(row, last);
    removed++;
    return !single;
  };
  await eachRow(source, context.operation, visit, single ? 1 : 256);
  return { removed, filter, ...(last && { last }) };
}

function usesPositional(update: UpdateSpec): boolean {
  if (Array.isArray(update)) return false;
  return Object.values(update).some(
    (fields) => isDocument(fields) && Object.keys(fields).some((path) => /\.\$(?:\.|$)/.test(path)),
  );
}
