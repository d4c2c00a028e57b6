import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BuyerThreads } from "../../contract/buyer.ts";
import type { ContactDetail } from "../../contract/contact.ts";
import type { Conversation } from "../../contract/conversation.ts";
import type { Message } from "../../contract/message.ts";
import type { Order } from "../../contract/order.ts";
import type { Inbox } from "../../contract/settings.ts";
import type { PublicMessage } from "../../contract/sockets.ts";
import { type BuyerClient, buyerCookie, connectBuyer } from "../server/buyer/support.ts";
import { startTestApp, type TestApp } from "../support/app.ts";
import { connectWidget } from "../support/sockets.ts";

/** Two platforms, or one and somebody who has its key, number alike: nobody may come by what is another buyer's. */
let app: TestApp;
/** Milliseconds that the hub's clock is ahead. */
let ahead = 0;
const sockets: BuyerClient[] = [];
beforeAll(async () => {
  app = await startTestApp({ clock: { now: () => new Date(Date.now() + ahead) } });
  const { body } = await app.call<{ id: string; channel: string }[]>("GET", "/inboxes", undefined, app.admin);
  const insite = body.find(({ channel }) => channel === "insite");
  await app.call("PATCH", `/inboxes/${insite?.id}`, { bot: { mode: "off" } }, app.admin);
});
afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await app?.dispose();
});

interface Receipt {
  conversationId: string;
  messageId: string;
  duplicate: boolean;
  error: { code: string };
}
const message = (messageId: string, threadId: string, externalId: string, more: object = {}) => ({
  messageId,
  threadId,
  buyer: { externalId },
  text: `I am ${externalId}`,
  sentAt: "2026-05-02T09:00:00Z",
  ...more,
});
const post = (...body: Parameters<typeof message>) =>
  app.call<Receipt>("POST", "/insite/insite/messages", message(...body), app.admin);
const report = (eventId: string, orderId: string, buyer: object, more: object = {}) =>
  app.call<{ duplicate: boolean; error: { code: string } }>(
    "POST",
    "/orders/events",
    { eventId, type: "shipped", occurredAt: "2026-05-02T09:00:00Z", orderId, buyer, ...more },
    app.admin,
  );
const get = async <T>(path: string, as = app.admin as { cookie: string }) =>
  (await app.call<T>("GET", path, undefined, as)).body;
const orderOf = async (orderId: string) =>
  (await get<{ items: Order[] }>(`/orders?q=${encodeURIComponent(orderId)}`)).items.find(
    (order) => order.orderId === orderId,
  );
const everything = async () => ({
  conversations: (await get<{ items: Conversation[] }>("/conversations?limit=100")).items.map(({ id }) => id),
  contacts: (await get<{ items: ContactDetail["contact"][] }>("/contacts?limit=100")).items.map(({ id }) => id),
});

describe("a message id that comes again", () => {
  it("is the same message only in the same thread from the same buyer, and otherwise refused without a trace", async () => {
    const first = await post("again-1", "again-t", "again-ana");
    expect(first).toMatchObject({ status: 202, body: { duplicate: false } });
    const before = await everything();
    expect(await post("again-1", "again-t", "again-ana")).toMatchObject({
      status: 202,
      body: { ...first.body, duplicate: true },
    });
    for (const [threadId, buyer] of [
      ["again-other", "again-ana"],
      ["again-other", "again-ben"],
      ["again-t", "again-ben"],
    ] as const) {
      const refused = await post("again-1", threadId, buyer);
      expect(refused).toMatchObject({ status: 409, body: { error: { code: "message_id_reused" } } });
      expect(JSON.stringify(refused.body)).not.toContain(first.body.conversationId);
    }
    expect(await everything()).toEqual(before);
  });

  it("is one message when it comes in many threads at once", async () => {
    const before = await everything();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, at) => post("race-1", `race-${at}`, `race-buyer-${at}`)),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.error?.code === "message_id_reused")).toHaveLength(11);
    const after = await everything();
    expect(after.conversations).toHaveLength(before.conversations.length + 1);
    expect(after.contacts).toHaveLength(before.contacts.length + 1);
  });

  it("is no way to pass for a reply of the shop's", async () => {
    const { body } = await post("own-1", "own-t", "own-ana");
    const reply = await app.call<Message>(
      "POST",
      `/conversations/${body.conversationId}/messages`,
      { text: "On its way", echoId: "e" },
      app.admin,
    );
    const user = (await get<{ user: { id: string } }>("/auth/session")).user.id;
    const answer = await post(`user:${user}:${body.conversationId}:e`, "own-t", "own-ana");
    expect(reply.status).toBe(201);
    expect(answer).toMatchObject({ status: 409, body: { error: { code: "message_id_reused" } } });
  });
});

describe("a thread id that comes again", () => {
  it("opens nobody else's thread, over HTTP or at the message centre", async () => {
    const { body } = await post("thread-1", "thread-t", "thread-ana", { text: "My address is 5 Elm Street" });
    const before = await everything();
    const refused = await post("thread-2", "thread-t", "thread-ben", { text: "I am not Ana" });
    expect(refused).toMatchObject({ status: 409, body: { error: { code: "thread_of_another_buyer" } } });
    expect(await everything()).toEqual(before);
    const ana = await buyerCookie(app, { externalId: "thread-ana" });
    const ben = await buyerCookie(app, { externalId: "thread-ben" });
    expect((await get<BuyerThreads>("/buyer/threads", ben)).threads).toEqual([]);
    await expect(connectBuyer(app, ben, { conversationId: body.conversationId })).rejects.toMatchObject({
      code: "not_found",
    });
    const socket = await connectBuyer(app, ana, { conversationId: body.conversationId });
    sockets.push(socket);
    const messages = await new Promise<PublicMessage[]>((resolve, reject) =>
      socket.emit("history", {}, (result) => (result.ok ? resolve(result.messages) : reject(result.error))),
    );
    expect(messages.map(({ text }) => text)).toEqual(["My address is 5 Elm Street"]);
  });

  it("is one buyer's when several begin it at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) => post(`begin-${at}`, "begin-t", `begin-buyer-${at}`)),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.error?.code === "thread_of_another_buyer")).toHaveLength(7);
  });

  it("goes on for a buyer who turned out to be the same person", async () => {
    const { body } = await post("same-1", "same-t", "same-old");
    await post("same-2", "same-u", "same-new");
    const [one, other] = await Promise.all(
      ["same-t", "same-u"].map(async (_, at) => {
        const id = at === 0 ? body.conversationId : (await post("same-3", "same-u", "same-new")).body.conversationId;
        return (await get<Conversation>(`/conversations/${id}`)).contact.id;
      }),
    );
    await app.call("POST", `/contacts/${one}/merge`, { contactId: other }, app.admin);
    expect(await post("same-4", "same-t", "same-new")).toMatchObject({
      status: 202,
      body: { conversationId: body.conversationId, duplicate: false },
    });
  });
});

describe("a batch with a message that is refused", () => {
  it("takes in the others", async () => {
    await post("batch-1", "batch-t", "batch-ana");
    const batch = [
      message("batch-2", "batch-t", "batch-ben"),
      message("batch-3", "batch-t", "batch-ana"),
      message("batch-4", "batch-u", "batch-ben"),
    ];
    const answer = await app.call<Receipt>("POST", "/insite/insite/messages", batch, app.admin);
    expect(answer).toMatchObject({ status: 409, body: { error: { code: "thread_of_another_buyer" } } });
    expect(await post("batch-3", "batch-t", "batch-ana")).toMatchObject({ body: { duplicate: true } });
    expect(await post("batch-4", "batch-u", "batch-ben")).toMatchObject({ body: { duplicate: true } });
  });
});

describe("an event that names another buyer", () => {
  it("leaves the order, its items and its parcel with its buyer", async () => {
    const ana = { externalId: "order-ana", email: "ana@order.example" };
    await report("o-1", "order-1", ana, { tracking: { number: "ANA-1" } });
    const before = await orderOf("order-1");
    const refused = await report("o-2", "order-1", { externalId: "order-ben" }, { tracking: { number: "BEN-1" } });
    expect(refused).toMatchObject({ status: 409, body: { error: { code: "order_of_another_buyer" } } });
    expect(await orderOf("order-1")).toEqual(before);
    expect((await get<{ items: unknown[] }>(`/orders/${before?.id}/events`)).items).toHaveLength(1);
    const ben = await buyerCookie(app, { externalId: "order-ben" });
    expect((await get<BuyerThreads>("/buyer/threads", ben)).orders).toEqual([]);
    expect((await get<{ items: ContactDetail["contact"][] }>("/contacts?q=order-ben")).items).toEqual([]);
    // What it refused is not known: its buyer may still use the id.
    expect(await report("o-2", "order-1", ana)).toMatchObject({ status: 202, body: { duplicate: false } });
  });

  it("is refused among others, which are taken in", async () => {
    const event = (eventId: string, orderId: string, externalId: string) => ({
      eventId,
      type: "paid",
      occurredAt: "2026-05-02T09:00:00Z",
      orderId,
      buyer: { externalId },
    });
    const batch = [event("m-1", "many-1", "ana"), event("m-2", "many-1", "ben"), event("m-3", "many-2", "ben")];
    const answer = await app.call("POST", "/orders/events", batch, app.admin);
    expect(answer).toMatchObject({
      status: 409,
      body: { error: { code: "order_of_another_buyer", details: { eventId: "m-2", orderId: "many-1" } } },
    });
    expect((await orderOf("many-1"))?.buyer.externalId).toBe("ana");
    expect((await orderOf("many-2"))?.buyer.externalId).toBe("ben");
  });

  it("wins nothing by being first at the same moment", async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, at) => report(`at-once-${at}`, "at-once", { externalId: `at-once-${at}` })),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    const order = await orderOf("at-once");
    expect((await get<{ items: unknown[] }>(`/orders/${order?.id}/events`)).items).toHaveLength(1);
  });

  it("is no repeat because it has the id of another order's event", async () => {
    await report("shared-e", "shared-1", { externalId: "shared-ana" });
    expect(await report("shared-e", "shared-2", { externalId: "shared-ben" })).toMatchObject({
      status: 409,
      body: { error: { code: "event_id_reused" } },
    });
    expect(await orderOf("shared-2")).toBeUndefined();
  });

  it("counts once the two are one contact", async () => {
    await report("merge-1", "merge-1", { externalId: "merge-old" });
    await report("merge-2", "merge-2", { externalId: "merge-new" });
    expect((await report("merge-3", "merge-1", { externalId: "merge-new" })).status).toBe(409);
    const [one, other] = [await orderOf("merge-1"), await orderOf("merge-2")];
    await app.call("POST", `/contacts/${one?.contactId}/merge`, { contactId: other?.contactId }, app.admin);
    expect((await report("merge-3", "merge-1", { externalId: "merge-new" })).status).toBe(202);
  });
});

describe("buyers without an account", () => {
  it.each([
    { email: "noreply@market.example" },
    { email: "Guest@none.example" },
    { email: "unknown@market.example" },
    { email: "c8f2@market.invalid" },
    { phone: "111-111-1111" },
    { phone: "+1 234 567 890" },
  ])("are told apart where all of them have %j", async (filler) => {
    const own = (what: string) => `filler ${what} ${JSON.stringify(filler)}`;
    const buyer = { externalId: "guest", ...filler };
    for (const what of ["1", "2"]) expect((await report(own(what), own(what), buyer)).status).toBe(202);
    const [one, other] = [await orderOf(own("1")), await orderOf(own("2"))];
    expect(one?.contactId).toBeDefined();
    expect(one?.contactId).not.toBe(other?.contactId);
    // What is told of the order later is still its buyer's.
    expect((await report(own("3"), own("1"), buyer, { type: "shipped" })).status).toBe(202);
  });

  it.each(["0", "guest", "-", "NULL", "N/A", "游客", "invité"])("called %s are told apart", async (nobody) => {
    const own = (who: string) => `${nobody}-${who}`;
    await report(own("1"), own("a"), { externalId: nobody, email: "Ana@guest.example" });
    await report(own("2"), own("b"), { externalId: nobody, email: "ben@guest.example" });
    await report(own("3"), own("c"), { externalId: nobody, phone: "+49 170 5550011" });
    await report(own("4"), own("d"), { externalId: nobody, phone: "0049 170 5550012" });
    await report(own("5"), own("e"), { externalId: nobody });
    await report(own("6"), own("f"), { externalId: nobody });
    const orders = await Promise.all(["a", "b", "c", "d", "e", "f"].map((who) => orderOf(own(who))));
    expect(new Set(orders.map((order) => order?.contactId)).size).toBe(6);
    expect(orders[0]?.buyer.externalId).toBe("ana@guest.example");
    const threads = await Promise.all(
      ["x", "y"].map((who) => post(own(`m${who}`), own(`t${who}`), nobody, { text: `guest ${who}` })),
    );
    const contacts = await Promise.all(
      threads.map(async ({ body }) => (await get<Conversation>(`/conversations/${body.conversationId}`)).contact.id),
    );
    expect(new Set(contacts).size).toBe(2);
  });

  it("have no chat or message centre in common, though a shop signs all of them in as 0", async () => {
    const chat = (await get<Inbox[]>("/inboxes")).find(({ channel }) => channel === "chat");
    const { secret } = await get<{ secret: string }>(`/inboxes/${chat?.id}/identity-secret`);
    const identity = { externalId: "0", hash: createHmac("sha256", secret).update("0").digest("hex") };
    const [one, other] = [await connectWidget(app.url, { identity }), await connectWidget(app.url, { identity })];
    await one.socket.emitWithAck("message:send", { echoId: "1", text: "I live in 5 Elm Street" });
    const history = await other.socket.emitWithAck("history", {});
    expect(history).toMatchObject({ ok: true, messages: [] });
    for (const { socket } of [one, other]) socket.disconnect();
    expect((await app.call("POST", "/buyer-links", { externalId: "0" }, app.admin)).status).toBe(400);
  });

  it("keep their order when they make an account under the same address, and nobody else gets it", async () => {
    await report("g-1", "g-order", { externalId: "guest", email: "gina@guest.example" });
    expect((await report("g-2", "g-order", { externalId: "g-thief", email: "thief@guest.example" })).status).toBe(409);
    expect((await report("g-3", "g-order", { externalId: "g-thief" })).status).toBe(409);
    expect((await report("g-4", "g-order", { externalId: "0", email: "thief@guest.example" })).status).toBe(409);
    expect((await report("g-5", "g-order", { externalId: "gina-1", email: "Gina@guest.example" })).status).toBe(202);
    expect((await orderOf("g-order"))?.buyer.externalId).toBe("gina-1");
    // A late report of the guest takes nothing back.
    const late = { occurredAt: "2026-05-09T09:00:00Z" };
    expect((await report("g-6", "g-order", { externalId: "0", email: "gina@guest.example" }, late)).status).toBe(202);
    expect((await orderOf("g-order"))?.buyer.externalId).toBe("gina-1");
  });
});

describe("the outbox", () => {
  it("lists what goes to the platform's thread, and nothing that an agent sends another way", async () => {
    const { body } = await post("out-1", "out-t", "out-ana");
    const write = (text: string, channel: string) =>
      app.call("POST", `/conversations/${body.conversationId}/messages`, { text, channel }, app.admin);
    expect((await write("for the chat alone", "chat")).status).toBe(201);
    expect((await write("for the platform", "insite")).status).toBe(201);
    await app.idle();
    // What was written a moment ago is given out with the next poll.
    ahead += 5_000;
    const { items } = await get<{ items: { text: string; threadId: string }[] }>("/insite/insite/outbox?limit=200");
    expect(items.map(({ text, threadId }) => [threadId, text])).toContainEqual(["out-t", "for the platform"]);
    expect(items.map(({ text }) => text)).not.toContain("for the chat alone");
  });
});
