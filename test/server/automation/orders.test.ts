import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Conversation } from "../../../contract/conversation.ts";
import { connectAgent } from "../../support/sockets.ts";
import { BUYER, DAY, HOUR, type RuleApp, startRuleApp } from "./support.ts";

let app: RuleApp;
beforeAll(async () => {
  app = await startRuleApp();
});
beforeEach(() => app.reset());
afterAll(() => app.dispose());

const reasons = async (query = "") => (await app.checkIns(query)).map(({ outcome, reason }) => [outcome, reason]);

describe("a buyer whose order moves on", () => {
  it("gets one message in their language by mail, with a way to stop them", async () => {
    await app.turnOn("order_shipped");
    await app.order("1", "shipped", { tracking: { carrier: "DHL", number: "JD1", url: "https://dhl.example/JD1" } });
    const [message, ...more] = await app.sent("1");
    expect(more).toEqual([]);
    expect(message).toMatchObject({
      channel: "email",
      automatic: true,
      status: "sent",
      automation: { name: "Shipped with tracking" },
    });
    expect(message?.text).toContain("JD1");
    const [mail, ...others] = await app.get<{ id: string; to: string[] }[]>("/demo/mails");
    expect(others).toEqual([]);
    const { headers } = await app.get<{ headers: { name: string; value: string }[] }>(`/demo/mails/${mail?.id}`);
    const header = (wanted: string) => headers.find(({ name }) => name.toLowerCase() === wanted)?.value;
    expect(header("list-unsubscribe-post")).toBe("List-Unsubscribe=One-Click");
    const link = header("list-unsubscribe")?.slice(1, -1) ?? "";

    const page = await (await fetch(link, { headers: { "accept-language": "ar" } })).text();
    expect(page).toContain('dir="rtl"');
    await app.order("2", "shipped", { tracking: { number: "JD2" } });
    expect(await app.sent("2")).toHaveLength(1);
    const body = "List-Unsubscribe=One-Click";
    const headersOfForm = { "content-type": "application/x-www-form-urlencoded" };
    expect((await fetch(link, { method: "POST", headers: headersOfForm, body })).status).toBe(200);
    await app.order("3", "shipped", { tracking: { number: "JD3" } });
    expect(await reasons("&order=3")).toEqual([["held", "opted_out"]]);
    await fetch(link, { method: "POST", headers: headersOfForm, body: "again=1" });
    await app.order("4", "shipped", { tracking: { number: "JD4" } });
    expect(await app.sent("4")).toHaveLength(1);
    expect((await fetch(`${link.slice(0, -1)}x`)).status).toBe(404);
  });

  it("gets their own, though both bought as guests of one customer id", async () => {
    await app.turnOn("order_shipped");
    for (const who of ["gina", "gero"]) {
      const buyer = { externalId: "guest", name: who, email: `${who}@guests.example`, locale: "en" };
      await app.order(who, "shipped", { buyer, tracking: { number: `${who}-parcel` } });
    }
    const mails = await app.get<{ id: string; to: string[]; text: string }[]>("/demo/mails");
    for (const who of ["gina", "gero"]) {
      const own = mails.filter(({ to }) => to.join().includes(who));
      expect(own).toHaveLength(1);
      const { text } = await app.get<{ text: string }>(`/demo/mails/${own[0]?.id}`);
      expect(text).toContain(`${who}-parcel`);
      expect(text).not.toContain(who === "gina" ? "gero" : "gina");
    }
  });

  it("gets it once, however often and in whatever order the shop repeats its events", async () => {
    await app.turnOn("order_confirmed");
    await app.order("1", "paid");
    await app.order("1", "paid");
    await app.order("1", "paid", { eventId: "told again by another system" });
    await app.order("1", "created", { at: app.time.now - HOUR });
    expect(await app.sent("1")).toHaveLength(1);
  });

  it("is asked on the day of delivery and three days later", async () => {
    await app.turnOn("order_delivered");
    await app.order("1", "delivered");
    expect(await app.sent("1")).toHaveLength(0);
    await app.pass(4 * HOUR);
    expect(await app.sent("1")).toHaveLength(1);
    await app.pass(3 * DAY);
    expect(await app.sent("1")).toHaveLength(2);
    await app.pass(30 * DAY);
    expect(await app.sent("1")).toHaveLength(2);
  });

  it("who answers ends the sequence, and the answer opens the conversation", async () => {
    await app.turnOn("order_delivered");
    const buyer = { ...BUYER, email: undefined };
    await app.order("1", "delivered", { buyer });
    await app.pass(4 * HOUR);
    const [message] = await app.sent("1");
    expect(message?.channel).toBe("insite");
    const before = await app.get<Conversation>(`/conversations/${message?.conversationId}`);
    expect(before).toMatchObject({ status: "resolved", orderId: "1", waitingSince: null });
    await app.pass(HOUR);
    await app.post("/insite/insite/messages", {
      messageId: "m-1",
      threadId: "order:1",
      buyer: { externalId: app.own("b-1") },
      text: "zzz qqq",
      sentAt: new Date(app.time.now).toISOString(),
    });
    await app.pass(3 * DAY);
    const after = await app.get<Conversation>(`/conversations/${message?.conversationId}`);
    expect(after.status).not.toBe("resolved");
    expect(await reasons()).toEqual([
      ["sent", undefined],
      ["cancelled", "buyer_wrote"],
    ]);
  });

  it("is left in peace at night, in their own zone", async () => {
    await app.turnOn("order_confirmed");
    // Nine in the evening in Madrid; noon in Los Angeles, three in the afternoon in New York.
    await app.pass(9 * HOUR);
    await app.order("spain", "paid");
    await app.order("america", "paid", {
      buyer: { ...BUYER, externalId: "b-2", country: "US", email: "b@example.com" },
    });
    expect(await app.sent("america")).toHaveLength(1);
    expect(await reasons("&order=spain")).toEqual([["deferred", "quiet_hours"]]);
    await app.pass(12 * HOUR - 60_000);
    expect(await app.sent("spain")).toHaveLength(0);
    await app.pass(60_000);
    expect(await app.sent("spain")).toHaveLength(1);
  });
});

describe("a message is held back, with the reason", () => {
  it("when the order was cancelled or returned meanwhile", async () => {
    await app.turnOn("order_delivered");
    await app.order("1", "delivered");
    await app.order("1", "refunded");
    await app.order("2", "delivered");
    await app.order("2", "cancelled", { at: app.time.now + 1_000 });
    await app.pass(5 * HOUR);
    expect(await reasons("&order=1")).toEqual([["cancelled", "order_returned"]]);
    expect(await reasons("&order=2")).toEqual([["cancelled", "order_ended"]]);
  });

  it("when the buyer has an open conversation", async () => {
    await app.turnOn("order_delivered");
    await app.post("/insite/insite/messages", {
      messageId: "m-1",
      threadId: "t-1",
      buyer: { externalId: app.own("b-1") },
      text: "zzz qqq",
      sentAt: new Date(app.time.now).toISOString(),
    });
    await app.order("1", "delivered");
    await app.pass(5 * HOUR);
    expect(await reasons()).toContainEqual(["held", "conversation_open"]);
  });

  it("when the buyer got as many as the shop allows", async () => {
    await app.turnOn("order_confirmed");
    for (const id of ["1", "2", "3", "4", "5", "6", "7"]) await app.order(id, "paid");
    expect((await reasons()).filter(([outcome]) => outcome === "sent")).toHaveLength(5);
    expect(await reasons("&order=7")).toEqual([["held", "buyer_cap"]]);
    await app.pass(8 * DAY);
    await app.order("8", "paid");
    expect(await app.sent("8")).toHaveLength(1);
  });

  it("when the template names what the order lacks; ten of them in a row stop the rule and tell the seller", async () => {
    const key = { key: "own", name: "Own", texts: { en: { text: "Hello {{ tracking.number }}" } } };
    await app.post("/templates", key);
    const agent = await connectAgent(app.url, app.admin);
    const paused: unknown[] = [];
    agent.on("automation:paused", (event) => void paused.push(event));
    const rule = await app.rule({
      trigger: { type: "order.paid" },
      actions: [{ type: "send_template", template: "own" }],
    });
    for (let number = 1; number <= 11; number += 1) {
      await app.order(`o-${number}`, "paid", {
        buyer: { ...BUYER, externalId: `b-${number}`, email: `b${number}@example.com` },
      });
    }
    const held = await app.checkIns();
    expect(held[0]).toMatchObject({ outcome: "held", reason: "missing_variable", detail: "tracking.number" });
    expect(await app.get(`/automations/${rule.id}`)).toMatchObject({
      enabled: false,
      paused: { reason: "missing_variable: tracking.number" },
      counters: { triggered: 10, held: 10, sent: 0 },
    });
    await expect
      .poll(() => paused)
      .toEqual([{ id: rule.id, name: "Mine", reason: "missing_variable: tracking.number" }]);
    agent.disconnect();
    const [latest] = await app.get<object[]>(`/automations/${rule.id}/history`);
    expect(latest).toMatchObject({ by: { name: "Parley" }, enabled: false });
  });

  it("when it was turned off before its time, or somebody stopped it by hand", async () => {
    const rule = await app.turnOn("order_delivered");
    await app.order("1", "delivered");
    await app.order("2", "delivered");
    const [, second] = await app.checkIns();
    await app.post(`/check-ins/${second?.id}/cancel`, undefined);
    await app.call("PATCH", `/automations/${rule.id}`, { enabled: false }, app.admin);
    await app.pass(5 * HOUR);
    expect(await reasons()).toEqual([
      ["cancelled", "rule_off"],
      ["cancelled", "by_hand"],
    ]);
  });

  it("when it comes too late to be of use", async () => {
    await app.turnOn("order_confirmed");
    await app.order("1", "paid", { at: app.time.now - 2 * DAY });
    expect(await reasons()).toEqual([["held", "too_late"]]);
    await app.order("imported", "paid", { at: app.time.now - 60 * DAY });
    expect(await app.checkIns("&order=imported")).toEqual([]);
  });
});

describe("an order that is late", () => {
  const promised = (days: number) => ({
    promisedAt: new Date(app.time.now + days * DAY).toISOString(),
    total: 80,
    currency: "EUR",
  });

  it("brings an apology when the promised date has passed, and none when it came in time", async () => {
    await app.turnOn("order_late");
    await app.order("late", "paid", { order: promised(2) });
    await app.order("intime", "paid", { order: promised(2) });
    await app.order("moved", "paid", { order: promised(2) });
    await app.pass(DAY);
    await app.order("intime", "delivered");
    await app.order("moved", "shipped", { order: promised(3) });
    await app.pass(2 * DAY);
    expect(await app.sent("late")).toHaveLength(1);
    expect(await reasons("&order=intime")).toEqual([["cancelled", "order_moved_on"]]);
    expect(await reasons("&order=moved")).toEqual([["deferred", "not_late"]]);
    await app.pass(2 * DAY);
    expect(await app.sent("moved")).toHaveLength(1);
  });

  it("brings what the compensation rules say, once, and the message says exactly that", async () => {
    await app.post("/compensation-rules", {
      name: "Ten percent",
      reason: "delay",
      kind: "percent",
      value: 10,
      most: 5,
    });
    await app.turnOn("order_late");
    await app.order("1", "paid", { order: promised(1) });
    await app.pass(2 * DAY);
    const [message] = await app.sent("1");
    expect(message?.text).toMatch(/5,00\s€/);
    const { items } = await app.get<{ items: object[] }>("/compensations");
    expect(items).toEqual([
      expect.objectContaining({ amount: 5, currency: "EUR", state: "recorded", reason: "delay" }),
    ]);
  });

  it("says nothing of a credit that somebody has yet to approve", async () => {
    const rule = { name: "Large", reason: "delay", kind: "amount", value: 30, currency: "EUR", approvalAbove: 20 };
    await app.post("/compensation-rules", rule);
    await app.turnOn("order_late");
    await app.order("1", "paid", { order: promised(1) });
    await app.pass(2 * DAY);
    const [message] = await app.sent("1");
    expect(message?.text).not.toContain("30");
    const { items } = await app.get<{ items: { id: string }[] }>("/compensations?state=awaiting");
    const approved = await app.post<object>(`/compensations/${items[0]?.id}/decide`, { decision: "approve" });
    expect(approved).toMatchObject({ state: "recorded", decidedBy: "rules" });
  });
});
