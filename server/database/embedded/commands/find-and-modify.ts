import { evaluateLet } from "../aggregation/expression/index.ts";
import { MongoError } from "../errors.ts";
import { compileProjection } from "../projector/index.ts";
import type { Stored } from "../storage/collection.ts";
import type { BsonDocument, BsonValue, Filter } from "../types.ts";
import { arrayArgument, collationArgument, collectionName, documentArgument, flagArgument } from "./arguments.ts";
import type { Command, CommandContext } from "./context.ts";
import { modify, readUpdate, remove } from "./modify.ts";
import type { QuerySpec } from "./query.ts";

export const findAndModify: Command = {
  writes: true,
  fields: [
    "query",
    "sort",
    "remove",
    "update",
    "new",
    "fields",
    "upsert",
    "bypassDocumentValidation",
    "arrayFilters",
    "hint",
    "collation",
    "let",
  ],
  async run(context) {
    const name = collectionName(context);
    const removes = flagArgument(context, "remove");
    const wantsNew = flagArgument(context, "new");
    const upsert = flagArgument(context, "upsert");
    const query: QuerySpec = {
      filter: documentArgument(context, "query") ?? {},
      sort: documentArgument(context, "sort"),
      hint: context.command.hint,
      collation: collationArgument(context),
      let: evaluateLet(documentArgument(context, "let")),
    };
    const updateArgument = context.command.update;
    if (removes) {
      refuseWithRemove(updateArgument, upsert, wantsNew);
      return removeOne(context, name, query);
    }
    if (updateArgument === undefined)
      throw new MongoError("FailedToParse", "Either an update or remove=true must be specified");
    const result = await modify(context, name, {
      query,
      update: readUpdate(updateArgument),
      arrayFilters: arrayArgument(context, "arrayFilters") as BsonDocument[] | undefined,
      multi: false,
      upsert,
      bypassValidation: flagArgument(context, "bypassDocumentValidation"),
    });
    const { upserted, matched } = result;
    const lastErrorObject = {
      n: upserted ? 1 : matched,
      updatedExisting: matched > 0,
      ...(upserted && { upserted: upserted.doc._id }),
    };
    const chosen = wantsNew ? (upserted ?? result.after) : result.before;
    return { lastErrorObject, value: project(context, query, chosen, result.filter), ok: 1 };
  },
};

function refuseWithRemove(update: BsonValue, upsert: boolean, wantsNew: boolean): void {
  const refuse = (message: string) => new MongoError("FailedToParse", message);
  if (update !== undefined) throw refuse("Cannot specify both an update and remove=true");
  if (upsert) throw refuse("Cannot specify both upsert=true and remove=true");
  if (wantsNew)
    throw refuse("Cannot specify both new=true and remove=true; 'remove' always returns the deleted document");
}

async function removeOne(context: CommandContext, name: string, query: QuerySpec): Promise<BsonDocument> {
  const collection = context.database.catalog.get(context.db, name);
  const found = collection && (await remove(context, collection, query, true));
  const value = project(context, query, found?.last, found?.filter);
  return { lastErrorObject: { n: found?.removed ?? 0 }, value, ok: 1 };
}

function project(
  context: CommandContext,
  query: QuerySpec,
  stored: Stored | undefined,
  filter: Filter | undefined,
): BsonValue {
  if (!stored) return null;
  const fields = documentArgument(context, "fields");
  if (!fields) return stored.doc;
  const { collation, let: variables } = query;
  const projection = compileProjection(fields, {
    ...(collation && { collation }),
    ...(variables && { let: variables }),
    ...(filter && { filter }),
  });
  return projection(stored.doc);
}
