import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Conversation } from "../../../contract/conversation.ts";
import type { Message } from "../../../contract/message.ts";
import type { Order } from "../../../contract/order.ts";
import type { Inbox } from "../../../contract/settings.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";
import { connectWidget } from "../../support/sockets.ts";

let app: TestApp;
/** Milliseconds that the hub's clock is ahead. */
let ahead = 0;
beforeAll(async () => {
  app = await startTestApp({ clock: { now: () => new Date(Date.now() + ahead) } });
});
afterAll(() => app.dispose());

const buyer = { externalId: "b-1", name: "Ana Ruiz", country: "mx", locale: "es-MX" };
const event = (eventId: string, type: string, day: number, more: object = {}) => ({
  eventId,
  type,
  occurredAt: `2026-05-0${day}T08:00:00Z`,
  orderId: "10482",
  buyer,
  ...more,
});
const report = (body: unknown) => app.call<{ duplicate: boolean }>("POST", "/orders/events", body, app.admin);
const orders = async (query = "") =>
  (await app.call<{ items: Order[] }>("GET", `/orders${query}`, undefined, app.admin)).body.items;

function insite(messageId: string, more: object = {}) {
  return app.call<{ conversationId: string; messageId: string; duplicate: boolean }>(
    "POST",
    "/insite/insite/messages",
    { messageId, threadId: "t-1", buyer, text: "¿Dónde está mi pedido?", sentAt: "2026-05-02T09:00:00Z", ...more },
    app.admin,
  );
}

describe("a customer whom the shop names by one id", () => {
  it("is the same person in the chat as in their orders", async () => {
    const customer = { externalId: "shop-77", name: "Ana Ruiz" };
    await report({ ...event("same-1", "shipped", 2), orderId: "77001", buyer: customer });
    const inboxes = await app.call<Inbox[]>("GET", "/inboxes", undefined, app.admin);
    const chat = inboxes.body.find(({ channel }) => channel === "chat");
    const { secret } = (
      await app.call<{ secret: string }>("GET", `/inboxes/${chat?.id}/identity-secret`, undefined, app.admin)
    ).body;
    const identity = { ...customer, hash: createHmac("sha256", secret).update(customer.externalId).digest("hex") };
    const { socket } = await connectWidget(app.url, { identity });
    const sent = await socket.emitWithAck("message:send", { echoId: "1", text: "hello" });
    if (!sent.ok) throw new Error(sent.error.message);
    const path = `/conversations/${sent.message.conversationId}`;
    const { contactId } = (await orders("?q=77001"))[0] ?? {};
    const { body } = await app.call<Conversation>("GET", path, undefined, app.admin);
    expect(body.contact.id).toBe(contactId);
    // Agents find the conversation by the order's number too.
    for (const [q, found] of [
      ["77001", 1],
      ["%2377001", 1],
      ["77", 0],
    ]) {
      const path = `/conversations?q=${q}`;
      const { items } = (await app.call<{ items: Conversation[] }>("GET", path, undefined, app.admin)).body;
      expect(items.filter(({ id }) => id === sent.message.conversationId)).toHaveLength(Number(found));
    }
    socket.disconnect();
  });
});

describe("orders", () => {
  it("are listed by state, and with the wanted fields alone", async () => {
    await report({ ...event("s1", "cancelled", 1), orderId: "sparse" });
    const ask = (query: string) => app.call<{ items: object[] }>("GET", `/orders?${query}`, undefined, app.admin);
    const { body } = await ask("state=cancelled&fields=number,state");
    expect(body.items).toEqual([{ id: expect.any(String), number: "sparse", state: "cancelled" }]);
    expect(await ask("fields=number,secret")).toMatchObject({ status: 400 });
    expect(await ask("state=gone")).toMatchObject({ status: 400 });
  });
});

describe("order events", () => {
  it("make the same order in whatever order they arrive, each once", async () => {
    await report(event("e3", "delivered", 3));
    await report(
      event("e1", "created", 1, {
        order: { number: "10482", total: 64, currency: "MXN", items: [{ name: "Tea set" }] },
      }),
    );
    expect(
      (await report(event("e2", "shipped", 2, { tracking: { carrier: "DHL", number: "JD1" }, gift: true }))).status,
    ).toBe(202);
    expect((await report(event("e2", "shipped", 2))).body.duplicate).toBe(true);
    const [order] = await orders("?q=10482");
    expect(order).toMatchObject({
      state: "delivered",
      total: 64,
      currency: "MXN",
      tracking: { number: "JD1" },
      buyer: { country: "MX" },
    });
    expect(order?.timeline.map(({ type }) => type)).toEqual(["created", "shipped", "delivered"]);
  });

  it("that are malformed are told where, alone and in a batch", async () => {
    const issuesOf = async (body: unknown) => {
      const answer = await app.call<{ error: { details: { issues: { path: string }[] } } }>(
        "POST",
        "/orders/events",
        body,
        app.admin,
      );
      expect(answer.status).toBe(400);
      return answer.body.error.details.issues.map(({ path }) => path);
    };
    const right = event("x1", "paid", 1);
    expect(await issuesOf({ ...right, type: 5, buyer: {} })).toEqual(["body.type", "body.buyer.externalId"]);
    expect(await issuesOf([right, { ...right, orderId: undefined }])).toEqual(["body.1.orderId"]);
    expect(await issuesOf("paid")).toEqual(["body"]);
    expect(await issuesOf([])).toEqual(["body"]);
  });

  it("come in a batch as well, in any order and with repeats", async () => {
    const of = (orderId: string, eventId: string, type: string, day: number) => ({
      ...event(eventId, type, day),
      orderId,
    });
    const batch = [
      of("b-1", "b-1.3", "delivered", 4),
      of("b-2", "b-2.1", "paid", 1),
      of("b-1", "b-1.1", "created", 1),
      of("b-1", "b-1.1", "created", 1),
      of("b-1", "b-1.2", "shipped", 3),
    ];
    const { status, body } = await app.call<{ duplicate: boolean }[]>("POST", "/orders/events", batch, app.admin);
    expect(status).toBe(202);
    expect(body.map(({ duplicate }) => duplicate)).toEqual([false, false, false, true, false]);
    const [order] = await orders("?q=b-1");
    expect(order).toMatchObject({ state: "delivered", shippedAt: "2026-05-03T08:00:00.000Z" });
    expect(order?.timeline.map(({ type }) => type)).toEqual(["created", "shipped", "delivered"]);
    expect((await orders("?q=b-2"))[0]?.state).toBe("paid");
  });

  it("of an unknown type are recorded and change nothing else", async () => {
    expect((await report(event("e9", "gift_wrapped", 4))).status).toBe(202);
    expect((await orders("?q=10482"))[0]?.state).toBe("delivered");
  });

  it("can be read again word for word, page by page, with what the hub does not know", async () => {
    await report({ ...event("w1", "gift_wrapped", 4, { order: { ribbon: "red" } }), orderId: "words", colour: 7 });
    await report({ ...event("w2", "paid", 2), orderId: "words" });
    const [order] = await orders("?q=words");
    expect(order).toMatchObject({ state: "paid", extra: { ribbon: "red" } });
    const page = async (query: string) =>
      (
        await app.call<{ items: { eventId: string; payload: object }[]; nextCursor: string }>(
          "GET",
          `/orders/${order?.id}/events?limit=1${query}`,
          undefined,
          app.admin,
        )
      ).body;
    const first = await page("");
    expect(first.items.map(({ eventId }) => eventId)).toEqual(["w2"]);
    expect(await page(`&cursor=${first.nextCursor}`)).toMatchObject({
      items: [{ eventId: "w1", payload: { colour: 7, order: { ribbon: "red" } } }],
      nextCursor: null,
    });
  });

  it("posted 30 times at once count once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => report({ ...event("same", "paid", 1), orderId: "777" })),
    );
    expect(answers.every(({ status }) => status === 202)).toBe(true);
    expect(answers.filter(({ body }) => !body.duplicate)).toHaveLength(1);
    expect((await orders("?q=777"))[0]?.timeline).toHaveLength(1);
  });

  it.each([
    ["no buyer", { buyer: undefined }],
    ["a time without a zone", { occurredAt: "2026-05-01T08:00:00" }],
    ["a country that is none", { buyer: { externalId: "x", country: "MEX" } }],
  ])("with %s are refused with the field's name", async (_what, wrong) => {
    const answer = await report({ ...event("bad", "paid", 1), ...wrong });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "invalid_request" } } });
  });
});

describe("in-site messages", () => {
  it("stay one conversation per thread, with their order, once per messageId", async () => {
    const first = await insite("m-1", { orderId: "10482" });
    expect(first).toMatchObject({ status: 202, body: { duplicate: false } });
    const again = await insite("m-1", { orderId: "10482" });
    expect(again.body).toEqual({ ...first.body, duplicate: true });
    const second = await insite("m-2");
    expect(second.body.conversationId).toBe(first.body.conversationId);
    const other = await insite("m-3", { threadId: "t-2" });
    expect(other.body.conversationId).not.toBe(first.body.conversationId);
    const { body } = await app.call<Conversation>(
      "GET",
      `/conversations/${first.body.conversationId}`,
      undefined,
      app.admin,
    );
    expect(body).toMatchObject({
      channel: "insite",
      orderId: "10482",
      contact: { name: "Ana Ruiz", verified: true, country: "MX" },
    });
    expect((await orders(`?contact=${body.contact.id}`)).map(({ orderId }) => orderId)).toContain("10482");
  });

  it("get replies that the platform polls, each once and in order", async () => {
    const { body } = await insite("m-10", { threadId: "t-10", text: "zzz qqq" });
    await app.call("POST", `/conversations/${body.conversationId}/messages`, { text: "One moment" }, app.admin);
    await app.call(
      "POST",
      `/conversations/${body.conversationId}/messages`,
      { text: "not for you", private: true },
      app.admin,
    );
    ahead = 10_000;
    const poll = (after?: string | null) =>
      app.call<{ items: { threadId: string; text: string }[]; next: string }>(
        "GET",
        `/insite/insite/outbox?limit=100${after ? `&after=${after}` : ""}`,
        undefined,
        app.admin,
      );
    const first = await poll();
    expect(first.body.items.filter(({ threadId }) => threadId === "t-10").map(({ text }) => text)).toContain(
      "One moment",
    );
    expect(JSON.stringify(first.body)).not.toContain("not for you");
    expect((await poll(first.body.next)).body.items).toEqual([]);
  });

  it("posted 100 times at once are one message", async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => insite("m-many", { threadId: "t-many" })));
    expect(answers.map(({ status }) => status).filter((status) => status !== 202)).toEqual([]);
    expect(new Set(answers.map(({ body }) => body.messageId)).size).toBe(1);
    const { body } = await app.call<{ items: Message[] }>(
      "GET",
      `/conversations/${answers[0]?.body.conversationId}/messages?afterSeq=0`,
      undefined,
      app.admin,
    );
    expect(body.items.filter(({ direction }) => direction === "incoming")).toHaveLength(1);
  });

  it("of a thread sent in one batch keep their order", async () => {
    const message = (messageId: string, threadId: string) => ({
      messageId,
      threadId,
      buyer,
      text: messageId,
      sentAt: "2026-05-02T09:00:00Z",
    });
    const batch = ["x1", "y1", "x2", "y2", "x3"].map((id) => message(`batch-${id}`, `batch-${id[0]}`));
    const { body } = await app.call<{ conversationId: string }[]>("POST", "/insite/insite/messages", batch, app.admin);
    const texts = async (conversationId?: string) => {
      const path = `/conversations/${conversationId}/messages?afterSeq=0`;
      const page = await app.call<{ items: Message[] }>("GET", path, undefined, app.admin);
      return page.body.items.filter(({ direction }) => direction === "incoming").map(({ text }) => text);
    };
    expect(await texts(body[0]?.conversationId)).toEqual(["batch-x1", "batch-x2", "batch-x3"]);
    expect(await texts(body[1]?.conversationId)).toEqual(["batch-y1", "batch-y2"]);
  });

  it("to an inbox that is none are refused", async () => {
    const answer = await app.call("POST", "/insite/chat/messages", {}, app.admin);
    expect(answer.status).toBe(400);
  });
});
