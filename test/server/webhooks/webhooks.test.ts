import { createHmac } from "node:crypto";
import mongoose, { Types } from "mongoose";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type WebhookBody, type WebhookDelivery, webhookBodySchema } from "../../../contract/webhook.ts";
import { storeDeliveries } from "../../../server/actions/webhook-deliveries.ts";
import type { Context } from "../../../server/context.ts";
import type { WebhookRecord } from "../../../server/records.ts";
import { createColleague, startTestApp, type TestApp } from "../../support/app.ts";
import { type Answer, type Receiver, startReceiver } from "../../support/receiver.ts";

let app: TestApp;
/** Milliseconds that the hub's clock is ahead. */
let ahead = 0;
const receivers: Receiver[] = [];
beforeAll(async () => {
  app = await startTestApp({
    clock: { now: () => new Date(Date.now() + ahead) },
    env: { ALLOW_NETWORKS: "127.0.0.1/32" },
  });
  const { body } = await app.call<{ id: string; channel: string }[]>("GET", "/inboxes", undefined, app.admin);
  const inbox = body.find(({ channel }) => channel === "insite");
  // The bot would add messages of its own.
  await app.call("PATCH", `/inboxes/${inbox?.id}`, { bot: { mode: "off" } }, app.admin);
});
afterAll(() => app.dispose());
afterEach(async () => {
  const { body } = await app.call<{ id: string }[]>("GET", "/webhooks", undefined, app.admin);
  for (const { id } of body) await app.call("DELETE", `/webhooks/${id}`, undefined, app.admin);
  await app.idle();
  await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
});

async function receive(events: string[] | undefined, answer?: Answer) {
  const receiver = await startReceiver(answer);
  receivers.push(receiver);
  const { body, status } = await app.call<{ id: string; secret: string }>(
    "POST",
    "/webhooks",
    { url: receiver.url, ...(events && { events }) },
    app.admin,
  );
  expect(status).toBe(201);
  return { ...receiver, id: body.id, secret: body.secret };
}

let count = 0;
async function write(threadId: string, text = "Where is it?") {
  count += 1;
  const { body } = await app.call<{ conversationId: string; messageId: string }>(
    "POST",
    "/insite/insite/messages",
    { messageId: `m-${count}`, threadId, buyer: { externalId: "b" }, text, sentAt: "2026-05-02T09:00:00Z" },
    app.admin,
  );
  return body;
}
const reply = (conversationId: string, text: string) =>
  app.call("POST", `/conversations/${conversationId}/messages`, { text }, app.admin);
async function deliveries(webhookId: string, query = "") {
  const path = `/webhooks/${webhookId}/deliveries${query}`;
  return (await app.call<{ items: WebhookDelivery[] }>("GET", path, undefined, app.admin)).body.items;
}
const textOf = (body: WebhookBody) => ("message" in body.data ? body.data.message.text : undefined);

describe("a webhook", () => {
  it("hears of a conversation from its first message to its end, in order, signed", async () => {
    const receiver = await receive(undefined);
    const { conversationId } = await write("t-all");
    await app.idle();
    await reply(conversationId, "On its way");
    await app.idle();
    await app.call("POST", `/conversations/${conversationId}/status`, { status: "resolved" }, app.admin);
    await app.idle();
    const types = receiver.hooks.map(({ body }) => body.type);
    expect(types.slice(0, 3)).toEqual(["conversation.created", "message.created", "message.created"]);
    expect(types).toEqual(expect.arrayContaining(["message.updated", "conversation.updated", "conversation.resolved"]));
    for (const { raw, headers, body } of receiver.hooks) {
      const signature = createHmac("sha256", receiver.secret)
        .update(`${headers["x-parley-timestamp"]}.${raw}`)
        .digest("hex");
      expect(headers["x-parley-signature"]).toBe(`sha256=${signature}`);
      expect(Math.abs(Number(headers["x-parley-timestamp"]) - Date.now() / 1_000)).toBeLessThan(60);
      expect(webhookBodySchema.safeParse(body).error).toBeUndefined();
      expect(body.workspace).toBe(app.firstStart.workspaceId);
    }
    const messages = receiver.hooks.filter(({ body }) => body.type === "message.created");
    expect(messages[1]?.body.data).toMatchObject({ message: { text: "On its way", seq: 2 }, threadId: "t-all" });
    expect(new Set(receiver.hooks.map(({ delivery }) => delivery)).size).toBe(receiver.hooks.length);
  });

  it("hears the platform's thread with what goes to it, not with what an agent sends another way", async () => {
    const receiver = await receive(["message.created"]);
    const { conversationId } = await write("t-ways");
    await app.idle();
    const path = `/conversations/${conversationId}/messages`;
    await app.call("POST", path, { text: "In the chat alone", channel: "chat" }, app.admin);
    await app.call("POST", path, { text: "For the thread", channel: "insite" }, app.admin);
    await app.idle();
    const threadOf = (text: string) => receiver.hooks.find(({ body }) => textOf(body) === text)?.body.data;
    expect(threadOf("For the thread")).toMatchObject({ threadId: "t-ways" });
    expect(threadOf("In the chat alone")).toBeDefined();
    expect(threadOf("In the chat alone")).not.toHaveProperty("threadId");
  });

  it("hears of what it asked for, and of nothing once it is turned off", async () => {
    const receiver = await receive(["order.updated"]);
    await write("t-order");
    const event = { occurredAt: "2026-05-01T08:00:00Z", orderId: "5001", buyer: { externalId: "b" } };
    const report = (eventId: string, type: string) =>
      app.call("POST", "/orders/events", { ...event, eventId, type }, app.admin);
    await report("wh-1", "paid");
    await report("wh-1", "paid");
    await app.idle();
    await report("wh-2", "shipped");
    await app.idle();
    expect(receiver.hooks.map(({ body }) => "order" in body.data && body.data.order.state)).toEqual([
      "paid",
      "shipped",
    ]);
    await app.call("PATCH", `/webhooks/${receiver.id}`, { enabled: false }, app.admin);
    await report("wh-3", "delivered");
    await app.idle();
    expect(receiver.hooks).toHaveLength(2);
  });

  it("is sent an event again, with the same id, until it takes it, and later events only after that", async () => {
    let up = false;
    const receiver = await receive(["message.created"], () => (up ? 200 : 503));
    await write("t-retry", "one");
    await write("t-retry", "two");
    await app.idle();
    expect(receiver.hooks.map(({ body }) => textOf(body))).toEqual(["one"]);
    ahead += 6_000;
    await app.sweep();
    await app.idle();
    expect(receiver.hooks).toHaveLength(2);
    up = true;
    ahead += 60_000;
    await app.sweep();
    await app.idle();
    expect(receiver.hooks.map(({ body }) => textOf(body))).toEqual(["one", "one", "one", "two"]);
    expect(new Set(receiver.hooks.slice(0, 3).map(({ delivery, raw }) => delivery + raw)).size).toBe(1);
    const [two, one] = await deliveries(receiver.id);
    expect(one).toMatchObject({ state: "delivered", tries: 3, attempts: [{ status: 503, response: "noted" }, {}, {}] });
    expect(two).toMatchObject({ state: "delivered", tries: 1 });
  });

  it("hears of events in order also where another node put one of them further back", async () => {
    const receiver = await receive(["message.created"], () => 503);
    await write("t-nodes", "one");
    await app.idle();
    const collection = mongoose.connection.db!.collection("webhook_deliveries");
    const [first] = await deliveries(receiver.id);
    const { webhookId, lane, eventId, body } = (await collection.findOne({ _id: new Types.ObjectId(first?.id) }))!;
    await collection.updateOne({ webhookId, eventId }, { $set: { position: 50 } });
    const webhook = { _id: webhookId, workspaceId: new Types.ObjectId(app.firstStart.workspaceId) } as WebhookRecord;
    const events = [eventId as Types.ObjectId, new Types.ObjectId()].map((id) => ({
      eventId: id,
      type: "message.created" as const,
      body: body as string,
    }));
    const clock = { now: () => new Date(Date.now() + ahead) };
    await storeDeliveries({ clock } as Context, { webhook, subject: String(lane).split(":")[1] ?? "", events });
    const stored = await collection.find({ lane, state: "pending" }, { sort: { position: 1 } }).toArray();
    expect(stored.map((one) => String(one.eventId))).toEqual(events.map((one) => one.eventId.toHexString()));
  });

  it("that is down for a day gets its events parked, and again when somebody replays them", async () => {
    let up = false;
    const receiver = await receive(["message.created"], () => (up ? 204 : 500));
    await write("t-park");
    await app.idle();
    ahead += 24 * 3_600_000;
    await app.sweep();
    await app.idle();
    const [parked] = await deliveries(receiver.id, "?state=parked");
    expect(parked).toMatchObject({ state: "parked", tries: 2 });
    const path = `/webhooks/${receiver.id}`;
    const seen = await app.call<{ parked: number; failingSince: string }>("GET", path, undefined, app.admin);
    expect(seen.body).toMatchObject({ parked: 1, failingSince: expect.any(String) });
    up = true;
    const replayed = await app.call("POST", `/webhooks/deliveries/${parked?.id}/replay`, undefined, app.admin);
    expect(replayed.status).toBe(202);
    await receiver.until((hooks) => hooks.length === 3);
    await app.idle();
    expect(receiver.hooks[2]?.delivery).toBe(parked?.id);
    expect((await app.call("GET", path, undefined, app.admin)).body).toMatchObject({ parked: 0, failingSince: null });
  });

  it("that answers slowly delays neither another webhook nor another conversation", async () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const slow = await receive(["message.created"], ({ body }) => (textOf(body) === "stuck" ? promise : 200));
    const quick = await receive(["message.created"]);
    await write("t-slow", "stuck");
    await slow.until((hooks) => hooks.length === 1);
    for (let number = 0; number < 30; number += 1) await write(`t-quick-${number}`, "other");
    await quick.until((hooks) => hooks.length === 31);
    await slow.until((hooks) => hooks.length === 31);
    resolve(200);
    await app.idle();
  });

  it("that begins at a refused address is refused; one that leads there later gets nothing", async () => {
    for (const url of ["http://10.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest", "ftp://example.com/"]) {
      expect((await app.call("POST", "/webhooks", { url }, app.admin)).status, url).toBe(400);
    }
    const receiver = await receive(["message.created"]);
    const id = new mongoose.Types.ObjectId(receiver.id);
    const elsewhere = receiver.url.replace("127.0.0.1", "127.0.0.2");
    await mongoose.connection.collection("webhooks").updateOne({ _id: id }, { $set: { url: elsewhere } });
    await write("t-refused");
    await app.idle();
    expect((await deliveries(receiver.id))[0]?.attempts).toMatchObject([{ error: "refused_address" }]);
    expect(receiver.hooks).toEqual([]);
  });
});

describe("what a crash left", () => {
  it("is told once, before what came after", async () => {
    const receiver = await receive(["message.created"]);
    // As a hub leaves it that died between the write and the telling.
    app.ctx.bus.emit = () => undefined;
    await write("t-crash", "first");
    Reflect.deleteProperty(app.ctx.bus, "emit");
    await write("t-crash", "second");
    await app.idle();
    expect(receiver.hooks.map(({ body }) => textOf(body))).toEqual(["first", "second"]);
    app.ctx.bus.emit = () => undefined;
    await write("t-crash", "third");
    Reflect.deleteProperty(app.ctx.bus, "emit");
    ahead += 16_000;
    await app.sweep();
    await app.idle();
    expect(receiver.hooks.map(({ body }) => textOf(body))).toEqual(["first", "second", "third"]);
  });
});

describe("without a webhook", () => {
  it("a message costs no further call and keeps no trace of the telling", async () => {
    const commands: string[] = [];
    const client = mongoose.connection.getClient();
    const { conversationId } = await write("t-none");
    await app.idle();
    const note = ({ collection }: { collection: string }) => commands.push(collection);
    mongoose.set("debug", (collection: string) => note({ collection }));
    await write("t-none");
    await app.idle();
    mongoose.set("debug", false);
    expect(client).toBeDefined();
    expect(commands.filter((name) => name.startsWith("webhook"))).toEqual([]);
    const stored = await mongoose.connection
      .collection("messages")
      .findOne({ conversationId: new mongoose.Types.ObjectId(conversationId) });
    expect(stored).not.toHaveProperty("announce");
  });
});

describe("webhooks", () => {
  it("are an administrator's business, and their secret is shown once", async () => {
    const { credentials } = await createColleague(app, { name: "Web Agent" });
    expect((await app.call("GET", "/webhooks", undefined, credentials)).status).toBe(403);
    const receiver = await receive(undefined);
    const shown = await app.call("GET", `/webhooks/${receiver.id}`, undefined, app.admin);
    expect(JSON.stringify(shown.body)).not.toContain(receiver.secret);
    const rotated = await app.call<{ secret: string }>("POST", `/webhooks/${receiver.id}/secret`, undefined, app.admin);
    expect(rotated.body.secret).not.toBe(receiver.secret);
  });
});
