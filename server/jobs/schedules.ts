import { MongoBackend } from "@agendajs/mongo-backend";
import { Agenda } from "agenda";
import mongoose from "mongoose";
import { removeUnattached } from "../actions/attachments.ts";
import { reconcileConversations } from "../actions/reconcile-conversations.ts";
import { suggestFaqs } from "../actions/suggestions.ts";
import type { Context } from "../context.ts";

/** Recurring work, by name: how often, and what. Agenda lets one node at a time run each. What is due at a time of its own is `DueWork`. */
function schedules(ctx: Context): Record<string, { every: string; run: () => Promise<unknown> }> {
  return {
    "reconcile conversations": {
      every: "1 minute",
      run: () => reconcileConversations(ctx, new Date(ctx.clock.now().getTime() - 2 * 60_000)),
    },
    "suggest FAQ entries": { every: "10 minutes", run: () => suggestFaqs(ctx) },
    "remove files that were never sent": { every: "1 hour", run: () => removeUnattached(ctx) },
  };
}

/** Names that schedules had in earlier versions: their entries go. */
const FORMER = [
  "sweep owed work",
  "sweep webhooks",
  "sweep imports",
  "sweep platform events",
  "sweep automations",
  "sweep check-ins",
  "sweep stored mails",
  "continue elsewhere",
  "finish contact moves",
  "wake snoozed conversations",
];

/** Starts the schedules. Returns the function that stops them after what runs has finished. */
export async function startSchedules(ctx: Context): Promise<() => Promise<void>> {
  const agenda = new Agenda({
    backend: new MongoBackend({ mongo: mongoose.connection.db as never, collection: "schedules" }),
    // It looks this often for what is to run until its next look.
    processEvery: "30 seconds",
    defaultLockLifetime: 60_000,
  });
  agenda.on("error", (error: unknown) => {
    ctx.log.error({ err: error }, "the scheduler failed");
    ctx.health.set("schedules", "failed", String(error));
  });
  for (const [name, { every, run }] of Object.entries(schedules(ctx))) {
    agenda.define(name, async () => {
      try {
        await run();
        ctx.health.set("schedules", "ok");
      } catch (error) {
        ctx.log.error({ err: error, schedule: name }, "scheduled work failed");
      }
    });
    await agenda.every(every, name);
  }
  await agenda.cancel({ names: FORMER });
  await agenda.start();
  ctx.health.set("schedules", "ok");
  return async () => {
    await agenda.drain();
    await agenda.stop();
  };
}
