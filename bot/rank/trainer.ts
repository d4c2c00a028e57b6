import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { TrainingEntry } from "./build.ts";
import type { RankModel } from "./model.ts";
import type { TrainingRequest } from "./worker.ts";

type Reply = { job: number } & ({ model: RankModel } | { error: string });

/** Entries handed to the thread at a time. */
const PART = 500;

export interface TrainerOptions {
  /** Milliseconds to wait after a change, so that many changes train once. */
  delay: number;
  snapshot(): TrainingEntry[];
  adopt(model: RankModel): void;
  onError(error: Error): void;
}

/** Keeps the ranking trained in a thread of its own, which starts with the first change and ends when idle. */
export class Trainer {
  private readonly options: TrainerOptions;
  private worker: Worker | undefined;
  private timer: NodeJS.Timeout | undefined;
  private idle: NodeJS.Timeout | undefined;
  private job = 0;
  private running = false;
  private dirty = false;
  private closed = false;
  private waiting: (() => void)[] = [];

  constructor(options: TrainerOptions) {
    this.options = options;
  }

  /** Something changed: train again, soon. */
  schedule(): void {
    if (this.closed) return;
    this.dirty = true;
    if (this.running) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.start(), this.options.delay);
    // A pending training alone is no reason for a process to stay.
    this.timer.unref();
  }

  /** Resolves when nothing is left to train. */
  settled(): Promise<void> {
    if (this.closed || (!this.dirty && !this.running)) return Promise.resolve();
    this.timer?.ref();
    this.worker?.ref();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    clearTimeout(this.idle);
    this.release();
    await this.worker?.terminate();
    this.worker = undefined;
  }

  private start(): void {
    this.dirty = false;
    this.running = true;
    clearTimeout(this.idle);
    const entries = this.options.snapshot().filter((entry) => entry.examples.length > 0);
    if (entries.length === 0) {
      this.finish();
      return;
    }
    this.hand(entries).catch((error) => this.fail(error instanceof Error ? error : new Error(String(error))));
  }

  /** Hands the entries over in parts: copying thousands at once would hold up everybody else on this thread. */
  private async hand(entries: TrainingEntry[]): Promise<void> {
    const job = ++this.job;
    this.worker ??= this.open();
    for (let from = 0; from < entries.length; from += PART) {
      if (from > 0) await setImmediate();
      if (this.closed || job !== this.job) return;
      const part = entries.slice(from, from + PART);
      const request: TrainingRequest = { job, entries: part, last: from + PART >= entries.length };
      this.worker?.postMessage(request);
    }
  }

  private open(): Worker {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { name: "bot-training" });
    worker.on("message", (reply: Reply) => {
      if (this.closed || reply.job !== this.job) return;
      if ("model" in reply) this.options.adopt(reply.model);
      else this.options.onError(new Error(`training failed: ${reply.error}`));
      this.finish();
    });
    worker.on("error", (error) => {
      this.worker = undefined;
      this.fail(error);
    });
    if (this.waiting.length === 0) worker.unref();
    return worker;
  }

  private fail(error: Error): void {
    if (this.closed) return;
    this.options.onError(error);
    this.finish();
  }

  private finish(): void {
    this.running = false;
    if (this.dirty) {
      this.schedule();
      return;
    }
    this.release();
    this.worker?.unref();
    // The thread's memory is given back when edits pause.
    this.idle = setTimeout(() => {
      void this.worker?.terminate();
      this.worker = undefined;
    }, 30_000);
    this.idle.unref();
  }

  private release(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
