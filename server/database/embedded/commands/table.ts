import { MongoError } from "../errors.ts";
import { isDatabaseName } from "../storage/catalog.ts";
import type { BsonDocument } from "../types.ts";
import { isDocument } from "../values/types.ts";
import type { Reply } from "../wire/reply.ts";
import { aggregate } from "./aggregate.ts";
import { path } from "./arguments.ts";
import { collectionCommands } from "./collections.ts";
import type { Command, CommandContext } from "./context.ts";
import { count, distinct } from "./count.ts";
import { diagnosticCommands } from "./diagnostics.ts";
import { explain } from "./explain.ts";
import { configureFailPoint, strike, withAddition } from "./fail-point.ts";
import { find, getMore, killCursors } from "./find.ts";
import { findAndModify } from "./find-and-modify.ts";
import { checkGeneric, GENERIC_FIELDS, maxTimeOf, stableApiTestCommands } from "./generic.ts";
import { handshakeCommands } from "./handshake.ts";
import { indexCommands } from "./indexes.ts";
import { insert } from "./insert.ts";
import { deleteCommand, update } from "./update.ts";
import { throughView } from "./views.ts";

/** Every command this server knows, by name. */
const commands: Record<string, Command> = {
  ...handshakeCommands,
  ...diagnosticCommands,
  ...collectionCommands,
  ...indexCommands,
  ...stableApiTestCommands,
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
  listCommands: { run: () => ({ commands: Object.fromEntries(Object.keys(commands).map(describe)), ok: 1 }) },
};

function describe(name: string): [string, BsonDocument] {
  const { admin = false, fields = [] } = commands[name] as Command;
  return [name, { help: fields.join(", "), requiresAuth: false, secondaryOk: true, adminOnly: admin, apiVersions: [] }];
}

/** Finds the command, checks what is common to all, runs it, and lets a write's reply wait for the disk. */
export async function runCommand(context: CommandContext): Promise<Reply> {
  const { name, db, command, database, operation } = context;
  const found = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!found) throw new MongoError("CommandNotFound", `no such command: '${name}'`);
  if (!isDatabaseName(db)) throw new MongoError("InvalidNamespace", `Invalid database name: '${db}'`);
  if (found.admin && db !== "admin")
    throw new MongoError("Unauthorized", `${name} may only be run against the admin database.`);
  if (found.fields) checkKnown(name, command, found.fields);
  checkGeneric(context);
  const maxTime = maxTimeOf(context);
  if (name === "getMore") operation.awaitMs = maxTime;
  else if (maxTime !== undefined) operation.limitTime(maxTime);
  const { store } = database;
  const failures = store.failures;
  database.counters[name] = (database.counters[name] ?? 0) + 1;
  const addition = database.failPoint && (await strike(context));
  const view = database.catalog.hasViews ? throughView(context) : undefined;
  const result = view ? view.command.run(view.context) : found.run(context);
  const reply = result instanceof Promise ? await result : result;
  const writes = typeof found.writes === "function" ? found.writes(command) : found.writes;
  if (writes && !unjournaled(command)) {
    const durable = store.durable();
    if (durable) await durable;
    if (store.failures !== failures)
      throw new MongoError("InternalError", "the write was lost with a failed transaction; see the server's log");
  }
  return withAddition(reply, addition);
}

/** `j: false`, said outright: the client knows how to do the write again and does not wait for the disk. */
function unjournaled({ writeConcern }: BsonDocument): boolean {
  return isDocument(writeConcern) && writeConcern.j === false && writeConcern.w !== "majority";
}

function checkKnown(name: string, command: BsonDocument, known: readonly string[]): void {
  for (const field in command) {
    if (field === name || GENERIC_FIELDS.has(field) || known.includes(field)) continue;
    throw new MongoError(40415, `BSON field '${path({ name }, field)}' is an unknown field.`);
  }
}
