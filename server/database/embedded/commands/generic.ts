import { MongoError } from "../errors.ts";
import type { BsonDocument, BsonValue } from "../types.ts";
import { type BsonNumber, toDouble } from "../values/numbers.ts";
import { isDocument, isNumber, typeName } from "../values/types.ts";
import type { Command, CommandContext } from "./context.ts";

/** Arguments that every command takes. */
export const GENERIC_FIELDS = new Set([
  "$db",
  "lsid",
  "$clusterTime",
  "$readPreference",
  "readConcern",
  "writeConcern",
  "comment",
  "maxTimeMS",
  "apiVersion",
  "apiStrict",
  "apiDeprecationErrors",
  "txnNumber",
  "autocommit",
  "startTransaction",
  "stmtId",
  "stmtIds",
  "$audit",
  "help",
  "mayBypassWriteBlocking",
  "rawData",
  "$client",
  "$configServerState",
  "databaseVersion",
  "shardVersion",
  "maxTimeMSOpOnly",
]);

/** What a standalone server can not do, and what no server takes, in the server's own words. */
export function checkGeneric({ name, command }: CommandContext): void {
  if (command.txnNumber !== undefined || command.startTransaction !== undefined || command.autocommit !== undefined)
    throw new MongoError("IllegalOperation", "Transaction numbers are only allowed on a replica set member or mongos");
  checkApi(name, command);
  if (command.readConcern !== undefined) checkReadConcern(command.readConcern);
  if (command.writeConcern !== undefined) checkWriteConcern(name, command.writeConcern);
}

/** The milliseconds of maxTimeMS; undefined where there is no limit. */
export function maxTimeOf({ command }: CommandContext): number | undefined {
  const { maxTimeMS } = command;
  if (maxTimeMS === undefined || maxTimeMS === null) return undefined;
  if (!isNumber(maxTimeMS)) throw new MongoError("BadValue", "maxTimeMS must be a number");
  const time = toDouble(maxTimeMS as BsonNumber);
  if (!(time >= 0 && time <= 2 ** 31 - 1))
    throw new MongoError("BadValue", `${time} value for maxTimeMS is out of range [0, 2147483647]`);
  if (!Number.isInteger(time)) throw new MongoError("BadValue", "maxTimeMS has non-integral value");
  return time;
}

const READ_CONCERNS = ["local", "available", "majority", "linearizable", "snapshot"];

function checkReadConcern(value: BsonValue): void {
  const level = checkFields("readConcern", value, ["level", "afterClusterTime", "provenance", "atClusterTime"]).level;
  if (level === undefined) return;
  if (!READ_CONCERNS.includes(level as string))
    throw new MongoError(
      "BadValue",
      `Enumeration value '${level}' for field 'readConcern.level' is not a valid value.`,
    );
  if (level === "snapshot" || level === "linearizable")
    throw new MongoError(
      "NotAReplicaSet",
      `node needs to be a replica set member to use read concern level '${level}'`,
    );
}

/** Commands that write, and so take a write concern. */
const READS = new Set(["find", "count", "distinct", "listCollections", "listIndexes", "listDatabases", "getMore"]);

function checkWriteConcern(name: string, value: BsonValue): void {
  if (READS.has(name)) throw new MongoError("InvalidOptions", "Command does not support writeConcern");
  const { w } = checkFields("writeConcern", value, ["w", "j", "wtimeout", "fsync", "provenance", "getLastError"]);
  if (isNumber(w)) {
    const nodes = toDouble(w as BsonNumber);
    if (!(nodes >= 0 && nodes <= 50))
      throw new MongoError("FailedToParse", "w has to be a non-negative number and not greater than 50");
    if (nodes > 1) throw new MongoError("BadValue", "cannot use 'w' > 1 when a host is not replicated");
  } else if (typeof w === "string" && w !== "majority")
    throw new MongoError("BadValue", "cannot use non-majority 'w' mode when a host is not a member of a replica set");
}

function checkFields(name: string, value: BsonValue, known: readonly string[]): BsonDocument {
  if (!isDocument(value))
    throw new MongoError(
      "TypeMismatch",
      `BSON field '${name}' is the wrong type '${typeName(value)}', expected type 'object'`,
    );
  for (const field of Object.keys(value))
    if (!known.includes(field)) throw new MongoError(40415, `BSON field '${name}.${field}' is an unknown field.`);
  return value;
}

/** Commands of the Stable API, version 1. Source: manual, "Stable API". */
const STABLE_COMMANDS = new Set(
  (
    "abortTransaction aggregate authenticate collMod commitTransaction count create createIndexes delete drop " +
    "dropDatabase dropIndexes endSessions explain find findAndModify findandmodify getMore hello insert killCursors " +
    "listCollections listDatabases listIndexes ping refreshSessions saslContinue saslStart update"
  ).split(" "),
);
/** Stages that the Stable API leaves out. */
const UNSTABLE_STAGES = new Set([
  "$currentOp",
  "$indexStats",
  "$listLocalSessions",
  "$listSessions",
  "$planCacheStats",
  "$search",
  "$searchMeta",
  "$vectorSearch",
]);

/** Commands that clients' test suites use to see the Stable API at work: one of version 2 alone, and deprecated ones. */
const TEST_VERSION_2 = ["testVersion2", "testDeprecationInVersion2"];
const DEPRECATED: Record<string, string> = { testDeprecation: "1", testDeprecationInVersion2: "2" };
export const stableApiTestCommands: Record<string, Command> = Object.fromEntries(
  [...TEST_VERSION_2, "testDeprecation"].map((name) => [name, { run: () => ({ ok: 1 }) }]),
);

function checkApi(name: string, command: BsonDocument): void {
  const { apiVersion, apiStrict, apiDeprecationErrors } = command;
  if (apiVersion === undefined) {
    if (apiStrict !== undefined || apiDeprecationErrors !== undefined)
      throw new MongoError(4886600, "Provided apiStrict and/or apiDeprecationErrors without passing apiVersion");
    return;
  }
  if (apiVersion !== "1" && !(apiVersion === "2" && TEST_VERSION_2.includes(name)))
    throw new MongoError("APIVersionError", 'API version must be "1"');
  if (apiStrict === true) {
    if (!STABLE_COMMANDS.has(name) && name !== "testDeprecation" && apiVersion === "1")
      throw new MongoError(
        "APIStrictError",
        `Provided apiStrict:true, but the command ${name} is not in API Version 1. Information on supported commands and migrations in API Version 1 can be found at https://dochub.mongodb.org/core/manual-versioned-api`,
      );
    for (const stage of Array.isArray(command.pipeline) ? command.pipeline : []) {
      const unstable = isDocument(stage) && Object.keys(stage).find((field) => UNSTABLE_STAGES.has(field));
      if (unstable)
        throw new MongoError(
          "APIStrictError",
          `stage ${unstable} is not allowed with 'apiStrict: true' in API Version 1`,
        );
    }
  }
  if (apiDeprecationErrors === true && DEPRECATED[name] === apiVersion)
    throw new MongoError(
      "APIDeprecationError",
      `Provided apiDeprecationErrors:true, but the command ${name} is deprecated in API Version ${apiVersion}`,
    );
}
