import { continueElsewhere, nextContinuation } from "../actions/continue-elsewhere.ts";
import { finishContactMoves, nextContactMove } from "../actions/move-contact.ts";
import { wakeSnoozed } from "../actions/set-status.ts";
import type { Context } from "../context.ts";
import { nextSnooze } from "../queries/conversations.ts";
import { DueWork } from "./due-work.ts";

/**
 * What conversations and contacts ask for at a time of their own, and that any node may do: waking up, reaching a buyer who left
 * another way, the second look after a merge. Each is done once or may be repeated, so none of it is claimed.
 */
export class TimedChanges {
  readonly #all: DueWork[];
  readonly #unsubscribe: (() => void)[];

  constructor(ctx: Context) {
    const snoozes = new DueWork(ctx, {
      name: "snoozed conversations",
      take: () => wakeSnoozed(ctx),
      nextDue: nextSnooze,
    });
    const continuations = new DueWork(ctx, {
      name: "continuations",
      take: () => continueElsewhere(ctx),
      nextDue: nextContinuation,
    });
    const moves = new DueWork(ctx, {
      name: "contact moves",
      take: () => finishContactMoves(ctx),
      nextDue: nextContactMove,
    });
    this.#all = [snoozes, continuations, moves];
    this.#unsubscribe = [
      ctx.bus.on("conversation.updated", ({ conversation }) => {
        if (conversation.snoozedUntil) snoozes.by(conversation.snoozedUntil);
      }),
      ctx.bus.on("continuation.scheduled", ({ at }) => continuations.by(at)),
      // Looked at again some seconds after it was carried out.
      ctx.bus.on("contact.moved", () => moves.look()),
    ];
  }

  /** Begins with what is due, in the background. */
  start(): void {
    for (const duty of this.#all) void duty.look();
  }

  async idle(): Promise<void> {
    await Promise.all(this.#all.map((duty) => duty.idle()));
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await Promise.all(this.#all.map((duty) => duty.stop()));
  }
}
