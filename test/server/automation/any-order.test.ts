import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { crash, HOUR, NOON, type RuleApp, startRuleApp } from "./support.ts";

let app: RuleApp;
beforeAll(async () => {
  app = await startRuleApp();
  await app.patchSettings({ buyerCap: { most: 100, hours: 1 } });
});
afterAll(() => app.dispose());

const RULES = ["order_confirmed", "order_shipped", "out_for_delivery", "order_delivered"];
const TYPES = ["created", "paid", "shipped", "out_for_delivery", "delivered", "completed", "refunded"] as const;
const ORDERS = ["a", "b", "c"] as const;

/** What may happen meanwhile: an event is told, whenever it took place; the hub dies and comes back; hours pass. All within the rules' window. */
const happening = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      order: fc.constantFrom(...ORDERS),
      type: fc.constantFrom(...TYPES),
      again: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant("crash" as const) },
  { weight: 2, arbitrary: fc.record({ pass: fc.integer({ min: 1, max: 4 }) }) },
);

it(
  "in whatever order events are told, once or twice, with crashes between, each step is sent once and none is lost",
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 4, maxLength: 14 }), async (happenings) => {
        await app.reset();
        for (const key of RULES) await app.turnOn(key, { quietHours: false, cap: null });
        const told = new Map<string, Set<string>>(ORDERS.map((order) => [order, new Set()]));
        for (const each of happenings) {
          if (each === "crash") await crash(app);
          else if ("pass" in each) await app.pass(each.pass * HOUR);
          else {
            const { order, type, again } = each;
            const buyer = { externalId: order, name: "Ana Ruiz", country: "ES" };
            const event = { eventId: `${order}:${type}`, at: NOON - 2 * HOUR + TYPES.indexOf(type) * 600_000, buyer };
            await app.order(order, type, event);
            if (again) await app.order(order, type, event);
            told.get(order)?.add(type);
          }
        }
        await crash(app);
        for (let day = 0; day < 5; day += 1) await app.pass(24 * HOUR);
        await crash(app);
        for (const order of ORDERS) {
          const checkIns = await app.checkIns(`&order=${order}`);
          expect(checkIns.filter(({ finishedAt }) => finishedAt === null)).toEqual([]);
          const steps = checkIns.map(({ automation, step }) => `${automation.key}:${step}`);
          expect(new Set(steps).size).toBe(steps.length);
          // As many messages as check-ins say that they were sent: none twice, none without its check-in.
          const sent = checkIns.filter(({ outcome }) => outcome === "sent");
          expect(await app.sent(order)).toHaveLength(sent.length);
          expect(await app.messagesAbout(order)).toBe(sent.length);
          const events = told.get(order) ?? new Set();
          const arrived = sent.filter(({ automation }) => automation.key === "order_delivered");
          // Nothing but a refund stands in the way of asking how it was, that day and three days later.
          if (events.has("delivered") && !events.has("refunded"))
            expect(arrived.map(({ part }) => part)).toEqual([1, 2]);
          if (!events.has("delivered")) expect(arrived).toEqual([]);
          const confirmed = sent.filter(({ automation }) => automation.key === "order_confirmed");
          expect(confirmed.length).toBeLessThanOrEqual(events.has("paid") ? 1 : 0);
        }
      }),
      {
        numRuns: process.env.PARLEY_LONG ? 200 : 5,
        ...(process.env.RULES_SEED && { seed: Number(process.env.RULES_SEED) }),
      },
    );
  },
  process.env.PARLEY_LONG ? 3_600_000 : 600_000,
);
