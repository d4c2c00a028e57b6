import { evaluateLet } from "../aggregation/expression/index.ts";
import { MongoError } from "../errors.ts";
import type { BsonDocument, BsonValue } from "../types.ts";
import { toDouble } from "../values/numbers.ts";
import { isNumber } from "../values/types.ts";
import {
  arrayArgument,
  collationArgument,
  collectionName,
  documentArgument,
  flagArgument,
  mismatch,
  required,
  statementBatch,
} from "./arguments.ts";
import type { Command } from "./context.ts";
import { modify, readUpdate, remove } from "./modify.ts";
import type { QuerySpec } from "./query.ts";
import { runBatch, writeReply } from "./write-batch.ts";

const UPDATE_STATEMENT = ["q", "u", "c", "multi", "upsert", "arrayFilters", "hint", "collation", "sort"];
const DELETE_STATEMENT = ["q", "limit", "hint", "collation"];

export const update: Command = {
  writes: true,
  fields: ["updates", "ordered", "bypassDocumentValidation", "let"],
  async run(context) {
    const name = collectionName(context);
    const bypassValidation = flagArgument(context, "bypassDocumentValidation");
    const variables = evaluateLet(documentArgument(context, "let"));
    const upserted: BsonDocument[] = [];
    let n = 0;
    let nModified = 0;
    // A statement that can't be read fails the command: none of them has run then.
    const statements = statementBatch(context, "updates").map((command) => {
      const source = { name: "update.updates", command };
      checkFields(source.name, command, UPDATE_STATEMENT);
      return {
        query: { ...statementQuery(source), sort: documentArgument(source, "sort") },
        update: readUpdate(required(source, "u")),
        arrayFilters: arrayArgument(source, "arrayFilters") as BsonDocument[] | undefined,
        constants: documentArgument(source, "c"),
        multi: flagArgument(source, "multi"),
        upsert: flagArgument(source, "upsert"),
        bypassValidation,
      };
    });
    const errors = await runBatch(context, statements, async ({ constants, query, ...statement }, index) => {
      const own = constants ? { ...variables, ...constants } : variables;
      const result = await modify(context, name, { ...statement, query: { ...query, let: own } });
      n += result.upserted ? 1 : result.matched;
      nModified += result.modified;
      if (result.upserted) upserted.push({ index, _id: result.upserted.doc._id });
    });
    return writeReply({ n, ...(upserted.length > 0 && { upserted }), nModified }, errors);
  },
};

export const deleteCommand: Command = {
  writes: true,
  fields: ["deletes", "ordered", "let"],
  async run(context) {
    const name = collectionName(context);
    const variables = evaluateLet(documentArgument(context, "let"));
    let n = 0;
    const statements = statementBatch(context, "deletes").map((command) => {
      const source = { name: "delete.deletes", command };
      checkFields(source.name, command, DELETE_STATEMENT);
      return { query: statementQuery(source), limit: readLimit(required(source, "limit")) };
    });
    const errors = await runBatch(context, statements, async ({ query, limit }) => {
      const collection = context.database.catalog.get(context.db, name);
      if (collection) n += (await remove(context, collection, { ...query, let: variables }, limit === 1)).removed;
    });
    return writeReply({ n }, errors);
  },
};

function statementQuery(source: { name: string; command: BsonDocument }): QuerySpec {
  required(source, "q");
  const filter = documentArgument(source, "q") ?? {};
  return { filter, hint: source.command.hint, collation: collationArgument(source) };
}

function readLimit(value: BsonValue): number {
  if (!isNumber(value)) throw mismatch("delete.deletes.limit", value, "int");
  const limit = toDouble(value);
  if (limit !== 0 && limit !== 1)
    throw new MongoError("FailedToParse", `The limit field in delete objects must be 0 or 1. Got ${limit}`);
  return limit;
}

function checkFields(name: string, statement: BsonDocument, known: readonly string[]): void {
  for (const field of Object.keys(statement))
    if (!known.includes(field)) throw new MongoError(40415, `BSON field '${name}.${field}' is an unknown field.`);
}
