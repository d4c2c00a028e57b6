import { afterAll, beforeAll, expect, test } from "vitest";
import type { ContactDetail } from "../../contract/contact.ts";
import type { Conversation } from "../../contract/conversation.ts";
import type { Message } from "../../contract/message.ts";
import type { Order } from "../../contract/order.ts";
import { seedConversations } from "../../scripts/seed/conversations.ts";
import { listInboxes } from "../../server/queries/inboxes.ts";
import { startTestApp, type TestApp } from "../support/app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.dispose());

test("seeded conversations look and behave like those that buyers began, in many languages", async () => {
  const inboxes = await listInboxes(app.firstStart.workspaceId);
  const told: number[] = [];
  await seedConversations({ inboxes, count: 700, now: new Date(), orders: true, progress: (made) => told.push(made) });
  expect(told).toEqual([500, 700]);
  const list = async (query: string) =>
    (await app.call<{ items: Conversation[] }>("GET", `/conversations?limit=100&${query}`, undefined, app.admin)).body
      .items;
  const active = await list("");
  expect(active[0]?.waitingSince).not.toBeNull();
  expect(new Set(active.map(({ locale }) => locale)).size).toBeGreaterThan(10);
  expect(new Set(active.map(({ channel }) => channel)).size).toBe(inboxes.length);
  expect((await list("status=resolved")).length).toBe(100);

  expect(new Set(active.map(({ contact }) => contact.name)).size).toBeGreaterThan(50);

  const orders = await app.call<{ items: Order[] }>("GET", "/orders?limit=100", undefined, app.admin);
  expect(new Set(orders.body.items.map(({ state }) => state)).size).toBeGreaterThan(3);
  const { body: buyer } = await app.call<ContactDetail>(
    "GET",
    `/contacts/${orders.body.items[0]?.contactId}`,
    undefined,
    app.admin,
  );
  expect(buyer.conversations).toHaveLength(1);

  const path = `/conversations/${active[0]?.id}/messages`;
  expect((await app.call("POST", path, { text: "A moment please" }, app.admin)).status).toBe(201);
  const { body } = await app.call<{ items: Message[] }>("GET", `${path}?afterSeq=0`, undefined, app.admin);
  expect(body.items.map(({ seq }) => seq)).toEqual(body.items.map((_, index) => index + 1));
  expect(body.items.at(-1)).toMatchObject({ text: "A moment please" });
});
