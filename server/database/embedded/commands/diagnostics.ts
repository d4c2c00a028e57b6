import { cpus, hostname, platform, totalmem } from "node:os";
import { MongoError } from "../errors.ts";
import type { BsonDocument } from "../types.ts";
import { type BsonNumber, toDouble } from "../values/numbers.ts";
import { isNumber } from "../values/types.ts";
import { countArgument, flagArgument } from "./arguments.ts";
import type { Command, CommandContext } from "./context.ts";
import { VERSION } from "./handshake.ts";

const serverStatus: Command = {
  run({ database }) {
    const uptime = (Date.now() - database.startedAt.getTime()) / 1000;
    const { rss } = process.memoryUsage();
    return {
      host: hostname(),
      version: VERSION,
      process: "embedded",
      pid: process.pid,
      uptime,
      uptimeMillis: Math.round(uptime * 1000),
      localTime: new Date(),
      connections: { current: database.connections(), available: 1000 - database.connections() },
      mem: { bits: 64, resident: Math.round(rss / 1048576) },
      metrics: { cursor: { open: { total: database.cursors.size } } },
      opcounters: { ...database.counters },
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
      numCores: cpus().length,
      memSizeMB: Math.round(totalmem() / 1048576),
    },
    os: { type: platform(), name: platform() },
    ok: 1,
  }),
};

const connectionStatus: Command = {
  run: () => ({ authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] }, ok: 1 }),
};

const whatsMyUri: Command = { run: ({ connectionId }) => ({ you: `local:${connectionId}`, ok: 1 }) };
const getLog: Command = { run: () => ({ totalLinesWritten: 0, log: [], ok: 1 }) };
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

export const diagnosticCommands: Record<string, Command> = {
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
