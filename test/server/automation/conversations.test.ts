import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Automation } from "../../../contract/automation.ts";
import type { Conversation } from "../../../contract/conversation.ts";
import type { Message } from "../../../contract/message.ts";
import { type Receiver, startReceiver } from "../../support/receiver.ts";
import { DAY, HOUR, type RuleApp, startRuleApp } from "./support.ts";

let app: RuleApp;
beforeAll(async () => {
  app = await startRuleApp({ env: { ALLOW_NETWORKS: "127.0.0.0/8" } });
  const inboxes = await app.get<{ id: string; channel: string }[]>("/inboxes");
  // People answer here, not the bot.
  for (const { id } of inboxes) await app.call("PATCH", `/inboxes/${id}`, { bot: { mode: "off" } }, app.admin);
});
beforeEach(() => app.reset());
afterAll(() => app.dispose());

let count = 0;
/** The buyer writes in the shop's message centre. Returns the conversation's id. */
async function write(text: string, buyer = "b-1"): Promise<string> {
  count += 1;
  const { conversationId } = await app.post<{ conversationId: string }>("/insite/insite/messages", {
    messageId: `m-${count}`,
    threadId: `t-${app.own(buyer)}`,
    buyer: { externalId: app.own(buyer), name: "Ana Ruiz", locale: "en", country: "ES" },
    text,
    sentAt: new Date(app.time.now).toISOString(),
  });
  await app.pass(0);
  return conversationId;
}
const messagesOf = async (id: string) =>
  (await app.get<{ items: Message[] }>(`/conversations/${id}/messages?limit=200`)).items;
const byRules = async (id: string) => (await messagesOf(id)).filter(({ automation }) => automation);
const MONDAY_TO_FRIDAY = Object.fromEntries(
  ["mon", "tue", "wed", "thu", "fri"].map((day) => [day, [{ from: "09:00", to: "17:00" }]]),
);

describe("a buyer who writes", () => {
  it("out of hours hears when the team is back, once, and still waits for a person", async () => {
    const businessHours = { timeZone: "Europe/Madrid", week: MONDAY_TO_FRIDAY };
    await app.call("PATCH", "/workspace", { businessHours }, app.admin);
    await app.turnOn("outside_hours");
    const early = await write("zzz");
    expect(await byRules(early)).toEqual([]);
    await app.pass(10 * HOUR);
    const id = await write("zzz qqq", "b-2");
    await write("hello?", "b-2");
    const [message, ...more] = await byRules(id);
    expect(more).toEqual([]);
    expect(message?.text).toMatch(/back on Thursday.*9:00/s);
    const conversation = await app.get<Conversation>(`/conversations/${id}`);
    expect(conversation.waitingSince).not.toBeNull();
    await app.call("PATCH", "/workspace", { businessHours: null }, app.admin);
  });

  it("certain words gets the guide, at most once a week", async () => {
    await app.turnOn("install_guide");
    const id = await write("Do you have ASSEMBLY instructions for this?");
    expect(await byRules(id)).toHaveLength(1);
    await write("I mean the assembly instructions");
    expect(await byRules(id)).toHaveLength(1);
    expect((await app.checkIns()).map(({ outcome, reason }) => [outcome, reason])).toContainEqual(["held", "rule_cap"]);
  });

  it.each([
    ["STOP", "You will get no more messages"],
    ["  ¡Baja! ", "You will get no more messages"],
    ["退订", "You will get no more messages"],
  ])("%j gets nothing more that the shop begins", async (word, answer) => {
    await app.turnOn("order_confirmed");
    const id = await write(word);
    expect((await messagesOf(id)).map(({ text }) => text)).toContainEqual(expect.stringContaining(answer));
    await app.order("1", "paid", { buyer: { externalId: "b-1" } });
    expect((await app.checkIns("&order=1")).map(({ reason }) => reason)).toEqual(["opted_out"]);
    await write("START");
    await app.order("2", "paid", { buyer: { externalId: "b-1" } });
    expect(await app.sent("2")).toHaveLength(1);
  });
});

describe("a conversation", () => {
  it("without an answer from the buyer brings one gentle reminder", async () => {
    await app.turnOn("no_answer");
    const id = await write("zzz");
    await app.post(`/conversations/${id}/messages`, { text: "Could you send us a photo?" });
    await app.pass(2 * DAY);
    expect(await byRules(id)).toHaveLength(0);
    await app.pass(1 * DAY);
    expect(await byRules(id)).toHaveLength(1);
    await app.pass(30 * DAY);
    expect(await byRules(id)).toHaveLength(1);
  });

  it("that the buyer went on with brings none", async () => {
    await app.turnOn("no_answer");
    const id = await write("zzz");
    await app.post(`/conversations/${id}/messages`, { text: "Could you send us a photo?" });
    await app.pass(DAY);
    await write("here it is");
    await app.pass(9 * DAY);
    expect(await byRules(id)).toEqual([]);
    expect((await app.checkIns()).map(({ reason }) => reason)).toEqual(["buyer_wrote"]);
  });

  it("in which the buyer waits is never told that we have not heard back: passed on, or back in the queue", async () => {
    await app.turnOn("no_answer");
    const passedOn = await write("zzz");
    await app.post(`/conversations/${passedOn}/messages`, {
      text: "Please look at this",
      channel: "email",
      forwardTo: "depot@partner.example",
    });
    const backInQueue = await write("zzz qqq", "b-2");
    await app.post(`/conversations/${backInQueue}/messages`, { text: "A colleague will look at it." });
    await app.post(`/conversations/${backInQueue}/handoff`, { to: "human" });
    await app.pass(3 * DAY);
    expect(await byRules(passedOn)).toEqual([]);
    expect(await byRules(backInQueue)).toEqual([]);
  });

  it("that was resolved is asked about a day later, and the question closes nothing and reopens nothing", async () => {
    await app.turnOn("conversation_resolved");
    const id = await write("zzz");
    await app.post(`/conversations/${id}/status`, { status: "resolved" });
    await app.pass(DAY);
    const [message] = await byRules(id);
    expect(message?.text).toContain("Reply STOP");
    expect(await app.get<Conversation>(`/conversations/${id}`)).toMatchObject({ status: "resolved" });
  });
});

describe("rules", () => {
  const answer = {
    actions: [{ type: "send_template", template: "no_answer" }],
    quietHours: false,
    holdWhenOpen: false,
  };

  it("do not act on what rules send, unless a rule says so; then they come to an end", async () => {
    await app.rule({ ...answer, name: "first", trigger: { type: "message.received" } });
    const second = { ...answer, name: "second", trigger: { type: "conversation.no_reply" } };
    await app.rule(second);
    const id = await write("zzz");
    await app.pass(DAY);
    expect((await byRules(id)).map(({ automation }) => automation?.name)).toEqual(["first"]);
    for (const rule of await app.get<Automation[]>("/automations")) {
      if (rule.enabled) await app.call("PATCH", `/automations/${rule.id}`, { triggersOthers: true }, app.admin);
    }
    const other = await write("zzz", "b-2");
    // Who waits for people is not told that we have not heard back.
    await app.post(`/conversations/${other}/messages`, { text: "Could you send us a photo?" });
    for (let round = 0; round < 10; round += 1) await app.pass(HOUR);
    expect((await byRules(other)).length).toBeLessThanOrEqual(5);
    expect((await byRules(other)).length).toBeGreaterThan(1);
  });

  it("label, prioritize and assign the conversation that they are about", async () => {
    const [user] = await app.get<{ id: string; name: string }[]>("/users");
    await app.rule({
      trigger: { type: "message.received" },
      conditions: { match: "any", items: [{ field: "message.text", operator: "contains_any", value: ["broken"] }] },
      actions: [
        { type: "label", labels: ["damage"] },
        { type: "set_priority", priority: "high" },
        { type: "assign", userId: user?.id },
      ],
    });
    const id = await write("It arrived BROKEN");
    const conversation = await app.get<Conversation>(`/conversations/${id}`);
    expect(conversation).toMatchObject({ labels: ["damage"], priority: "high", assignee: { id: user?.id } });
    expect((await app.checkIns()).map(({ outcome }) => outcome)).toEqual(["done"]);
  });

  it("call the shop's systems, again until they take it, always under the same key", async () => {
    let refusals = 2;
    const receiver: Receiver = await startReceiver(() => (refusals-- > 0 ? 503 : 200));
    await app.rule({ trigger: { type: "order.paid" }, actions: [{ type: "webhook", url: receiver.url }] });
    await app.order("1", "paid");
    await app.pass(HOUR);
    await app.pass(HOUR);
    await app.pass(HOUR);
    expect(receiver.hooks).toHaveLength(3);
    expect(new Set(receiver.hooks.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    expect((await app.checkIns()).map(({ outcome }) => outcome)).toEqual(["done"]);
    await receiver.close();
  });

  it("credit through the shop's system once, and tell it when it is done", async () => {
    let refusals = 1;
    const receiver = await startReceiver(() => (refusals-- > 0 ? 500 : 200));
    await app.call("PATCH", "/automations/settings", { compensationUrl: receiver.url }, app.admin);
    await app.post("/compensation-rules", { name: "Five", reason: "lost", kind: "amount", value: 5, currency: "EUR" });
    await app.turnOn("order_lost");
    await app.order("1", "lost", { order: { total: 40, currency: "EUR" } });
    await app.pass(HOUR);
    expect(await app.sent("1")).toEqual([]);
    await app.pass(HOUR);
    await app.pass(HOUR);
    const [message] = await app.sent("1");
    expect(message?.text).toMatch(/abonado 5,00/);
    expect(receiver.hooks.map(({ body }) => body)).toEqual([
      expect.objectContaining({ orderId: "1", amount: 5, currency: "EUR", reason: "lost" }),
      expect.objectContaining({ orderId: "1", amount: 5 }),
    ]);
    expect(new Set(receiver.hooks.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    await app.call("PATCH", "/automations/settings", { compensationUrl: "" }, app.admin);
    await receiver.close();
  });

  it("look at all orders at a time of day, once for each day", async () => {
    await app.rule({
      trigger: { type: "schedule", over: "orders", at: "12:00", timeZone: "Europe/Madrid", withinDays: 90 },
      conditions: { match: "all", items: [{ field: "order.state", operator: "is", value: "paid" }] },
      actions: [{ type: "send_template", template: "no_answer" }],
    });
    await app.order("1", "paid");
    await app.order("2", "created", { buyer: { externalId: "b-2" } });
    for (let hour = 0; hour < 50; hour += 5) await app.pass(5 * HOUR);
    const done = await app.checkIns();
    expect(done.map(({ orderId, outcome }) => [orderId, outcome])).toEqual([
      ["1", "sent"],
      ["1", "sent"],
    ]);
  });
});
