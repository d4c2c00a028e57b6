import { ObjectId } from "bson";
import { MongoError } from "../errors.ts";
import { isRegExp } from "../matcher/operators.ts";
import { isOperatorDocument } from "../matcher/predicate.ts";
import type { BsonDocument, BsonValue } from "../types.ts";
import { fieldNames, setField } from "../values/document.ts";
import { isDocument } from "../values/types.ts";
import { compileUpdate, isOperatorUpdate, type UpdateOptions } from "./index.ts";

/**
 * The document an upsert inserts: the filter's equalities ($eq, a single $in or $all value, inside $and and a lone $or too),
 * then the update on top of them, then an _id if there is none. Source: manual, "Upsert with Operator Expressions".
 * Throws 54 NotSingleValueField where the filter names one field twice.
 */
export function upsertDocument(
  filter: BsonDocument,
  update: BsonDocument | readonly BsonDocument[],
  options: UpdateOptions = {},
): BsonDocument {
  const equalities = new Map<string, BsonValue>();
  collect(filter, equalities);
  const replaces = !Array.isArray(update) && !isOperatorUpdate(update);
  let start: BsonDocument = {};
  for (const [path, value] of [...equalities].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (replaces && path !== "_id") continue;
    start = compileUpdate({ $set: { [path]: value } }).apply(start, { inserting: true }).doc;
  }
  const { doc } = compileUpdate(update, options).apply(start, { inserting: true });
  return withIdFirst(doc);
}

function withIdFirst(doc: BsonDocument): BsonDocument {
  const result: BsonDocument = { _id: doc._id === undefined ? new ObjectId() : doc._id };
  for (const name of fieldNames(doc)) if (name !== "_id") setField(result, name, doc[name]);
  return result;
}

function collect(filter: BsonDocument, into: Map<string, BsonValue>): void {
  for (const name of fieldNames(filter)) {
    const condition = filter[name];
    if (name === "$and" || (name === "$or" && Array.isArray(condition) && condition.length === 1)) {
      for (const branch of condition as BsonDocument[]) collect(branch, into);
    } else if (name === "$expr") {
      throw new MongoError("QueryFeatureNotAllowed", "$expr is not allowed in the query predicate for an upsert");
    } else if (!name.startsWith("$")) {
      const value = equalTo(condition);
      if (value !== undefined) add(name, value, into);
    }
  }
}

/** The one value a condition allows, if it names one. */
function equalTo(condition: BsonValue): BsonValue {
  if (isRegExp(condition)) return undefined;
  if (!isOperatorDocument(condition)) return condition;
  const { $eq, $in, $all } = condition;
  if ("$eq" in condition) return $eq;
  if (Array.isArray($in) && $in.length === 1 && !isRegExp($in[0])) return $in[0];
  if (
    Array.isArray($all) &&
    $all.length === 1 &&
    !isRegExp($all[0]) &&
    !(isDocument($all[0]) && "$elemMatch" in $all[0])
  )
    return $all[0];
  return undefined;
}

function add(path: string, value: BsonValue, into: Map<string, BsonValue>): void {
  for (const other of into.keys()) {
    if (other === path) {
      throw new MongoError("NotSingleValueField", `cannot infer query fields to set, path '${path}' is matched twice`);
    }
    if (other.startsWith(`${path}.`) || path.startsWith(`${other}.`)) {
      throw new MongoError(
        "NotSingleValueField",
        `cannot infer query fields to set, both paths '${path}' and '${other}' are matched`,
      );
    }
  }
  into.set(path, value);
}
