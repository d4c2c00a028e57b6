import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseMail } from "../../../channels/email/parse.ts";
import { createSmtpReceiver, type SmtpReceiver } from "../../../channels/email/receive-smtp.ts";
import type { Conversation } from "../../../contract/conversation.ts";
import type { Message } from "../../../contract/message.ts";
import type { Inbox } from "../../../contract/settings.ts";
import { continueElsewhere } from "../../../server/actions/continue-elsewhere.ts";
import { InboxModel } from "../../../server/models/inbox.ts";
import { createColleague, startTestApp, type TestApp } from "../../support/app.ts";

interface DemoMail {
  id: string;
  to: string[];
  subject: string;
  text: string;
  replyTo: string;
}

let app: TestApp;
let inbox: Inbox;
let now = new Date("2026-01-05T10:00:00Z");

beforeAll(async () => {
  app = await startTestApp({ clock: { now: () => now }, env: { DEMO: "true", ALLOW_NETWORKS: "127.0.0.1/32" } });
  const { body } = await app.call<Inbox[]>("GET", "/inboxes", undefined, app.admin);
  inbox = body.find(({ channel }) => channel === "email")!;
});
afterAll(() => app?.dispose());

async function deliver(raw: string): Promise<number> {
  const response = await fetch(`${app.url}/api/v1/inboxes/${inbox.id}/mails`, {
    method: "POST",
    headers: {
      "content-type": "message/rfc822",
      origin: app.url,
      ...("cookie" in app.admin && { cookie: app.admin.cookie }),
    },
    body: raw.replaceAll("\n", "\r\n"),
  });
  await app.idle();
  return response.status;
}
async function conversationOf(email: string): Promise<Conversation> {
  const { body } = await app.call<{ items: Conversation[] }>("GET", "/conversations?limit=100", undefined, app.admin);
  return body.items.find((each) => each.contact.email === email)!;
}
async function messagesOf(id: string): Promise<Message[]> {
  return (await app.call<{ items: Message[] }>("GET", `/conversations/${id}/messages`, undefined, app.admin)).body
    .items;
}
async function mailsTo(address: string): Promise<DemoMail[]> {
  const { body } = await app.call<DemoMail[]>("GET", "/demo/mails", undefined, app.admin);
  const mine = body.filter(({ to }) => to.includes(address));
  return Promise.all(
    mine.map(async ({ id }) => (await app.call<DemoMail>("GET", `/demo/mails/${id}`, undefined, app.admin)).body),
  );
}

describe("the original of a mail", () => {
  test("is shown safe, with its headers and its raw form, to agents alone", async () => {
    expect(
      await deliver(
        'From: Ana <html@buyer.example>\nTo: support@parley.localhost\nSubject: Designed\nMessage-ID: <h1@buyer.example>\nX-Mailer: Test\nContent-Type: text/html\n\n<p onclick="x()">Hello<script>alert(1)</script><img src="https://t.example/p.gif"></p>',
      ),
    ).toBe(202);
    const { id } = await conversationOf("html@buyer.example");
    const [message] = await messagesOf(id);
    const path = `${app.url}/api/v1/conversations/${id}/messages/${message!.id}/original`;
    const cookie = "cookie" in app.admin ? app.admin.cookie : "";
    const shown = await fetch(path, { headers: { cookie } });
    const html = await shown.text();
    expect(html).toContain("Hello");
    expect(html).not.toMatch(/script>|onclick|t\.example/);
    expect(shown.headers.get("content-security-policy")).toMatch(/default-src 'none'.*sandbox/);
    expect(shown.headers.get("x-blocked-images")).toBe("1");
    expect(await (await fetch(`${path}?images=1`, { headers: { cookie } })).text()).toContain(
      "https://t.example/p.gif",
    );
    const headers = await app.call<{ name: string; value: string }[]>(
      "GET",
      path.slice(path.indexOf("/conversations")).concat("/headers"),
      undefined,
      app.admin,
    );
    expect(headers.body).toContainEqual({ name: "X-Mailer", value: "Test" });
    const raw = await fetch(`${path}/raw`, { headers: { cookie } });
    expect(await raw.text()).toContain("X-Mailer: Test");
    expect((await fetch(path)).status).toBe(401);
  });
});

describe("a mailbox's settings", () => {
  test("keep secrets encrypted and unread, and say in words what is wrong with a connection", async () => {
    const imap = { host: "127.0.0.1", port: 1, security: "none", user: "ana", password: "hunter2hunter2" };
    const saved = await app.call<Record<string, unknown>>(
      "PATCH",
      `/inboxes/${inbox.id}/mailbox`,
      { senderName: "Shop", smtp: imap },
      app.admin,
    );
    expect(saved.status).toBe(200);
    expect(saved.body).toMatchObject({ senderName: "Shop", smtp: { host: "127.0.0.1", passwordSet: true } });
    expect(JSON.stringify(saved.body)).not.toContain("hunter2");
    const stored = await InboxModel.findById(inbox.id).lean();
    expect(JSON.stringify(stored)).not.toContain("hunter2");
    const kept = await app.call<{ smtp: object }>(
      "PATCH",
      `/inboxes/${inbox.id}/mailbox`,
      { smtp: { host: "127.0.0.1", port: 1, security: "none", user: "ana" } },
      app.admin,
    );
    expect(kept.body.smtp).toMatchObject({ passwordSet: true });
    const tested = await app.call("POST", `/inboxes/${inbox.id}/mailbox/test`, { which: "smtp" }, app.admin);
    expect(tested.body).toMatchObject({
      ok: false,
      problem: "refused",
      message: "Nothing answers at this server and port. Check both, and whether a firewall is in between.",
    });
    const removed = await app.call<{ smtp: null }>("PATCH", `/inboxes/${inbox.id}/mailbox`, { smtp: null }, app.admin);
    expect(removed.body.smtp).toBeNull();
  });
  test("are for administrators", async () => {
    const agent = await createColleague(app, { name: "Lena Agent" });
    expect((await app.call("GET", `/inboxes/${inbox.id}/mailbox`, undefined, agent.credentials)).status).toBe(403);
  });
  test("a further mailbox sends through its own server", async () => {
    const received: string[] = [];
    const server: SmtpReceiver = createSmtpReceiver({
      maxBytes: 1_000_000,
      name: "out.example",
      accepts: async () => true,
      store: async (raw) => void received.push((await parseMail(raw)).from!.address),
      onError: () => undefined,
    });
    const port = await server.listen(0, "127.0.0.1");
    const made = await app.call<Inbox>(
      "POST",
      "/inboxes",
      { name: "Sales", address: "sales@other.example" },
      app.admin,
    );
    expect(made.status).toBe(201);
    expect(
      (await app.call("POST", "/inboxes", { name: "Again", address: "sales@other.example" }, app.admin)).status,
    ).toBe(409);
    await app.call(
      "PATCH",
      `/inboxes/${made.body.id}/mailbox`,
      { smtp: { host: "127.0.0.1", port, security: "none" } },
      app.admin,
    );
    const started = await app.call(
      "POST",
      "/conversations",
      {
        inboxId: made.body.id,
        to: { email: "new@buyer.example", name: "New" },
        subject: "Your order",
        message: { text: "Hello" },
      },
      app.admin,
    );
    expect(started.status).toBe(201);
    await app.idle();
    expect(received).toEqual(["sales@other.example"]);
    await server.close();
  });
});

describe("an agent by email", () => {
  test("writes first, copies a colleague who may answer, and forwards", async () => {
    const started = await app.call<Conversation>(
      "POST",
      "/conversations",
      {
        inboxId: inbox.id,
        to: { email: "first@buyer.example" },
        subject: "Your vase",
        message: { text: "It is ready.", cc: ["partner@buyer.example"], echoId: "e1" },
      },
      app.admin,
    );
    await app.idle();
    const [mail] = await mailsTo("first@buyer.example");
    expect(mail).toMatchObject({ subject: "Your vase", to: ["first@buyer.example", "partner@buyer.example"] });
    const again = await app.call<Conversation>(
      "POST",
      "/conversations",
      {
        inboxId: inbox.id,
        to: { email: "first@buyer.example" },
        subject: "Your vase",
        message: { text: "It is ready.", cc: ["partner@buyer.example"], echoId: "e1" },
      },
      app.admin,
    );
    expect(again.body.id).toBe(started.body.id);
    const answer = await app.call(
      "POST",
      "/demo/mails",
      {
        from: "partner@buyer.example",
        to: mail!.replyTo,
        subject: "Re: Your vase",
        text: "Great!",
        answers: mail!.id,
      },
      app.admin,
    );
    expect(answer.status).toBe(202);
    await app.idle();
    expect(
      (await messagesOf(started.body.id)).filter(({ direction }) => direction === "incoming").map(({ text }) => text),
    ).toEqual(["Great!"]);
    await app.call(
      "POST",
      `/conversations/${started.body.id}/messages`,
      { text: "Please look at this.", forwardTo: "factory@other.example" },
      app.admin,
    );
    await app.idle();
    const [forwarded] = await mailsTo("factory@other.example");
    expect(forwarded?.text).toContain("Please look at this.");
    expect(forwarded?.text).toContain("> Great!");
  });
});

describe("a shopper who left the chat", () => {
  test("gets what they missed in one mail, answers it, and both are in one conversation", async () => {
    const { conversationId } = await chatWith("left@buyer.example");
    for (const text of ["First answer", "Second answer"]) {
      await app.call("POST", `/conversations/${conversationId}/messages`, { text, channel: "chat" }, app.admin);
      await app.idle();
    }
    expect(await continueElsewhere(app.ctx)).toBe(0);
    now = new Date(now.getTime() + 3 * 60_000);
    expect(await continueElsewhere(app.ctx)).toBe(1);
    expect(await continueElsewhere(app.ctx)).toBe(0);
    const mails = await mailsTo("left@buyer.example");
    expect(mails.length).toBe(1);
    expect(mails[0]!.text.indexOf("First answer")).toBeLessThan(mails[0]!.text.indexOf("Second answer"));
    await app.call(
      "POST",
      "/demo/mails",
      {
        from: "left@buyer.example",
        to: mails[0]!.replyTo,
        subject: "Re",
        text: "By email",
        answers: mails[0]!.id,
      },
      app.admin,
    );
    await app.idle();
    expect((await messagesOf(conversationId)).findLast(({ direction }) => direction === "incoming")).toMatchObject({
      text: "By email",
      channel: "email",
    });
    await app.call("POST", `/conversations/${conversationId}/messages`, { text: "Third" }, app.admin);
    await app.idle();
    expect(
      (await mailsTo("left@buyer.example")).some(
        ({ text }) => text.includes("Third") && !text.includes("First answer"),
      ),
    ).toBe(true);
  });
});

/** A chat conversation of a visitor who left an address and went away. */
async function chatWith(email: string): Promise<{ conversationId: string }> {
  const { receiveMessage } = await import("../../../server/actions/receive-message.ts");
  const { findInboxByKey } = await import("../../../server/queries/inboxes.ts");
  const chat = (await findInboxByKey(app.ctx, "chat"))!;
  const { known } = await receiveMessage(app.ctx, {
    inbox: chat,
    inbound: { sourceId: `v:${email}`, from: { key: `visitor:${email}`, email }, text: "Hello?", attachmentIds: [] },
    verified: false,
  });
  await app.idle();
  return { conversationId: known.conversationId.toHexString() };
}
