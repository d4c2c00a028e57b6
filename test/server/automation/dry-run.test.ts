import mongoose from "mongoose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { DryRunResult } from "../../../contract/automation.ts";
import { BUYER, DAY, HOUR, type RuleApp, startRuleApp } from "./support.ts";

let app: RuleApp;
beforeAll(async () => {
  app = await startRuleApp();
});
beforeEach(() => app.reset());
afterAll(() => app.dispose());

const buyerOf = (number: number) => ({ ...BUYER, externalId: `b-${number}`, email: `b${number}@example.com` });

/** How many documents there are, everywhere. */
async function counts(): Promise<Record<string, number>> {
  const { db } = mongoose.connection;
  const names = ["check_ins", "messages", "conversations", "contacts", "orders", "automations", "compensations"];
  const all = { _id: { $gt: new mongoose.Types.ObjectId("0".repeat(24)) } };
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await db?.collection(name).countDocuments(all)])),
  );
}

describe("a seller who tries a rule on the past", () => {
  it("sees each message it would have sent and what it would have held, and nothing is written", async () => {
    for (const number of [1, 2, 3]) await app.order(`o-${number}`, "delivered", { buyer: buyerOf(number) });
    await app.order("o-2", "refunded", { buyer: buyerOf(2), at: app.time.now + HOUR });
    await app.pass(8 * DAY - 6 * HOUR);
    await app.order("o-4", "delivered", { buyer: buyerOf(4) });
    await app.pass(12 * HOUR);
    const before = await counts();
    const rule = (await app.get<{ id: string; key: string }[]>("/automations")).find(
      ({ key }) => key === "order_delivered",
    );
    const result = await app.post<DryRunResult>("/automations/dry-run", { automationId: rule?.id, days: 30 });
    expect(await counts()).toEqual(before);
    expect(result).toMatchObject({ looked: 4, triggered: 4, wouldSend: 5, wouldHold: 1, truncated: false });
    expect(result.items.filter(({ outcome }) => outcome !== "sent")).toEqual([
      expect.objectContaining({ outcome: "cancelled", reason: "order_returned", order: { id: "o-2", number: "o-2" } }),
    ]);
    expect(result.items.find(({ order, part }) => order?.id === "o-1" && part === 2)).toMatchObject({
      outcome: "sent",
      locale: "es",
      channel: "email",
      buyer: { name: "Ana Ruiz" },
      text: expect.stringContaining("Hola, Ana"),
    });
    const week = await app.post<DryRunResult>("/automations/dry-run", { automationId: rule?.id, days: 7 });
    expect(week).toMatchObject({ triggered: 1, wouldSend: 1 });
  });

  it("sees what really happens when the rule is on", async () => {
    const definition = {
      name: "Mine",
      trigger: { type: "order.paid" },
      delay: { amount: 3, unit: "hours" },
      conditions: { match: "all", items: [{ field: "order.total", operator: "at_least", value: 20 }] },
      actions: [{ type: "send_template", template: "order_confirmed" }],
    };
    const rule = await app.rule(definition);
    for (let number = 1; number <= 12; number += 1) {
      const order = { total: number * 5, currency: "EUR" };
      await app.order(`o-${number}`, "paid", { buyer: buyerOf(number % 2), order });
      await app.pass(5 * HOUR);
    }
    // To the next morning.
    await app.pass(12 * HOUR);
    const real = await app.checkIns();
    const past = await app.post<DryRunResult>("/automations/dry-run", { automationId: rule.id, days: 10 });
    const told = past.items.map(({ order, outcome, reason }) => [order?.id, outcome, reason]).sort();
    expect(told).toEqual(real.map(({ orderId, outcome, reason }) => [orderId, outcome, reason]).sort());
    expect(real.length).toBe(9);
  });

  it("sees the answers it would have given to messages", async () => {
    const say = (messageId: string, text: string) =>
      app.post("/insite/insite/messages", {
        messageId,
        threadId: "t-1",
        buyer: { externalId: app.own("b-1"), name: "Ana", locale: "en" },
        text,
        sentAt: new Date(app.time.now).toISOString(),
      });
    await say("m-1", "Where is my parcel?");
    await app.pass(HOUR);
    await say("m-2", "Do you have assembly instructions?");
    await app.pass(HOUR);
    const rule = (await app.get<{ id: string; key: string }[]>("/automations")).find(
      ({ key }) => key === "install_guide",
    );
    const result = await app.post<DryRunResult>("/automations/dry-run", { automationId: rule?.id });
    expect(result).toMatchObject({ triggered: 1, wouldSend: 1 });
    expect(result.items[0]).toMatchObject({
      channel: "insite",
      outcome: "sent",
      text: expect.stringContaining("lay out all the parts"),
    });
  });
});
