import { MongoBackend } from "@agendajs/mongo-backend";
import { Agenda } from "agenda";
import mongoose from "mongoose";
import { continueElsewhere } from "../actions/continue-elsewhere.ts";
import { finishContactMoves } from "../actions/move-contact.ts";
import { reconcileConversations } from "../actions/reconcile-conversations.ts";
import { wakeSnoozed } from "../actions/set-status.ts";
import { suggestFaqs } from "../actions/suggestions.ts";
import type { Context } from "../context.ts";
import type { OwedWorker } from "./owed.ts";

/** Takes over what is overdue. */
interface Sweeper {
  sweep(): Promise<unknown>;
}

/** Recurring work, by name: how often, and what. Agenda lets one node at a time run each. */
function schedules(
  ctx: Context,
  owed: OwedWorker,
  mails: Sweeper,
  webhooks: Sweeper,
  others: Record<string, Sweeper>,
): Record<string, { every: string; run: () => Promise<unknown> }> {
  return {
    "sweep owed work": { every: "5 seconds", run: () => owed.sweep() },
    "sweep webhooks": { every: "5 seconds", run: () => webhooks.sweep() },
    ...Object.fromEntries(
      Object.entries(others).map(([name, other]) => [
        `sweep ${name}`,
        { every: "5 seconds", run: () => other.sweep() },
      ]),
    ),
    "sweep stored mails": { every: "5 seconds", run: () => mails.sweep() },
    "continue elsewhere": { every: "20 seconds", run: () => continueElsewhere(ctx) },
    "reconcile conversations": {
      every: "1 minute",
      run: () => reconcileConversations(ctx, new Date(ctx.clock.now().getTime() - 2 * 60_000)),
    },
    "finish contact moves": { every: "10 seconds", run: () => finishContactMoves(ctx) },
    "suggest FAQ entries": { every: "10 minutes", run: () => suggestFaqs(ctx) },
    "wake snoozed conversations": { every: "10 seconds", run: () => wakeSnoozed(ctx) },
  };
}

/** Starts the schedules. Returns the function that stops them after what runs has finished. */
export async function startSchedules(
  ctx: Context,
  owed: OwedWorker,
  mails: Sweeper,
  webhooks: Sweeper,
  others: Record<string, Sweeper> = {},
): Promise<() => Promise<void>> {
  const agenda = new Agenda({
    backend: new MongoBackend({ mongo: mongoose.connection.db as never, collection: "schedules" }),
    processEvery: "2 seconds",
    defaultLockLifetime: 60_000,
  });
  agenda.on("error", (error: unknown) => ctx.log.error({ err: error }, "the scheduler failed"));
  for (const [name, { every, run }] of Object.entries(schedules(ctx, owed, mails, webhooks, others))) {
    agenda.define(name, async () => {
      try {
        await run();
      } catch (error) {
        ctx.log.error({ err: error, schedule: name }, "scheduled work failed");
      }
    });
    await agenda.every(every, name);
  }
  await agenda.start();
  return async () => {
    await agenda.drain();
    await agenda.stop();
  };
}
