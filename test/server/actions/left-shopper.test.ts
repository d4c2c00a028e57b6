import { Types } from "mongoose";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Message } from "../../../contract/message.ts";
import { continueElsewhere } from "../../../server/actions/continue-elsewhere.ts";
import { ConversationModel } from "../../../server/models/conversation.ts";
import { MessageModel } from "../../../server/models/message.ts";
import { ADMIN, login, startTestApp, type TestApp } from "../../support/app.ts";
import { connectWidget, nextEvent, type WidgetClient } from "../../support/sockets.ts";

const MINUTE = 60_000;
const DAY = 24 * 3600_000;

interface DemoMail {
  id: string;
  to: string[];
  text: string;
  files: { name: string }[];
}

let app: TestApp;
let now = Date.parse("2026-01-05T10:00:00Z");
let socket: WidgetClient;
let visitorToken: string;

beforeAll(async () => {
  app = await startTestApp({ clock: { now: () => new Date(now) }, env: { DEMO: "true" } });
});
beforeEach(async () => {
  now += DAY;
  const connected = await connectWidget(app.url);
  socket = connected.socket;
  visitorToken = connected.session.visitorToken;
});
afterAll(() => app?.dispose());

async function write(text: string): Promise<string> {
  const result = await socket.emitWithAck("message:send", { echoId: crypto.randomUUID(), text, human: true });
  if (!result.ok) throw new Error(result.error.message);
  await app.idle();
  return result.message.conversationId;
}
async function answer(conversationId: string, text: string, attachments: string[] = []): Promise<Message> {
  const path = `/conversations/${conversationId}/messages`;
  const { status, body } = await app.call<Message>("POST", path, { text, attachments }, app.admin);
  expect(status).toBe(201);
  await app.idle();
  return body;
}
async function giveAddress(email?: string): Promise<void> {
  const result = await socket.timeout(5_000).emitWithAck("email", email === undefined ? {} : { email });
  expect(result).toMatchObject({ ok: true });
}
async function mailsTo(address: string): Promise<DemoMail[]> {
  // The hub's own look may have begun: it and this one send once between them.
  await continueElsewhere(app.ctx);
  await app.idle();
  const { body } = await app.call<DemoMail[]>("GET", "/demo/mails", undefined, app.admin);
  const mine = body.filter(({ to }) => to.includes(address));
  return Promise.all(
    mine.map(async ({ id }) => (await app.call<DemoMail>("GET", `/demo/mails/${id}`, undefined, app.admin)).body),
  );
}
async function messagesOf(id: string): Promise<Message[]> {
  return (await app.call<{ items: Message[] }>("GET", `/conversations/${id}/messages`, undefined, app.admin)).body
    .items;
}
async function resolve(id: string): Promise<void> {
  // The agent's session does not last for months.
  const admin = await login(app.url, ADMIN);
  expect((await app.call("POST", `/conversations/${id}/status`, { status: "resolved" }, admin)).status).toBe(200);
}
async function readUpTo(conversationId: string, seq: number): Promise<void> {
  socket.emit("read", { seq });
  await expect
    .poll(async () => (await ConversationModel.findById(conversationId).lean())?.contactReadSeq)
    .toBeGreaterThanOrEqual(seq);
}

test("an answer that an open page got and nobody read comes by mail after two minutes, with its files", async () => {
  const upload = await fetch(`${app.url}/api/v1/attachments?name=label.txt`, {
    method: "POST",
    headers: {
      "content-type": "text/plain",
      origin: app.url,
      ...("cookie" in app.admin && { cookie: app.admin.cookie }),
    },
    body: "Return label",
  });
  const { id } = (await upload.json()) as { id: string };
  const conversation = await write("May I return it?");
  await giveAddress("open-page@example.com");
  const { id: messageId } = await answer(conversation, "Yes, with this label.", [id]);
  expect((await messagesOf(conversation)).find((each) => each.id === messageId)?.status).toBe("delivered");
  now += MINUTE;
  expect(await mailsTo("open-page@example.com")).toEqual([]);
  now += 2 * MINUTE;
  const [mail, ...more] = await mailsTo("open-page@example.com");
  expect(more).toEqual([]);
  expect(mail?.text).toContain("Yes, with this label.");
  expect(mail?.files).toMatchObject([{ name: "label.txt" }]);
  now += 10 * MINUTE;
  expect(await mailsTo("open-page@example.com")).toHaveLength(1);
});

test("what the shopper reads in time is not mailed, and what came later has two minutes of its own", async () => {
  const conversation = await write("When do you ship?");
  await giveAddress("reads@example.com");
  const first = await answer(conversation, "Today.");
  now += 1.5 * MINUTE;
  await readUpTo(conversation, first.seq);
  await answer(conversation, "By courier.");
  now += MINUTE;
  expect(await mailsTo("reads@example.com")).toEqual([]);
  now += 1.5 * MINUTE;
  const [mail] = await mailsTo("reads@example.com");
  expect(mail?.text).toContain("By courier.");
  expect(mail?.text).not.toContain("Today.");
});

test("an address that is given after the answer still gets it", async () => {
  const conversation = await write("Is it in stock?");
  await answer(conversation, "It is.");
  await giveAddress("later@example.com");
  now += 3 * MINUTE;
  expect(await mailsTo("later@example.com")).toHaveLength(1);
});

test("a mail whose arrival was never confirmed goes once more, and agents see that it may have arrived twice", async () => {
  const conversation = await write("Do you ship abroad?");
  const { id, seq } = await answer(conversation, "We do.");
  // As a process leaves it that ends while the mail server has the mail.
  await ConversationModel.updateOne(
    { _id: new Types.ObjectId(conversation) },
    {
      $set: {
        "contact.email": "crash@example.com",
        continuing: { seq, tries: 1 },
        continueAt: new Date(now + 2 * MINUTE),
      },
    },
  );
  now += 3 * MINUTE;
  expect(await mailsTo("crash@example.com")).toHaveLength(1);
  expect((await messagesOf(conversation)).find((each) => each.id === id)?.mayBeTwice).toBe(true);
  now += 10 * MINUTE;
  expect(await mailsTo("crash@example.com")).toHaveLength(1);
});

test("a shopper who waits for a person is asked for an address once, and may say no", async () => {
  const asked = nextEvent<{ askEmail?: boolean }>(socket, "conversation:updated", ({ askEmail }) => askEmail === true);
  await write("I need a person.");
  await asked;
  expect((await connectWidget(app.url, { visitorToken })).session.askEmail).toBe(true);
  await giveAddress();
  const { session } = await connectWidget(app.url, { visitorToken });
  expect(session.askEmail).toBeUndefined();
});

test("what was settled long ago stays closed: who writes a month later begins anew", async () => {
  const old = await write("My vase is broken.");
  await resolve(old);
  now += 29 * DAY;
  expect(await write("Thanks again!")).toBe(old);
  await resolve(old);
  now += 31 * DAY;
  const again = await connectWidget(app.url, { visitorToken });
  const history = await again.socket.emitWithAck("history", {});
  expect(history.ok && history.messages.length).toBeGreaterThan(0);
  socket = again.socket;
  const fresh = await write("Another matter.");
  expect(fresh).not.toBe(old);
  expect(await write("And one more thing.")).toBe(fresh);
  expect(await MessageModel.countDocuments({ conversationId: new Types.ObjectId(old), text: "Another matter." })).toBe(
    0,
  );
});
