import { arch, cpus, hostname, release, totalmem, type } from "node:os";
import { Long } from "bson";
import { MongoError } from "../errors.ts";
import type { BsonDocument } from "../types.ts";
import { type BsonNumber, toDouble } from "../values/numbers.ts";
import { isNumber } from "../values/types.ts";
import { collectionName, countArgument, flagArgument, textArgument } from "./arguments.ts";
import type { Command, CommandContext } from "./context.ts";
import { VERSION } from "./handshake.ts";

/** The classic counters: each kind of operation, and all other commands together. */
function opcounters(counters: Readonly<Record<string, number>>): BsonDocument {
  const kinds = { insert: "insert", find: "query", update: "update", delete: "delete", getMore: "getmore" };
  const totals: Record<string, number> = { insert: 0, query: 0, update: 0, delete: 0, getmore: 0, command: 0 };
  for (const [name, count] of Object.entries(counters)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name as keyof typeof kinds] : "command";
    totals[kind] = (totals[kind] ?? 0) + count;
  }
  return Object.fromEntries(Object.entries(totals).map(([kind, count]) => [kind, Long.fromNumber(count)]));
}

const serverStatus: Command = {
  run({ database, connectionId }) {
    const uptime = (Date.now() - database.startedAt.getTime()) / 1000;
    const { rss } = process.memoryUsage();
    return {
      host: hostname(),
      version: VERSION,
      process: "mongod",
      pid: Long.fromNumber(process.pid),
      uptime,
      uptimeMillis: Long.fromNumber(Math.round(uptime * 1000)),
      uptimeEstimate: Long.fromNumber(Math.round(uptime)),
      localTime: new Date(),
      asserts: { regular: 0, warning: 0, msg: 0, user: 0, rollovers: 0 },
      connections: {
        current: database.connections(),
        available: 1000 - database.connections(),
        totalCreated: Long.fromNumber(connectionId),
      },
      mem: { bits: 64, resident: Math.round(rss / 1048576), supported: true },
      metrics: {
        cursor: { open: { total: Long.fromNumber(database.cursors.size) } },
        commands: { ...database.counters },
      },
      network: { numRequests: Long.fromNumber(Object.values(database.counters).reduce((sum, n) => sum + n, 0)) },
      opcounters: opcounters(database.counters),
      storageEngine: { name: "sqlite", supportsCommittedReads: true, persistent: true },
      ok: 1,
    };
  },
};

const hostInfo: Command = {
  run: () => ({
    system: {
      currentTime: new Date(),
      hostname: hostname(),
      cpuAddrSize: 64,
      cpuArch: arch(),
      numCores: cpus().length,
      memSizeMB: Math.round(totalmem() / 1048576),
    },
    os: { type: type(), name: type(), version: release() },
    extra: {},
    ok: 1,
  }),
};

const connectionStatus: Command = {
  run: (context) => ({
    authInfo: {
      authenticatedUsers: [],
      authenticatedUserRoles: [],
      ...(flagArgument(context, "showPrivileges") && { authenticatedUserPrivileges: [] }),
    },
    ok: 1,
  }),
};

const whatsMyUri: Command = { run: ({ connectionId }) => ({ you: `local:${connectionId}`, ok: 1 }) };
const LOGS = ["global", "startupWarnings"];
const getLog: Command = {
  admin: true,
  run({ command }) {
    if (command.getLog === "*") return { names: LOGS, ok: 1 };
    if (!LOGS.includes(command.getLog as string))
      throw new MongoError("OperationFailed", `No log named '${command.getLog}'`);
    return { totalLinesWritten: 0, log: [], ok: 1 };
  },
};
const getCmdLineOpts: Command = { run: () => ({ argv: ["embedded"], parsed: {}, ok: 1 }) };

/** Parameters that can be read; those with `set` can be changed. */
const parameters: Record<
  string,
  { get(context: CommandContext): BsonDocument[string]; set?(context: CommandContext): void }
> = {
  notablescan: {
    get: ({ database }) => database.options.noTableScan,
    set(context) {
      context.database.options.noTableScan = flagArgument(context, "notablescan");
    },
  },
  ttlMonitorSleepSecs: {
    get: ({ database }) => database.options.ttlMonitorSleepSecs,
    set(context) {
      context.database.options.ttlMonitorSleepSecs = Math.max(1, countArgument(context, "ttlMonitorSleepSecs") ?? 60);
    },
  },
  // Not MongoDB's: limits the file's size, so that a full disk can be tried out.
  maxPageCount: {
    get: ({ database }) => Object.values(database.store.sql.prepare("PRAGMA max_page_count").get() ?? {})[0] as number,
    set(context) {
      context.database.store.sql.exec(`PRAGMA max_page_count = ${countArgument(context, "maxPageCount") ?? 0}`);
    },
  },
  featureCompatibilityVersion: { get: () => ({ version: VERSION.split(".").slice(0, 2).join(".") }) },
  authenticationMechanisms: { get: () => [] },
  enableTestCommands: { get: () => true },
};

const setParameter: Command = {
  admin: true,
  run(context) {
    const name = Object.keys(context.command).find((field) => Object.hasOwn(parameters, field));
    const parameter = name === undefined ? undefined : parameters[name];
    if (!parameter?.set) throw new MongoError("InvalidOptions", "no option found to set, use help:true to see options");
    const was = parameter.get(context);
    parameter.set(context);
    context.database.optionsChanged();
    return { was, ok: 1 };
  },
};

const getParameter: Command = {
  admin: true,
  run(context) {
    const all = context.command.getParameter === "*";
    const names = Object.keys(parameters).filter((name) => all || context.command[name] !== undefined);
    if (names.length === 0) throw new MongoError("InvalidOptions", "no option found to get");
    return { ...Object.fromEntries(names.map((name) => [name, parameters[name]?.get(context)])), ok: 1 };
  },
};

const currentOp: Command = {
  admin: true,
  run({ database }) {
    const inprog = [...database.operations].map((operation) => ({
      type: "op",
      opid: operation.id,
      ns: operation.namespace,
      op: "command",
      command: operation.name,
      connectionId: operation.connectionId,
      microsecs_running: (Date.now() - operation.startedAt) * 1000,
      active: true,
    }));
    return { inprog, ok: 1 };
  },
};

const killOp: Command = {
  admin: true,
  run({ database, command }) {
    const id = isNumber(command.op) ? toDouble(command.op as BsonNumber) : Number.NaN;
    for (const operation of database.operations) if (operation.id === id) operation.kill();
    return { info: "attempting to kill op", ok: 1 };
  },
};

const top: Command = { admin: true, run: () => ({ totals: {}, ok: 1 }) };

const fsync: Command = {
  admin: true,
  writes: true,
  run(context) {
    if (flagArgument(context, "lock"))
      throw new MongoError("CommandNotSupported", "fsync: the option 'lock' is not supported");
    return { numFiles: 1, ok: 1 };
  },
};

/** Answers of a server without users, a profiler, a plan cache or a replica set. */
const noReplication: Command = {
  admin: true,
  run() {
    throw new MongoError("NoReplicationEnabled", "not running with --replSet");
  },
};

/** The size of the documents of `database.collection`; one with a key range would have to read them. */
const dataSize: Command = {
  fields: ["keyPattern", "min", "max", "estimate"],
  run(context) {
    const { database, command } = context;
    const namespace = textArgument(context, "dataSize") ?? "";
    const dot = namespace.indexOf(".");
    if (dot <= 0) throw new MongoError("InvalidNamespace", `Invalid namespace specified '${namespace}'`);
    if (command.min !== undefined || command.max !== undefined)
      throw new MongoError("CommandNotSupported", "dataSize: the options 'min' and 'max' are not supported");
    const found = database.catalog.get(namespace.slice(0, dot), namespace.slice(dot + 1));
    return { size: found?.bytes ?? 0, numObjects: found?.count ?? 0, millis: 0, estimate: true, ok: 1 };
  },
};

const compact: Command = {
  writes: true,
  run(context) {
    const { database, db } = context;
    if (!database.catalog.get(db, collectionName(context)))
      throw new MongoError("NamespaceNotFound", "collection does not exist");
    // Pages come free by themselves, some at a time.
    return { bytesFreed: 0, ok: 1 };
  },
};

export const diagnosticCommands: Record<string, Command> = {
  usersInfo: { run: () => ({ users: [], ok: 1 }) },
  rolesInfo: { run: () => ({ roles: [], ok: 1 }) },
  profile: { run: () => ({ was: 0, slowms: 100, sampleRate: 1, ok: 1 }) },
  lockInfo: { admin: true, run: () => ({ lockInfo: [], ok: 1 }) },
  planCacheClear: { run: () => ({ ok: 1 }) },
  planCacheListFilters: { run: () => ({ filters: [], ok: 1 }) },
  replSetGetStatus: noReplication,
  replSetGetConfig: noReplication,
  dataSize,
  datasize: dataSize,
  compact,
  serverStatus,
  hostInfo,
  connectionStatus,
  whatsmyuri: whatsMyUri,
  getLog,
  getCmdLineOpts,
  setParameter,
  getParameter,
  currentOp,
  killOp,
  top,
  fsync,
};
