import { chmodSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { CHECK_TIMES, Checks, type CheckTimes } from "../checks.ts";
import type { Database } from "../commands/context.ts";
import { CursorTable } from "../commands/cursors.ts";
import { ExpiryMonitor } from "../commands/expire.ts";
import type { Operation } from "../commands/operation.ts";
import { Catalog } from "../storage/catalog.ts";
import type { HealthReport } from "../storage/health.ts";
import type { Expectations } from "../storage/opening.ts";
import { Store } from "../storage/store.ts";
import { Connection, type Log } from "./connection.ts";

export interface ServerOptions extends Expectations {
  dataDir: string;
  /** A Unix socket, or … */
  socketPath?: string | undefined;
  /** … a TCP port, 0 for a free one. */
  host?: string | undefined;
  port?: number | undefined;
  noTableScan: boolean;
  /** When everything stored is checked; CHECK_TIMES where it is left out. */
  checkTimes?: CheckTimes | undefined;
}

/** The database behind a listening socket. */
export class WireServer {
  private readonly server: Server;
  private readonly database: Database;
  private readonly store: Store;
  private readonly connections = new Set<Connection>();
  private readonly expiry: ExpiryMonitor;
  private readonly checks: Checks;
  private lastConnection = 0;
  private readonly sweeper: NodeJS.Timeout;

  constructor(options: ServerOptions, log: Log) {
    this.store = new Store(options.dataDir, options);
    const connections = this.connections;
    this.database = {
      store: this.store,
      catalog: new Catalog(this.store),
      cursors: new CursorTable(),
      options: { noTableScan: options.noTableScan, ttlMonitorSleepSecs: 60 },
      startedAt: new Date(),
      operations: new Set<Operation>(),
      counters: {},
      applications: new Map(),
      connections: () => connections.size,
      optionsChanged: () => this.expiry.schedule(),
    };
    this.expiry = new ExpiryMonitor(this.database, (error) => log("error", `ttl: ${String(error)}`));
    this.checks = new Checks(this.store, options.checkTimes ?? CHECK_TIMES, (message) => log("error", message));
    this.server = createServer((socket) => {
      const connection = new Connection(++this.lastConnection, socket, this.database, log);
      connections.add(connection);
      socket.on("close", () => {
        connections.delete(connection);
        this.database.applications.delete(connection.id);
      });
    });
    this.sweeper = setInterval(() => this.database.cursors.sweep(Date.now()), 60_000).unref();
  }

  /** Calls back with what is wrong with the file or its disk, now and at every change. */
  onHealth(listener: (report: HealthReport) => void): void {
    this.store.health.listen(listener);
    listener(this.store.health.report());
  }

  /** Checks everything that is stored now; gives what it found, in words. */
  check(): Promise<string[]> {
    return this.checks.run();
  }

  /** Listens and returns the TCP port, or undefined for a Unix socket. */
  async listen({ socketPath, host = "127.0.0.1", port = 0 }: ServerOptions): Promise<number | undefined> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      const where = socketPath ? { path: socketPath } : { host, port };
      this.server.listen(where, () => resolve());
    });
    if (socketPath) chmodSync(socketPath, 0o600);
    const address = this.server.address();
    return typeof address === "object" ? address?.port : undefined;
  }

  /** Stops taking work, ends connections and closes the files. */
  async stop(): Promise<void> {
    clearInterval(this.sweeper);
    this.expiry.stop();
    await this.checks.stop();
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const connection of this.connections) connection.close();
    await closed;
    this.store.close();
  }
}
