import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Faq } from "../../../contract/faq.ts";
import { defineRoute } from "../../../server/http/route.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";
import { buildHttpContext, serveHttp } from "../../support/http.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.dispose());

async function send(method: string, path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${app.url}/api/v1${path}`, {
    method,
    headers: { "content-type": "application/json", ...(app.admin as { cookie: string }), ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, never> };
}
const faq = (text: string) => ({ questions: { en: [text] }, answers: { en: "Yes." } });

describe("a POST with an Idempotency-Key", () => {
  const key = (name: string) => ({ "idempotency-key": name });

  it("happens once: a repeat gets the first answer", async () => {
    const first = await send("POST", "/faqs", faq("Once?"), key("a"));
    const again = await send("POST", "/faqs", faq("Once?"), key("a"));
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    const other = await send("POST", "/faqs", faq("Once?"), key("b"));
    expect(other.body).not.toEqual(first.body);
  });

  it("is refused with another body, and at another address", async () => {
    await send("POST", "/faqs", faq("Same key?"), key("c"));
    const conflict = {
      status: 409,
      body: { error: { code: "conflict", details: { reason: "idempotency_key_reused" } } },
    };
    expect(await send("POST", "/faqs", faq("Same key!"), key("c"))).toMatchObject(conflict);
    expect(await send("POST", "/bot/preview", { text: "x" }, key("c"))).toMatchObject(conflict);
  });

  it("sent 20 times at once happens once", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => send("POST", "/faqs", faq("Many?"), key("d"))));
    expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
    const stored = await fetch(`${app.url}/api/v1/faqs?q=many?`, { headers: app.admin as { cookie: string } });
    expect(((await stored.json()) as { items: Faq[] }).items).toHaveLength(1);
  });

  it("may be corrected under the same key after a refusal", async () => {
    expect((await send("POST", "/faqs", { questions: 1 }, key("e"))).status).toBe(400);
    expect((await send("POST", "/faqs", faq("Corrected?"), key("e"))).status).toBe(201);
    expect((await send("POST", "/faqs", faq("x"), key("é".normalize("NFC")))).status).toBe(400);
  });
});

describe("a change to what somebody else has changed", () => {
  it("is refused for a FAQ entry, an inbox, a mailbox, a colleague, a contact, a webhook and the shop", async () => {
    const { body: entry } = await send("POST", "/faqs", faq("Version?"));
    const { conversationId } = (
      await send("POST", "/insite/insite/messages", {
        messageId: "v",
        threadId: "v",
        buyer: { externalId: "v" },
        text: "Hello",
        sentAt: "2026-05-02T09:00:00Z",
      })
    ).body;
    const conversation = await app.call<{ contact: { id: string } }>(
      "GET",
      `/conversations/${conversationId}`,
      undefined,
      app.admin,
    );
    const inboxes = await app.call<{ id: string; channel: string }[]>("GET", "/inboxes", undefined, app.admin);
    const mailbox = inboxes.body.find(({ channel }) => channel === "email");
    const [colleague] = (await app.call<{ id: string }[]>("GET", "/users", undefined, app.admin)).body;
    const { body: webhook } = await send("POST", "/webhooks", { url: "https://shop.invalid/" });
    for (const [path, change] of [
      [`/webhooks/${webhook.id}`, { name: "Renamed" }],
      ["/workspace", { name: "Renamed" }],
      [`/faqs/${entry.id}`, { enabled: false }],
      [`/inboxes/${inboxes.body[0]?.id}`, { name: "Renamed" }],
      [`/inboxes/${mailbox?.id}/mailbox`, { signature: "Regards" }],
      [`/users/${colleague?.id}`, { name: "Renamed" }],
      [`/contacts/${conversation.body.contact.id}`, { name: "Ana" }],
    ] as const) {
      const seen = (await app.call("GET", path, undefined, app.admin)).headers.get("etag") ?? "";
      expect(seen).toMatch(/^"\d+"$/);
      const mine = await send("PATCH", path, change, { "if-match": seen });
      expect(mine.status, path).toBe(200);
      expect(mine.headers.get("etag")).not.toBe(seen);
      const late = await send("PATCH", path, change, { "if-match": seen });
      expect(late, path).toMatchObject({ status: 409, body: { error: { code: "version_mismatch" } } });
      expect((await send("PATCH", path, change)).status).toBe(200);
    }
  });
});

it("an idle connection is kept for longer than proxies keep one, so that none of their requests meets a closed door", async () => {
  const { headers } = await app.call("GET", "/faqs", undefined, app.admin);
  expect(headers.get("keep-alive")).toBe("timeout=72");
});

describe("limits", () => {
  it("are told with every answer", async () => {
    const { headers } = await app.call("GET", "/faqs", undefined, app.admin);
    expect(Number(headers.get("ratelimit-limit"))).toBeGreaterThan(Number(headers.get("ratelimit-remaining")));
    expect(Number(headers.get("ratelimit-reset"))).toBeGreaterThan(0);
    expect(headers.get("ratelimit-policy")).toMatch(/^\d+;w=60$/);
  });

  it("are told when they are used up", async () => {
    const route = defineRoute({
      method: "get",
      path: "/scarce",
      summary: "",
      auth: "public",
      limit: { points: 1, seconds: 60 },
      responses: { 204: "empty" },
      handler: () => undefined,
    });
    const { fetch } = await serveHttp(buildHttpContext().ctx, { routes: [route] });
    expect((await fetch("/api/v1/scarce")).headers.get("ratelimit-remaining")).toBe("0");
    const { status, headers } = await fetch("/api/v1/scarce");
    expect(status).toBe(429);
    expect(headers.get("ratelimit-limit")).toBe("1");
    expect(Number(headers.get("retry-after"))).toBe(Number(headers.get("ratelimit-reset")));
  });
});
