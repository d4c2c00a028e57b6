import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Conversation } from "../../../contract/conversation.ts";
import type { Message } from "../../../contract/message.ts";
import type { PublicMessage } from "../../../contract/sockets.ts";
import { createColleague, startTestApp, type TestApp } from "../../support/app.ts";
import { connectAgent, connectWidget, nextEvent, type WidgetClient } from "../../support/sockets.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.dispose());

async function send(socket: WidgetClient, text: string, echoId: string = crypto.randomUUID()): Promise<PublicMessage> {
  const result = await socket.emitWithAck("message:send", { echoId, text });
  if (!result.ok) throw Object.assign(new Error(result.error.message), result.error);
  return result.message;
}

describe("a shopper in the widget", () => {
  it("asks in their language and gets the FAQ's answer, marked as automatic", async () => {
    const { socket } = await connectWidget(app.url, { locale: "zh-CN" });
    const reply = nextEvent<PublicMessage>(socket, "message:new", (message) => message.direction === "outgoing");
    await send(socket, "怎么退货？");
    const answer = await reply;
    expect(answer).toMatchObject({ automatic: true, author: { type: "bot" } });
    expect(answer.text).toMatch(/退/);
    expect(answer).not.toHaveProperty("bot");
    socket.disconnect();
  });

  it("comes back and finds the conversation complete and in order", async () => {
    const first = await connectWidget(app.url);
    const reply = nextEvent<PublicMessage>(first.socket, "message:new", (message) => message.direction === "outgoing");
    await send(first.socket, "Where is my parcel?");
    await reply;
    first.socket.disconnect();

    const again = await connectWidget(app.url, { visitorToken: first.session.visitorToken });
    expect(again.session.lastSeq).toBe(2);
    const history = await again.socket.emitWithAck("history", { afterSeq: 0 });
    expect(history).toMatchObject({ ok: true, more: false, lastSeq: 2 });
    if (history.ok)
      expect(history.messages.map(({ seq, author }) => [seq, author.type])).toEqual([
        [1, "contact"],
        [2, "bot"],
      ]);
    again.socket.disconnect();
  });

  it("sends the same message twice after a lost acknowledgement, and it counts once", async () => {
    const { socket } = await connectWidget(app.url);
    const [one, two] = await Promise.all([send(socket, "hello?", "same"), send(socket, "hello?", "same")]);
    expect(two.id).toBe(one.id);
    socket.disconnect();
  });

  it("presses 'talk to a person' and waits in the agents' list with the reason", async () => {
    const agent = await connectAgent(app.url, app.admin);
    const { socket } = await connectWidget(app.url);
    const rows = new Map<string, Conversation>();
    agent.on("conversation:new", (row) => rows.set(row.id, row));
    agent.on("conversation:updated", (row) => rows.set(row.id, row));
    const result = await socket.emitWithAck("message:send", { echoId: "h", text: "A person, please", human: true });
    const id = result.ok ? result.message.conversationId : "";
    await expect.poll(() => rows.get(id)?.status).toBe("open");
    const conversation = rows.get(id);
    expect(conversation).toMatchObject({ handoffReason: "customer_request", assignee: null });
    expect(conversation?.waitingSince).toBeTruthy();
    socket.disconnect();
    agent.disconnect();
  });

  it("sees what an agent writes and types, and that it was read", async () => {
    const { socket } = await connectWidget(app.url);
    const { conversationId } = await send(socket, "hello, anybody there?");
    await app.call("POST", `/conversations/${conversationId}/claim`, undefined, app.admin);
    const agent = await connectAgent(app.url, app.admin);
    const watched = await agent.emitWithAck("conversation:watch", { id: conversationId });
    expect(watched.ok).toBe(true);

    const typing = nextEvent<{ on: boolean; author: string }>(socket, "typing", ({ author }) => author === "user");
    agent.emit("typing", { id: conversationId, on: true });
    expect(await typing).toMatchObject({ on: true, author: "user" });

    const typed = nextEvent(agent, "typing", ({ author }: { author: string }) => author === "contact");
    socket.emit("typing", { on: true });
    await typed;

    const shown = nextEvent<PublicMessage>(socket, "message:new", ({ author }) => author.type === "user");
    const sent = await app.call<Message>(
      "POST",
      `/conversations/${conversationId}/messages`,
      { text: "I am here." },
      app.admin,
    );
    const message = await shown;
    expect(message).toMatchObject({ id: sent.body.id, text: "I am here.", automatic: false });

    const read = nextEvent<Message>(
      agent,
      "message:updated",
      ({ id, status }) => id === message.id && status === "read",
    );
    socket.emit("read", { seq: message.seq });
    await read;

    const seen = nextEvent<{ agentReadSeq: number }>(
      socket,
      "conversation:updated",
      ({ agentReadSeq }) => agentReadSeq >= message.seq,
    );
    agent.emit("read", { id: conversationId, seq: message.seq });
    await seen;
    socket.disconnect();
    agent.disconnect();
  });

  it("never sees a private note or the bot's reasons", async () => {
    const { socket } = await connectWidget(app.url);
    const { conversationId } = await send(socket, "hi there");
    await app.call(
      "POST",
      `/conversations/${conversationId}/messages`,
      { text: "a secret note", private: true },
      app.admin,
    );
    const history = await socket.emitWithAck("history", { afterSeq: 0 });
    expect(JSON.stringify(history)).not.toContain("secret note");
    expect(JSON.stringify(history)).not.toContain('"confidence"');
    socket.disconnect();
  });

  it("gets text back exactly as written, whatever it holds", async () => {
    const { socket } = await connectWidget(app.url);
    const text = `<script>alert(1)</script> 👩‍👩‍👧 e\u0301 مرحبا ${"ä".repeat(9_000)}`;
    const message = await send(socket, text);
    const stored = await app.call<{ items: Message[] }>(
      "GET",
      `/conversations/${message.conversationId}/messages`,
      undefined,
      app.admin,
    );
    expect(stored.body.items[0]?.text).toBe(text);
    socket.disconnect();
  });
});

describe("a shopper behind a proxy without WebSockets", () => {
  it("chats by polling, and the hub stays up", async () => {
    const { socket } = await connectWidget(app.url, {}, {}, ["polling"]);
    expect((await send(socket, "hello by polling")).seq).toBe(1);
    socket.disconnect();
    expect((await fetch(`${app.url}/healthz`)).status).toBe(200);
  });
});

describe("a customer the shop vouches for", () => {
  it("keeps the conversation they began before they logged in, on any device", async () => {
    const inboxes = await app.call<{ id: string; key: string }[]>("GET", "/inboxes", undefined, app.admin);
    const chat = inboxes.body.find(({ key }) => key === "chat");
    const { body } = await app.call<{ secret: string }>(
      "GET",
      `/inboxes/${chat?.id}/identity-secret`,
      undefined,
      app.admin,
    );
    const { createHmac } = await import("node:crypto");
    const hash = createHmac("sha256", body.secret).update("customer-7").digest("hex");
    const identity = { externalId: "customer-7", name: "Ana Ruiz", email: "Ana@Example.com", hash };

    const before = await connectWidget(app.url);
    const { conversationId } = await send(before.socket, "Before login");
    before.socket.disconnect();
    const loggedIn = await connectWidget(app.url, { visitorToken: before.session.visitorToken, identity });
    expect(loggedIn.session.conversationId).toBe(conversationId);
    loggedIn.socket.disconnect();
    const elsewhere = await connectWidget(app.url, { identity });
    expect(elsewhere.session.conversationId).toBe(conversationId);
    elsewhere.socket.disconnect();
    const conversation = await app.call<Conversation>("GET", `/conversations/${conversationId}`, undefined, app.admin);
    expect(conversation.body.contact).toMatchObject({ name: "Ana Ruiz", emailHint: "ana@example.com", verified: true });
  });

  it("is refused without the shop's signature", async () => {
    await expect(
      connectWidget(app.url, { identity: { externalId: "customer-7", hash: "0".repeat(64) } }),
    ).rejects.toMatchObject({ code: "invalid_identity" });
  });
});

describe("two agents", () => {
  it("who claim at once: one gets it, the other is told who has it", async () => {
    const colleague = await createColleague(app, { name: "Li Lei" });
    const { socket } = await connectWidget(app.url);
    const { conversationId } = await send(socket, "a human please, right now");
    const answers = await Promise.all([
      app.call<Conversation>("POST", `/conversations/${conversationId}/claim`, undefined, app.admin),
      app.call<Conversation>("POST", `/conversations/${conversationId}/claim`, undefined, colleague.credentials),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const lost = answers.find(({ status }) => status === 409)?.body as unknown as {
      error: { code: string; details: { assignee: { name: string } } };
    };
    expect(lost.error.code).toBe("already_claimed");
    expect(["Admin", "Li Lei"]).toContain(lost.error.details.assignee.name);
    socket.disconnect();
  });

  it("see who else is viewing a conversation", async () => {
    const colleague = await createColleague(app, { name: "Noor" });
    const { socket } = await connectWidget(app.url);
    const { conversationId } = await send(socket, "hello");
    const first = await connectAgent(app.url, app.admin);
    const second = await connectAgent(app.url, colleague.credentials);
    await first.emitWithAck("conversation:watch", { id: conversationId });
    const both = nextEvent<{ viewers: { name: string }[] }>(first, "presence", ({ viewers }) => viewers.length === 2);
    await second.emitWithAck("conversation:watch", { id: conversationId });
    expect((await both).viewers.map(({ name }) => name).sort()).toEqual(["Admin", "Noor"]);
    const alone = nextEvent<{ viewers: { name: string }[] }>(first, "presence", ({ viewers }) => viewers.length === 1);
    second.disconnect();
    await alone;
    first.disconnect();
    socket.disconnect();
  });
});
