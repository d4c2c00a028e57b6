import { Types } from "mongoose";
import type { Definition } from "../../contract/automation.ts";
import { WEEKDAYS } from "../../contract/hours.ts";
import { scheduleCheckIns } from "../actions/check-ins.ts";
import type { Context } from "../context.ts";
import { AutomationModel } from "../models/automation.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import { OrderModel, type OrderRecord } from "../models/order.ts";
import { checkInOf, type Occurrence } from "./evaluate.ts";
import { Facts } from "./facts.ts";
import { minutesOf, parseTime } from "./quiet.ts";
import type { Rule } from "./rules.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const BATCH = 200;

type Schedule = Extract<Definition["trigger"], { type: "schedule" }>;

/** The last time before or at `now` that a schedule was to run; undefined when that was more than a week ago. */
export function lastTick({ at, timeZone, weekdays }: Schedule, now: Date): Date | undefined {
  const wanted = parseTime(at);
  for (let day = 0; day <= 8; day += 1) {
    const near = new Date(Math.floor((now.getTime() - day * DAY_MS) / MINUTE_MS) * MINUTE_MS);
    let tick = new Date(near.getTime() + (wanted - minutesOf(near, timeZone)) * MINUTE_MS);
    // The clock may change between the two: once more from there.
    tick = new Date(tick.getTime() + offBy(wanted, minutesOf(tick, timeZone)) * MINUTE_MS);
    if (tick > now) continue;
    const weekday = WEEKDAYS[(dayOf(tick, timeZone) + 6) % 7];
    if (weekdays.length === 0 || (weekday && weekdays.includes(weekday))) return tick;
  }
  return undefined;
}

function offBy(wanted: number, shown: number): number {
  const off = wanted - shown;
  return Math.abs(off) > 720 ? off - Math.sign(off) * 1_440 : off;
}

function dayOf(at: Date, timeZone: string): number {
  const date = new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(at);
  return new Date(`${date}T12:00:00Z`).getUTCDay();
}

/**
 * Puts down what schedules that have come due ask for. A tick is worked off as a whole before it is marked, and every subject once
 * for a tick, so a crash or a second node repeats nothing. Returns when something is due.
 */
export async function workSchedules(ctx: Context): Promise<Date | undefined> {
  const now = ctx.clock.now();
  let due: Date | undefined;
  for (const rule of ctx.rules.all("schedule")) {
    if (rule.trigger.type !== "schedule") continue;
    const tick = lastTick(rule.trigger, now);
    // What was to run before the rule was made or changed is not caught up on.
    const since = rule.scheduledUntil ?? rule.updatedAt;
    if (!tick || tick <= since) continue;
    for await (const occurrences of subjectsOf(ctx, rule, rule.trigger, tick)) {
      const wanted = [];
      for (const occurrence of occurrences) {
        const checkIn = await checkInOf(rule, occurrence);
        if (checkIn) wanted.push(checkIn);
      }
      if ((await scheduleCheckIns(ctx, wanted)).length > 0) due = now;
    }
    await AutomationModel.updateOne(
      {
        _id: rule._id,
        $or: [
          { _id: rule._id, scheduledUntil: { $exists: false } },
          { _id: rule._id, scheduledUntil: { $lt: tick } },
        ],
      },
      { $set: { scheduledUntil: tick } },
    );
    rule.scheduledUntil = tick;
  }
  return due;
}

async function* subjectsOf(ctx: Context, rule: Rule, schedule: Schedule, tick: Date): AsyncGenerator<Occurrence[]> {
  const { workspaceId } = rule;
  const oldest = Types.ObjectId.createFromTime(Math.floor((tick.getTime() - schedule.withinDays * DAY_MS) / 1_000));
  const common = { trigger: "schedule", at: tick, depth: 0 } as const;
  let after = oldest;
  for (;;) {
    const filter = { workspaceId, _id: { $gt: after } };
    const page: Occurrence[] = [];
    if (schedule.over === "orders") {
      const orders = await OrderModel.find(filter).sort({ _id: 1 }).limit(BATCH).lean<OrderRecord[]>();
      for (const order of orders) {
        const { orderId, contactId } = order;
        const facts = new Facts(ctx, { workspaceId, orderId, contactId }, { order });
        page.push({ ...common, subject: `order:${orderId}@${tick.getTime()}`, facts });
        after = order._id;
      }
    } else {
      const conversations = await ConversationModel.find(filter)
        .sort({ _id: 1 })
        .limit(BATCH)
        .lean<ConversationRecord[]>();
      for (const conversation of conversations) {
        const facts = new Facts(ctx, { workspaceId, conversationId: conversation._id }, { conversation });
        page.push({ ...common, subject: `conversation:${conversation._id.toHexString()}@${tick.getTime()}`, facts });
        after = conversation._id;
      }
    }
    yield page;
    if (page.length < BATCH) return;
  }
}
