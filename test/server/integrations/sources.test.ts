import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Conversation } from "../../../contract/conversation.ts";
import type { Order } from "../../../contract/order.ts";
import type { ReviewItem } from "../../../contract/review.ts";
import type { Inbox } from "../../../contract/settings.ts";
import { type Hub, hmac, post, startHub } from "./support.ts";

let hub: Hub;
beforeAll(async () => {
  hub = await startHub();
});
afterAll(() => hub.dispose());

const MAPPING = {
  orders: {
    eventId: "event",
    orderId: "order",
    type: "type",
    occurredAt: "at",
    buyerId: "buyer",
    buyerEmail: "email",
    trackingNumber: "parcel",
  },
  orderTopics: ["order"],
  messages: { messageId: "id", threadId: "thread", text: "text", buyerId: "buyer", orderId: "order" },
  messageTopics: ["message"],
  topic: "topic",
};
const tell = async ({ url, secret }: { url: string; secret: string }, what: object) => {
  const body = JSON.stringify({ at: "2026-05-10T08:00:00Z", type: "shipped", topic: "order", ...what });
  expect((await post(url, body, { "x-signature": hmac(secret, body, "hex") })).status).toBe(202);
  await hub.idle();
};
const get = async <T>(path: string) => (await hub.call<T>("GET", path, undefined, hub.admin)).body;
const ordersOf = async (number: string) => (await get<{ items: Order[] }>(`/orders?q=${number}`)).items;
const toCheck = async () => (await get<{ items: ReviewItem[] }>("/review-items")).items;

describe("connected systems with the same numbers", () => {
  it("each have a source of their own", async () => {
    const [one, two] = [
      await hub.connect("generic", { settings: MAPPING }),
      await hub.connect("generic", { settings: MAPPING }),
    ];
    expect(one.source).not.toBe(two.source);
    for (const [system, who] of [
      [one, "ana"],
      [two, "ben"],
    ] as const) {
      await tell(system, { event: "1", order: "500", buyer: "7", email: `${who}@example.com`, parcel: who });
      await tell(system, { topic: "message", id: "1", thread: "1", buyer: "7", order: "500", text: `I am ${who}` });
    }
    const orders = await ordersOf("500");
    expect(
      orders.map(({ orderId, number, buyer, tracking }) => [orderId, number, buyer.externalId, tracking?.number]),
    ).toEqual(
      expect.arrayContaining([
        [`${one.source}500`, "500", `${one.source}7`, "ana"],
        [`${two.source}500`, "500", `${two.source}7`, "ben"],
      ]),
    );
    const { items } = await get<{ items: Conversation[] }>("/conversations?status=open");
    const contactOf = (who: string) => items.find(({ lastMessage }) => lastMessage?.text === `I am ${who}`)?.contact.id;
    expect(contactOf("ana")).toBe(orders.find(({ tracking }) => tracking?.number === "ana")?.contactId);
    expect(contactOf("ben")).toBe(orders.find(({ tracking }) => tracking?.number === "ben")?.contactId);
  });

  it("may be the shop's own where that is chosen: then their customers are those who sign in to the chat", async () => {
    const own = await hub.connect("generic", { settings: { ...MAPPING, prefix: "" } });
    expect(own.source).toBe("");
    await tell(own, { event: "own-1", order: "own-1", buyer: "4711" });
    expect((await ordersOf("own-1"))[0]).toMatchObject({ orderId: "own-1", buyer: { externalId: "4711" } });
  });

  it("have their inbox's source where it has one", async () => {
    const inbox = await hub.call<Inbox>("POST", "/inboxes", { channel: "insite", name: "Oak" }, hub.admin);
    const system = await hub.connect("generic", { settings: MAPPING, inboxId: inbox.body.id });
    expect(system.source).toBe("oak:");
    await tell(system, { topic: "message", id: "1", thread: "1", buyer: "7", text: "From Oak" });
    const message = {
      messageId: "2",
      threadId: "2",
      buyer: { externalId: "7" },
      text: "By API",
      sentAt: "2026-05-02T09:00:00Z",
    };
    const posted = await hub.call<{ conversationId: string }>("POST", "/insite/oak/messages", message, hub.admin);
    const { items } = await get<{ items: Conversation[] }>("/conversations");
    const first = items.find(({ lastMessage }) => lastMessage?.text === "From Oak");
    expect((await get<Conversation>(`/conversations/${posted.body.conversationId}`)).contact.id).toBe(
      first?.contact.id,
    );
  });

  it("of one shop are one source, and those of two Shopify shops are two", async () => {
    const settings = (shop: string) => ({ secret: "s", settings: { shop: `${shop}.myshopify.com` } });
    expect((await hub.connect("shopify", settings("kiln"))).source).toBe("kiln:");
    expect((await hub.connect("shopify", settings("kiln"))).source).toBe("kiln:");
    expect((await hub.connect("shopify", settings("loom"))).source).toBe("loom:");
    expect((await hub.connect("shopify", { secret: "s" })).source).toBe("shopify:");
    expect((await hub.connect("shopify", { secret: "s" })).source).toBe("shopify-2:");
  });
});

describe("what a platform says of another buyer's order or thread", () => {
  it("changes nothing, is kept with its reason and listed for a person, and is taken in once they are one contact", async () => {
    const system = await hub.connect("generic", { settings: { ...MAPPING, prefix: "mix:" } });
    await tell(system, { event: "1", order: "900", buyer: "1", parcel: "right" });
    await tell(system, { event: "2", order: "900", buyer: "2", parcel: "wrong" });
    await tell(system, { event: "3", order: "901", buyer: "2" });
    const [order] = await ordersOf("900");
    expect(order).toMatchObject({ buyer: { externalId: "mix:1" }, tracking: { number: "right" } });
    const failed = (await hub.events(system.id)).find(({ state }) => state === "failed");
    expect(failed).toMatchObject({
      failure: "order_of_another_buyer",
      failureText: expect.stringContaining("belongs to another buyer"),
    });
    expect(await toCheck()).toContainEqual(
      expect.objectContaining({
        kind: "platform_conflict",
        orderId: "mix:900",
        facts: expect.objectContaining({ reason: "order_of_another_buyer" }),
      }),
    );
    const [other] = await ordersOf("901");
    await hub.call("POST", `/contacts/${order?.contactId}/merge`, { contactId: other?.contactId }, hub.admin);
    await hub.call("POST", `/integrations/events/${failed?.id}/replay`, undefined, hub.admin);
    await hub.idle();
    expect((await hub.events(system.id)).map(({ state }) => state)).not.toContain("failed");
    expect((await ordersOf("900"))[0]?.tracking).toEqual({ number: "wrong" });
  });

  it("is not lost among messages either", async () => {
    const system = await hub.connect("generic", { settings: { ...MAPPING, prefix: "talk:" } });
    await tell(system, { topic: "message", id: "1", thread: "1", buyer: "1", text: "mine" });
    await tell(system, { topic: "message", id: "2", thread: "1", buyer: "2", text: "not mine" });
    expect(await hub.events(system.id)).toMatchObject([
      { state: "failed", failure: "thread_of_another_buyer" },
      { state: "done" },
    ]);
    expect((await toCheck()).map(({ facts }) => facts.reason)).toContain("thread_of_another_buyer");
  });
});

describe("guests of a connected system", () => {
  it("are told apart by address, and in messages by thread", async () => {
    const system = await hub.connect("generic", { settings: { ...MAPPING, prefix: "guests:" } });
    await tell(system, { event: "1", order: "g1", buyer: 0, email: "ana@guests.example" });
    await tell(system, { event: "2", order: "g2", buyer: 0, email: "ben@guests.example" });
    await tell(system, { event: "3", order: "g3", buyer: "guest" });
    await tell(system, { event: "4", order: "g4", buyer: "guest" });
    const orders = await Promise.all(["g1", "g2", "g3", "g4"].map(async (number) => (await ordersOf(number))[0]));
    expect(new Set(orders.map((order) => order?.contactId)).size).toBe(4);
    await tell(system, { topic: "message", id: "a", thread: "a", buyer: "guest", text: "guest a" });
    await tell(system, { topic: "message", id: "b", thread: "b", buyer: "guest", text: "guest b" });
    const { items } = await get<{ items: Conversation[] }>("/conversations?status=open");
    const people = items.filter(({ lastMessage }) => lastMessage?.text.startsWith("guest "));
    expect(new Set(people.map(({ contact }) => contact.id)).size).toBe(2);
  });
});

describe("a carrier that knows an order's number alone", () => {
  const parcel = async (email?: string) => {
    const { url, secret, id } = await hub.connect("aftership", { secret: "after" });
    const body = JSON.stringify({
      event: "tracking_update",
      event_id: `${id}-1`,
      msg: {
        tracking_number: `JD-${id}`,
        slug: "dhl",
        tag: "OutForDelivery",
        order_number: "777",
        ...(email && { emails: [email] }),
        checkpoints: [{ checkpoint_time: "2026-05-10T08:00:00Z", tag: "OutForDelivery" }],
      },
    });
    await post(url, body, { "aftership-hmac-sha256": hmac(secret, body) });
    await hub.idle();
    return (await hub.events(id))[0];
  };

  it("finds the one placed with the address that it names, and asks a person where nothing tells", async () => {
    const event = (orderId: string, buyer: object) => ({
      eventId: orderId,
      type: "paid",
      occurredAt: "2026-05-09T08:00:00Z",
      orderId,
      buyer,
      order: { number: "777" },
    });
    const events = [
      event("p:777", { externalId: "p-ana", email: "ana@carrier.example" }),
      event("q:777", { externalId: "q-ben", email: "ben@carrier.example" }),
    ];
    await hub.call("POST", "/orders/events", events, hub.admin);
    expect(await parcel("ben@carrier.example")).toMatchObject({ state: "done", orderIds: ["q:777"] });
    expect(await parcel()).toMatchObject({ state: "failed", failure: "order_number_shared" });
    const states = Object.fromEntries((await ordersOf("777")).map(({ orderId, state }) => [orderId, state]));
    expect(states).toEqual({ "p:777": "paid", "q:777": "out_for_delivery" });
  });
});
