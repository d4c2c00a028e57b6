import type { Types } from "mongoose";
import { expireLeases, settleOwed, takeOverdue } from "../actions/owed.ts";
import { reconcileAfterStart } from "../actions/reconcile-conversations.ts";
import type { Context } from "../context.ts";
import type { MessageRecord, OwedWork } from "../records.ts";
import { runRules } from "./automation.ts";
import { answerWithBot } from "./bot.ts";
import { KeyedQueue } from "./keyed-queue.ts";
import { deliver } from "./outbound.ts";
import { summarize } from "./summarize.ts";

/**
 * Work done, or to be tried again: the sweeper comes back when the lease ends, or when the work itself said so
 * on the message (`owedAt`).
 */
export type WorkResult = "done" | "later";
export type Work = (ctx: Context, message: MessageRecord) => Promise<WorkResult>;

/** What a message can owe and who does it. Every work may run twice for the same message. */
const WORKS: Record<OwedWork, Work> = {
  automation: runRules,
  bot: answerWithBot,
  deliver,
  summarize,
};

const SETTLE_EVERY_MS = 50;
const SWEEP_BATCH = 200;

/**
 * Does what messages owe: at once for what this node stored, later for what a crash or a failure left.
 * Settled messages are written off many at a time.
 */
export class OwedWorker {
  readonly #ctx: Context;
  readonly #queue = new KeyedQueue();
  readonly #settled: Types.ObjectId[] = [];
  readonly #unsubscribe: (() => void)[];
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#unsubscribe = [
      ctx.bus.on("message.created", ({ message, owed }) => this.#work(message, owed)),
      ctx.bus.on("message.owed", ({ message }) => this.#work(message, message.owed ?? [])),
    ];
  }

  /** The first look after a start: conversations are brought up to their messages, everything owed is due at once. */
  async start(): Promise<void> {
    await reconcileAfterStart(this.#ctx);
    await expireLeases(this.#ctx);
    await this.sweep();
  }

  /** Takes over what is overdue. Returns how many messages that were. */
  async sweep(): Promise<number> {
    let count = 0;
    while (!this.#stopped) {
      const taken = await takeOverdue(this.#ctx, SWEEP_BATCH);
      count += taken.length;
      await Promise.all(taken.map((message) => this.#work(message, message.owed ?? [])));
      if (taken.length < SWEEP_BATCH) break;
    }
    return count;
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    await this.#queue.idle();
  }

  /** Finishes what runs and writes off what is settled. */
  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#stopped = true;
    await this.#queue.idle();
    clearTimeout(this.#timer);
    await this.#flush();
  }

  async #work(message: MessageRecord, owed: OwedWork[]): Promise<void> {
    if (owed.length === 0) return;
    const results = await Promise.all(owed.map((name) => this.#run(name, message)));
    if (results.every((result) => result === "done")) this.#settle(message._id);
  }

  async #run(name: OwedWork, message: MessageRecord): Promise<WorkResult> {
    let result: WorkResult = "later";
    // One after the other for each conversation: the bot sees a finished history, mails leave in order.
    await this.#queue.run(`${name}:${message.conversationId.toHexString()}`, async () => {
      try {
        result = await WORKS[name](this.#ctx, message);
      } catch (error) {
        this.#ctx.log.error({ err: error, work: name, messageId: message._id.toHexString() }, "owed work failed");
      }
    });
    return result;
  }

  #settle(id: Types.ObjectId): void {
    this.#settled.push(id);
    if (this.#stopped) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#flush().catch((error) => this.#ctx.log.error({ err: error }, "owed work could not be written off"));
    }, SETTLE_EVERY_MS);
  }

  async #flush(): Promise<void> {
    await settleOwed(this.#settled.splice(0));
  }
}
