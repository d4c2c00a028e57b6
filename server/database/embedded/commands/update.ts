import { evaluateLet } from "../aggregation/expression/index.ts";
import { MongoError } from "../errors.ts";
import type { BsonDocument, BsonValue } from "../types.ts";
import { compileCollation } from "../values/collation.ts";
import { type BsonNumber, toDouble } from "../values/numbers.ts";
import { collectionName, documentArgument, flagArgument, statementBatch } from "./arguments.ts";
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
    const errors = await runBatch(context, statementBatch(context, "updates"), async (statement, index) => {
      checkFields("update.updates", statement, UPDATE_STATEMENT);
      const constants = statement.c === undefined ? variables : { ...variables, ...(statement.c as BsonDocument) };
      const result = await modify(context, name, {
        query: { ...statementQuery(statement, "update.updates"), sort: statement.sort as BsonDocument, let: constants },
        update: readUpdate(statement.u),
        arrayFilters: statement.arrayFilters as BsonDocument[] | undefined,
        multi: flagArgument({ name: "update.updates", command: statement }, "multi"),
        upsert: flagArgument({ name: "update.updates", command: statement }, "upsert"),
        bypassValidation,
      });
      n += result.upserted ? 1 : result.matched;
      nModified += result.modified;
      if (result.upserted) upserted.push({ index, _id: result.upserted.doc._id });
    });
    return writeReply({ n, nModified, ...(upserted.length > 0 && { upserted }) }, errors);
  },
};

export const deleteCommand: Command = {
  writes: true,
  fields: ["deletes", "ordered", "let"],
  async run(context) {
    const name = collectionName(context);
    const variables = evaluateLet(documentArgument(context, "let"));
    let n = 0;
    const errors = await runBatch(context, statementBatch(context, "deletes"), async (statement) => {
      checkFields("delete.deletes", statement, DELETE_STATEMENT);
      const limit = readLimit(statement.limit);
      const collection = context.database.catalog.get(context.db, name);
      const query = { ...statementQuery(statement, "delete.deletes"), let: variables };
      if (collection) n += (await remove(context, collection, query, limit === 1)).removed;
    });
    return writeReply({ n }, errors);
  },
};

function statementQuery(statement: BsonDocument, name: string): QuerySpec {
  const filter = documentArgument({ name, command: statement }, "q");
  if (!filter) throw new MongoError(40414, `BSON field '${name}.q' is missing but a required field`);
  const collation = compileCollation(documentArgument({ name, command: statement }, "collation"));
  return { filter, hint: statement.hint, collation };
}

function readLimit(value: BsonValue): number {
  if (value === undefined)
    throw new MongoError(40414, "BSON field 'delete.deletes.limit' is missing but a required field");
  const limit = toDouble(value as BsonNumber);
  if (limit !== 0 && limit !== 1)
    throw new MongoError("FailedToParse", `The limit field in delete objects must be 0 or 1. Got ${limit}`);
  return limit;
}

function checkFields(name: string, statement: BsonDocument, known: readonly string[]): void {
  for (const field of Object.keys(statement))
    if (!known.includes(field))
      throw new MongoError("UnknownBsonField", `BSON field '${name}.${field}' is an unknown field.`);
}
