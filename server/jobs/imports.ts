import { importBatch, OWED_IMPORTS } from "../actions/imports.ts";
import type { Context } from "../context.ts";
import type { ImportRecord } from "../records.ts";
import { Claims } from "./claims.ts";
import { DueWork } from "./due-work.ts";

const AFTER_FAILURE_MS = 15_000;

/** Takes files of orders in, one file at a time on each node, in steps that may be repeated. */
export class ImportWorker {
  readonly #ctx: Context;
  readonly #claims: Claims<ImportRecord>;
  readonly #due: DueWork;
  readonly #unsubscribe: () => void;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#claims = new Claims(ctx, OWED_IMPORTS);
    this.#due = new DueWork(ctx, {
      name: "imports",
      take: () => this.#takeOne(),
      // Whoever is at one looks for the next when it is done.
      nextDue: async () => (this.#running ? undefined : this.#claims.nextDue()),
    });
    this.#unsubscribe = ctx.bus.on("import.started", () => void this.#due.look());
  }

  /** What the last process left is due at once. In the background. */
  start(): void {
    void this.#claims
      .endDead()
      .catch((error: unknown) => this.#ctx.log.error({ err: error }, "old claims of imports could not be ended"))
      .then(() => this.#due.look());
  }

  /** Goes on with what is due. */
  sweep(): Promise<void> {
    return this.#due.look();
  }

  /** Resolves when no import runs any more. */
  async idle(): Promise<void> {
    await this.#due.idle();
    while (this.#running) {
      await this.#running;
      await this.#due.idle();
    }
  }

  /** Finishes the rows in hand; the rest is owed to the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    await this.#due.stop();
    await this.#running;
    this.#claims.stop();
  }

  async #takeOne(): Promise<void> {
    if (this.#running) return;
    const [claimed] = await this.#claims.take(1);
    if (!claimed) return;
    this.#running = this.#work(claimed).finally(() => {
      this.#running = undefined;
      void this.#due.look();
    });
  }

  async #work(claimed: ImportRecord): Promise<void> {
    let pause = 0;
    try {
      let current: ImportRecord | null = claimed;
      while (current && !this.#stopped) current = await importBatch(this.#ctx, current);
    } catch (error) {
      this.#ctx.log.error({ err: error }, "an import could not go on");
      pause = AFTER_FAILURE_MS;
    }
    // Changes nothing where it is done, was stopped, or another node has it.
    const until = new Date(this.#ctx.clock.now().getTime() + pause);
    await this.#claims
      .letGo(claimed, until)
      .catch((error: unknown) => this.#ctx.log.error({ err: error }, "an import could not be given back"));
  }
}
