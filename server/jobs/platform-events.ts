import pLimit from "p-limit";
import { takeInPlatformEvent, takeOverduePlatformEvents } from "../actions/receive-platform-event.ts";
import type { Context } from "../context.ts";
import type { IntegrationEventRecord } from "../records.ts";

const AT_ONCE = 8;
const SWEEP_BATCH = 100;

/** Takes in what platforms sent: at once for what this node stored, later for what a crash or a failure left. */
export class PlatformEventWorker {
  readonly #ctx: Context;
  readonly #limit = pLimit(AT_ONCE);
  readonly #running = new Set<Promise<void>>();
  readonly #unsubscribe: () => void;
  #stopped = false;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#unsubscribe = ctx.bus.on("integration.event", ({ event }) => this.#add(event));
  }

  /** What the last process left is due at once, where this process is the hub's only one. */
  async start(): Promise<void> {
    await this.#takeOver(!this.#ctx.config.mongodbUri);
  }

  async sweep(): Promise<void> {
    await this.#takeOver(false);
  }

  /** Resolves when nothing is in work. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Finishes what runs; what waits is owed to the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    await this.idle();
  }

  async #takeOver(all: boolean): Promise<void> {
    while (!this.#stopped) {
      const taken = await takeOverduePlatformEvents(this.#ctx, SWEEP_BATCH, { all });
      for (const event of taken) this.#add(event);
      await this.idle();
      if (taken.length < SWEEP_BATCH) return;
    }
  }

  #add(event: IntegrationEventRecord): void {
    const task = this.#limit(async () => {
      if (!this.#stopped) await takeInPlatformEvent(this.#ctx, event);
    })
      .catch((error: unknown) => this.#ctx.log.error({ err: error }, "a platform's event could not be settled"))
      .finally(() => this.#running.delete(task));
    this.#running.add(task);
  }
}
