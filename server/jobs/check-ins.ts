import { DUE_CHECK_INS } from "../actions/check-ins.ts";
import { runCheckIn } from "../automation/run.ts";
import type { Context } from "../context.ts";
import type { CheckInRecord } from "../records.ts";
import { Claims } from "./claims.ts";
import { DueWork } from "./due-work.ts";
import { KeyedQueue } from "./keyed-queue.ts";

/** So many are claimed together. */
const BATCH = 20;
/** In a second, on one node: so many due at once drain without anybody who chats feeling it. */
export const CHECK_INS_PER_SECOND = 50;
/** One that waits longer than this for somebody else's server is no longer waited for. */
const PATIENCE_MS = 500;
/** So many may wait for others' servers; then nothing new is begun. */
const MOST_WAITING = 50;
/** One that could not be done for a reason of ours is looked at again after this. */
const AFTER_FAILURE_MS = 30_000;

/**
 * Does check-ins when they are due: one at a time and at a bounded rate, so that whoever chats never waits behind several.
 * Those of one buyer always come one after the other: caps see what was sent before.
 */
export class CheckInWorker {
  readonly #ctx: Context;
  readonly #perSecond: number;
  readonly #running = new Set<Promise<void>>();
  readonly #queue = new KeyedQueue();
  readonly #claims: Claims<CheckInRecord>;
  readonly #due: DueWork;
  readonly #unsubscribe: () => void;
  #stopped = false;
  #wake: (() => void) | undefined;

  constructor(ctx: Context, { perSecond = CHECK_INS_PER_SECOND }: { perSecond?: number } = {}) {
    this.#ctx = ctx;
    this.#perSecond = perSecond;
    this.#claims = new Claims(ctx, DUE_CHECK_INS);
    this.#due = new DueWork(ctx, {
      name: "check-ins",
      take: () => this.#drain(),
      nextDue: () => this.#claims.nextDue(),
    });
    this.#unsubscribe = ctx.bus.on("check_ins.scheduled", ({ dueAt }) => {
      if (dueAt > ctx.clock.now()) this.#due.by(dueAt);
      else void this.#due.look();
    });
  }

  /** What a process that is no more had claimed is due again; then everything that is. In the background. */
  start(): void {
    void this.#claims
      .endDead()
      .catch((error: unknown) => this.#ctx.log.error({ err: error }, "old claims of check-ins could not be ended"))
      .then(() => this.#due.look());
  }

  /** Begins what is due now. Resolves when nothing more is. */
  async sweep(): Promise<void> {
    await this.#due.look();
  }

  /** Resolves when nothing is being done. */
  async idle(): Promise<void> {
    await this.#due.idle();
    while (this.#running.size > 0) {
      await Promise.all(this.#running);
      await this.#due.idle();
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    this.#wake?.();
    await this.#due.stop();
    await this.idle();
    this.#claims.stop();
  }

  async #drain(): Promise<void> {
    while (!this.#stopped) {
      const claimed = await this.#claims.take(BATCH);
      for (const checkIn of claimed) await this.#begin(checkIn);
      if (claimed.length < BATCH) return;
    }
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
      if (!this.#claims.holds(checkIn)) return;
      const now = () => this.#ctx.clock.now().getTime();
      try {
        // What waits for its pace when the hub stops is the next start's.
        if (this.#stopped) await this.#claims.letGo(checkIn, new Date(now()));
        else await runCheckIn(this.#ctx, checkIn);
      } catch (error) {
        this.#ctx.log.error({ err: error, checkInId: checkIn._id.toHexString() }, "a check-in could not be done");
        const until = new Date(now() + AFTER_FAILURE_MS);
        await this.#claims.letGo(checkIn, until).catch(() => undefined);
        this.#due.by(until);
      } finally {
        this.#claims.drop(checkIn);
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
