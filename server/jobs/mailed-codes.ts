import pLimit from "p-limit";
import { sendMailedCode, takeCode, takeOverdueCodes } from "../actions/mailed-codes.ts";
import type { Context } from "../context.ts";
import type { MailedCodeRecord } from "../records.ts";

const AT_ONCE = 4;
const SWEEP_BATCH = 50;

/** Mails one-time codes: at once when the answer is out, later what a crash or a failing mail server left. */
export class MailedCodeWorker {
  readonly #ctx: Context;
  readonly #limit = pLimit(AT_ONCE);
  readonly #running = new Set<Promise<void>>();
  readonly #unsubscribe: () => void;
  #stopped = false;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#unsubscribe = ctx.bus.on("code.due", ({ code }) => this.#add(() => takeCode(ctx, code)));
  }

  /** Takes over what is overdue. */
  async sweep(): Promise<void> {
    for (const code of await takeOverdueCodes(this.#ctx, SWEEP_BATCH)) this.#add(async () => code);
  }

  /** Resolves when nothing is in work. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Finishes what runs; what waits is owed to the next start. */
  async stop(): Promise<void> {
    this.#unsubscribe();
    this.#stopped = true;
    await this.idle();
  }

  #add(take: () => Promise<MailedCodeRecord | null>): void {
    const task = this.#limit(async () => {
      const code = this.#stopped ? null : await take();
      if (code) await sendMailedCode(this.#ctx, code);
    })
      .catch((error: unknown) => this.#ctx.log.error({ err: error }, "a one-time code could not be sent"))
      .finally(() => this.#running.delete(task));
    this.#running.add(task);
  }
}
