import { MongoError } from "../errors.ts";
import type { Collection } from "../storage/collection.ts";
import type { Index, Position } from "../storage/index-table.ts";
import type { BsonDocument } from "../types.ts";
import { decode } from "../values/bson.ts";
import { equalValues } from "../values/compare.ts";
import { collectionName, documentArgument, flagArgument } from "./arguments.ts";
import type { Command, CommandContext } from "./context.ts";
import { checkView, refuseCircle } from "./create.ts";

/** Entries looked at in one go: about a millisecond. */
const ENTRIES = 1000;

/** Options that take the place of those before. */
const OPTIONS = [
  "validator",
  "validationLevel",
  "validationAction",
  "viewOn",
  "pipeline",
  "changeStreamPreAndPostImages",
] as const;

/** Changes the options of a collection, or those of one of its indexes. */
export const collMod: Command = {
  writes: true,
  fields: ["index", "cappedSize", "cappedMax", ...OPTIONS],
  async run(context) {
    const { database, db, command } = context;
    const name = collectionName(context);
    const collection = database.catalog.get(db, name);
    if (!collection) throw new MongoError("NamespaceNotFound", `ns does not exist: ${db}.${name}`);
    const options: BsonDocument = {};
    for (const option of OPTIONS) if (command[option] !== undefined) options[option] = command[option];
    if ((collection.options.viewOn === undefined) !== (options.viewOn === undefined))
      throw new MongoError("InvalidOptions", "collMod changes a view by 'viewOn' and 'pipeline', a collection without");
    checkView(options);
    refuseCircle(context, name, options);
    if (command.cappedSize !== undefined) options.size = command.cappedSize;
    if (command.cappedMax !== undefined) options.max = command.cappedMax;
    const change = documentArgument(context, "index");
    if (Object.keys(options).length > 0) database.catalog.setOptions(collection, options);
    return { ...(change && (await changeIndex(context, collection, change))), ok: 1 };
  },
};

async function changeIndex(
  context: CommandContext,
  collection: Collection,
  change: BsonDocument,
): Promise<BsonDocument> {
  const index = collection.indexes.find(({ name, key }) =>
    change.name === undefined ? equalValues(key, change.keyPattern) : name === change.name,
  );
  if (!index)
    throw new MongoError(
      "IndexNotFound",
      `cannot find index ${change.name ?? "with that key pattern"} for ns ${collection.namespace}`,
    );
  const spec = { ...index.spec };
  const reply: BsonDocument = {};
  for (const field of ["expireAfterSeconds", "hidden", "prepareUnique"]) {
    if (change[field] === undefined) continue;
    if (spec[field] !== undefined) reply[`${field}_old`] = spec[field];
    spec[field] = change[field];
    reply[`${field}_new`] = change[field];
  }
  if (flagArgument({ name: "collMod.index", command: change }, "unique") && !index.unique) {
    if (spec.prepareUnique !== true)
      throw new MongoError("InvalidOptions", "Cannot make an index unique without 'prepareUnique=True' first");
    await refuseDuplicates(context, collection, index);
    delete spec.prepareUnique;
    spec.unique = true;
    reply.unique_new = true;
  }
  context.database.catalog.redefineIndex(collection, index, spec);
  return reply;
}

/** Throws where documents share a key, and names them. New duplicates are refused meanwhile. */
async function refuseDuplicates({ operation }: CommandContext, collection: Collection, index: Index): Promise<void> {
  const violations: { ids: BsonDocument[string][] }[] = [];
  let previous: Position = [new Uint8Array(), -1];
  let shared = false;
  const idOf = (row: number) => decode(collection.read(row) as Uint8Array)._id;
  for (let entries = index.entries(previous, ENTRIES); entries.length > 0; entries = index.entries(previous, ENTRIES)) {
    for (const entry of entries) {
      const same = Buffer.compare(previous[0], entry[0]) === 0;
      if (same && !shared) violations.push({ ids: [idOf(previous[1])] });
      if (same) violations.at(-1)?.ids.push(idOf(entry[1]));
      shared = same;
      previous = entry;
    }
    if (operation.sliceOver) await operation.breathe();
    if (index.dropped) throw new MongoError("QueryPlanKilled", `index '${index.name}' dropped`);
  }
  if (violations.length === 0) return;
  throw new MongoError(
    "CannotConvertIndexToUnique",
    "Cannot convert the index to unique. Please resolve conflicting documents before running collMod again.",
    { fields: { violations } },
  );
}
