import {
  expireOrderEvents,
  orderOfEvent,
  settleOrderEvent,
  takeOverdueOrderEvents,
} from "../actions/automation-owed.ts";
import { confirmOptOut, setOptOut } from "../actions/opt-out.ts";
import { evaluate, occurrencesOfEvent, occurrencesOfMessage } from "../automation/evaluate.ts";
import { Facts } from "../automation/facts.ts";
import { workSchedules } from "../automation/schedules.ts";
import { askedToStop } from "../automation/stop-words.ts";
import type { Context } from "../context.ts";
import type { MessageRecord, OrderEventRecord, OrderRecord } from "../records.ts";
import { KeyedQueue } from "./keyed-queue.ts";
import type { Work } from "./owed.ts";

const SWEEP_BATCH = 200;
/** Within this time a node hears of a rule that was changed on another. */
const REFRESH_MS = 5_000;

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
  const fresh = await evaluate(ctx, await occurrencesOfMessage(ctx, message));
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
  readonly #unsubscribe: () => void;
  #refresh: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#unsubscribe = ctx.bus.on("order.owed", ({ order, event }) => this.#work(event, order));
  }

  async start(): Promise<void> {
    await this.#ctx.rules.refresh();
    if (!this.#ctx.config.mongodbUri) await expireOrderEvents(this.#ctx);
    await this.sweep();
    this.#refresh = setInterval(() => {
      this.#ctx.rules
        .refresh()
        .catch((error) => this.#ctx.log.warn({ err: error }, "automation rules could not be read"));
    }, REFRESH_MS);
    this.#refresh.unref();
  }

  /** Takes over what is overdue, and works schedules off. */
  async sweep(): Promise<void> {
    while (!this.#stopped) {
      const events = await takeOverdueOrderEvents(this.#ctx, SWEEP_BATCH);
      await Promise.all(events.map((event) => this.#work(event)));
      if (events.length < SWEEP_BATCH) break;
    }
    if (this.#stopped) return;
    const dueAt = await workSchedules(this.#ctx);
    if (dueAt) this.#ctx.bus.emit("check_ins.scheduled", { dueAt });
  }

  async idle(): Promise<void> {
    await this.#queue.idle();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#refresh);
    this.#unsubscribe();
    await this.#queue.idle();
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
        // Its lease ends, and it is taken up again.
        this.#ctx.log.error({ err: error, eventId: event.eventId }, "rules could not look at an order event");
      }
    });
  }
}

function earliest(checkIns: readonly { dueAt?: Date }[]): Date {
  return new Date(Math.min(...checkIns.map(({ dueAt }) => dueAt?.getTime() ?? Number.POSITIVE_INFINITY)));
}
