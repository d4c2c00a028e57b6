import { Types } from "mongoose";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ReviewItem } from "../../../contract/review.ts";
import type { Inbox } from "../../../contract/settings.ts";
import { migration } from "../../../server/migrations/002-insite.ts";
import { ContactIdentityModel } from "../../../server/models/contact.ts";
import { ConversationModel } from "../../../server/models/conversation.ts";
import { MessageModel } from "../../../server/models/message.ts";
import { OrderEventModel } from "../../../server/models/order.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  const { body } = await app.call<Inbox[]>("GET", "/inboxes", undefined, app.admin);
  const insite = body.find(({ channel }) => channel === "insite");
  await app.call("PATCH", `/inboxes/${insite?.id}`, { bot: { mode: "off" } }, app.admin);
});
afterAll(() => app.dispose());

const post = async (messageId: string, threadId: string, externalId: string) =>
  (
    await app.call<{ conversationId: string; messageId: string }>(
      "POST",
      "/insite/insite/messages",
      { messageId, threadId, buyer: { externalId }, text: externalId, sentAt: "2026-05-02T09:00:00Z" },
      app.admin,
    )
  ).body;
const report = (eventId: string, orderId: string, buyer: object) =>
  app.call(
    "POST",
    "/orders/events",
    { eventId, type: "paid", occurredAt: "2026-05-02T09:00:00Z", orderId, buyer },
    app.admin,
  );
const listed = async () =>
  (await app.call<{ items: ReviewItem[] }>("GET", "/review-items", undefined, app.admin)).body.items;

it("lists threads, orders and guests that ids mixed up before they were refused, and nothing that is in order", async () => {
  const workspaceId = new Types.ObjectId(app.firstStart.workspaceId);
  await post("fine", "fine", "fine");
  await report("fine-1", "fine", { externalId: "0", email: "fine@example.com" });
  await report("fine-2", "fine", { externalId: "fine", email: "Fine@example.com" });
  // As it was stored: another buyer's message in the thread, and a conversation that was left empty.
  const mixed = await post("mixed-1", "mixed", "mixed-ana");
  const other = await post("mixed-2", "mixed-other", "mixed-ben");
  await MessageModel.collection.updateOne(
    { _id: new Types.ObjectId(other.messageId) },
    { $set: { conversationId: new Types.ObjectId(mixed.conversationId), seq: 50 } },
  );
  // An order whose events tell of two buyers.
  await report("order-1", "order", { externalId: "order-ana" });
  await report("order-2", "order-elsewhere", { externalId: "order-ben" });
  await OrderEventModel.collection.updateOne({ workspaceId, eventId: "order-2" }, { $set: { orderId: "order" } });
  // Two orders of one guest who is nobody.
  await report("guest-1", "guest-1", { externalId: "guest-a" });
  await report("guest-2", "guest-2", { externalId: "guest-a" });
  await ContactIdentityModel.collection.updateOne(
    { workspaceId, channel: "insite", key: "customer:guest-a" },
    { $set: { key: "customer:Guest" } },
  );
  await migration.run(app.ctx);
  await migration.run(app.ctx);
  const items = (await listed()).map(({ kind, conversationIds, orderId, facts }) => ({
    kind,
    conversationIds,
    orderId,
    facts,
  }));
  expect(items).toHaveLength(4);
  expect(items).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        kind: "mixed_thread",
        conversationIds: [mixed.conversationId],
        facts: { threadId: "mixed", messages: expect.any(String) },
      }),
      expect.objectContaining({
        kind: "mixed_thread",
        conversationIds: [other.conversationId],
        facts: { threadId: "mixed-other", messages: "0" },
      }),
      expect.objectContaining({
        kind: "mixed_order",
        orderId: "order",
        facts: { number: "order", buyers: "order-ana, order-ben" },
      }),
      expect.objectContaining({ kind: "mixed_guests", facts: { externalId: "Guest" } }),
    ]),
  );
  expect(await ConversationModel.countDocuments({ _id: new Types.ObjectId(other.conversationId) })).toBe(1);
});
