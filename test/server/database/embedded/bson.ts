import { EJSON, serialize } from "bson";
import { MongoError } from "../../../../server/database/embedded/errors.ts";
import type { BsonDocument, BsonValue } from "../../../../server/database/embedded/types.ts";
import { decode } from "../../../../server/database/embedded/values/bson.ts";

/** A plain JS document as the server sees it once it came over the wire: numbers as Int32 and Double, and so on. */
export function bson(doc: object): BsonDocument {
  return decode(serialize(doc, { ignoreUndefined: true }));
}

export function bsonList(list: readonly unknown[]): BsonDocument[] {
  return bson({ list }).list as BsonDocument[];
}

/** Types and all, as canonical Extended JSON: `{a: {$numberInt: "1"}}`. */
export function canonical(value: BsonValue): unknown {
  return JSON.parse(EJSON.stringify(value, { relaxed: false }));
}

/** Without the types of numbers: for tests that do not care. */
export function plain(value: BsonValue): unknown {
  return JSON.parse(EJSON.stringify(value, { relaxed: true }));
}

/** The code and message of the error that `run` throws. */
export function errorOf(run: () => unknown): { code: number; message: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof MongoError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error("no error was thrown");
}
