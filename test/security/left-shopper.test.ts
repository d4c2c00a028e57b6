import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Message } from "../../contract/message.ts";
import { CLAIMED_LIMITS } from "../../server/actions/claimed-addresses.ts";
import { continueElsewhere } from "../../server/actions/continue-elsewhere.ts";
import { ContactModel } from "../../server/models/contact.ts";
import { ConversationModel } from "../../server/models/conversation.ts";
import { MessageModel } from "../../server/models/message.ts";
import { startTestApp, type TestApp } from "../support/app.ts";
import { connectWidget, type WidgetClient } from "../support/sockets.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface DemoMail {
  id: string;
  to: string[];
  text: string;
  replyTo: string;
}

let app: TestApp;
let now = Date.parse("2026-01-05T10:00:00Z");

beforeAll(async () => {
  app = await startTestApp({ clock: { now: () => new Date(now) }, env: { DEMO: "true" } });
});
beforeEach(() => {
  now += 48 * HOUR;
});
afterAll(() => app?.dispose());

async function chatAs(email: string): Promise<{ socket: WidgetClient; id: string }> {
  const { socket } = await connectWidget(app.url);
  const sent = await socket.emitWithAck("message:send", { echoId: crypto.randomUUID(), text: "Hello?", human: true });
  if (!sent.ok) throw new Error(sent.error.message);
  await app.idle();
  expect(await socket.timeout(5_000).emitWithAck("email", { email })).toMatchObject({ ok: true });
  return { socket, id: sent.message.conversationId };
}
async function answer(id: string, text: string): Promise<void> {
  await app.call("POST", `/conversations/${id}/messages`, { text }, app.admin);
  await app.idle();
}
async function mailsTo(address: string): Promise<DemoMail[]> {
  await continueElsewhere(app.ctx);
  await app.idle();
  const { body } = await app.call<DemoMail[]>("GET", "/demo/mails", undefined, app.admin);
  const mine = body.filter(({ to }) => to.includes(address));
  return Promise.all(
    mine.map(async ({ id }) => (await app.call<DemoMail>("GET", `/demo/mails/${id}`, undefined, app.admin)).body),
  );
}
async function fromMail(mail: Record<string, unknown>): Promise<void> {
  expect((await app.call("POST", "/demo/mails", mail, app.admin)).status).toBe(202);
  await app.idle();
}

test("a stranger who types somebody's address gets nothing of theirs, and their mails do not reach the stranger", async () => {
  const email = "victim@example.com";
  const to = (await app.call<{ address?: string }[]>("GET", "/inboxes", undefined, app.admin)).body.find(
    ({ address }) => address,
  )!.address!;
  await fromMail({ from: email, to, subject: "Secret", text: "My old question" });
  const victim = await ContactModel.findOne({ workspaceId: app.firstStart.workspaceId, email }).lean();
  const { socket, id } = await chatAs(email);
  await answer(id, "Written to the stranger");
  const contact = (await ConversationModel.findById(id).lean())!;
  expect(contact.contactId.equals(victim!._id)).toBe(false);
  expect(contact.contact).toMatchObject({ emailHint: email });
  expect(contact.contact.email).toBeUndefined();
  now += 3 * MINUTE;
  const mail = (await mailsTo(email)).find(({ text }) => text.includes("Written to the stranger"))!;
  expect(mail.text).not.toMatch(/\/messages\?token=/);
  // The owner writes anew, and answers that mail: the stranger reads neither.
  await fromMail({ from: email, to, subject: "New", text: "My new question" });
  await fromMail({ from: email, to: mail.replyTo, subject: "Re", text: "Who are you?", answers: mail.id });
  const history = await socket.emitWithAck("history", {});
  expect(history.ok && history.messages.map(({ text }) => text).join()).not.toMatch(/question|Who are you/);
});

test("an address in the chat's form never replaces one that is known", async () => {
  const { id, socket } = await chatAs("known@example.com");
  const { contactId } = (await ConversationModel.findById(id).lean())!;
  await app.call("PATCH", `/contacts/${contactId}`, { email: "agent-knows@example.com" }, app.admin);
  await socket.emitWithAck("email", { email: "other@example.com" });
  expect((await ConversationModel.findById(id).lean())!.contact).toMatchObject({ email: "agent-knows@example.com" });
  expect((await ConversationModel.findById(id).lean())!.contact.emailHint).toBeUndefined();
});

test("no order is told to an address that nobody has proven", async () => {
  const { id } = await chatAs("curious@example.com");
  await answer(id, "placeholder");
  await MessageModel.updateOne(
    { conversationId: id, text: "placeholder" },
    {
      $set: {
        text: "Tracking 1Z999",
        bot: { decision: "answer", order: true, confidence: 1, sources: [], latency: 1 },
      },
    },
  );
  now += 3 * MINUTE;
  const [mail] = await mailsTo("curious@example.com");
  expect(mail?.text).toContain("order");
  expect(mail?.text).not.toContain("1Z999");
});

test("many chats that name one address send it few mails; the rest follow later", async () => {
  const email = "flooded@example.com";
  const count = CLAIMED_LIMITS.hour + 2;
  for (let chat = 0; chat < count; chat += 1) await answer((await chatAs(email)).id, `Answer ${chat}`);
  now += 3 * MINUTE;
  expect(await mailsTo(email)).toHaveLength(CLAIMED_LIMITS.hour);
  now += 2 * HOUR;
  expect(await mailsTo(email)).toHaveLength(count);
});

test("one browser gives few addresses", async () => {
  const { socket } = await chatAs("a0@example.com");
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, each) => socket.emitWithAck("email", { email: `a${each}@example.com` })),
  );
  expect(answers.some((each) => !each.ok && each.error.code === "rate_limited")).toBe(true);
});

test("who gets a stranger's chat stops it with a click; a mail scanner that opens the link does not", async () => {
  const email = "not-me@example.com";
  const { id } = await chatAs(email);
  await answer(id, "First");
  now += 3 * MINUTE;
  const [mail] = await mailsTo(email);
  const link = /https?:\S+\/not-me\/\S+/.exec(mail!.text)![0];
  const path = new URL(link).pathname;
  const page = await fetch(app.url + path);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("<form");
  expect((await ConversationModel.findById(id).lean())!.contact.emailHint).toBe(email);
  expect((await fetch(`${app.url + path.slice(0, -3)}abc`, { method: "POST" })).status).toBe(404);
  expect((await fetch(app.url + path, { method: "POST" })).status).toBe(200);
  expect((await fetch(app.url + path, { method: "POST" })).status).toBe(200);
  expect((await ConversationModel.findById(id).lean())!.contact.emailHint).toBeUndefined();
  const { items } = (await app.call<{ items: Message[] }>("GET", `/conversations/${id}/messages`, undefined, app.admin))
    .body;
  expect(items.filter(({ activity }) => activity?.kind === "address_refused")).toHaveLength(1);
  // Another chat that names it sends nothing there either.
  const again = await chatAs(email);
  await answer(again.id, "Second");
  now += 3 * HOUR;
  expect(await mailsTo(email)).toHaveLength(1);
});
