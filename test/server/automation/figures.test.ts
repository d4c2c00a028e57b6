import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AutomationFigures } from "../../../contract/automation.ts";
import { type LlmServer, startLlmServer } from "../../support/llm-server.ts";
import { BUYER, DAY, type RuleApp, startRuleApp } from "./support.ts";

let app: RuleApp;
let llm: LlmServer;
beforeAll(async () => {
  llm = await startLlmServer((call) => {
    const { text } = JSON.parse(call.body.messages?.at(-1)?.content ?? "{}") as { text?: string };
    // Says the same louder, and keeps what it was told to keep.
    return { content: (text ?? "").toUpperCase() };
  });
  app = await startRuleApp({ env: { OPENAI_BASE_URL: llm.baseURL, OPENAI_MODEL: "small" } });
});
afterAll(async () => {
  await app?.dispose();
  await llm?.close();
});

describe("a seller's list of rules", () => {
  it("tells of the last 30 days what was sent, answered and held", async () => {
    const rule = await app.turnOn("order_shipped", { cap: { most: 2, hours: 48 } });
    const figures = async () =>
      (await app.get<AutomationFigures[]>("/automations/figures")).find(({ id }) => id === rule.id);
    expect(await figures()).toEqual({ id: rule.id, sent: 0, answered: 0, held: 0 });
    const buyer = { ...BUYER, email: undefined };
    for (const order of ["1", "2", "3"])
      await app.order(order, "shipped", { buyer, tracking: { number: `JD${order}` } });
    expect(await figures()).toEqual({ id: rule.id, sent: 2, answered: 0, held: 1 });
    await app.pass(60_000);
    await app.post("/insite/insite/messages", {
      messageId: "m-1",
      threadId: "order:1",
      buyer: { externalId: app.own("b-1") },
      text: "Thank you",
      sentAt: new Date(app.time.now).toISOString(),
    });
    expect((await figures())?.answered).toBe(1);
    await app.pass(31 * DAY);
    expect(await figures()).toEqual({ id: rule.id, sent: 0, answered: 0, held: 0 });
  });
});

describe("a template put in another language by the model", () => {
  it("keeps what fills it in exactly, whatever the model does with the words", async () => {
    const written = {
      subject: "Order {{ order.number }}",
      text: "{% if buyer.name %}dear {{ buyer.name }}{% endif %}, it left.",
    };
    expect(await app.post("/templates/translate", { written, to: "de" })).toEqual({
      subject: "ORDER {{ order.number }}",
      text: "{% if buyer.name %}DEAR {{ buyer.name }}{% endif %}, IT LEFT.",
    });
  });
});
