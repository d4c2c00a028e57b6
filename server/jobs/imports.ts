import { claimImport, importBatch, releaseImports } from "../actions/imports.ts";
import type { Context } from "../context.ts";

/** Takes files of orders in, one file at a time on each node, in steps that may be repeated. */
export class ImportWorker {
  readonly #ctx: Context;
  readonly #unsubscribe: () => void;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#unsubscribe = ctx.bus.on("import.started", () => this.#pump());
  }

  /** What the last process left is due at once, where this process is the hub's only one. */
  async start(): Promise<void> {
    if (!this.#ctx.config.mongodbUri) await releaseImports(this.#ctx);
    this.#pump();
  }

  /** Goes on with what a crash left. */
  async sweep(): Promise<void> {
    this.#pump();
  }

  /** Resolves when no import runs any more. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  /** Finishes the rows in hand; the rest is owed to the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    await this.idle();
  }

  #pump(): void {
    this.#running ??= this.#work()
      .catch((error: unknown) => this.#ctx.log.error({ err: error }, "an import could not go on"))
      .finally(() => {
        this.#running = undefined;
      });
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      let current = await claimImport(this.#ctx);
      if (!current) return;
      while (current && !this.#stopped) current = await importBatch(this.#ctx, current);
    }
  }
}
