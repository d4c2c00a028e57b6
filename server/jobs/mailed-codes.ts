import pLimit from "p-limit";
import { DUE_CODES, sendMailedCode } from "../actions/mailed-codes.ts";
import type { Context } from "../context.ts";
import type { MailedCodeRecord } from "../records.ts";
import { Claims } from "./claims.ts";
import { DueWork } from "./due-work.ts";

const AT_ONCE = 4;
/** What is due is taken while fewer than so many are in hand. */
const MOST_HELD = 50;
const AFTER_FAILURE_MS = 15_000;

/** Mails one-time codes: at once when the answer is out, later what a crash or a failing mail server left. */
export class MailedCodeWorker {
  readonly #ctx: Context;
  readonly #limit = pLimit(AT_ONCE);
  readonly #claims: Claims<MailedCodeRecord>;
  readonly #due: DueWork;
  readonly #running = new Set<Promise<void>>();
  readonly #unsubscribe: () => void;
  #stopped = false;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#claims = new Claims(ctx, DUE_CODES);
    this.#due = new DueWork(ctx, {
      name: "mailed codes",
      take: () => this.#takeDue(),
      // Whoever finishes one looks for more.
      nextDue: async () => (this.#claims.size >= MOST_HELD ? undefined : this.#claims.nextDue()),
    });
    this.#unsubscribe = ctx.bus.on("code.due", ({ code }) => this.#add(() => this.#claims.takeThis(code)));
  }

  /** What the last process left is due at once. In the background. */
  start(): void {
    void this.#claims
      .endDead()
      .catch((error: unknown) => this.#ctx.log.error({ err: error }, "old claims of codes could not be ended"))
      .then(() => this.#due.look());
  }

  /** Begins what is due. */
  sweep(): Promise<void> {
    return this.#due.look();
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
    this.#unsubscribe();
    this.#stopped = true;
    await this.#due.stop();
    await this.idle();
    this.#claims.stop();
  }

  async #takeDue(): Promise<void> {
    for (const code of await this.#claims.take(MOST_HELD - this.#claims.size)) this.#add(async () => code);
  }

  #add(take: () => Promise<MailedCodeRecord | null>): void {
    const task = this.#limit(async () => {
      const code = await take();
      if (code) await this.#send(code);
    })
      .catch((error: unknown) => this.#ctx.log.error({ err: error }, "a one-time code could not be sent"))
      .finally(() => this.#running.delete(task));
    this.#running.add(task);
  }

  async #send(code: MailedCodeRecord): Promise<void> {
    const full = this.#claims.size >= MOST_HELD;
    const now = () => this.#ctx.clock.now().getTime();
    try {
      if (this.#stopped) return await this.#claims.letGo(code, new Date(now()));
      const again = await sendMailedCode(this.#ctx, code);
      if (again) this.#due.by(again);
    } catch (error) {
      const until = new Date(now() + AFTER_FAILURE_MS);
      await this.#claims.letGo(code, until).catch(() => undefined);
      this.#due.by(until);
      throw error;
    } finally {
      this.#claims.drop(code);
      if (full) void this.#due.look();
    }
  }
}
