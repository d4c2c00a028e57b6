import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ContactDetail } from "../../../contract/contact.ts";
import { fixture, type Hub, hmac, NOW, post, startHub } from "./support.ts";

let hub: Hub;
beforeAll(async () => {
  hub = await startHub();
});
afterAll(() => hub.dispose());

describe("Shopify", () => {
  const headers = (body: string, secret: string, topic: string, id: string, more: object = {}) => ({
    "x-shopify-topic": topic,
    "x-shopify-webhook-id": id,
    "x-shopify-shop-domain": "kiln.myshopify.com",
    "x-shopify-triggered-at": "2026-05-10T08:19:00.123Z",
    "x-shopify-hmac-sha256": hmac(secret, body),
    ...more,
  });

  it("tells of an order and of its way to the buyer", async () => {
    const { url, secret, id } = await hub.connect("shopify", {
      secret: "shpss",
      settings: { shop: "kiln.myshopify.com" },
    });
    const created = await fixture("shopify/orders-create.json");
    expect(await post(url, created, headers(created, secret, "orders/create", "w-1"))).toMatchObject({ status: 202 });
    await hub.idle();
    expect(await hub.order("#1001")).toMatchObject({
      orderId: "kiln:5523812974807",
      number: "1001",
      state: "paid",
      total: 64.9,
      tax: 10.36,
      shipping: 4.9,
      discount: 5,
      currency: "EUR",
      createdAt: "2026-05-01T08:58:12.000Z",
      buyer: { externalId: "kiln:7104598704215", name: "Ana Ruiz", country: "MX" },
      items: [
        { name: "Ceramic cup", quantity: 2, price: 20, sku: "CUP-BL" },
        { name: "Tea pot", quantity: 1, price: 25 },
      ],
    });
    const delivered = await fixture("shopify/fulfillments-update.json");
    await post(url, delivered, headers(delivered, secret, "fulfillments/update", "w-2"));
    await hub.idle();
    const order = await hub.order("1001");
    expect(order).toMatchObject({
      state: "delivered",
      shippedAt: "2026-05-03T07:30:00.000Z",
      deliveredAt: "2026-05-09T12:20:41.000Z",
      tracking: { carrier: "DHL Express", number: "JD014600003838392837" },
    });
    const { body } = await hub.call<ContactDetail>("GET", `/contacts/${order?.contactId}`, undefined, hub.admin);
    expect(body.contact).toMatchObject({ name: "Ana Ruiz", email: "ana.ruiz@example.com", locale: "es-MX" });
    expect((await hub.events(id)).map(({ state, topic }) => [topic, state])).toEqual([
      ["fulfillments/update", "done"],
      ["orders/create", "done"],
    ]);
  });

  it("tells what was paid back, each refund once", async () => {
    const { url, secret } = await hub.connect("shopify", { secret: "refunds", settings: { prefix: "r:" } });
    const refund = (id: number, amount: string) => ({
      id,
      order_id: 5523812974807,
      created_at: "2026-05-10T08:00:00Z",
      processed_at: "2026-05-10T08:00:00Z",
      note: "Handle broken",
      transactions: [
        { kind: "refund", status: "success", amount },
        { kind: "refund", status: "failure", amount: "99.00" },
      ],
    });
    const alone = JSON.stringify(refund(1, "10.10"));
    const whole = JSON.stringify({
      ...(JSON.parse(await fixture("shopify/orders-create.json")) as object),
      name: "#1003",
      financial_status: "partially_refunded",
      refunds: [refund(1, "10.10"), refund(2, "0.20")],
    });
    expect(await post(url, alone, headers(alone, secret, "refunds/create", "w-r1"))).toMatchObject({ status: 202 });
    expect(await post(url, whole, headers(whole, secret, "orders/updated", "w-r2"))).toMatchObject({ status: 202 });
    await hub.idle();
    const order = await hub.order("r:5523812974807");
    expect(order).toMatchObject({ state: "paid", refunded: 10.3 });
    expect(order?.timeline.filter(({ type }) => type === "refunded")).toHaveLength(1);
  });

  it("may have numbers too long for a double: they are kept to the last digit", async () => {
    const { url, secret } = await hub.connect("shopify", { secret: "long", settings: { prefix: "" } });
    const created = (await fixture("shopify/orders-create.json"))
      .replaceAll("5523812974807", "820982911946154508")
      .replace("#1001", "#1002");
    const sent = `{"id":1,"order_id":820982911946154508,"created_at":"2026-05-03T07:30:00Z","status":"success"}`;
    await post(url, created, headers(created, secret, "orders/create", "w-long"));
    await post(url, sent, headers(sent, secret, "fulfillments/create", "w-long-sent"));
    await hub.idle();
    expect(await hub.order("820982911946154508")).toMatchObject({ orderId: "820982911946154508", state: "shipped" });
  });

  it("is taken in once however often it tells", async () => {
    const { url, secret, id } = await hub.connect("shopify", { secret: "again" });
    const body = await fixture("shopify/orders-create.json");
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post(url, body, headers(body, secret, "orders/updated", "w-same"))),
    );
    expect(answers.every(({ status }) => status === 202)).toBe(true);
    expect(answers.filter(({ body: { duplicate } }) => !duplicate)).toHaveLength(1);
    await hub.idle();
    expect(await hub.events(id)).toHaveLength(1);
    expect((await hub.order("1001"))?.timeline.filter(({ type }) => type === "paid")).toHaveLength(1);
  });

  it("is refused with a forged or stale signature, another shop's name, or none, and the settings say so", async () => {
    const { url, secret, id } = await hub.connect("shopify", {
      secret: "right",
      settings: { shop: "kiln.myshopify.com" },
    });
    const body = await fixture("shopify/orders-create.json");
    const send = (more: object, signedBody = body) =>
      post(url, body, headers(signedBody, secret, "orders/create", "w-9", more) as Record<string, string>);
    expect(await send({}, `${body} `)).toMatchObject({ status: 401, body: { error: { code: "invalid_signature" } } });
    expect(await send({ "x-shopify-hmac-sha256": "" })).toMatchObject({ status: 401 });
    expect(await send({ "x-shopify-shop-domain": "other.myshopify.com" })).toMatchObject({ status: 401 });
    expect(await send({ "x-shopify-triggered-at": "2026-04-01T00:00:00Z" })).toMatchObject({
      status: 401,
      body: { error: { code: "stale_signature" } },
    });
    const shown = await hub.call("GET", `/integrations/${id}`, undefined, hub.admin);
    expect(shown.body).toMatchObject({ status: "failing", lastRefusal: { code: "stale_signature" } });
    expect(await hub.events(id)).toEqual([]);
    expect(JSON.stringify(shown.body)).not.toContain(secret);
  });

  it("may tell of what is of no use: it is kept, and nothing fails", async () => {
    const { url, secret, id } = await hub.connect("shopify", { secret: "other" });
    const body = JSON.stringify({ id: 1, title: "A cup" });
    expect((await post(url, body, headers(body, secret, "products/update", "w-p"))).status).toBe(202);
    await hub.idle();
    expect(await hub.events(id)).toMatchObject([{ topic: "products/update", state: "ignored", body }]);
  });

  it("may send what is no order: it is kept as failed, and taken in again on request", async () => {
    const { url, secret, id } = await hub.connect("shopify", { secret: "broken" });
    const body = JSON.stringify({ name: "#1" });
    expect((await post(url, body, headers(body, secret, "orders/create", "w-b"))).status).toBe(202);
    await hub.idle();
    const [event] = await hub.events(id);
    expect(event).toMatchObject({ state: "failed", failure: expect.stringContaining("id") });
    const replayed = await hub.call("POST", `/integrations/events/${event?.id}/replay`, undefined, hub.admin);
    expect(replayed).toMatchObject({ status: 202, body: { state: "pending" } });
    await hub.idle();
    expect(await hub.events(id)).toMatchObject([{ state: "failed", tries: 1 }]);
  });
});

describe("WooCommerce", () => {
  const headers = (body: string, secret: string, more: object = {}) => ({
    "x-wc-webhook-topic": "order.updated",
    "x-wc-webhook-id": "3",
    "x-wc-webhook-delivery-id": "77",
    "x-wc-webhook-source": "https://sklep.example/",
    "x-wc-webhook-signature": hmac(secret, body),
    ...more,
  });

  it("answers the ping, then takes orders in; numbers of two shops are not mixed up", async () => {
    const { url, secret, id } = await hub.connect("woocommerce", { settings: { shop: "https://sklep.example" } });
    const ping = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "webhook_id=3",
    });
    expect(ping.status).toBe(202);
    const body = await fixture("woocommerce/order-updated.json");
    await post(url, body, headers(body, secret));
    await hub.idle();
    expect(await hub.order("727")).toMatchObject({
      orderId: "sklep.example:727",
      number: "727",
      state: "shipped",
      total: 129.35,
      shipping: 12,
      discount: 10,
      currency: "PLN",
      tracking: { carrier: "inpost", number: "620999000000000000000000" },
      buyer: { externalId: "sklep.example:26", name: "Jan Nowak", country: "PL" },
      items: [{ name: "Wełniany szal", quantity: 2, price: 54.575, image: "https://sklep.example/szal.jpg" }],
    });
    expect((await hub.order("727"))?.timeline.map(({ type }) => type)).toEqual(["created", "paid", "shipped"]);
    expect(await post(url, body, headers(body, secret))).toMatchObject({ status: 202, body: { duplicate: true } });
    expect((await hub.events(id)).map(({ state }) => state).sort()).toEqual(["done", "ignored"]);
  });

  it("is refused with a forged signature and from another shop", async () => {
    const { url, secret } = await hub.connect("woocommerce", { settings: { shop: "https://sklep.example" } });
    const body = await fixture("woocommerce/order-updated.json");
    expect((await post(url, body, headers(body, "wrong"))).status).toBe(401);
    const foreign = { "x-wc-webhook-source": "https://other.example/" };
    expect((await post(url, body, headers(body, secret, foreign))).status).toBe(401);
  });
});

describe("AfterShip", () => {
  it("adds a parcel's way to the order that is called so, in the carrier's words", async () => {
    const shop = await hub.connect("shopify", { secret: "s", settings: { prefix: "parcels:" } });
    const created = (await fixture("shopify/orders-create.json")).replace("#1001", "#1004");
    await post(shop.url, created, {
      "x-shopify-topic": "orders/create",
      "x-shopify-webhook-id": "as",
      "x-shopify-hmac-sha256": hmac("s", created),
    });
    await hub.idle();
    const { url, secret } = await hub.connect("aftership", { secret: "after" });
    const body = (await fixture("aftership/tracking-update.json")).replace('"1001"', '"1004"');
    expect(await post(url, body, { "aftership-hmac-sha256": hmac(secret, body) })).toMatchObject({ status: 202 });
    await hub.idle();
    const order = await hub.order("1004");
    expect(order).toMatchObject({
      orderId: "parcels:5523812974807",
      promisedAt: "2026-05-08T00:00:00.000Z",
      total: 64.9,
    });
    expect(order?.buyer.externalId).toBe("parcels:7104598704215");
    expect(order?.timeline).toEqual(
      expect.arrayContaining([
        {
          type: "delayed",
          occurredAt: "2026-05-06T09:12:00.000Z",
          description: "Clearance delay",
          location: "Mexico City, MEX",
        },
        {
          type: "out_for_delivery",
          occurredAt: "2026-05-09T14:01:00.000Z",
          description: "With delivery courier",
          location: "Puebla, MEX",
        },
      ]),
    );
  });

  it.each([
    ["as-signature-hmac-sha256", ""],
    ["am-webhook-signature", "hmac-sha256="],
  ])("may sign under the name of its other products, %s", async (name, prefix) => {
    const { url, secret } = await hub.connect("aftership", { secret: "after" });
    const body = await fixture("aftership/tracking-update.json");
    expect((await post(url, body, { [name]: prefix + hmac(secret, body) })).status).toBe(202);
    expect((await post(url, body, { [name]: prefix + hmac("wrong", body) })).status).toBe(401);
  });

  it("is refused forged, and when what it signed is long past", async () => {
    const { url, secret } = await hub.connect("aftership", { secret: "after" });
    const body = await fixture("aftership/tracking-update.json");
    const headers = { "aftership-hmac-sha256": hmac(secret, body) };
    expect((await post(url, body, { "aftership-hmac-sha256": hmac("wrong", body) })).status).toBe(401);
    hub.at(new Date("2026-06-10T00:00:00Z"));
    expect(await post(url, body, headers)).toMatchObject({ status: 401, body: { error: { code: "stale_signature" } } });
    hub.at(NOW);
  });
});

describe("integrations", () => {
  it("that are turned off, unknown or removed take nothing", async () => {
    const { url, id } = await hub.connect("shopify", { secret: "s" });
    await hub.call("PATCH", `/integrations/${id}`, { enabled: false }, hub.admin);
    expect(await post(url, "{}", {})).toMatchObject({ status: 404, body: { error: { code: "unknown_integration" } } });
    expect((await hub.call("DELETE", `/integrations/${id}`, undefined, hub.admin)).status).toBe(204);
    expect((await hub.call("GET", `/integrations/${id}`, undefined, hub.admin)).status).toBe(404);
  });

  it("take a new secret, and no longer the old one", async () => {
    const { url, id, secret } = await hub.connect("woocommerce", { settings: { shop: "https://sklep.example" } });
    const rotated = await hub.call<{ secret: string }>("POST", `/integrations/${id}/secret`, {}, hub.admin);
    const body = JSON.stringify({ id: 9 });
    const send = (with_: string) =>
      post(url, body, { "x-wc-webhook-topic": "product.updated", "x-wc-webhook-signature": hmac(with_, body) });
    expect((await send(secret)).status).toBe(401);
    expect((await send(rotated.body.secret)).status).toBe(202);
  });

  it.each([
    ["an unknown platform", { platform: "myspace" }],
    ["settings that the platform has not", { platform: "shopify", settings: { colour: "red" } }],
    ["settings that it lacks", { platform: "woocommerce" }],
    ["an inbox that is none", { platform: "shopify", inboxId: "0123456789abcdef01234567" }],
  ])("with %s are not made", async (_what, body) => {
    const answer = await hub.call("POST", "/integrations", body, hub.admin);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "invalid_request" } } });
  });
});
