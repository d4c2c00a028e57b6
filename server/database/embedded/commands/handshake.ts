import { MongoError } from "../errors.ts";
import type { BsonDocument } from "../types.ts";
import { isDocument } from "../values/types.ts";
import { MAX_DOCUMENT_BYTES, MAX_MESSAGE_BYTES } from "../wire/message.ts";
import { arrayArgument, MAX_BATCH } from "./arguments.ts";
import type { Command, CommandContext } from "./context.ts";
import { sessionKey } from "./cursors.ts";
import { applicationName } from "./fail-point.ts";

/** The MongoDB release whose behaviour this server follows, and its wire version. */
export const VERSION = "7.0.0";
const MAX_WIRE_VERSION = 21;

/** A standalone server: no setName, so drivers expect neither transactions nor change streams. */
function greeting({ database, connectionId, command }: CommandContext, primaryField: string): BsonDocument {
  const application = applicationName(command);
  if (application !== undefined) database.applications.set(connectionId, application);
  return {
    ...(command.helloOk === true && { helloOk: true }),
    [primaryField]: true,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    maxWriteBatchSize: MAX_BATCH,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    connectionId,
    minWireVersion: 0,
    maxWireVersion: MAX_WIRE_VERSION,
    readOnly: false,
    ok: 1,
  };
}

const hello: Command = { run: (context) => greeting(context, "isWritablePrimary") };
const isMaster: Command = { run: (context) => greeting(context, "ismaster") };

const buildInfo: Command = {
  run: () => ({
    version: VERSION,
    gitVersion: "embedded",
    modules: [],
    allocator: "system",
    javascriptEngine: "none",
    sysInfo: "deprecated",
    versionArray: [...VERSION.split(".").map(Number), 0],
    bits: 64,
    debug: false,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    storageEngines: ["sqlite"],
    ok: 1,
  }),
};

const ok: Command = { run: () => ({ ok: 1 }) };

const endSessions: Command = {
  run(context) {
    for (const session of arrayArgument(context, context.name) ?? []) {
      const key = sessionKey(isDocument(session) && "id" in session ? session : undefined);
      if (key) context.database.cursors.killSession(key);
    }
    return { ok: 1 };
  },
};

const standaloneOnly = (message: string): Command => ({
  run() {
    throw new MongoError("IllegalOperation", message);
  },
});

const noAuthentication: Command = {
  run() {
    throw new MongoError(
      "AuthenticationFailed",
      "Authentication is not supported: leave user and password out of the URI",
    );
  },
};

export const handshakeCommands: Record<string, Command> = {
  hello,
  isMaster,
  ismaster: isMaster,
  buildInfo,
  buildinfo: buildInfo,
  ping: ok,
  logout: ok,
  endSessions,
  killSessions: endSessions,
  refreshSessions: ok,
  startSession: ok,
  saslStart: noAuthentication,
  saslContinue: noAuthentication,
  authenticate: noAuthentication,
  commitTransaction: standaloneOnly("Transaction numbers are only allowed on a replica set member or mongos"),
  abortTransaction: standaloneOnly("Transaction numbers are only allowed on a replica set member or mongos"),
};
