import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import type { HealthReport } from "./storage/health.ts";
import { OpeningError, type Trouble } from "./storage/opening.ts";
import type { ServerOptions } from "./wire/server.ts";
import type { WorkerMessage } from "./worker.ts";

export type { HealthReport } from "./storage/health.ts";
export { OpeningError } from "./storage/opening.ts";

export interface EmbeddedOptions {
  /** Where the files are; made if missing. One process at a time. */
  dataDir: string;
  /** Path of the Unix socket; by default one in `dataDir`. */
  socketPath?: string;
  /** Serve TCP instead, on this port (0: a free one) … */
  port?: number;
  /** … of this address, by default loopback. */
  host?: string;
  /** Refuse queries that no index serves, as MongoDB's notablescan does. */
  noTableScan?: boolean;
  /** There has been a database here before: do not start with an empty one where its file is missing. */
  expected?: boolean;
  /** Begin with an empty database where the file is missing, also where that looks like a loss. */
  anew?: boolean;
  /** Milliseconds to the first check of everything stored, and from one to the next; two minutes, and a day. */
  checkTimes?: { after: number; every: number };
  /** Called with what is wrong with the file or its disk, whenever that changes. */
  onHealth?: (report: HealthReport) => void;
  log?: (level: "info" | "warn" | "error", message: string) => void;
}

export interface Embedded {
  /** Connection string for any MongoDB driver. */
  readonly uri: string;
  /** What is wrong with the file or its disk, as far as it is known. */
  health(): HealthReport;
  /** Checks everything that is stored, in a thread of its own; gives what is wrong, in words, and nothing for all well. */
  check(): Promise<string[]>;
  stop(): Promise<void>;
}

/** Longest path of a Unix socket that every system takes. */
const MAX_SOCKET_PATH = 100;

/** Starts the embedded database in a worker thread. Rejects with an OpeningError, a line for the operator, when it cannot open its files. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { log = () => {}, host, port, noTableScan = false, expected, anew, checkTimes } = options;
  const dataDir = resolve(options.dataDir);
  // Windows has no Unix sockets that drivers can use.
  const tcp = port !== undefined || process.platform === "win32";
  const socket = tcp ? undefined : prepareSocket(dataDir, options.socketPath);
  const workerData: ServerOptions = {
    dataDir,
    socketPath: socket?.path,
    host,
    port,
    noTableScan,
    expected,
    anew,
    checkTimes,
  };
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData, execArgv: [], name: "database" });
  const stopped = Promise.withResolvers<void>();
  const ready = Promise.withResolvers<number | undefined>();
  let health: HealthReport = { damage: [], disk: "ok", checkedAt: undefined };
  const checks: ((finds: string[]) => void)[] = [];
  worker.on("message", (message: WorkerMessage) => {
    if (message.kind === "log") log(message.level, message.message);
    else if (message.kind === "ready") ready.resolve(message.port);
    else if (message.kind === "failed") ready.reject(cannotStart(message.message, message.trouble));
    else if (message.kind === "checked") for (const resolve of checks.splice(0)) resolve(message.finds);
    else if (message.kind === "health") {
      health = message.report;
      options.onHealth?.(health);
    }
  });
  worker.on("error", (error) => {
    log("error", `the database thread ended: ${error.stack ?? error.message}`);
    ready.reject(error);
  });
  worker.on("exit", () => {
    socket?.release();
    for (const resolve of checks.splice(0)) resolve([]);
    ready.reject(new Error("the database thread ended"));
    stopped.resolve();
  });
  const listening = await ready.promise;
  const place = socket ? encodeURIComponent(socket.path) : `${host ?? "127.0.0.1"}:${listening}`;
  return {
    uri: `mongodb://${place}/?directConnection=true`,
    health: () => health,
    check() {
      const { promise, resolve } = Promise.withResolvers<string[]>();
      checks.push(resolve);
      worker.postMessage("check");
      return promise;
    },
    stop() {
      worker.postMessage("stop");
      return stopped.promise;
    },
  };
}

function prepareSocket(dataDir: string, wanted: string | undefined) {
  try {
    return privateSocket(dataDir, wanted);
  } catch (error) {
    throw cannotStart(error instanceof Error ? error.message : String(error));
  }
}

function cannotStart(reason: string, trouble?: Trouble): OpeningError {
  return new OpeningError(`The embedded database cannot start: ${reason}`, trouble);
}

/** A socket that this user alone can reach: in a directory of mode 0700. */
function privateSocket(dataDir: string, wanted: string | undefined): { path: string; release(): void } {
  if (wanted) {
    rmSync(wanted, { force: true });
    return { path: wanted, release: () => rmSync(wanted, { force: true }) };
  }
  const name = `${createHash("sha256").update(dataDir).digest("hex").slice(0, 8)}-${process.pid}.sock`;
  const inside = join(dataDir, "run");
  if (join(inside, name).length <= MAX_SOCKET_PATH) {
    mkdirSync(inside, { recursive: true, mode: 0o700 });
    chmodSync(inside, 0o700);
    const path = join(inside, name);
    rmSync(path, { force: true });
    return { path, release: () => rmSync(path, { force: true }) };
  }
  const directory = mkdtempSync(join(tmpdir(), "parley-"));
  return { path: join(directory, name), release: () => rmSync(directory, { recursive: true, force: true }) };
}
