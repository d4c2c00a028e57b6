import { isShared } from "../config.ts";
import type { Context } from "../context.ts";

/** What other nodes store or leave is found within this time; a node that has the database to itself looks so often just in case. */
const LOOK_AGAIN_MS = { shared: 20_000, alone: 120_000 };
/** What is due and yet was not taken, such as by another node at the same moment, is looked at again after this. */
const SOONEST_MS = 200;
const AFTER_FAILURE_MS = 5_000;

/** Work that becomes due: `take` begins what is, `nextDue` says when the next will be. */
export interface DueSource {
  name: string;
  /** Resolves when everything due is begun, as far as there is room; not when it is done. */
  take(): Promise<unknown>;
  nextDue(): Promise<Date | undefined>;
}

/**
 * Looks for work when it is due: one timer for the next of its kind, set anew after each look and whenever this process hears of
 * something sooner. Where nothing is due, nothing is asked.
 */
export class DueWork {
  readonly #ctx: Context;
  readonly #source: DueSource;
  #timer: NodeJS.Timeout | undefined;
  /** When it rings, by the process's own clock: the hub's may be set anew, and what is due next would wait for the old time. */
  #ringsAt = Number.POSITIVE_INFINITY;
  #looking: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(ctx: Context, source: DueSource) {
    this.#ctx = ctx;
    this.#source = source;
  }

  /** Looks now; with a look that runs already, once more after it. Resolves when everything due is begun. */
  look(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    this.#again = true;
    this.#looking ??= this.#look();
    return this.#looking;
  }

  /** Something will be due at this time. */
  by(at: Date): void {
    const wait = Math.min(Math.max(0, at.getTime() - this.#ctx.clock.now().getTime()), LOOK_AGAIN_MS.alone);
    const ringsAt = performance.now() + wait;
    if (this.#stopped || ringsAt >= this.#ringsAt) return;
    clearTimeout(this.#timer);
    this.#ringsAt = ringsAt;
    this.#timer = setTimeout(() => void this.look(), wait);
    this.#timer.unref();
  }

  /** Resolves when no look runs. */
  async idle(): Promise<void> {
    while (this.#looking) await this.#looking;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.idle();
  }

  async #look(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      clearTimeout(this.#timer);
      this.#ringsAt = Number.POSITIVE_INFINITY;
      const now = () => this.#ctx.clock.now().getTime();
      try {
        await this.#source.take();
        const { shared, alone } = LOOK_AGAIN_MS;
        const latest = now() + (isShared(this.#ctx.config) ? shared : alone);
        const next = (await this.#source.nextDue())?.getTime() ?? latest;
        this.by(new Date(Math.min(latest, Math.max(next, now() + SOONEST_MS))));
      } catch (error) {
        this.#ctx.log.error({ err: error, work: this.#source.name }, "due work could not be looked for");
        this.by(new Date(now() + AFTER_FAILURE_MS));
      }
    }
    // In the same turn as the last look at `#again`: whoever asks from here on begins anew.
    this.#looking = undefined;
  }
}
