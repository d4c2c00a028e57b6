import { MongoError } from "../errors.ts";
import type { BsonDocument, BsonValue, Collation } from "../types.ts";
import { decode, encode } from "../values/bson.ts";
import { compileCollation } from "../values/collation.ts";
import { type BsonNumber, toDouble } from "../values/numbers.ts";
import { isDocument, isNumber, typeName } from "../values/types.ts";
import type { CommandContext } from "./context.ts";

/** Readers of command arguments: undefined where absent, TypeMismatch in the server's words where the type is wrong. */
export function mismatch(path: string, value: BsonValue, expected: string): MongoError {
  return new MongoError(
    "TypeMismatch",
    `BSON field '${path}' is the wrong type '${typeName(value)}', expected type '${expected}'`,
  );
}

/** A field as errors name it: find's parser goes by the name of its own structure. */
export function path({ name }: { name: string }, field: string): string {
  return `${name === "find" ? "FindCommandRequest" : name}.${field}`;
}

/** The closing quote stands where the server puts it. */
function mismatchOf(source: Source, field: string, value: BsonValue, types: string): MongoError {
  return new MongoError(
    "TypeMismatch",
    `BSON field '${path(source, field)}' is the wrong type '${typeName(value)}', expected types '[${types}']`,
  );
}

/** Throws 40414 where an argument that must be there is not. */
export function required(source: Source, field: string): BsonValue {
  const value = source.command[field];
  if (value === undefined)
    throw new MongoError(40414, `BSON field '${path(source, field)}' is missing but a required field`);
  return value;
}

type Source = { name: string; command: BsonDocument };

export function documentArgument(source: Source, field: string): BsonDocument | undefined {
  const value = source.command[field];
  if (value === undefined || value === null) return undefined;
  if (!isDocument(value)) throw mismatch(path(source, field), value, "object");
  return value;
}

export function arrayArgument(source: Source, field: string): BsonValue[] | undefined {
  const value = source.command[field];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw mismatch(path(source, field), value, "array");
  return value;
}

export function textArgument(source: Source, field: string): string | undefined {
  const value = source.command[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw mismatch(path(source, field), value, "string");
  return value;
}

export function flagArgument(source: Source, field: string): boolean {
  const value = source.command[field];
  if (value === undefined || value === null) return false;
  if (typeof value === "boolean") return value;
  if (isNumber(value)) return toDouble(value) !== 0;
  throw mismatchOf(source, field, value, "bool, long, int, decimal, double");
}

/** A whole number that is not negative. */
export function countArgument(source: Source, field: string): number | undefined {
  const value = source.command[field];
  if (value === undefined || value === null) return undefined;
  if (!isNumber(value)) throw mismatchOf(source, field, value, "long, int, decimal, double");
  const number = Math.trunc(toDouble(value as BsonNumber));
  if (number < 0) throw new MongoError(51024, `BSON field '${field}' value must be >= 0, actual value '${number}'`);
  return number;
}

export function collationArgument(source: Source): Collation | undefined {
  return compileCollation(documentArgument(source, "collation"));
}

/** The collection a command names in its own field: `{find: "messages"}`. */
export function collectionName({ name, db, command }: CommandContext): string {
  const value = command[name];
  if (typeof value !== "string")
    throw new MongoError("InvalidNamespace", `collection name has invalid type ${typeName(value)}`);
  if (value === "" || value.includes("\0"))
    throw new MongoError("InvalidNamespace", `Invalid namespace specified '${db}.${value}'`);
  return value;
}

/** The documents of `documents`, `updates` or `deletes`, in bytes, from wherever the client put them. */
export function documentBatch(context: CommandContext, field: string): Uint8Array[] {
  const sequence = context.sequences.get(field);
  if (!sequence) required(context, field);
  const batch =
    sequence ??
    (arrayArgument(context, field) ?? []).map((item, at) =>
      encode(requireDocument(item, `${path(context, field)}.${at}`)),
    );
  if (batch.length === 0 || batch.length > MAX_BATCH)
    throw new MongoError(
      "InvalidLength",
      `Write batch sizes must be between 1 and ${MAX_BATCH}. Got ${batch.length} operations.`,
    );
  return batch;
}

export const MAX_BATCH = 100_000;

/** The statements of an update or delete command. */
export function statementBatch(context: CommandContext, field: string): BsonDocument[] {
  if (context.sequences.has(field)) return documentBatch(context, field).map(decode);
  documentBatch(context, field);
  return context.command[field] as BsonDocument[];
}

function requireDocument(value: BsonValue, at: string): BsonDocument {
  if (!isDocument(value)) throw mismatch(at, value, "object");
  return value;
}
