import { MongoError } from "../errors.ts";
import type { BsonDocument } from "../types.ts";
import { type BsonNumber, toDouble } from "../values/numbers.ts";
import { isDocument, isNumber } from "../values/types.ts";
import type { Reply } from "../wire/reply.ts";
import { aggregate } from "./aggregate.ts";
import { countArgument } from "./arguments.ts";
import { collectionCommands } from "./collections.ts";
import type { Command, CommandContext } from "./context.ts";
import { count, distinct } from "./count.ts";
import { diagnosticCommands } from "./diagnostics.ts";
import { explain } from "./explain.ts";
import { configureFailPoint, strike, withAddition } from "./fail-point.ts";
import { find, getMore, killCursors } from "./find.ts";
import { findAndModify } from "./find-and-modify.ts";
import { handshakeCommands } from "./handshake.ts";
import { indexCommands } from "./indexes.ts";
import { insert } from "./insert.ts";
import { deleteCommand, update } from "./update.ts";

/** Every command this server knows, by name. */
const commands: Record<string, Command> = {
  ...handshakeCommands,
  ...diagnosticCommands,
  ...collectionCommands,
  ...indexCommands,
  find,
  getMore,
  killCursors,
  insert,
  update,
  delete: deleteCommand,
  findAndModify,
  findandmodify: findAndModify,
  count,
  distinct,
  aggregate,
  explain,
  configureFailPoint,
};

/** Arguments that every command takes. */
const GENERIC_FIELDS = new Set([
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

/** Finds the command, checks what is common to all, runs it, and lets a write's reply wait for the disk. */
export async function runCommand(context: CommandContext): Promise<Reply> {
  const { name, db, command, database, operation } = context;
  const found = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!found) throw new MongoError("CommandNotFound", `no such command: '${name}'`);
  if (found.admin && db !== "admin")
    throw new MongoError("Unauthorized", `${name} may only be run against the admin database.`);
  checkGeneric(command);
  if (found.fields) checkKnown(name, command, found.fields);
  const maxTime = countArgument(context, "maxTimeMS");
  if (name === "getMore") operation.awaitMs = maxTime;
  else if (maxTime !== undefined) operation.limitTime(maxTime);
  const { store } = database;
  const failures = store.failures;
  database.counters[name] = (database.counters[name] ?? 0) + 1;
  const addition = database.failPoint && (await strike(context));
  const result = found.run(context);
  const reply = result instanceof Promise ? await result : result;
  if (found.writes) {
    const durable = store.durable();
    if (durable) await durable;
    if (store.failures !== failures)
      throw new MongoError("InternalError", "the write was lost with a failed transaction; see the server's log");
  }
  return withAddition(reply, addition);
}

function checkKnown(name: string, command: BsonDocument, known: readonly string[]): void {
  for (const field in command) {
    if (field === name || GENERIC_FIELDS.has(field) || known.includes(field)) continue;
    throw new MongoError("UnknownBsonField", `BSON field '${name}.${field}' is an unknown field.`);
  }
}

/** What a standalone server can not do, told in its own words. */
function checkGeneric(command: BsonDocument): void {
  if (command.txnNumber !== undefined || command.startTransaction !== undefined || command.autocommit !== undefined)
    throw new MongoError("IllegalOperation", "Transaction numbers are only allowed on a replica set member or mongos");
  if (command.apiVersion !== undefined && command.apiVersion !== "1")
    throw new MongoError("APIVersionError", 'API version must be "1"');
  const level = isDocument(command.readConcern) ? command.readConcern.level : undefined;
  if (level === "snapshot" || level === "linearizable")
    throw new MongoError(
      "NotAReplicaSet",
      `node needs to be a replica set member to use read concern level '${level}'`,
    );
  const w = isDocument(command.writeConcern) ? command.writeConcern.w : undefined;
  if (isNumber(w) && toDouble(w as BsonNumber) > 1)
    throw new MongoError("BadValue", "cannot use 'w' > 1 when a host is not replicated");
  if (typeof w === "string" && w !== "majority")
    throw new MongoError("BadValue", "cannot use non-majority 'w' mode when a host is not a member of a replica set");
}
