import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ReplayEvent } from "../../../contract/bot.ts";
import type { ProductDocument } from "../../../contract/document.ts";
import type { Faq, Suggestion } from "../../../contract/faq.ts";
import { suggestFaqs } from "../../../server/actions/suggestions.ts";
import { createColleague, startTestApp, type TestApp } from "../../support/app.ts";
import { conversationOf, eventsOf, insite, messagesOf, shopper } from "./support.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.dispose());

const suggestions = async () =>
  (await app.call<{ items: Suggestion[] }>("GET", "/suggestions", undefined, app.admin)).body.items;

async function upload(name: string, text: string): Promise<string> {
  const response = await fetch(`${app.url}/api/v1/attachments?name=${encodeURIComponent(name)}`, {
    method: "POST",
    headers: { "content-type": "text/plain", ...("cookie" in app.admin && { cookie: app.admin.cookie }) },
    body: text,
  });
  return ((await response.json()) as { id: string }).id;
}

it("a conversation stays in the language the bot answered in, whatever two words say", async () => {
  const lena = await shopper(app, { locale: "en" });
  await lena.ask("Wie kann ich einen Artikel zurückgeben?");
  expect(await conversationOf(app, lena.conversationId)).toMatchObject({ locale: "de" });
  await lena.ask("ok thanks");
  expect((await messagesOf(app, lena.conversationId)).at(-1)).toMatchObject({ author: { type: "bot" }, locale: "de" });
  lena.close();
});

describe("a question the FAQ lacks", () => {
  it("becomes a suggestion from the agents' own replies, once, and an entry with one click", async () => {
    const asked = [
      "Do your lamps work with a dimmer switch?",
      "does the lamp work with a dimmer?",
      "Is the lamp ok with dimmer switches?",
    ];
    for (const [at, text] of asked.entries()) {
      const id = await insite(app, `dim-${at}`, text);
      expect(await conversationOf(app, id)).toMatchObject({ status: "open" });
      const reply =
        at === 2 ? "Yes, all lamps work with LED dimmers." : "Yes! All our lamps work with every LED dimmer.";
      await app.call("POST", `/conversations/${id}/messages`, { text: reply }, app.admin);
    }
    const other = await insite(app, "other", "Who painted the picture on your wall calendar?");
    await app.call(
      "POST",
      `/conversations/${other}/messages`,
      { text: "That was painted by our own designer." },
      app.admin,
    );
    await suggestFaqs(app.ctx);
    const found = await suggestions();
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      count: 3,
      questions: { en: expect.arrayContaining(asked) },
      answers: { en: expect.stringContaining("LED dimmer") },
    });
    expect(found[0]?.conversations).toHaveLength(3);
    // Looking again changes nothing.
    expect(await suggestFaqs(app.ctx)).toBe(0);
    expect(await suggestions()).toEqual(found);

    const path = `/suggestions/${found[0]?.id}/accept`;
    const clicks = await Promise.all([
      app.call<Faq>("POST", path, {}, app.admin),
      app.call<Faq>("POST", path, {}, app.admin),
    ]);
    expect(clicks.map(({ status }) => status)).toEqual([201, 201]);
    expect(clicks[0].body.id).toBe(clicks[1].body.id);
    expect(await suggestions()).toEqual([]);
    const preview = await app.call<{ decision: string; text: string }>(
      "POST",
      "/bot/preview",
      { text: "Do your lamps work with a dimmer switch?" },
      app.admin,
    );
    expect(preview.body).toMatchObject({ decision: "answer", text: expect.stringContaining("LED dimmer") });
  });

  it("that was dismissed does not come back", async () => {
    for (const at of [1, 2]) {
      const id = await insite(app, `roof-${at}`, `Can I fix the tent on a car roof rack ${"?".repeat(at)}`);
      await app.call(
        "POST",
        `/conversations/${id}/messages`,
        { text: "No, our tents stand on the ground only." },
        app.admin,
      );
    }
    await suggestFaqs(app.ctx);
    const [found] = await suggestions();
    expect(found?.count).toBe(2);
    expect((await app.call("POST", `/suggestions/${found?.id}/dismiss`, undefined, app.admin)).status).toBe(204);
    await suggestFaqs(app.ctx);
    expect(await suggestions()).toEqual([]);
    const late = await app.call("POST", `/suggestions/${found?.id}/accept`, {}, app.admin);
    expect(late).toMatchObject({ status: 409, body: { error: { code: "conflict" } } });
  });
});

describe("a document", () => {
  it("is sent in the thread to who asks for it, in their language where there is one", async () => {
    const files = {
      en: await upload("manual-en.txt", "Press start."),
      de: await upload("anleitung.txt", "Start drücken."),
    };
    const made = await app.call<ProductDocument>(
      "POST",
      "/documents",
      { title: "Coffee grinder KM-200 manual", kind: "manual", products: ["coffee grinder KM-200"], files },
      app.admin,
    );
    expect(made).toMatchObject({ status: 201, body: { files: { en: { name: "manual-en.txt" } } } });
    await (await app.ctx.knowledge.botFor(app.firstStart.workspaceId)).trained();

    const ann = await shopper(app);
    const answer = await ann.ask("Do you have the manual for the coffee grinder KM-200?");
    expect(answer.text).toContain("Coffee grinder KM-200 manual");
    expect(answer.attachments).toMatchObject([{ name: "manual-en.txt", type: "text/plain" }]);
    ann.close();
    const uwe = await shopper(app, { locale: "de" });
    const antwort = await uwe.ask("Haben Sie die Bedienungsanleitung für coffee grinder KM-200?");
    expect(antwort.attachments).toMatchObject([{ name: "anleitung.txt" }]);
    uwe.close();

    // Who finds none in their language gets the shop's, announced in theirs.
    const luc = await shopper(app, { locale: "fr" });
    const reponse = await luc.ask("Avez-vous le mode d'emploi de coffee grinder KM-200 ?");
    expect(reponse.text).toContain("Voici le document");
    expect(reponse.attachments).toMatchObject([{ name: "manual-en.txt" }]);
    luc.close();

    const path = `/documents/${made.body.id}`;
    const changed = await app.call<ProductDocument>("PATCH", path, { files: { de: null } }, app.admin);
    expect(Object.keys(changed.body.files)).toEqual(["en"]);
    expect((await app.call("DELETE", path, undefined, app.admin)).status).toBe(204);
    const gone = await shopper(app);
    const after = await gone.ask("Do you have the manual for the coffee grinder KM-200?");
    expect(after.attachments).toEqual([]);
    gone.close();
  });

  it("can not be made of a file that somebody else uploaded", async () => {
    const { credentials } = await createColleague(app, { name: "Sue", role: "supervisor" });
    const body = { title: "Guide", kind: "other", files: { en: await upload("mine.txt", "mine") } };
    expect(await app.call("POST", "/documents", body, credentials)).toMatchObject({
      status: 422,
      body: { error: { code: "unknown_attachment" } },
    });
  });
});

describe("the seller's rules", () => {
  it("bring a person for words and subjects, whatever the FAQ says", async () => {
    const change = {
      handOff: {
        keywords: ["lawsuit settlement"],
        topics: [
          { name: "wholesale", examples: { en: ["I want to buy wholesale", "Do you have prices for resellers?"] } },
        ],
      },
    };
    expect((await app.call("PATCH", "/bot/settings", change, app.admin)).status).toBe(200);
    await (await app.ctx.knowledge.botFor(app.firstStart.workspaceId)).trained();
    const words = await insite(app, "law", "How do I return an item? It is about the Lawsuit Settlement");
    const subject = await insite(app, "bulk", "Do you have prices for resellers?");
    for (const id of [words, subject]) {
      expect(await conversationOf(app, id)).toMatchObject({ status: "open", handoffReason: "policy_restriction" });
    }
    // What was not given stays.
    const kept = await app.call("PATCH", "/bot/settings", { tone: "brief" }, app.admin);
    expect(kept.body).toMatchObject({ tone: "brief", handOff: { keywords: ["lawsuit settlement"] } });
    await app.call("PATCH", "/bot/settings", { handOff: { keywords: [], topics: [] } }, app.admin);
  });

  it("keep forbidden words out of every answer, also the FAQ's own", async () => {
    await app.call("PATCH", "/bot/settings", { forbidden: ["money back"] }, app.admin);
    const entry = {
      questions: { en: ["What if the kettle leaks?"] },
      answers: { en: "You get your MONEY BACK at once." },
    };
    await app.call("POST", "/faqs", entry, app.admin);
    const id = await insite(app, "kettle", "What if the kettle leaks?");
    expect(JSON.stringify((await messagesOf(app, id)).map(({ text }) => text))).not.toMatch(/money back/i);
    expect(await conversationOf(app, id)).toMatchObject({ handoffReason: "policy_restriction" });
    await app.call("PATCH", "/bot/settings", { forbidden: [] }, app.admin);
  });

  it("are changed by supervisors alone, on the version they saw", async () => {
    const { credentials } = await createColleague(app, { name: "Al" });
    expect((await app.call("PATCH", "/bot/settings", { tone: "x" }, credentials)).status).toBe(403);
    const response = await fetch(`${app.url}/api/v1/bot/settings`, {
      method: "PATCH",
      headers: {
        "content-type": "application/json",
        "if-match": '"0"',
        ...("cookie" in app.admin && { cookie: app.admin.cookie }),
      },
      body: JSON.stringify({ tone: "late" }),
    });
    expect(response.status).toBe(409);
  });
});

describe("a replay", () => {
  it("shows which past questions an unsaved change would answer otherwise, and writes nothing", async () => {
    await (await app.ctx.knowledge.botFor(app.firstStart.workspaceId)).trained();
    const id = await insite(app, "replay", "Is the red kettle dishwasher safe?");
    const faqs = [
      {
        questions: { en: ["Is the red kettle dishwasher safe?", "dishwasher kettle"] },
        answers: { en: "Hand wash only." },
      },
    ];
    const { events } = await eventsOf<ReplayEvent>(app, "/bot/replay", { faqs, limit: 100 });
    const changes = events.flatMap((event) => (event.type === "change" ? [event.change] : []));
    expect(changes.find(({ conversationId }) => conversationId === id)).toMatchObject({
      question: "Is the red kettle dishwasher safe?",
      before: { decision: "hand_off" },
      after: { decision: "answer", text: "Hand wash only." },
    });
    expect(events.some(({ type }) => type === "progress")).toBe(true);
    expect(events.at(-1)).toMatchObject({ type: "done", changed: changes.length });
    const preview = await app.call("POST", "/bot/preview", { text: "Is the red kettle dishwasher safe?" }, app.admin);
    expect(preview.body).toMatchObject({ decision: "hand_off" });
    expect(await conversationOf(app, id)).toMatchObject({ status: "open" });
  });

  it("of no change shows none", async () => {
    const { events } = await eventsOf<ReplayEvent>(app, "/bot/replay", {});
    expect(events.at(-1)).toMatchObject({ type: "done", changed: 0 });
  });
});
