import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { ContactDetail } from "../../../contract/contact.ts";
import type { ContactSummary } from "../../../contract/conversation.ts";
import type { Message } from "../../../contract/message.ts";
import type { Order } from "../../../contract/order.ts";
import { finishContactMoves } from "../../../server/actions/move-contact.ts";
import { ContactModel } from "../../../server/models/contact.ts";
import { OrderModel } from "../../../server/models/order.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";
import { startReceiver } from "../../support/receiver.ts";

let app: TestApp;
/** Milliseconds that the hub's clock is ahead. */
let ahead = 0;
beforeAll(async () => {
  app = await startTestApp({
    clock: { now: () => new Date(Date.now() + ahead) },
    env: { ALLOW_NETWORKS: "127.0.0.0/8" },
  });
});
afterAll(() => app.dispose());
afterEach(() => vi.restoreAllMocks());

const call = <T>(method: string, path: string, body?: unknown) => app.call<T>(method, path, body, app.admin);
const detail = async (id: string) => (await call<ContactDetail>("GET", `/contacts/${id}`)).body;
const ordersOf = async (id: string) =>
  (await call<{ items: Order[] }>("GET", `/orders?contact=${id}`)).body.items.map(({ orderId }) => orderId);
const merge = (id: string, contactId: string) => call<ContactSummary>("POST", `/contacts/${id}/merge`, { contactId });
const split = (id: string, identityIds: string[]) =>
  call<{ contact: ContactSummary; other: ContactSummary }>("POST", `/contacts/${id}/split`, { identityIds });

/** A buyer of their own with a thread and an order. */
async function buyer(name: string, more: object = {}): Promise<{ id: string; conversationId: string }> {
  const who = { externalId: name, name, ...more };
  await call("POST", "/orders/events", {
    eventId: `${name}-created`,
    type: "created",
    occurredAt: "2026-05-01T08:00:00Z",
    orderId: `${name}-1`,
    buyer: who,
  });
  const { body } = await call<{ conversationId: string }>("POST", "/insite/insite/messages", {
    messageId: `${name}-m`,
    threadId: `${name}-t`,
    buyer: who,
    text: "zzz qqq",
    sentAt: "2026-05-02T09:00:00Z",
  });
  const conversation = await call<{ contact: ContactSummary }>("GET", `/conversations/${body.conversationId}`);
  return { id: conversation.body.contact.id, conversationId: body.conversationId };
}
const lines = async (conversationId: string) => {
  const { body } = await call<{ items: Message[] }>("GET", `/conversations/${conversationId}/messages?afterSeq=0`);
  return body.items.flatMap(({ activity }) => (activity ? [`${activity.kind} ${activity.name}`] : []));
};

describe("two contacts that are one person", () => {
  it("become one with all addresses, conversations and orders, and tell so in their history", async () => {
    const ana = await buyer("ana");
    const other = await buyer("ana-2", { email: "Ana@example.com", country: "MX" });
    const merged = await merge(ana.id, other.id);
    expect(merged).toMatchObject({ status: 200, body: { id: ana.id, email: "ana@example.com", country: "MX" } });
    const { contact, identities, conversations } = await detail(ana.id);
    expect(contact.name).toBe("ana");
    expect(identities.map(({ key }) => key).sort()).toEqual(["customer:ana", "customer:ana-2"]);
    expect(conversations.map(({ id }) => id).sort()).toEqual([ana.conversationId, other.conversationId].sort());
    expect(conversations.every((each) => each.contact.email === "ana@example.com")).toBe(true);
    expect((await ordersOf(ana.id)).sort()).toEqual(["ana-1", "ana-2-1"]);
    expect(await lines(other.conversationId)).toContain("merged ana-2");
    // The old id leads to the one contact; a search for the old address finds it, once.
    expect((await detail(other.id)).contact.id).toBe(ana.id);
    const found = await call<{ items: ContactSummary[] }>("GET", "/contacts?q=ana@example.com");
    expect(found.body.items.map(({ id }) => id)).toEqual([ana.id]);
  });

  it("stay one when it is said again, and what comes later goes to the one", async () => {
    const one = await buyer("bob");
    const two = await buyer("bob-2");
    await merge(one.id, two.id);
    expect(await merge(one.id, two.id)).toMatchObject({ status: 200, body: { id: one.id } });
    await buyer("bob-2", { name: "bob-2" });
    await call("POST", "/insite/insite/messages", {
      messageId: "bob-later",
      threadId: "bob-later",
      buyer: { externalId: "bob-2" },
      text: "zzz",
      sentAt: "2026-05-02T09:00:00Z",
    });
    const { conversations } = await detail(one.id);
    expect(conversations).toHaveLength(3);
    expect((await lines(two.conversationId)).filter((line) => line === "merged bob-2")).toHaveLength(1);
  });

  it("are refused with themselves, with nobody, and after a merge with somebody else", async () => {
    const [one, two, three] = [await buyer("cleo"), await buyer("cleo-2"), await buyer("cleo-3")];
    expect((await merge(one.id, one.id)).status).toBe(400);
    expect((await merge(one.id, "0123456789abcdef01234567")).status).toBe(404);
    await merge(one.id, two.id);
    expect(await merge(three.id, two.id)).toMatchObject({
      status: 409,
      body: { error: { details: { reason: "merged_elsewhere", contactId: one.id } } },
    });
  });

  it("merged crosswise at the same moment end as one, with everything", async () => {
    const everyone = await Promise.all(["dan", "dan-2", "dan-3", "dan-4"].map((name) => buyer(name)));
    const [a, b, c, d] = everyone.map(({ id }) => id) as [string, string, string, string];
    await Promise.all([merge(a, b), merge(b, a), merge(b, c), merge(d, c), merge(c, a)]);
    for (const id of [b, c, d]) await merge(a, id);
    const present = (await detail(a)).contact.id;
    expect((await detail(d)).contact.id).toBe(present);
    expect((await detail(present)).identities).toHaveLength(4);
    expect((await detail(present)).conversations).toHaveLength(4);
    expect(await ordersOf(present)).toHaveLength(4);
  });

  it("are one after a crash in the middle, as soon as the hub looks again", async () => {
    const one = await buyer("eva");
    const two = await buyer("eva-2");
    vi.spyOn(OrderModel, "findOneAndUpdate").mockImplementationOnce(() => {
      throw new Error("crash");
    });
    expect((await merge(one.id, two.id)).status).toBe(500);
    expect(await ordersOf(two.id)).toEqual(["eva-2-1"]);
    ahead += 20_000;
    await finishContactMoves(app.ctx);
    expect((await ordersOf(one.id)).sort()).toEqual(["eva-1", "eva-2-1"]);
    expect((await detail(one.id)).conversations).toHaveLength(2);
    expect((await lines(two.conversationId)).filter((line) => line === "merged eva-2")).toHaveLength(1);
  });
});

it("who wants no mails of the shop's own accord is left alone under either address", async () => {
  const [one, two] = [await buyer("jo"), await buyer("jo-2")];
  const optedOut = { at: new Date("2026-05-01T00:00:00Z"), by: "link" as const };
  await ContactModel.updateOne({ _id: two.id }, { $set: { optedOut } });
  await merge(one.id, two.id);
  expect((await ContactModel.findById(one.id).lean())?.optedOut).toMatchObject(optedOut);
  const theirs = (await detail(one.id)).identities.filter(({ key }) => key === "customer:jo-2").map(({ id }) => id);
  await split(one.id, theirs);
  expect((await ContactModel.findById(two.id).lean())?.optedOut).toMatchObject(optedOut);
  expect((await ContactModel.findById(one.id).lean())?.optedOut).toBeUndefined();
});

describe("a contact that is two persons after all", () => {
  it("is taken apart as it was before the merge", async () => {
    const one = await buyer("fay");
    const two = await buyer("fay-2", { email: "fay2@example.com" });
    await merge(one.id, two.id);
    const { identities } = await detail(one.id);
    const theirs = identities.filter(({ key }) => key === "customer:fay-2").map(({ id }) => id);
    const answer = await split(one.id, theirs);
    expect(answer).toMatchObject({
      status: 200,
      body: { contact: { id: one.id, name: "fay" }, other: { id: two.id, name: "fay-2", email: "fay2@example.com" } },
    });
    expect(answer.body.contact.email).toBeUndefined();
    expect((await detail(one.id)).conversations.map(({ id }) => id)).toEqual([one.conversationId]);
    expect((await detail(two.id)).conversations.map(({ id }) => id)).toEqual([two.conversationId]);
    expect(await ordersOf(one.id)).toEqual(["fay-1"]);
    expect(await ordersOf(two.id)).toEqual(["fay-2-1"]);
    expect(await lines(two.conversationId)).toContain("split fay");
    expect((await split(one.id, theirs)).body).toEqual(answer.body);
  });

  it("gives any of its addresses to a new contact, with its conversations and orders", async () => {
    const one = await buyer("gil");
    const two = await buyer("gil-2");
    const three = await buyer("gil-3");
    await merge(two.id, three.id);
    await merge(one.id, two.id);
    const { identities } = await detail(one.id);
    const pick = (key: string) => identities.filter((each) => each.key === key).map(({ id }) => id);
    const { body } = await split(one.id, pick("customer:gil-3"));
    expect(body.other).toMatchObject({ name: "gil-3", verified: true });
    expect((await detail(body.other.id)).conversations.map(({ id }) => id)).toEqual([three.conversationId]);
    expect(await ordersOf(body.other.id)).toEqual(["gil-3-1"]);
    expect((await ordersOf(one.id)).sort()).toEqual(["gil-1", "gil-2-1"]);
  });

  it("keeps at least one address, and gives none that is not its own", async () => {
    const one = await buyer("hal");
    const two = await buyer("hal-2");
    const mine = (await detail(one.id)).identities.map(({ id }) => id);
    const theirs = (await detail(two.id)).identities.map(({ id }) => id);
    expect((await split(one.id, mine)).status).toBe(400);
    expect((await split(one.id, theirs)).status).toBe(400);
  });
});

it("a webhook hears of merges and splits", async () => {
  const receiver = await startReceiver();
  const hook = await call<{ id: string }>("POST", "/webhooks", {
    url: receiver.url,
    events: ["contact.merged", "contact.split"],
  });
  const one = await buyer("ida");
  const two = await buyer("ida-2");
  const theirs = (await detail(two.id)).identities.map(({ id }) => id);
  await merge(one.id, two.id);
  await split(one.id, theirs);
  await app.idle();
  expect(receiver.hooks.map(({ body }) => [body.type, body.data])).toMatchObject([
    ["contact.merged", { contact: { id: one.id }, from: { id: two.id, name: "ida-2" }, identityIds: theirs }],
    ["contact.split", { contact: { id: two.id }, from: { id: one.id, name: "ida" }, identityIds: theirs }],
  ]);
  await call("DELETE", `/webhooks/${hook.body.id}`);
  await receiver.close();
});
