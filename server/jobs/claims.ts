import {
  type DueFilter,
  endDeadClaims,
  letGo,
  nextDue,
  renewClaims,
  takeAsSeen,
  takeDue,
  type WorkList,
} from "../actions/claims.ts";
import type { Context } from "../context.ts";

/** A claim is renewed this often: that leaves two more tries before another node may take it. */
export const RENEW_EVERY_MS = 5_000;
/** So many in one command. */
const BATCH = 500;

/**
 * What this process has in hand of a list of work. Claims are renewed for as long as their work takes, which with a slow
 * peer may be minutes.
 */
export class Claims<T extends { _id: unknown }> {
  readonly #ctx: Context;
  readonly #list: WorkList;
  /** By the id as text; `renewedAt` is of `performance.now()`. The document tells a claim from a later one on the same. */
  readonly #held = new Map<string, { document: Pick<T, "_id">; renewedAt: number }>();
  #timer: NodeJS.Timeout | undefined;
  #renewing = false;

  constructor(ctx: Context, list: WorkList) {
    this.#ctx = ctx;
    this.#list = list;
  }

  get size(): number {
    return this.#held.size;
  }

  /** Claims what is due and holds it. */
  async take(limit: number, filter?: DueFilter): Promise<T[]> {
    const except = [...this.#held.values()].map(({ document }) => document._id);
    const taken = await takeDue<T>(this.#ctx, this.#list, { limit, except, ...(filter && { filter }) });
    for (const document of taken) this.hold(document);
    return taken;
  }

  /** Claims one as it was seen, before its time; null where somebody was faster. */
  async takeThis(seen: Pick<T, "_id"> & { owedAt?: Date; dueAt?: Date }): Promise<T | null> {
    const taken = await takeAsSeen<T>(this.#ctx, this.#list, seen);
    if (taken) this.hold(taken);
    return taken;
  }

  /** Keeps the claim on a document: on one that was taken, or that this process stored as claimed. */
  hold(document: Pick<T, "_id">): void {
    this.#held.set(String(document._id), { document, renewedAt: performance.now() });
    this.#timer ??= setInterval(() => void this.#renew(), RENEW_EVERY_MS).unref();
  }

  /** Whether this process still has it, as far as it knows. */
  holds(document: Pick<T, "_id">): boolean {
    return this.#held.get(String(document._id))?.document === document;
  }

  /** Its work is written off, or the claim is another's. */
  drop(document: Pick<T, "_id">): void {
    if (this.holds(document)) this.#held.delete(String(document._id));
    if (this.#held.size === 0) this.stop();
  }

  /** Gives it back: due again at `until`. */
  async letGo(document: Pick<T, "_id">, until: Date): Promise<void> {
    try {
      await letGo(this.#ctx, this.#list, document._id, until);
    } finally {
      this.drop(document);
    }
  }

  nextDue(filter?: DueFilter): Promise<Date | undefined> {
    return nextDue(this.#ctx, this.#list, filter);
  }

  /** At the start: what processes had in hand that are no more. */
  endDead(): Promise<void> {
    return endDeadClaims(this.#ctx, this.#list);
  }

  /** Renews no more. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #renew(): Promise<void> {
    if (this.#renewing) return;
    this.#renewing = true;
    try {
      const before = performance.now() - RENEW_EVERY_MS / 2;
      const old = [...this.#held.values()].filter(({ renewedAt }) => renewedAt <= before);
      for (let at = 0; at < old.length; at += BATCH) {
        const batch = old.slice(at, at + BATCH);
        const lost = await renewClaims(
          this.#ctx,
          this.#list,
          batch.map(({ document }) => document._id),
        );
        for (const held of batch) held.renewedAt = performance.now();
        for (const id of lost) this.#held.delete(String(id));
      }
    } catch (error) {
      this.#ctx.log.warn({ err: error, work: this.#list.collection.name }, "claims could not be renewed");
    } finally {
      this.#renewing = false;
    }
  }
}
