import { MongoError } from "../errors.ts";
import { compileFilter } from "../matcher/index.ts";
import { isRegExp } from "../matcher/operators.ts";
import { isOperatorDocument } from "../matcher/predicate.ts";
import { EXPIRY_INDEX } from "../storage/catalog.ts";
import type { Collection } from "../storage/collection.ts";
import type { Index } from "../storage/index-table.ts";
import type { BsonDocument, BsonValue } from "../types.ts";
import { collationDocument, compileCollation } from "../values/collation.ts";
import { equalValues } from "../values/compare.ts";
import { fieldNames } from "../values/document.ts";
import { type BsonNumber, toDouble } from "../values/numbers.ts";
import { textOfValue } from "../values/text.ts";
import { isTruthy } from "../values/truth.ts";
import { isDocument, isNumber, typeName } from "../values/types.ts";
import { arrayArgument, collectionName, required } from "./arguments.ts";
import { cursorBatchSize, listed } from "./collections.ts";
import type { Command, CommandContext } from "./context.ts";
import { sessionKey } from "./cursors.ts";

const KEPT_OPTIONS = [
  "unique",
  "prepareUnique",
  "sparse",
  "hidden",
  "expireAfterSeconds",
  "partialFilterExpression",
  "collation",
];
/** Indexes on one key that differ in one of these are different indexes. */
const IDENTIFYING_OPTIONS = ["unique", "sparse", "partialFilterExpression", "collation"];
/** Options that change nothing here: how MongoDB builds or stores the index, or hints for other kinds of index. */
const IGNORED_OPTIONS = [
  "v",
  "key",
  "name",
  "ns",
  "background",
  "dropDups",
  "storageEngine",
  "commitQuorum",
  "clustered",
];
const OTHER_KINDS = [
  "weights",
  "default_language",
  "language_override",
  "textIndexVersion",
  "2dsphereIndexVersion",
  "bits",
  "min",
  "max",
  "bucketSize",
  "wildcardProjection",
];
const MAX_INDEXES = 64;
const BUILD_CHUNK = 100;

const createIndexes: Command = {
  writes: true,
  fields: ["indexes", "ignoreUnknownIndexOptions", "commitQuorum"],
  async run(context) {
    const { database, db } = context;
    const name = collectionName(context);
    const requests = arrayArgument(context, "indexes") ?? [];
    if (requests.length === 0) throw new MongoError("BadValue", "Must specify at least one index to create");
    const created = !database.catalog.get(db, name);
    const specs = requests.map((request) => readSpec(request, database.catalog.get(db, name)));
    const collection = database.catalog.getOrCreate(db, name);
    const before = collection.indexes.length;
    let note: string | undefined;
    for (const spec of specs) {
      if (exists(collection, spec)) note = "all indexes already exist";
      else await build(context, collection, spec);
    }
    const after = collection.indexes.length;
    return {
      numIndexesBefore: before,
      numIndexesAfter: after,
      createdCollectionAutomatically: created,
      ...(note && after === before && { note }),
      ok: 1,
    };
  },
};

function readSpec(request: BsonValue, collection: Collection | undefined): BsonDocument {
  if (!isDocument(request) || !isDocument(request.key))
    throw new MongoError("FailedToParse", "The 'key' field is a required property of an index specification");
  const key = request.key;
  checkKey(key);
  const name =
    request.name ??
    fieldNames(key)
      .map((field) => `${field}_${textOfKey(key[field])}`)
      .join("_");
  if (typeof name !== "string" || name === "")
    throw new MongoError("CannotCreateIndex", "The index name must be a non-empty string");
  const spec: BsonDocument = { v: 2, key, name };
  for (const option of fieldNames(request)) {
    if (KEPT_OPTIONS.includes(option)) spec[option] = request[option];
    else if (OTHER_KINDS.includes(option))
      throw new MongoError("CannotCreateIndex", `the index option '${option}' is not supported`);
    else if (!IGNORED_OPTIONS.includes(option))
      throw new MongoError(
        "InvalidIndexSpecificationOption",
        `The field '${option}' is not valid for an index specification. Specification: ${textOfValue(request)}`,
      );
  }
  checkOptions(spec);
  const collation = spec.collation ?? collection?.options.collation;
  const compiled = collation === undefined ? undefined : compileCollation(collation);
  if (compiled) spec.collation = collationDocument(compiled.spec);
  else delete spec.collation;
  for (const flag of ["unique", "prepareUnique", "sparse", "hidden"]) if (spec[flag] === false) delete spec[flag];
  return spec;
}

function checkKey(key: BsonDocument): void {
  const fields = fieldNames(key);
  if (fields.length === 0) throw new MongoError("CannotCreateIndex", "Index keys cannot be empty.");
  if (fields.length > 32) throw new MongoError(13103, "too many compound keys");
  for (const field of fields) {
    const direction = key[field];
    if (field.includes("$**")) throw new MongoError("CannotCreateIndex", "wildcard indexes are not supported");
    if (field === "" || field.split(".").some((part) => part === ""))
      throw new MongoError("CannotCreateIndex", "Index keys cannot contain an empty field.");
    if (field.split(".").some((part) => part.startsWith("$") && !["$id", "$ref", "$db"].includes(part)))
      throw new MongoError(
        "CannotCreateIndex",
        "Index key contains an illegal field name: field name starts with '$'.",
      );
    if (direction === "hashed") continue;
    if (typeof direction === "string") {
      const known = ["text", "2d", "2dsphere", "wildcard"].includes(direction);
      throw new MongoError(
        "CannotCreateIndex",
        known ? `${direction} indexes are not supported` : `Unknown index plugin '${direction}'`,
      );
    }
    if (!isNumber(direction))
      throw new MongoError(
        "CannotCreateIndex",
        `Values in v:2 index key pattern cannot be of type ${typeName(direction)}. Only numbers > 0, numbers < 0, and strings are allowed.`,
      );
    const number = toDouble(direction);
    if (number === 0 || Number.isNaN(number))
      throw new MongoError("CannotCreateIndex", "Values in the index key pattern cannot be 0.");
  }
}

const PARTIAL_OPERATORS = new Set([
  "$eq",
  "$gt",
  "$gte",
  "$lt",
  "$lte",
  "$type",
  "$in",
  "$all",
  "$options",
  "$comment",
]);

/** A partial index's filter takes only some operators. Source: manual, "Create a Partial Index". */
function checkPartialFilter(filter: BsonDocument): void {
  const refuse = (part: BsonDocument) => {
    throw new MongoError("CannotCreateIndex", `Expression not supported in partial index: ${textOfValue(part)}`);
  };
  for (const name of fieldNames(filter)) {
    const condition = filter[name];
    if (name === "$and" || name === "$or") for (const part of condition as BsonDocument[]) checkPartialFilter(part);
    else if (name.startsWith("$") && name !== "$comment") refuse({ [name]: condition });
    else if (isRegExp(condition)) refuse({ [name]: condition });
    else if (isOperatorDocument(condition))
      for (const operator of fieldNames(condition))
        if (operator === "$exists" ? !isTruthy(condition[operator]) : !PARTIAL_OPERATORS.has(operator))
          refuse({ [name]: { [operator]: condition[operator] } });
  }
}

function checkOptions(spec: BsonDocument): void {
  const { key, partialFilterExpression: partial, expireAfterSeconds: expire } = spec;
  const isId = equalValues(key, { _id: 1 });
  if (partial !== undefined) {
    if (!isDocument(partial))
      throw new MongoError("TypeMismatch", "The field 'partialFilterExpression' must be an object");
    if (spec.sparse === true)
      throw new MongoError("CannotCreateIndex", 'cannot mix "partialFilterExpression" and "sparse" options');
    compileFilter(partial, {});
    checkPartialFilter(partial);
  }
  if (expire !== undefined) {
    const seconds = isNumber(expire) ? toDouble(expire as BsonNumber) : Number.NaN;
    if (!(seconds >= 0 && seconds <= 2147483647))
      throw new MongoError(
        "CannotCreateIndex",
        `TTL index 'expireAfterSeconds' option must be within an acceptable range. Index spec: ${textOfValue(spec)}`,
      );
    if (fieldNames(key as BsonDocument).length > 1)
      throw new MongoError(
        "CannotCreateIndex",
        `TTL indexes are single-field indexes, compound indexes do not support TTL. Index spec: ${textOfValue(spec)}`,
      );
  }
  if (Object.values(key as BsonDocument).includes("hashed") && spec.unique === true)
    throw new MongoError(16764, "Currently hashed indexes cannot guarantee uniqueness. Use a regular index.");
  if (isId && (expire !== undefined || partial !== undefined || spec.sparse === true))
    throw new MongoError("InvalidIndexSpecificationOption", "The _id index can not be sparse, partial or TTL");
}

/** True when the collection has it already; an error when it has another one by that name or on those keys. */
function exists(collection: Collection, spec: BsonDocument): boolean {
  if (equalValues(spec.key, { _id: 1 })) return true;
  for (const index of collection.indexes) {
    const equivalent = equalValues(index.key, spec.key) && same(index.spec, spec, IDENTIFYING_OPTIONS);
    const identical = equivalent && same(index.spec, spec, KEPT_OPTIONS);
    const pair = `Requested index: ${textOfValue(spec)}, existing index: ${textOfValue(index.spec)}`;
    if (index.name === spec.name) {
      if (identical) return true;
      if (equivalent)
        throw new MongoError(
          "IndexOptionsConflict",
          `An equivalent index already exists with the same name but different options. ${pair}`,
        );
      throw new MongoError(
        "IndexKeySpecsConflict",
        `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. ${pair}`,
      );
    }
    if (!equivalent) continue;
    throw new MongoError(
      "IndexOptionsConflict",
      identical
        ? `Index already exists with a different name: ${index.name}`
        : `An equivalent index already exists with a different name and options. ${pair}`,
    );
  }
  if (collection.indexes.length >= MAX_INDEXES)
    throw new MongoError(
      "CannotCreateIndex",
      `add index fails, too many indexes for ${collection.namespace} key:${textOfValue(spec.key)}`,
    );
  return false;
}

function same(a: BsonDocument, b: BsonDocument, options: readonly string[]): boolean {
  return options.every((option) => (a[option] ?? b[option]) === undefined || equalValues(a[option], b[option]));
}

/** Fills a new index a few documents at a time; writers keep it up to date meanwhile. */
async function build(
  { database, operation }: CommandContext,
  collection: Collection,
  spec: BsonDocument,
): Promise<void> {
  const index = database.catalog.addIndex(collection, spec);
  try {
    while (!collection.buildIndex(index, BUILD_CHUNK)) {
      if (operation.sliceOver) await operation.breathe();
      if (collection.dropped) throw new MongoError("QueryPlanKilled", `collection dropped. UUID ${collection.uuid}`);
    }
    database.catalog.finishIndex(index);
  } catch (error) {
    if (!collection.dropped) database.catalog.dropIndex(collection, index);
    throw error;
  }
}

const listIndexes: Command = {
  fields: ["cursor", "includeIndexBuildInfo"],
  run(context) {
    const { database, db, operation, command } = context;
    const name = collectionName(context);
    const collection = database.catalog.get(db, name);
    if (!collection) throw new MongoError("NamespaceNotFound", `ns does not exist: ${db}.${name}`);
    const shown = collection.indexes.filter(({ name, spec }) => spec.repeats !== true && name !== EXPIRY_INDEX);
    return database.cursors.start(listed(shown.map((index) => shownSpec(collection, index))), {
      namespace: `${db}.${name}`,
      operation,
      batchSize: cursorBatchSize(context),
      session: sessionKey(command.lsid),
    });
  },
};

/** A clustered collection shows its _id index as the one it was made with. */
function shownSpec({ options, idIndex }: Collection, index: Index): BsonDocument {
  const { clusteredIndex } = options;
  return index === idIndex && isDocument(clusteredIndex) ? { ...clusteredIndex, clustered: true } : index.spec;
}

const dropIndexes: Command = {
  writes: true,
  fields: ["index"],
  run(context) {
    const { database, db, command } = context;
    const name = collectionName(context);
    const collection = database.catalog.get(db, name);
    if (!collection) throw new MongoError("NamespaceNotFound", `ns not found ${db}.${name}`);
    required(context, "index");
    const nIndexesWas = collection.indexes.length;
    for (const index of chosenIndexes(collection, command.index)) database.catalog.dropIndex(collection, index);
    const everything = command.index === "*" && { msg: "non-_id indexes dropped for collection" };
    return { nIndexesWas, ...everything, ok: 1 };
  },
};

function chosenIndexes(collection: Collection, wanted: BsonValue): Index[] {
  if (wanted === "*") return collection.indexes.filter(({ name }) => name !== "_id_");
  const list = Array.isArray(wanted) ? wanted : [wanted];
  return list.map((one) => {
    const index = collection.indexes.find(({ name, key }) => (isDocument(one) ? equalValues(key, one) : name === one));
    if (!index)
      throw new MongoError(
        "IndexNotFound",
        isDocument(one) ? `can't find index with key: ${textOfValue(one)}` : `index not found with name [${one}]`,
      );
    if (index.name === "_id_") throw new MongoError("InvalidOptions", "cannot drop _id index");
    return index;
  });
}

function textOfKey(value: BsonValue): string {
  return typeof value === "string" ? value : String(isNumber(value) ? toDouble(value) : value);
}

export const indexCommands: Record<string, Command> = {
  createIndexes,
  listIndexes,
  dropIndexes,
  deleteIndexes: dropIndexes,
};
