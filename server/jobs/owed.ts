import { OWED_MESSAGES, settleOwed } from "../actions/owed.ts";
import { reconcileAfterStart } from "../actions/reconcile-conversations.ts";
import type { Context } from "../context.ts";
import type { MessageRecord, OwedWork } from "../records.ts";
import { runRules } from "./automation.ts";
import { answerWithBot } from "./bot.ts";
import { Claims } from "./claims.ts";
import { DueWork } from "./due-work.ts";
import { KeyedQueue } from "./keyed-queue.ts";
import { deliver } from "./outbound.ts";
import { summarize } from "./summarize.ts";

/**
 * Work done, to be tried again, or none of this node's any more. Where it is to be tried again, the work itself may have said when
 * (`recordDelivery`); else it is after a short while.
 */
export type WorkResult = "done" | "later" | "lost";
export type Work = (ctx: Context, message: MessageRecord) => Promise<WorkResult>;

/** What a message can owe and who does it. Every work may run twice for the same message. */
const WORKS: Record<OwedWork, Work> = {
  automation: runRules,
  bot: answerWithBot,
  deliver,
  summarize,
};

const SETTLE_EVERY_MS = 50;
const TAKE_BATCH = 100;
/** So many are in hand at once, and so many of one inbox and direction: a mail server that hangs holds up its own mail alone. */
const MOST_HELD = 1_000;
const MOST_OF_ONE = 200;
const AFTER_FAILURE_MS = 15_000;

/**
 * Does what messages owe: at once for what this node stored, later for what is due later or a crash left.
 * Settled messages are written off many at a time.
 */
export class OwedWorker {
  readonly #ctx: Context;
  readonly #queue = new KeyedQueue();
  readonly #claims: Claims<MessageRecord>;
  readonly #due: DueWork;
  /** In hand, by what they have to share. */
  readonly #shares = new Map<string, { message: MessageRecord; count: number }>();
  readonly #running = new Set<Promise<void>>();
  readonly #settled: MessageRecord[] = [];
  readonly #unsubscribe: (() => void)[];
  #timer: NodeJS.Timeout | undefined;
  #starting: Promise<void> | undefined;
  /** There may be more than there was room for. */
  #more = false;
  #stopped = false;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#claims = new Claims(ctx, OWED_MESSAGES);
    this.#due = new DueWork(ctx, {
      name: "owed work",
      take: () => this.#take(),
      nextDue: () => this.#claims.nextDue(this.#withRoom()),
    });
    this.#unsubscribe = [
      ctx.bus.on("message.created", ({ message, owed }) => {
        if (owed.length > 0) this.#begin(message, owed);
      }),
      ctx.bus.on("message.owed", ({ message }) => this.#begin(message)),
      ctx.bus.on("message.updated", ({ message }) => {
        if (message.owedAt && !message.claimedBy) this.#due.by(message.owedAt);
      }),
    ];
  }

  /** Begins, in the background, with conversations that a crash left behind their messages, then with everything owed. */
  start(): void {
    this.#starting = this.#start().finally(() => {
      this.#starting = undefined;
    });
  }

  async #start(): Promise<void> {
    try {
      await reconcileAfterStart(this.#ctx);
      await this.#claims.endDead();
      this.#ctx.health.set("owed", "ok");
    } catch (error) {
      this.#ctx.log.error({ err: error }, "what the last process left was not looked at");
      this.#ctx.health.set("owed", "failed", String(error));
    }
    await this.#due.look();
  }

  /** Does what is due. Returns how many messages that were. */
  async sweep(): Promise<number> {
    let count = 0;
    for (let taken = -1; taken !== 0 && !this.#stopped; count += taken) {
      taken = await this.#take();
      await this.idle();
    }
    await this.#due.look();
    return count;
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    while (this.#starting || this.#running.size > 0) {
      await Promise.all([this.#starting, ...this.#running]);
    }
  }

  /** Finishes what has begun; what waits for its turn is left to the next start, or to other nodes. */
  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#stopped = true;
    await this.#due.stop();
    await this.idle();
    clearTimeout(this.#timer);
    await this.#flush();
    this.#claims.stop();
  }

  async #take(): Promise<number> {
    let count = 0;
    this.#more = false;
    while (!this.#stopped) {
      const limit = Math.min(TAKE_BATCH, MOST_HELD - this.#claims.size);
      const taken = await this.#claims.take(limit, this.#withRoom());
      for (const message of taken) this.#begin(message);
      count += taken.length;
      if (taken.length < TAKE_BATCH) {
        this.#more = limit <= taken.length || this.#full().length > 0;
        break;
      }
    }
    return count;
  }

  #full(): { message: MessageRecord }[] {
    return [...this.#shares.values()].filter(({ count }) => count >= MOST_OF_ONE);
  }

  #withRoom(): Record<string, unknown> {
    const full = this.#full().map(({ message: { inboxId, channel, direction } }) => ({ inboxId, channel, direction }));
    return full.length > 0 ? { $nor: full } : {};
  }

  #begin(message: MessageRecord, owed = message.owed ?? []): void {
    if (this.#stopped || owed.length === 0) return;
    if (message.claimedBy !== this.#ctx.node) {
      if (message.owedAt) this.#due.by(message.owedAt);
      return;
    }
    this.#claims.hold(message);
    const key = `${message.inboxId.toHexString()}:${message.channel}:${message.direction}`;
    const share = this.#shares.get(key) ?? { message, count: 0 };
    share.count += 1;
    this.#shares.set(key, share);
    const running = this.#work(message, owed)
      .catch((error: unknown) => this.#ctx.log.error({ err: error }, "owed work could not be given back"))
      .finally(() => {
        this.#running.delete(running);
        share.count -= 1;
        if (share.count === 0) this.#shares.delete(key);
        // Half empty before it is filled again: each look is a query.
        if (this.#more && share.count < MOST_OF_ONE / 2) void this.#due.look();
      });
    this.#running.add(running);
  }

  async #work(message: MessageRecord, owed: OwedWork[]): Promise<void> {
    const results = await Promise.all(owed.map((name) => this.#run(name, message)));
    if (results.includes("lost")) {
      this.#claims.drop(message);
    } else if (results.every((result) => result === "done")) {
      this.#settle(message);
    } else {
      // Changes nothing where the work gave it back itself, with a time of its own.
      const pause = this.#stopped ? 0 : AFTER_FAILURE_MS;
      const until = new Date(this.#ctx.clock.now().getTime() + pause);
      await this.#claims.letGo(message, until);
      this.#due.by(until);
    }
  }

  async #run(name: OwedWork, message: MessageRecord): Promise<WorkResult> {
    let result: WorkResult = "later";
    // One after the other for each conversation: the bot sees a finished history, mails leave in order.
    await this.#queue.run(`${name}:${message.conversationId.toHexString()}`, async () => {
      if (this.#stopped) return;
      if (!this.#claims.holds(message)) {
        result = "lost";
        return;
      }
      try {
        result = await WORKS[name](this.#ctx, message);
      } catch (error) {
        this.#ctx.log.error({ err: error, work: name, messageId: message._id.toHexString() }, "owed work failed");
      }
    });
    return result;
  }

  #settle(message: MessageRecord): void {
    this.#settled.push(message);
    if (this.#stopped) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#flush().catch((error) => this.#ctx.log.error({ err: error }, "owed work could not be written off"));
    }, SETTLE_EVERY_MS);
  }

  async #flush(): Promise<void> {
    const settled = this.#settled.splice(0);
    try {
      await settleOwed(settled.map(({ _id }) => _id));
    } finally {
      for (const message of settled) this.#claims.drop(message);
    }
  }
}
