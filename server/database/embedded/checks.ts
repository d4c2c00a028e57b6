import { Worker } from "node:worker_threads";
import type { CheckerMessage } from "./checker.ts";
import type { Store } from "./storage/store.ts";

export interface CheckTimes {
  /** Milliseconds from the start to the first check. */
  after: number;
  /** Milliseconds from the end of a check to the next one. */
  every: number;
}

export const CHECK_TIMES: CheckTimes = { after: 120_000, every: 24 * 3_600_000 };

/** Has everything that is stored checked in a thread of its own, some time after the start and daily. */
export class Checks {
  private readonly store: Store;
  private readonly times: CheckTimes;
  private readonly log: (message: string) => void;
  private timer: NodeJS.Timeout | undefined;
  private running: { worker: Worker; finds: Promise<string[]> } | undefined;
  private stopped = false;

  constructor(store: Store, times: CheckTimes, log: (message: string) => void) {
    this.store = store;
    this.times = times;
    this.log = log;
    this.schedule(times.after);
  }

  /** Checks now, or joins the check that runs; gives what it found. */
  run({ unhurried = false }: { unhurried?: boolean } = {}): Promise<string[]> {
    if (this.stopped) return Promise.resolve([]);
    this.running ??= this.begin(unhurried);
    return this.running.finds;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running?.worker.terminate();
  }

  private begin(unhurried: boolean) {
    const { path, health } = this.store;
    const worker = new Worker(new URL("./checker.ts", import.meta.url), {
      workerData: { path, unhurried },
      execArgv: [],
      name: "database check",
    });
    worker.unref();
    const { promise: finds, resolve } = Promise.withResolvers<string[]>();
    const found: string[] = [];
    worker.on("message", (message: CheckerMessage) => {
      if ("done" in message) {
        health.checked();
        return;
      }
      found.push(message.find);
      health.foundDamage(message.find);
      this.log(`check: ${message.find}`);
    });
    worker.on("error", (error) => this.log(`check: it could not be done: ${error.message}`));
    worker.on("exit", () => {
      this.running = undefined;
      this.schedule(this.times.every);
      resolve(found);
    });
    return { worker, finds };
  }

  private schedule(milliseconds: number): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.run({ unhurried: true }), milliseconds).unref();
  }
}
