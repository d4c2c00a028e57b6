import pLimit from "p-limit";
import { OWED_PLATFORM_EVENTS, takeInPlatformEvent } from "../actions/receive-platform-event.ts";
import type { Context } from "../context.ts";
import type { IntegrationEventRecord } from "../records.ts";
import { Claims } from "./claims.ts";
import { DueWork } from "./due-work.ts";

const AT_ONCE = 8;
const TAKE_BATCH = 100;
/** What is due is taken while fewer than so many are in hand. */
const MOST_HELD = 200;
const AFTER_FAILURE_MS = 15_000;

/** Takes in what platforms sent: at once for what this node stored, later for what a crash or a failure left. */
export class PlatformEventWorker {
  readonly #ctx: Context;
  readonly #limit = pLimit(AT_ONCE);
  readonly #claims: Claims<IntegrationEventRecord>;
  readonly #due: DueWork;
  readonly #running = new Set<Promise<void>>();
  readonly #unsubscribe: () => void;
  /** There may be more than there was room for. */
  #more = false;
  #stopped = false;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#claims = new Claims(ctx, OWED_PLATFORM_EVENTS);
    this.#due = new DueWork(ctx, {
      name: "platform events",
      take: () => this.#takeDue(),
      nextDue: async () => (this.#more ? undefined : this.#claims.nextDue()),
    });
    this.#unsubscribe = ctx.bus.on("integration.event", ({ event }) => {
      this.#claims.hold(event);
      this.#add(event);
    });
  }

  /** What the last process left is due at once. In the background. */
  start(): void {
    void this.#claims
      .endDead()
      .catch((error: unknown) => this.#ctx.log.error({ err: error }, "old claims of events could not be ended"))
      .then(() => this.#due.look());
  }

  /** Does what is due. */
  async sweep(): Promise<void> {
    await this.#due.look();
    await this.idle();
  }

  /** Resolves when nothing is in work. */
  async idle(): Promise<void> {
    await this.#due.idle();
    while (this.#running.size > 0) {
      await Promise.all(this.#running);
      await this.#due.idle();
    }
  }

  /** Finishes what runs; what waits is owed to the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    await this.#due.stop();
    await this.idle();
    this.#claims.stop();
  }

  async #takeDue(): Promise<void> {
    this.#more = false;
    while (!this.#stopped) {
      const limit = Math.min(TAKE_BATCH, MOST_HELD - this.#claims.size);
      const taken = await this.#claims.take(limit);
      for (const event of taken) this.#add(event);
      if (taken.length < TAKE_BATCH) {
        this.#more = limit <= taken.length;
        return;
      }
    }
  }

  #add(event: IntegrationEventRecord): void {
    const task = this.#limit(() => this.#takeIn(event))
      .catch((error: unknown) => this.#ctx.log.error({ err: error }, "a platform's event could not be given back"))
      .finally(() => {
        this.#running.delete(task);
        this.#claims.drop(event);
        if (this.#more && this.#claims.size < MOST_HELD / 2) void this.#due.look();
      });
    this.#running.add(task);
  }

  async #takeIn(event: IntegrationEventRecord): Promise<void> {
    const now = () => this.#ctx.clock.now().getTime();
    if (this.#stopped) return this.#claims.letGo(event, new Date(now()));
    if (!this.#claims.holds(event)) return;
    try {
      const again = await takeInPlatformEvent(this.#ctx, event);
      if (again) this.#due.by(again);
    } catch (error) {
      this.#ctx.log.error({ err: error }, "a platform's event could not be settled");
      const until = new Date(now() + AFTER_FAILURE_MS);
      await this.#claims.letGo(event, until);
      this.#due.by(until);
    }
  }
}
