import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Hub, hmac, NOW, post, startHub } from "./support.ts";

let hub: Hub;
beforeAll(async () => {
  hub = await startHub();
});
afterAll(() => hub.dispose());

const ORDERS = {
  orderId: "data.order.ref",
  type: "data.order.state",
  types: { VERSANDT: "shipped" },
  occurredAt: "at",
  total: "data.order.sum",
  currency: "data.order.cur",
  buyerId: "data.customer.no",
  buyerName: "data.customer.name",
  items: "data.order.lines",
  itemName: "article.title",
  itemQuantity: "count",
  trackingNumber: "data.parcels.0.id",
};
const order = (ref: string, state = "VERSANDT") =>
  JSON.stringify({
    event: "order",
    at: 1_778_400_000,
    data: {
      order: { ref, state, sum: "12.50", cur: "eur", lines: [{ article: { title: "Cup" }, count: 3 }] },
      customer: { no: 77, name: "Ana" },
      parcels: [{ id: "P-1" }],
    },
  });

describe("any system that signs with an HMAC", () => {
  it("brings orders by where things stand in its JSON", async () => {
    const { url, secret, id } = await hub.connect("generic", {
      settings: {
        signature: { header: "X-Sig", prefix: "sha256=" },
        deliveryId: "header:X-Id",
        topic: "event",
        orders: ORDERS,
      },
    });
    const body = order("g-1");
    const headers = { "x-sig": `sha256=${hmac(secret, body, "hex")}`, "x-id": "d-1" };
    expect((await post(url, body, headers)).status).toBe(202);
    expect(await post(url, body, headers)).toMatchObject({ status: 202, body: { duplicate: true } });
    await hub.idle();
    expect(await hub.order("g-1")).toMatchObject({
      state: "shipped",
      total: 12.5,
      currency: "EUR",
      shippedAt: "2026-05-10T08:00:00.000Z",
      orderId: "webhook:g-1",
      number: "g-1",
      // Another system's 77 is somebody else.
      buyer: { externalId: "webhook:77", name: "Ana" },
      items: [{ name: "Cup", quantity: 3 }],
      tracking: { number: "P-1" },
    });
    expect(await hub.events(id)).toMatchObject([{ deliveryId: "d-1", topic: "order", state: "done" }]);
  });

  it("brings messages, several at once", async () => {
    const messages = {
      each: "items",
      messageId: "id",
      threadId: "thread",
      text: "body",
      buyerId: "from",
      orderId: "order",
    };
    const { url, secret, id } = await hub.connect("generic", { settings: { messages } });
    const body = JSON.stringify({
      items: [
        { id: "m1", thread: "t1", body: "Hello?", from: "bo", order: "g-1" },
        { id: "m2", thread: "t1", body: "Anybody?", from: "bo" },
      ],
    });
    await post(url, body, { "x-signature": hmac(secret, body, "hex") });
    await hub.idle();
    const [event] = await hub.events(id);
    expect(new Set(event?.conversationIds).size).toBe(1);
    const shown = await hub.call("GET", `/conversations/${event?.conversationIds[0]}`, undefined, hub.admin);
    expect(shown.body).toMatchObject({ orderId: "webhook-2:g-1", lastMessage: { text: "Anybody?" } });
  });

  it("may sign the moment too: what is stale is refused", async () => {
    const { url, secret } = await hub.connect("generic", {
      settings: {
        signature: { header: "x-sig", algorithm: "sha512", encoding: "base64", timestampHeader: "x-time" },
        orders: ORDERS,
      },
    });
    const body = order("g-2");
    const send = (time: string, signedTime = time) =>
      post(url, body, {
        "x-time": time,
        "x-sig": createHmac("sha512", secret).update(`${signedTime}.${body}`).digest("base64"),
      });
    const seconds = Math.floor(NOW.getTime() / 1_000);
    expect((await send(String(seconds))).status).toBe(202);
    expect((await send(NOW.toISOString())).status).toBe(202);
    expect(await send(String(seconds - 3_600))).toMatchObject({ body: { error: { code: "stale_signature" } } });
    expect(await send(String(seconds), String(seconds - 3_600))).toMatchObject({
      body: { error: { code: "invalid_signature" } },
    });
    expect(await send("")).toMatchObject({ status: 401 });
  });

  it("is kept as failed when what it sends is not what the mapping says", async () => {
    const { url, secret, id } = await hub.connect("generic", { settings: { orders: ORDERS } });
    const body = order("g-3").replace('"cur":"eur"', '"cur":"euros"');
    await post(url, body, { "x-signature": hmac(secret, body, "hex") });
    await hub.idle();
    expect(await hub.events(id)).toMatchObject([{ state: "failed", failure: expect.stringContaining("currency") }]);
    const broken = "{";
    const answer = await post(url, broken, { "x-signature": hmac(secret, broken, "hex") });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "invalid_json" } } });
  });

  it.each([
    ["nothing to map", {}],
    ["a header that is none", { signature: { header: "a b" }, orders: ORDERS }],
    ["a field that is none", { orders: { ...ORDERS, colour: "x" } }],
  ])("with %s is not connected", async (_what, settings) => {
    const answer = await hub.call("POST", "/integrations", { platform: "generic", settings }, hub.admin);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "invalid_request" } } });
  });
});
