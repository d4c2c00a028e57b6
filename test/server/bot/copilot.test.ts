import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { BotUsage } from "../../../contract/bot.ts";
import type { CopilotEvent } from "../../../contract/copilot.ts";
import type { Faq } from "../../../contract/faq.ts";
import type { Message } from "../../../contract/message.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";
import { type LlmServer, type ScriptedReply, startLlmServer } from "../../support/llm-server.ts";
import { eventsOf, insite, messagesOf, shopper } from "./support.ts";

type Done = Extract<CopilotEvent, { type: "done" }>;
const doneOf = (events: CopilotEvent[]) => events.find((event): event is Done => event.type === "done");

describe("the copilot with a model", () => {
  let llm: LlmServer;
  let app: TestApp;
  let reply: ScriptedReply | ((data: string) => ScriptedReply) = { status: 500 };
  const inEverything = (text: string): ScriptedReply => ({ content: text });

  beforeAll(async () => {
    llm = await startLlmServer((call) => {
      const data = call.body.messages?.at(-1)?.content ?? "";
      // The bot's own reply in tools, which this is not about.
      if (call.body.tools) return { status: 400 };
      return typeof reply === "function" ? reply(data) : reply;
    });
    app = await startTestApp({ env: { OPENAI_BASE_URL: llm.baseURL, OPENAI_MODEL: "small" } });
  });
  afterAll(async () => {
    await app?.dispose();
    await llm?.close();
  });
  beforeEach(() => {
    llm.calls.length = 0;
  });

  const asked = () => JSON.parse(llm.calls.at(-1)?.body.messages?.at(-1)?.content ?? "{}") as Record<string, unknown>;

  it("streams a draft from the FAQ's sources in the buyer's language, personal data masked on the way", async () => {
    const id = await insite(app, "draft", "How do I return an item? Write to eva@example.com please");
    reply = inEverything("Start the return in your account; we will write to [EMAIL_1].");
    const { events } = await eventsOf<CopilotEvent>(app, `/conversations/${id}/copilot`, {
      kind: "draft",
      locale: "en",
    });
    expect(events.filter(({ type }) => type === "delta").length).toBeGreaterThan(1);
    const done = doneOf(events);
    expect(done?.text).toContain("eva@example.com");
    expect(done?.sources[0]?.externalId).toBe("return-an-item");
    expect(JSON.stringify(llm.calls.at(-1)?.body)).not.toContain("eva@example.com");
    expect(JSON.stringify(asked().sources)).toContain("return");
    // Nothing is stored.
    expect((await messagesOf(app, id)).every(({ author }) => author.type !== "user")).toBe(true);
  });

  it("marks what stands in no source, promises and words the seller forbids", async () => {
    await app.call("PATCH", "/bot/settings", { forbidden: ["lifetime guarantee"] }, app.admin);
    const id = await insite(app, "warn", "How long does delivery take?");
    reply = inEverything("You get a full refund of $499 and a lifetime guarantee.");
    const { events } = await eventsOf<CopilotEvent>(app, `/conversations/${id}/copilot`, {
      kind: "draft",
      locale: "en",
    });
    const codes = doneOf(events)?.warnings.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(["unfounded", "forbidden"]));
  });

  it("shortens what the agent wrote, and never gives its rules away", async () => {
    const id = await insite(app, "short", "Hello there, is anybody in?");
    reply = inEverything("We ship today.");
    const body = {
      kind: "shorter",
      text: "Well, we are going to ship your order in the course of today.",
      locale: "en",
    };
    const { events } = await eventsOf<CopilotEvent>(app, `/conversations/${id}/copilot`, body);
    expect(doneOf(events)).toMatchObject({ text: "We ship today.", warnings: [], model: expect.any(String) });
    const rules = llm.calls.at(-1)?.body.messages?.[0]?.content ?? "";
    expect(rules).toContain("data");
  });

  it("reads a thread in the agent's language, each message translated once and kept beside the original", async () => {
    const id = await insite(app, "read", "¿Cuándo llega mi paquete 10482 a Madrid?", {
      buyer: { externalId: "es-1", locale: "es" },
    });
    reply = inEverything("When does my parcel 10482 arrive in Madrid?");
    const read = () =>
      app.call<{ items: Message[] }>("POST", `/conversations/${id}/translations`, { to: "en", seqs: [1] }, app.admin);
    const first = await read();
    expect(first.body.items[0]).toMatchObject({
      text: "¿Cuándo llega mi paquete 10482 a Madrid?",
      translations: { en: { text: "When does my parcel 10482 arrive in Madrid?" } },
    });
    const calls = llm.calls.length;
    await read();
    expect(llm.calls.length).toBe(calls);
    expect((await messagesOf(app, id))[0]?.translations?.en?.text).toContain("Madrid");
  });

  it("does not keep a translation that changes a number", async () => {
    const id = await insite(app, "wrong", "Das kostet 49,90 Euro, oder?", {
      buyer: { externalId: "de-1", locale: "de" },
    });
    reply = inEverything("That costs 94.90 euros, doesn't it?");
    const answer = await app.call("POST", `/conversations/${id}/translations`, { to: "en", seqs: [1] }, app.admin);
    expect(answer).toMatchObject({ status: 502, body: { error: { code: "model_failed" } } });
    expect((await messagesOf(app, id))[0]?.translations).toBeUndefined();
  });

  it("sends the buyer the buyer's language and keeps what the agent wrote", async () => {
    const eva = await shopper(app, { locale: "es" });
    await eva.write("Quiero hablar con una persona");
    await app.idle();
    reply = inEverything("Su lámpara sale mañana.");
    const path = `/conversations/${eva.conversationId}/messages`;
    const sent = await app.call<Message>(
      "POST",
      path,
      { text: "Your lamp leaves tomorrow.", translateTo: "es" },
      app.admin,
    );
    expect(sent.body).toMatchObject({
      text: "Your lamp leaves tomorrow.",
      sentIn: "es",
      translations: { es: { text: "Su lámpara sale mañana." } },
    });
    await expect.poll(() => eva.got.at(-1)?.text).toBe("Su lámpara sale mañana.");
    const history = JSON.stringify(await eva.socket.emitWithAck("history", { limit: 50 }));
    expect(history).not.toContain("lamp leaves");

    reply = { garbage: "no" };
    const failed = await app.call<Message>(
      "POST",
      path,
      { text: "It is blue, as ordered.", translateTo: "es" },
      app.admin,
    );
    expect(failed.body).toMatchObject({ text: "It is blue, as ordered.", translationFailed: true });
    await expect.poll(() => eva.got.at(-1)?.text).toBe("It is blue, as ordered.");
    eva.close();
  });

  it("puts the hand-over in sentences for who takes over", async () => {
    reply = inEverything("The buyer wants to complain about a late parcel. Nothing was tried yet.");
    const id = await insite(app, "sum", "I want to talk to a human about my late parcel");
    const summary = async () =>
      (await messagesOf(app, id)).find(({ activity }) => activity?.summary)?.activity?.summary;
    await expect.poll(async () => (await summary())?.text).toContain("late parcel");
    expect(await summary()).toMatchObject({ wish: expect.stringContaining("human"), model: expect.any(String) });
  });

  it("translates an FAQ entry as a draft, which the bot knows once a person has approved it", async () => {
    reply = (data) => ({ content: data.includes("umbrella") ? "Ein Regenschirm?" : "Ja, im Laden." });
    const made = await app.call<Faq>(
      "POST",
      "/faqs",
      { questions: { en: ["Do you sell an umbrella?"] }, answers: { en: "Yes, in the store." } },
      app.admin,
    );
    const path = `/faqs/${made.body.id}`;
    const drafted = await app.call<Faq>("POST", `${path}/translate`, { to: ["de"] }, app.admin);
    expect(drafted.body).toMatchObject({
      drafts: { de: { answer: "Ja, im Laden.", questions: ["Ein Regenschirm?"] } },
    });
    expect(drafted.body.answers.de).toBeUndefined();
    const approved = await app.call<Faq>("POST", `${path}/drafts/de/approve`, { answer: "Ja, gern." }, app.admin);
    expect(approved.body.answers.de).toBe("Ja, gern.");
    expect(approved.body.questions.de).toEqual(["Ein Regenschirm?"]);
    expect(approved.body.drafts).toBeUndefined();
    const twice = await app.call("POST", `${path}/drafts/de/approve`, {}, app.admin);
    expect(twice).toMatchObject({ status: 409, body: { error: { code: "draft_gone" } } });
  });

  it("stops at the day's budget, counted and shown", async () => {
    const usage = async () => (await app.call<BotUsage>("GET", "/bot/usage", undefined, app.admin)).body;
    await expect.poll(async () => (await usage()).today.tokens).toBeGreaterThan(0);
    const saved = await app.call("PATCH", "/bot/settings", { budget: { tokens: 1, pricePerMillion: 2 } }, app.admin);
    expect(saved.body).toMatchObject({ budget: { tokens: 1, money: null, currency: "USD" }, model: true });
    expect(await usage()).toMatchObject({ left: 0, today: { money: expect.any(Number) } });
    const id = await insite(app, "budget", "Can I pay with a cheque?");
    llm.calls.length = 0;
    reply = inEverything("Shorter.");
    const { status, error } = await eventsOf<CopilotEvent>(app, `/conversations/${id}/copilot`, {
      kind: "shorter",
      text: "Much longer than that.",
    });
    expect([status, error?.code]).toEqual([429, "budget_spent"]);
    expect(llm.calls).toHaveLength(0);
    await app.call("PATCH", "/bot/settings", { budget: { tokens: null } }, app.admin);
  });

  // Last: a server that keeps failing is left alone for a while.
  it.each([
    ["500", { status: 500 }],
    ["nothing but noise", { garbage: "<html>" }],
    ["half an answer", { cut: true }],
  ] as [string, ScriptedReply][])("says so when the server answers %s", async (_what, scripted) => {
    const id = await insite(app, "broken", "Is anybody there at all?");
    reply = scripted;
    const { status, error } = await eventsOf<CopilotEvent>(app, `/conversations/${id}/copilot`, {
      kind: "friendlier",
      text: "No.",
    });
    expect(status).toBe(502);
    expect(error?.code).toBe("model_failed");
  });
});

describe("the copilot without a model", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app?.dispose());

  it("drafts the FAQ's own answer with its source", async () => {
    const id = await insite(app, "plain", "How do I return an item?");
    const { events } = await eventsOf<CopilotEvent>(app, `/conversations/${id}/copilot`, { kind: "draft" });
    const done = doneOf(events);
    expect(done?.sources[0]?.externalId).toBe("return-an-item");
    expect(done?.text.length).toBeGreaterThan(20);
    expect(done?.model).toBeUndefined();
  });

  it.each(["shorter", "friendlier", "translate"])("says that %s needs a model, and how to get one", async (kind) => {
    const id = await insite(app, "plain", "Hello, I have one more thing to ask");
    const answer = await eventsOf<CopilotEvent>(app, `/conversations/${id}/copilot`, { kind, text: "Hello." });
    expect([answer.status, answer.error?.code]).toEqual([422, "model_required"]);
    expect(answer.error?.message).toContain("OPENAI_BASE_URL");
  });

  it("knows the language each agent reads in", async () => {
    const session = async () =>
      (await app.call<{ user: { id: string; readsIn?: string } }>("GET", "/auth/session", undefined, app.admin)).body
        .user;
    const path = `/users/${(await session()).id}`;
    expect((await app.call("PATCH", path, { readsIn: "de" }, app.admin)).body).toMatchObject({ readsIn: "de" });
    expect(await session()).toMatchObject({ readsIn: "de" });
    await app.call("PATCH", path, { readsIn: null }, app.admin);
    expect((await session()).readsIn).toBeUndefined();
  });

  it("sends an agent's message as it was written, and says so", async () => {
    const id = await insite(app, "plain", "Bonjour, une question");
    const path = `/conversations/${id}/messages`;
    const sent = await app.call<Message>("POST", path, { text: "Hello Ana, of course.", translateTo: "fr" }, app.admin);
    expect(sent).toMatchObject({ status: 201, body: { translationFailed: true, text: "Hello Ana, of course." } });
  });
});
