import { OWED_ORDER_EVENTS, orderOfEvent, settleOrderEvent } from "../actions/automation-owed.ts";
import { confirmOptOut, setOptOut } from "../actions/opt-out.ts";
import { evaluate, occurrencesOfEvent, occurrencesOfMessage } from "../automation/evaluate.ts";
import { Facts } from "../automation/facts.ts";
import { workSchedules } from "../automation/schedules.ts";
import { askedToStop } from "../automation/stop-words.ts";
import { isShared } from "../config.ts";
import type { Context } from "../context.ts";
import type { MessageRecord, OrderEventRecord, OrderRecord } from "../records.ts";
import { Claims } from "./claims.ts";
import { DueWork } from "./due-work.ts";
import { KeyedQueue } from "./keyed-queue.ts";
import type { Work } from "./owed.ts";

const TAKE_BATCH = 200;
/** Within this time a node hears of a rule that was changed on another, where Redis does not tell it at once. */
const REFRESH_MS = { told: 60_000, untold: 5_000 };
/** How often rules that run by the clock are looked at; the database is asked only when one has come due. */
const CLOCK_MS = 5_000;
const AFTER_FAILURE_MS = 15_000;

/** What a message owes rules: words to stop, and whatever they wait for. */
export const runRules: Work = async (ctx, message) => {
  const asked = message.direction === "incoming" ? consentIn(message) : undefined;
  if (asked) {
    const facts = new Facts(ctx, { workspaceId: message.workspaceId, conversationId: message.conversationId });
    const [conversation, locale] = await Promise.all([facts.conversation(), facts.locale()]);
    if (conversation) {
      const { workspaceId, contactId } = conversation;
      await setOptOut(ctx, { workspaceId, contactId, by: asked === "stop" ? "word" : null });
      await confirmOptOut(ctx, { conversation, message, asked, locale: locale ?? "en" });
    }
  }
  // A reply that was held is looked at when it leaves.
  const shown = message.held ? { ...message, private: false } : message;
  const fresh = await evaluate(ctx, await occurrencesOfMessage(ctx, shown));
  if (fresh.length > 0) ctx.bus.emit("check_ins.scheduled", { dueAt: earliest(fresh) });
  return "done";
};

/**
 * Whether the buyer asks to get no more messages, or to get them again. In their name anybody can write a mail: it can
 * stop them where nothing speaks against it, and begin them again only with proof.
 */
function consentIn({ text, original }: MessageRecord): ReturnType<typeof askedToStop> {
  if (original?.role || original?.proof === "fail") return undefined;
  const asked = askedToStop(text);
  return asked === "stop" || original?.proof !== "unknown" ? asked : undefined;
}

/** Shows order events to the rules: at once what this node stored, later what a crash left. Keeps the rules fresh. */
export class AutomationWorker {
  readonly #ctx: Context;
  readonly #queue = new KeyedQueue();
  readonly #claims: Claims<OrderEventRecord>;
  readonly #due: DueWork;
  readonly #unsubscribe: () => void;
  #refresh: NodeJS.Timeout | undefined;
  #clock: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #stopped = false;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#claims = new Claims(ctx, OWED_ORDER_EVENTS);
    this.#due = new DueWork(ctx, {
      name: "order events for rules",
      take: () => this.#takeDue(),
      nextDue: () => this.#claims.nextDue(),
    });
    this.#unsubscribe = ctx.bus.on("order.owed", ({ order, event }) => {
      this.#claims.hold(event);
      return this.#work(event, order);
    });
  }

  /** What the last process left is due at once. In the background. */
  start(): void {
    void this.#claims
      .endDead()
      .catch((error: unknown) => this.#ctx.log.error({ err: error }, "old claims of order events could not be ended"))
      .then(() => this.#due.look());
    this.#clock = setInterval(() => void this.#workSchedules(), CLOCK_MS).unref();
    // Whoever has the database to itself made every change itself.
    if (!isShared(this.#ctx.config)) return;
    const refreshEvery = this.#ctx.config.redisUrl ? REFRESH_MS.told : REFRESH_MS.untold;
    this.#refresh = setInterval(() => {
      this.#ctx.rules
        .refresh()
        .catch((error) => this.#ctx.log.warn({ err: error }, "automation rules could not be read"));
    }, refreshEvery).unref();
  }

  /** Does what is due, and works schedules off. */
  async sweep(): Promise<void> {
    await this.#due.look();
    await this.#queue.idle();
    await this.#workSchedules();
  }

  async idle(): Promise<void> {
    await this.#due.idle();
    await this.#queue.idle();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#refresh);
    clearInterval(this.#clock);
    this.#unsubscribe();
    await this.#due.stop();
    await this.#working;
    await this.#queue.idle();
    this.#claims.stop();
  }

  async #takeDue(): Promise<void> {
    while (!this.#stopped) {
      const events = await this.#claims.take(TAKE_BATCH);
      await Promise.all(events.map((event) => this.#work(event)));
      if (events.length < TAKE_BATCH) return;
    }
  }

  #workSchedules(): Promise<void> {
    this.#working ??= this.#runSchedules().finally(() => {
      this.#working = undefined;
    });
    return this.#working;
  }

  async #runSchedules(): Promise<void> {
    if (this.#stopped) return;
    try {
      const dueAt = await workSchedules(this.#ctx);
      if (dueAt) this.#ctx.bus.emit("check_ins.scheduled", { dueAt });
    } catch (error) {
      this.#ctx.log.error({ err: error }, "rules that run by the clock could not be worked off");
    }
  }

  #work(event: OrderEventRecord, known?: OrderRecord): Promise<void> {
    return this.#queue.run(event.orderId, async () => {
      try {
        const order = known ?? (await orderOfEvent(this.#ctx, event));
        if (order) {
          const fresh = await evaluate(this.#ctx, occurrencesOfEvent(this.#ctx, event, order));
          if (fresh.length > 0) this.#ctx.bus.emit("check_ins.scheduled", { dueAt: earliest(fresh) });
        }
        await settleOrderEvent(event._id);
      } catch (error) {
        this.#ctx.log.error({ err: error, eventId: event.eventId }, "rules could not look at an order event");
        const until = new Date(this.#ctx.clock.now().getTime() + AFTER_FAILURE_MS);
        await this.#claims.letGo(event, until).catch(() => undefined);
        this.#due.by(until);
      } finally {
        this.#claims.drop(event);
      }
    });
  }
}

function earliest(checkIns: readonly { dueAt?: Date }[]): Date {
  return new Date(Math.min(...checkIns.map(({ dueAt }) => dueAt?.getTime() ?? Number.POSITIVE_INFINITY)));
}
