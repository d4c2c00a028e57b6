import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ContactDetail } from "../../../contract/contact.ts";
import type { ContactSummary, Conversation } from "../../../contract/conversation.ts";
import type { Order, RecordedOrderEvent } from "../../../contract/order.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.dispose());

const call = <T>(method: string, path: string, body?: unknown) => app.call<T>(method, path, body, app.admin);

describe("a contact made by hand", () => {
  it("is found by name, has its address, and gives way to nobody who has it already", async () => {
    const made = await call<ContactSummary>("POST", "/contacts", {
      name: "Ana Ruiz",
      email: "Ana@Example.com",
      country: "MX",
    });
    expect(made).toMatchObject({ status: 201, body: { name: "Ana Ruiz", email: "ana@example.com" } });
    const { id } = made.body;
    const found = await call<{ items: ContactSummary[] }>("GET", "/contacts?q=ruiz");
    expect(found.body.items.map((each) => each.id)).toEqual([id]);
    const detail = await call<ContactDetail>("GET", `/contacts/${id}`);
    expect(detail.body.identities).toMatchObject([{ channel: "email", key: "ana@example.com", verified: false }]);

    expect(await call("POST", "/contacts", { name: "Other", email: "ana@example.com" })).toMatchObject({
      status: 409,
      body: { error: { code: "conflict", details: { contactId: id } } },
    });
    expect((await call("POST", "/contacts", { country: "MX" })).status).toBe(400);
  });

  it("is looked for with any text, even one that no pattern can hold", async () => {
    for (const path of ["/contacts", "/conversations", "/orders", "/faqs"]) {
      expect((await call("GET", `${path}?q=%00`)).status, path).toBe(200);
      expect((await call("GET", `${path}?q=${encodeURIComponent("a\0[(*")}`)).status, path).toBe(200);
    }
  });

  it("is one, of many made at once with the same address", async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        call("POST", "/contacts", { name: `Racer ${at}`, email: "race@example.com" }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
    const found = await call<{ items: ContactSummary[] }>("GET", "/contacts?q=racer");
    expect(found.body.items).toHaveLength(1);
  });

  it("can be deleted until there are conversations or orders of theirs", async () => {
    const { body: contact } = await call<ContactSummary>("POST", "/contacts", { email: "gone@example.com" });
    expect((await call("DELETE", `/contacts/${contact.id}`)).status).toBe(204);
    expect((await call("GET", `/contacts/${contact.id}`)).status).toBe(404);
    expect((await call("DELETE", `/contacts/${contact.id}`)).status).toBe(404);
    // The address is free again.
    expect((await call("POST", "/contacts", { email: "gone@example.com" })).status).toBe(201);

    const posted = await call<{ conversationId: string }>("POST", "/insite/insite/messages", {
      messageId: "m-1",
      threadId: "t-1",
      buyer: { externalId: "b-1", name: "Writer" },
      text: "zzz qqq",
      sentAt: "2026-05-02T09:00:00Z",
    });
    const conversation = await call<Conversation>("GET", `/conversations/${posted.body.conversationId}`);
    expect(await call("DELETE", `/contacts/${conversation.body.contact.id}`)).toMatchObject({
      status: 409,
      body: { error: { code: "contact_has_history" } },
    });
  });
});

describe("an order entered by hand", () => {
  const entered = { orderId: "H-1", buyer: { externalId: "h-1", name: "Ana" }, order: { total: 20, currency: "EUR" } };

  it("is there once, is corrected by events that stay on record, and adds to what is reported", async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => call<Order>("POST", "/orders", entered)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    const order = answers.find(({ status }) => status === 201)?.body as Order;
    expect(order).toMatchObject({ orderId: "H-1", state: "created", total: 20, buyer: { name: "Ana" } });

    const corrected = await call<Order>("PATCH", `/orders/${order.id}`, {
      order: { total: 18 },
      buyer: { country: "mx" },
    });
    expect(corrected).toMatchObject({ status: 200, body: { total: 18, currency: "EUR", buyer: { country: "MX" } } });
    await call("POST", "/orders/events", {
      eventId: "H-1-shipped",
      type: "shipped",
      occurredAt: new Date().toISOString(),
      orderId: "H-1",
      buyer: { externalId: "h-1" },
    });
    expect((await call<Order>("GET", `/orders/${order.id}`)).body).toMatchObject({ state: "shipped", total: 18 });
    const events = await call<{ items: RecordedOrderEvent[] }>("GET", `/orders/${order.id}/events`);
    expect(events.body.items.map(({ type }) => type)).toEqual(["created", "updated", "shipped"]);
    expect((await call("PATCH", `/orders/${order.id}`, { order: { currency: "euro" } })).status).toBe(400);
  });

  it("goes with all that was reported of it, and can be entered anew", async () => {
    const { body: order } = await call<Order>("POST", "/orders", { ...entered, orderId: "H-2" });
    expect((await call("DELETE", `/orders/${order.id}`)).status).toBe(204);
    expect((await call("GET", `/orders/${order.id}`)).status).toBe(404);
    expect((await call("POST", "/orders", { ...entered, orderId: "H-2" })).status).toBe(201);
  });

  it("belongs to a contact that is there, though the buyer's was deleted a moment ago", async () => {
    const order = { ...entered, buyer: { externalId: "h-3", name: "Bo" } };
    const first = await call<Order>("POST", "/orders", { ...order, orderId: "H-3" });
    const contactId = first.body.contactId;
    await call("DELETE", `/orders/${first.body.id}`);
    expect((await call("DELETE", `/contacts/${contactId}`)).status).toBe(204);
    const again = await call<Order>("POST", "/orders", { ...order, orderId: "H-4" });
    expect(again.body.contactId).not.toBe(contactId);
    expect((await call("GET", `/contacts/${again.body.contactId}`)).status).toBe(200);
  });
});
