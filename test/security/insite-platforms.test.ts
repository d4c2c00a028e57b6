import { io } from "socket.io-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BuyerThreads } from "../../contract/buyer.ts";
import type { Conversation } from "../../contract/conversation.ts";
import type { Order } from "../../contract/order.ts";
import type { ApiKey, Inbox } from "../../contract/settings.ts";
import { linkSignature } from "../../server/actions/buyer-links.ts";
import { buyerCookie, openLink } from "../server/buyer/support.ts";
import { type Credentials, startTestApp, type TestApp } from "../support/app.ts";
import { identitySecret, shopToken } from "../support/identity.ts";

/** Two platforms in one hub, each with an inbox and a key of its own, and the same numbers for everything. */
let app: TestApp;
let ahead = 0;
let maple: Platform;
let birch: Platform;
beforeAll(async () => {
  app = await startTestApp({ clock: { now: () => new Date(Date.now() + ahead) } });
  const [insite] = (await get<Inbox[]>("/inboxes")).filter(({ channel }) => channel === "insite");
  await app.call("PATCH", `/inboxes/${insite?.id}`, { bot: { mode: "off" } }, app.admin);
  maple = await platform("Maple Market");
  birch = await platform("Birch Bazaar");
});
afterAll(() => app.dispose());

interface Platform {
  inbox: Inbox;
  key: { key: string };
}
async function platform(name: string): Promise<Platform> {
  const made = await app.call<Inbox>("POST", "/inboxes", { channel: "insite", name }, app.admin);
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  const key = await app.call<{ key: string }>("POST", "/api-keys", { name, inboxKey: made.body.key }, app.admin);
  if (key.status !== 201) throw new Error(JSON.stringify(key.body));
  return { inbox: made.body, key: { key: key.body.key } };
}
const get = async <T>(path: string, as: Credentials = app.admin) =>
  (await app.call<T>("GET", path, undefined, as)).body;
interface Receipt {
  conversationId: string;
  messageId: string;
  duplicate: boolean;
  error?: { code: string };
}
const post = (inboxKey: string, text: string, as: Credentials, more: object = {}) =>
  app.call<Receipt>(
    "POST",
    `/insite/${inboxKey}/messages`,
    {
      messageId: "1",
      threadId: "1",
      buyer: { externalId: "1" },
      orderId: "1",
      text,
      sentAt: "2026-05-02T09:00:00Z",
      ...more,
    },
    as,
  );
const report = (as: Credentials, name: string, more: object = {}) =>
  app.call<{ eventId: string; orderId: string; duplicate: boolean }>(
    "POST",
    "/orders/events",
    {
      eventId: "1",
      type: "shipped",
      occurredAt: "2026-05-02T09:00:00Z",
      orderId: "1",
      buyer: { externalId: "1", name },
      tracking: { number: `${name}-parcel` },
      ...more,
    },
    as,
  );

describe("two platforms with the same numbers", () => {
  it("never meet: each has its buyers, threads, messages and orders to itself", async () => {
    const sent = await Promise.all([
      post(maple.inbox.key, "from maple", maple.key),
      post(birch.inbox.key, "from birch", birch.key),
      post("insite", "from the shop", app.admin),
    ]);
    expect(sent.map(({ status, body }) => [status, body.duplicate])).toEqual([
      [202, false],
      [202, false],
      [202, false],
    ]);
    const threads = await Promise.all(
      sent.map(({ body }) => get<Conversation>(`/conversations/${body.conversationId}`)),
    );
    expect(new Set(threads.map(({ contact }) => contact.id)).size).toBe(3);
    const told = await Promise.all([report(maple.key, "Ana"), report(birch.key, "Ben"), report(app.admin, "Cem")]);
    // Each hears its own ids.
    for (const { status, body } of told) {
      expect([status, body]).toEqual([202, { eventId: "1", orderId: "1", duplicate: false }]);
    }
    const orders = (await get<{ items: Order[] }>("/orders?q=1")).items;
    expect(orders.map(({ orderId, number, buyer, tracking }) => [orderId, number, buyer, tracking?.number])).toEqual(
      expect.arrayContaining([
        ["maple-market:1", "1", { externalId: "maple-market:1", name: "Ana" }, "Ana-parcel"],
        ["birch-bazaar:1", "1", { externalId: "birch-bazaar:1", name: "Ben" }, "Ben-parcel"],
        ["1", "1", { externalId: "1", name: "Cem" }, "Cem-parcel"],
      ]),
    );
    // A message and an order of one platform's buyer are the same person's.
    const of = (orderId: string) => orders.find((order) => order.orderId === orderId)?.contactId;
    expect(threads.map(({ contact }) => contact.id)).toEqual([of("maple-market:1"), of("birch-bazaar:1"), of("1")]);
    const shop = await get<BuyerThreads>("/buyer/threads", await buyerCookie(app, { externalId: "1" }));
    expect(shop.threads.map(({ lastMessage }) => lastMessage?.text)).toEqual(["from the shop"]);
    expect(shop.orders).toHaveLength(1);
  });

  it("fetch their own replies alone, under their own ids", async () => {
    const [at, other] = [maple, birch];
    const { body } = await post(at.inbox.key, "a question", at.key, { messageId: "2" });
    await app.call("POST", `/conversations/${body.conversationId}/messages`, { text: "an answer" }, app.admin);
    await app.idle();
    ahead += 5_000;
    const mine = await get<{ items: object[] }>(`/insite/${at.inbox.key}/outbox`, at.key);
    expect(mine.items).toMatchObject([{ threadId: "1", orderId: "1", text: "an answer" }]);
    expect((await get<{ items: object[] }>(`/insite/${other.inbox.key}/outbox`, other.key)).items).toEqual([]);
    expect((await get<{ items: object[] }>("/insite/insite/outbox")).items).toEqual([]);
  });

  it("tell guests apart within their own", async () => {
    const guest = { buyer: { externalId: "0", email: "guest@example.com" } };
    await report(maple.key, "", { ...guest, eventId: "g", orderId: "g" });
    await report(birch.key, "", { ...guest, eventId: "g", orderId: "g" });
    const orders = (await get<{ items: Order[] }>("/orders?q=g")).items;
    expect(new Set(orders.map(({ contactId }) => contactId)).size).toBe(2);
  });
});

describe("a key that is bound to a platform", () => {
  it("posts and fetches at its own inbox alone", async () => {
    for (const key of [birch.inbox.key, "insite", "no-such"]) {
      expect((await post(key, "hello", maple.key, { messageId: "x" })).status).toBe(404);
      expect((await app.call("GET", `/insite/${key}/outbox`, undefined, maple.key)).status).toBe(404);
    }
  });

  it("reads nothing and changes nothing else, whatever its role, over HTTP or a socket", async () => {
    const made = await app.call<{ key: string; apiKey: ApiKey }>(
      "POST",
      "/api-keys",
      { name: "mighty", role: "admin", source: "maple-market" },
      app.admin,
    );
    expect(made.body.apiKey).toMatchObject({ source: "maple-market" });
    const mighty = { key: made.body.key };
    for (const [method, path, body] of [
      ["GET", "/conversations"],
      ["GET", "/orders"],
      ["GET", "/contacts"],
      ["GET", "/inboxes"],
      ["GET", "/api-keys"],
      ["POST", "/api-keys", { name: "more" }],
      ["POST", "/inboxes", { channel: "insite", name: "more" }],
      ["POST", "/orders", { orderId: "2", buyer: { externalId: "2" } }],
      ["POST", "/buyer-links", { externalId: "1" }],
    ] as const) {
      expect([path, (await app.call(method, path, body, mighty)).status]).toEqual([path, 403]);
    }
    expect((await fetch(`${app.url}/metrics`, { headers: { authorization: `Bearer ${mighty.key}` } })).status).toBe(
      403,
    );
    const socket = io(`${app.url}/agent`, { auth: { apiKey: mighty.key }, transports: ["websocket"], forceNew: true });
    const refused = await new Promise<{ data?: { code: string } }>((resolve) => socket.once("connect_error", resolve));
    expect(refused.data?.code).toBe("forbidden");
    socket.disconnect();
    // It may report for its platform, and cannot name another's order.
    const event = { eventId: "esc", orderId: "birch-bazaar:1", buyer: { externalId: "birch-bazaar:1", name: "Eve" } };
    expect((await report(mighty, "Eve", event)).status).toBe(202);
    const orders = (await get<{ items: Order[] }>("/orders?q=birch-bazaar:1")).items;
    expect(orders.find(({ orderId }) => orderId === "birch-bazaar:1")?.buyer.name).toBe("Ben");
    expect(orders.map(({ orderId }) => orderId)).toContain("maple-market:birch-bazaar:1");
  });

  it("is bound to an inbox that is there, by its own source", async () => {
    const bind = (body: object) => app.call("POST", "/api-keys", { name: "k", ...body }, app.admin);
    expect((await bind({ inboxKey: "no-such" })).status).toBe(404);
    expect((await bind({ inboxKey: "chat" })).status).toBe(404);
    expect((await bind({ inboxKey: maple.inbox.key, source: "birch-bazaar" })).status).toBe(400);
    expect((await bind({ source: "Not A Source" })).status).toBe(400);
  });
});

describe("an in-site inbox of one's own", () => {
  it("has a key and a source of its own, made from its name or chosen", async () => {
    const make = (body: object) => app.call<Inbox>("POST", "/inboxes", { channel: "insite", ...body }, app.admin);
    const first = await make({ name: "Café Élan" });
    expect(first).toMatchObject({ status: 201, body: { key: "cafe-elan", source: "cafe-elan", channel: "insite" } });
    expect((await make({ name: "Cafe Elan" })).body).toMatchObject({ key: "cafe-elan-2", source: "cafe-elan-2" });
    expect((await make({ name: "平台" })).body).toMatchObject({ key: "insite-2" });
    expect((await make({ name: "Elan returns", key: "elan-returns", source: "cafe-elan" })).body).toMatchObject({
      key: "elan-returns",
      source: "cafe-elan",
    });
    expect(await make({ name: "again", key: "elan-returns" })).toMatchObject({ status: 409 });
    expect((await make({ name: "no", key: "Not Good" })).status).toBe(400);
    expect((await make({ name: "" })).status).toBe(400);
    const many = await Promise.all(Array.from({ length: 5 }, () => make({ name: "At once" })));
    expect(new Set(many.map(({ body }) => body.key)).size).toBe(5);
  });

  it("takes nothing while it is off, and leaves the message centre to the shop's own", async () => {
    const { inbox, key } = await platform("Short Lived");
    await app.call("PATCH", `/inboxes/${inbox.id}`, { enabled: false }, app.admin);
    expect((await post(inbox.key, "hello", key)).status).toBe(404);
    const [own] = (await get<Inbox[]>("/inboxes")).filter(({ key: name }) => name === "insite");
    await app.call("PATCH", `/inboxes/${own?.id}`, { enabled: false }, app.admin);
    const cookie = await buyerCookie(app, { externalId: "1" });
    const start = await app.call("POST", "/buyer/threads", { echoId: "e", text: "hello" }, cookie);
    expect(start.status).toBe(404);
    await app.call("PATCH", `/inboxes/${own?.id}`, { enabled: true }, app.admin);
  });
});

describe("a link to the message centre that a platform signs", () => {
  const threadsBehind = async (query: Record<string, string>) => {
    const { cookie } = await openLink(app, `${app.url}/messages?${new URLSearchParams(query)}`);
    const { body } = await app.call<BuyerThreads>("GET", "/buyer/threads", undefined, { cookie });
    return body.threads?.map(({ id }) => id);
  };

  it("opens that platform's customer, not another's of the same number", async () => {
    const buyer = { externalId: "link-7" };
    const own = await post(maple.inbox.key, "of Maple", maple.key, { messageId: "l1", threadId: "l1", buyer });
    const shops = await post("insite", "of the shop", app.admin, { messageId: "l2", threadId: "l2", buyer });
    expect([own.status, shops.status]).toEqual([202, 202]);
    const inbox = maple.inbox.key;
    const secret = await identitySecret(app, inbox);
    const identity = await shopToken(secret, { sub: "link-7", aud: "parley-messages" });
    expect(await threadsBehind({ inbox, identity })).toEqual([own.body.conversationId]);
    const link = { externalId: "link-7", expires: String(Math.floor((Date.now() + ahead) / 1000) + 600) };
    const signature = linkSignature(secret, link);
    expect(await threadsBehind({ inbox, ...link, signature })).toEqual([own.body.conversationId]);
  });

  it("opens nothing for who has no account, so that guests share no messages", async () => {
    const secret = await identitySecret(app, "insite");
    for (const sub of ["guest", "0", " - "]) {
      const identity = await shopToken(secret, { sub, aud: "parley-messages" });
      const opened = await openLink(app, `${app.url}/messages?${new URLSearchParams({ inbox: "insite", identity })}`);
      expect(opened).toEqual({ cookie: "", location: "/messages/expired" });
    }
  });
});
