import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Conversation } from "../../../contract/conversation.ts";
import type { Message } from "../../../contract/message.ts";
import type { OutboundRequest } from "../../../server/outbound-http.ts";
import { fixture, type Hub, NOW, post, startHub } from "./support.ts";

const KID = "d3b1d2d0-d04d-4b9c-9ff3-0a1b2c3d4e5f";
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const SETTINGS = { clientId: "Shop-App", clientSecret: "cert", refreshToken: "v^1.1#r", username: "kiln-shop" };

/** eBay, as far as the hub asks it. */
interface FakeEbay {
  calls: { method: string; path: string; body: string; authorization: string }[];
  /** Answers instead of the usual one; undefined leaves it. */
  answer: (path: string) => { status: number; text: string } | undefined;
}

let hub: Hub;
let ebay: FakeEbay;
beforeAll(async () => {
  hub = await startHub();
});
afterAll(() => hub.dispose());
beforeEach(async () => {
  const order = await fixture("ebay/get-order.json");
  ebay = { calls: [], answer: () => undefined };
  vi.spyOn(hub.ctx.outbound, "request").mockImplementation(async (url: string, request: OutboundRequest) => {
    const { host, pathname } = new URL(url);
    if (host !== "api.ebay.com") throw new Error(`nobody is at ${url}`);
    const authorization = request.headers?.authorization ?? "";
    ebay.calls.push({ method: request.method, path: pathname, body: request.body ?? "", authorization });
    const special = ebay.answer(pathname);
    if (special) return special;
    if (pathname === "/identity/v1/oauth2/token") {
      const kind = new URLSearchParams(request.body).get("grant_type");
      return { status: 200, text: JSON.stringify({ access_token: `token-${kind}`, expires_in: 7_200 }) };
    }
    if (pathname === `/commerce/notification/v1/public_key/${KID}`) {
      const key = publicKey.export({ type: "spki", format: "pem" }).toString().replaceAll("\n", "");
      return { status: 200, text: JSON.stringify({ algorithm: "ECDSA", digest: "SHA1", key }) };
    }
    if (pathname === "/sell/fulfillment/v1/order/04-11111-22222") return { status: 200, text: order };
    if (pathname === "/commerce/message/v1/send_message") return { status: 200, text: "{}" };
    return { status: 404, text: "{}" };
  });
});
afterEach(() => vi.restoreAllMocks());

const signed = (body: string, key = privateKey, kid = KID) => ({
  "x-ebay-signature": Buffer.from(
    JSON.stringify({
      alg: "ecdsa",
      kid,
      signature: sign("sha1", Buffer.from(body), key).toString("base64"),
      digest: "SHA1",
    }),
  ).toString("base64"),
});
const asked = (path: string) => ebay.calls.filter((call) => call.path.startsWith(path));

async function receive(notification: string) {
  const connected = await hub.connect("ebay", { settings: SETTINGS });
  const answer = await post(connected.url, notification, signed(notification));
  await hub.idle();
  const [event] = await hub.events(connected.id);
  return { ...connected, answer, event };
}
const reply = async (conversationId: string, text: string) => {
  await hub.call("POST", `/conversations/${conversationId}/messages`, { text }, hub.admin);
  await hub.idle();
  const { body } = await hub.call<{ items: Message[] }>(
    "GET",
    `/conversations/${conversationId}/messages`,
    undefined,
    hub.admin,
  );
  return body.items.find((each) => each.text === text);
};

describe("eBay", () => {
  it("makes sure of the address with a challenge", async () => {
    const { url, secret } = await hub.connect("ebay", { settings: SETTINGS });
    expect(secret).toMatch(/^[\w-]{32,80}$/);
    const answer = await fetch(`${url}?challenge_code=a8628072-3d33-45ee-9004-bee86830a22d`);
    const expected = createHash("sha256").update(`a8628072-3d33-45ee-9004-bee86830a22d${secret}${url}`).digest("hex");
    expect(await answer.json()).toEqual({ challengeResponse: expected });
    expect((await fetch(url)).status).toBe(400);
  });

  it("brings a buyer's message, and takes the answer to it in the same thread", async () => {
    const { event, answer } = await receive(await fixture("ebay/new-message.json"));
    expect(answer.status).toBe(202);
    const [conversationId = ""] = event?.conversationIds ?? [];
    const { body } = await hub.call<Conversation>("GET", `/conversations/${conversationId}`, undefined, hub.admin);
    expect(body).toMatchObject({ channel: "insite", contact: { name: "lampenfreund_77", verified: true } });
    expect(body.lastMessage?.text).toBe("Hallo, wann kommt meine Lampe an?\nhttps://i.ebayimg.example/lampe.jpg");
    expect(await reply(conversationId, "Am Freitag!")).toMatchObject({ status: "sent" });
    expect(
      asked("/commerce/message").map(({ body: sent, authorization }) => [JSON.parse(sent), authorization]),
    ).toEqual([[{ conversationId: "124850576707", messageText: "Am Freitag!" }, "Bearer token-refresh_token"]]);
    expect(asked("/identity").filter(({ body: form }) => form.includes("refresh_token"))).toHaveLength(1);
  });

  it("brings an order with what it is made of", async () => {
    const { event } = await receive(await fixture("ebay/order-confirmation.json"));
    expect(event).toMatchObject({ state: "done", orderIds: ["04-11111-22222"] });
    expect(await hub.order("04-11111-22222")).toMatchObject({
      state: "paid",
      total: 83.9,
      shipping: 5.9,
      currency: "EUR",
      promisedAt: "2026-05-15T22:00:00.000Z",
      buyer: { externalId: "ebay:lampenfreund_77", name: "Uwe Lang", country: "DE" },
      items: [{ name: "Brass lamp", quantity: 2, price: 39, sku: "LAMP-2" }],
    });
  });

  it("is refused when somebody else signed, when the words are others, when it is stale, and without a signature", async () => {
    const { url } = await hub.connect("ebay", { settings: SETTINGS });
    const body = await fixture("ebay/new-message.json");
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    const invalid = { status: 401, body: { error: { code: "invalid_signature" } } };
    expect(await post(url, body, signed(body, other))).toMatchObject(invalid);
    expect(await post(url, body.replace("Lampe", "Lampen"), signed(body))).toMatchObject(invalid);
    expect(await post(url, body, {})).toMatchObject(invalid);
    expect(await post(url, body, { "x-ebay-signature": "%%" })).toMatchObject(invalid);
    expect((await post(url, body, signed(body, privateKey, "../../order"))).status).toBe(401);
    hub.at(new Date("2026-05-20T00:00:00Z"));
    expect(await post(url, body, signed(body))).toMatchObject({ body: { error: { code: "stale_signature" } } });
    hub.at(NOW);
    // One key serves them all.
    expect(asked("/commerce/notification")).toHaveLength(1);
  });

  it("is asked to tell again while its keys can not be had", async () => {
    const { url } = await hub.connect("ebay", { settings: SETTINGS });
    const body = await fixture("ebay/new-message.json");
    ebay.answer = () => ({ status: 503, text: "" });
    expect(await post(url, body, signed(body))).toMatchObject({
      status: 503,
      body: { error: { code: "unavailable" } },
    });
    ebay.answer = () => undefined;
    expect((await post(url, body, signed(body))).status).toBe(202);
  });

  it("is asked for an order again later when it does not give it now", async () => {
    ebay.answer = (path) => (path.startsWith("/sell") ? { status: 500, text: "" } : undefined);
    const { id, event } = await receive(await fixture("ebay/order-confirmation.json"));
    expect(event).toMatchObject({ state: "pending", tries: 1, failure: expect.stringContaining("500") });
    ebay.answer = () => undefined;
    hub.at(new Date(NOW.getTime() + 60_000));
    await hub.sweep();
    await hub.idle();
    expect(await hub.events(id)).toMatchObject([{ state: "done", tries: 2 }]);
    hub.at(NOW);
  });

  it("gives a new token for one that ended early, and says why when it takes no answer", async () => {
    const { event } = await receive(await fixture("ebay/new-message.json"));
    const [conversationId = ""] = event?.conversationIds ?? [];
    let refusals = 1;
    ebay.answer = (path) =>
      path.startsWith("/commerce/message") && refusals-- > 0 ? { status: 401, text: "{}" } : undefined;
    expect(await reply(conversationId, "Erneut")).toMatchObject({ status: "sent" });
    expect(asked("/identity").filter(({ body }) => body.includes("refresh_token"))).toHaveLength(2);
    ebay.answer = (path) => (path.startsWith("/commerce/message") ? { status: 403, text: "{}" } : undefined);
    expect(await reply(conversationId, "Nein")).toMatchObject({
      status: "failed",
      failure: expect.stringContaining("did not take the reply"),
    });
    expect(await reply(conversationId, "x".repeat(2_001))).toMatchObject({
      status: "failed",
      failure: expect.stringContaining("2,000"),
    });
  });

  it("says nothing of what the seller wrote there", async () => {
    const own = (await fixture("ebay/new-message.json")).replace(
      '"senderUserName": "lampenfreund_77"',
      '"senderUserName": "Kiln-Shop"',
    );
    const { event } = await receive(own);
    expect(event).toMatchObject({ state: "done", conversationIds: [] });
  });

  it("shows no secret in the settings", async () => {
    const { id } = await hub.connect("ebay", { settings: SETTINGS });
    const { body } = await hub.call("GET", `/integrations/${id}`, undefined, hub.admin);
    expect(body).toMatchObject({
      secrets: ["secret", "clientSecret", "refreshToken"],
      settings: { clientId: "Shop-App" },
    });
    expect(JSON.stringify(body)).not.toMatch(/cert|v\^1/);
    const changed = await hub.call("PATCH", `/integrations/${id}`, { settings: { username: "kiln-2" } }, hub.admin);
    expect(changed).toMatchObject({ status: 200, body: { settings: { username: "kiln-2" }, version: 1 } });
  });
});
