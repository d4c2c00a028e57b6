import { claimDueCheckIns, releaseCheckIns } from "../actions/check-ins.ts";
import { runCheckIn } from "../automation/run.ts";
import type { Context } from "../context.ts";
import type { CheckInRecord } from "../records.ts";
import { KeyedQueue } from "./keyed-queue.ts";

/** So many are claimed together. */
const BATCH = 20;
/** In a second, on one node: so many due at once drain without anybody who chats feeling it. */
export const CHECK_INS_PER_SECOND = 50;
/** One that waits longer than this for somebody else's server is no longer waited for. */
const PATIENCE_MS = 500;
/** So many may wait for others' servers; then nothing new is begun. */
const MOST_WAITING = 50;
/** What is due sooner than this is waited for; the rest is found by the schedule's sweep. */
const SOON_MS = 60_000;

/**
 * Does check-ins when they are due: one at a time and at a bounded rate, so that whoever chats never waits behind several.
 * Those of one buyer always come one after the other: caps see what was sent before.
 */
export class CheckInWorker {
  readonly #ctx: Context;
  readonly #perSecond: number;
  readonly #running = new Set<Promise<void>>();
  readonly #queue = new KeyedQueue();
  readonly #unsubscribe: () => void;
  #draining: Promise<number> | undefined;
  #again = false;
  #stopped = false;
  #wake: (() => void) | undefined;

  constructor(ctx: Context, { perSecond = CHECK_INS_PER_SECOND }: { perSecond?: number } = {}) {
    this.#ctx = ctx;
    this.#perSecond = perSecond;
    this.#unsubscribe = ctx.bus.on("check_ins.scheduled", ({ dueAt }) => this.#soon(dueAt));
  }

  /** What a process that is no more had claimed is due again; then everything that is. */
  async start(): Promise<void> {
    if (!this.#ctx.config.mongodbUri) await releaseCheckIns(this.#ctx);
    void this.sweep();
  }

  /** Begins what is due now. Resolves with how many that were, when nothing more is. */
  sweep(): Promise<number> {
    this.#again = true;
    this.#draining ??= this.#drain();
    return this.#draining;
  }

  /** Resolves when nothing is being done. */
  async idle(): Promise<void> {
    while (this.#draining || this.#running.size > 0) await Promise.all([this.#draining, ...this.#running]);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    this.#wake?.();
    await this.idle();
  }

  #soon(dueAt: Date): void {
    const wait = dueAt.getTime() - this.#ctx.clock.now().getTime();
    if (this.#stopped || wait > SOON_MS) return;
    if (wait <= 0) {
      void this.sweep();
      return;
    }
    setTimeout(() => {
      if (!this.#stopped) void this.sweep();
    }, wait).unref();
  }

  async #drain(): Promise<number> {
    let done = 0;
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        for (;;) {
          const claimed = this.#stopped ? [] : await claimDueCheckIns(this.#ctx, BATCH);
          for (const checkIn of claimed) await this.#begin(checkIn);
          done += claimed.length;
          if (claimed.length < BATCH) break;
        }
      }
    } catch (error) {
      this.#ctx.log.error({ err: error }, "check-ins could not be claimed");
    }
    // In the same turn as the last look at `#again`: whoever asks from here on begins anew.
    this.#draining = undefined;
    return done;
  }

  /** Resolves when the next may begin. */
  async #begin(checkIn: CheckInRecord): Promise<void> {
    const started = performance.now();
    const run = this.#run(checkIn).finally(() => this.#running.delete(run));
    this.#running.add(run);
    if (this.#perSecond === Number.POSITIVE_INFINITY) {
      if (this.#running.size >= BATCH) await Promise.race(this.#running);
      return;
    }
    await Promise.race([run, this.#pause(PATIENCE_MS)]);
    this.#wake?.();
    if (this.#running.size >= MOST_WAITING) await Promise.race(this.#running);
    // Never at work for more than half of the time: where each takes long, people who chat are short of the machine as it is.
    const took = performance.now() - started;
    await this.#pause(Math.max(1_000 / this.#perSecond - took, Math.min(took, PATIENCE_MS)));
  }

  async #run(checkIn: CheckInRecord): Promise<void> {
    const key = checkIn.contactId?.toHexString() ?? checkIn.subject;
    await this.#queue.run(key, async () => {
      try {
        await runCheckIn(this.#ctx, checkIn);
      } catch (error) {
        // Its claim ends, and it is taken up again.
        this.#ctx.log.error({ err: error, checkInId: checkIn._id.toHexString() }, "a check-in could not be done");
      }
    });
  }

  #pause(milliseconds: number): Promise<void> {
    if (milliseconds <= 0 || this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
