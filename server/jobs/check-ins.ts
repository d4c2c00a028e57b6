import { claimDueCheckIns, releaseCheckIns } from "../actions/check-ins.ts";
import { runCheckIn } from "../automation/run.ts";
import type { Context } from "../context.ts";
import type { CheckInRecord } from "../records.ts";
import { KeyedQueue } from "./keyed-queue.ts";

/** At most so many are claimed together, and so many times a second. */
const LARGEST_BATCH = 50;
const BATCHES_PER_SECOND = 10;
/** In a second, on one node: so many due at once drain without anybody who chats feeling it. */
export const CHECK_INS_PER_SECOND = 50;
/** What is due sooner than this is waited for; the rest is found by the schedule's sweep. */
const SOON_MS = 60_000;

/**
 * Does check-ins when they are due: a few at a time and at a bounded rate, those of one buyer one after the other, so that
 * caps see what was sent before.
 */
export class CheckInWorker {
  readonly #ctx: Context;
  readonly #perSecond: number;
  readonly #batch: number;
  readonly #queue = new KeyedQueue();
  readonly #unsubscribe: () => void;
  #draining: Promise<number> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #wake: (() => void) | undefined;

  constructor(ctx: Context, { perSecond = CHECK_INS_PER_SECOND }: { perSecond?: number } = {}) {
    this.#ctx = ctx;
    this.#perSecond = perSecond;
    this.#batch = Math.max(1, Math.min(LARGEST_BATCH, Math.floor(perSecond / BATCHES_PER_SECOND)));
    this.#unsubscribe = ctx.bus.on("check_ins.scheduled", ({ dueAt }) => this.#soon(dueAt));
  }

  /** What a process that is no more had claimed is due again; then everything that is. */
  async start(): Promise<void> {
    if (!this.#ctx.config.mongodbUri) await releaseCheckIns(this.#ctx);
    void this.sweep();
  }

  /** Does what is due now. Resolves with how many that were, when nothing more is. */
  sweep(): Promise<number> {
    this.#again = true;
    this.#draining ??= this.#drain();
    return this.#draining;
  }

  /** Resolves when nothing is being done. */
  async idle(): Promise<void> {
    while (this.#draining) await this.#draining;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    clearTimeout(this.#timer);
    this.#wake?.();
    await this.idle();
    await this.#queue.idle();
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
          const started = performance.now();
          const claimed = this.#stopped ? [] : await claimDueCheckIns(this.#ctx, this.#batch);
          await Promise.all(claimed.map((checkIn) => this.#run(checkIn)));
          done += claimed.length;
          if (claimed.length < this.#batch) break;
          await this.#pause(this.#restAfter(claimed.length, performance.now() - started));
        }
      }
    } catch (error) {
      this.#ctx.log.error({ err: error }, "check-ins could not be claimed");
    }
    // In the same turn as the last look at `#again`: whoever asks from here on begins anew.
    this.#draining = undefined;
    return done;
  }

  /** Never at work for more than half of the time: where each takes long, people who chat are short of the machine as it is. */
  #restAfter(done: number, took: number): number {
    if (this.#perSecond === Number.POSITIVE_INFINITY) return 0;
    return Math.max((done / this.#perSecond) * 1_000 - took, took);
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
      this.#wake = resolve;
      this.#timer = setTimeout(resolve, milliseconds);
    });
  }
}
