import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Conversation } from "../../../contract/conversation.ts";
import type { Message } from "../../../contract/message.ts";
import type { PublicMessage } from "../../../contract/sockets.ts";
import { createColleague, startTestApp, type TestApp } from "../../support/app.ts";
import { connectAgent, connectWidget, nextEvent } from "../../support/sockets.ts";

let app: TestApp;
let now = new Date("2026-03-01T10:00:00Z");
beforeAll(async () => {
  app = await startTestApp({ clock: { now: () => now } });
});
afterAll(() => app.dispose());

async function startConversation(text = "Hello, I need help with something unusual") {
  const { socket, session } = await connectWidget(app.url);
  const sent = await socket.emitWithAck("message:send", { echoId: crypto.randomUUID(), text });
  if (!sent.ok) throw new Error(sent.error.message);
  return { socket, session, id: sent.message.conversationId };
}
const act = (id: string, what: string, body?: unknown) =>
  app.call<Conversation>("POST", `/conversations/${id}/${what}`, body, app.admin);
const messagesOf = async (id: string) =>
  (
    await app.call<{ items: Message[] }>(
      "GET",
      `/conversations/${id}/messages?afterSeq=0&limit=200`,
      undefined,
      app.admin,
    )
  ).body.items;

describe("an agent", () => {
  it("takes over, replies, notes, hands back, resolves and reopens; the history tells it in gapless order", async () => {
    const { socket, id } = await startConversation();
    await act(id, "claim");
    await act(id, "messages", { text: "Let me look." });
    await act(id, "messages", { text: "VIP customer", private: true });
    await act(id, "handoff", { to: "bot" });
    await act(id, "status", { status: "resolved" });
    const reopened = await act(id, "status", { status: "open" });
    expect(reopened.body.status).toBe("open");
    const messages = await messagesOf(id);
    expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index + 1));
    const kinds = messages.flatMap(({ activity }) => activity?.kind ?? []);
    expect(kinds.filter((kind) => kind !== "handed_off")).toEqual(["claimed", "handed_to_bot", "resolved", "reopened"]);
    socket.disconnect();
  });

  it("retries a reply after a lost response, and it is sent once", async () => {
    const { socket, id } = await startConversation();
    const one = await app.call<Message>(
      "POST",
      `/conversations/${id}/messages`,
      { text: "Hi", echoId: "e1" },
      app.admin,
    );
    const two = await app.call<Message>(
      "POST",
      `/conversations/${id}/messages`,
      { text: "Hi", echoId: "e1" },
      app.admin,
    );
    expect(two.body.id).toBe(one.body.id);
    socket.disconnect();
  });

  it("snoozes: it wakes when the time has come, or when the buyer writes", async () => {
    const { socket, id } = await startConversation();
    await act(id, "claim");
    const until = new Date(now.getTime() + 3_600_000);
    expect((await act(id, "snooze", { until: until.toISOString() })).body).toMatchObject({
      status: "snoozed",
      snoozedUntil: until.toISOString(),
    });
    const { wakeSnoozed } = await import("../../../server/actions/set-status.ts");
    expect(await wakeSnoozed(app.ctx)).toBe(0);
    now = new Date(until.getTime() + 1_000);
    expect(await wakeSnoozed(app.ctx)).toBe(1);
    expect((await act(id, "snooze", { until: new Date(now.getTime() + 3_600_000).toISOString() })).body.status).toBe(
      "snoozed",
    );
    await socket.emitWithAck("message:send", { echoId: "wake", text: "still there?" });
    const { body } = await app.call<Conversation>("GET", `/conversations/${id}`, undefined, app.admin);
    expect(body).toMatchObject({ status: "open", snoozedUntil: null });
    socket.disconnect();
  });

  it.each([
    ["past", -1],
    ["more than a year away", 400 * 24 * 3_600_000],
  ])("can not snooze to a time that is %s", async (_what, ahead) => {
    const { socket, id } = await startConversation();
    expect((await act(id, "snooze", { until: new Date(now.getTime() + ahead).toISOString() })).status).toBe(400);
    socket.disconnect();
  });

  it("resolves, and the buyer's next message opens it again", async () => {
    const { socket, id } = await startConversation();
    await act(id, "claim");
    await act(id, "status", { status: "resolved" });
    await socket.emitWithAck("message:send", { echoId: "again", text: "one more thing" });
    const { body } = await app.call<Conversation>("GET", `/conversations/${id}`, undefined, app.admin);
    expect(body.status).toBe("open");
    expect(body.waitingSince).not.toBeNull();
    socket.disconnect();
  });

  it("can not take a colleague's conversation away; a supervisor can", async () => {
    const agent = await createColleague(app, { name: "Agent One" });
    const { socket, id } = await startConversation();
    await act(id, "claim");
    const tried = await app.call("POST", `/conversations/${id}/assign`, { userId: agent.id }, agent.credentials);
    expect(tried).toMatchObject({ status: 409, body: { error: { code: "not_owner" } } });
    expect((await act(id, "assign", { userId: agent.id })).body.assignee?.id).toBe(agent.id);
    socket.disconnect();
  });
});

describe("the bot", () => {
  it("is silent after a person took over, until handed back", async () => {
    const { socket, id } = await startConversation("hello");
    await act(id, "claim");
    const before = (await messagesOf(id)).filter(({ author }) => author.type === "bot").length;
    await socket.emitWithAck("message:send", { echoId: "q", text: "Where is my parcel?" });
    await app.sweep();
    expect((await messagesOf(id)).filter(({ author }) => author.type === "bot").length).toBe(before);
    const answered = nextEvent<PublicMessage>(socket, "message:new", ({ author }) => author.type === "bot");
    await act(id, "handoff", { to: "bot" });
    expect((await answered).automatic).toBe(true);
    socket.disconnect();
  });

  it("is silent once a person has written, also without a click on take over", async () => {
    const { socket, id } = await startConversation("hello");
    await app.idle();
    await act(id, "messages", { text: "I am a person" });
    const before = (await messagesOf(id)).filter(({ author }) => author.type === "bot").length;
    await socket.emitWithAck("message:send", { echoId: "q", text: "Where is my parcel?" });
    await app.idle();
    expect((await messagesOf(id)).filter(({ author }) => author.type === "bot").length).toBe(before);
    socket.disconnect();
  });

  it("drops a reply that was on its way when a person took over", async () => {
    const { SeqTaken } = await import("../../../server/actions/append-message.ts");
    const { sendBotReply } = await import("../../../server/actions/send-reply.ts");
    const { findConversation, listMessages } = await import("../../../server/queries/conversations.ts");
    const { socket, id } = await startConversation("hello");
    const seen = await findConversation(id);
    if (!seen) throw new Error("no conversation");
    const { items } = await listMessages(seen._id, { limit: 50 });
    const last = items.at(-1);
    if (!last) throw new Error("no message");
    await act(id, "claim");
    await expect(
      sendBotReply(app.ctx, {
        conversation: seen,
        answersTo: last,
        text: "too late",
        locale: "en",
        decision: { decision: "answer", confidence: 1, sources: [], latency: 1 },
        expectedSeq: last.seq + 1,
      }),
    ).rejects.toBeInstanceOf(SeqTaken);
    expect((await messagesOf(id)).map(({ text }) => text)).not.toContain("too late");
    socket.disconnect();
  });

  it("in draft mode writes nothing to the buyer until an agent approves or edits", async () => {
    const inboxes = await app.call<{ id: string; key: string }[]>("GET", "/inboxes", undefined, app.admin);
    const chat = inboxes.body.find(({ key }) => key === "chat");
    await app.call("PATCH", `/inboxes/${chat?.id}`, { bot: { mode: "draft" } }, app.admin);
    try {
      const { socket, id } = await startConversation("Where is my parcel?");
      let conversation: Conversation | undefined;
      await expect
        .poll(async () => {
          conversation = (await app.call<Conversation>("GET", `/conversations/${id}`, undefined, app.admin)).body;
          return conversation.draft?.text;
        })
        .toBeTruthy();
      expect((await messagesOf(id)).some(({ direction }) => direction === "outgoing")).toBe(false);
      const shown = nextEvent<PublicMessage>(socket, "message:new", ({ direction }) => direction === "outgoing");
      const [one, two] = await Promise.all([
        app.call<Message>("POST", `/conversations/${id}/draft/approve`, { text: "Edited by a person" }, app.admin),
        app.call<Message>("POST", `/conversations/${id}/draft/approve`, { text: "Edited by a person" }, app.admin),
      ]);
      expect((await shown).text).toBe("Edited by a person");
      expect([one.status, two.status].filter((status) => status === 200).length).toBeGreaterThan(0);
      const sent = (await messagesOf(id)).filter(({ direction }) => direction === "outgoing");
      expect(sent).toHaveLength(1);
      socket.disconnect();
    } finally {
      await app.call("PATCH", `/inboxes/${chat?.id}`, { bot: { mode: "auto" } }, app.admin);
    }
  });
});

describe("lists", () => {
  it("show the longest waiting first, then the rest, page by page without repeats", async () => {
    const waiting: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      now = new Date(now.getTime() + 60_000);
      const { socket, id } = await startConversation();
      await act(id, "claim");
      await socket.emitWithAck("message:send", { echoId: "w", text: "waiting" });
      socket.disconnect();
      waiting.push(id);
    }
    const answered = await startConversation();
    await act(answered.id, "claim");
    await act(answered.id, "messages", { text: "done" });
    const ids: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page: { body: { items: Conversation[]; nextCursor: string | null } } = await app.call(
        "GET",
        `/conversations?assignee=me&limit=2${cursor && `&cursor=${cursor}`}`,
        undefined,
        app.admin,
      );
      ids.push(...page.body.items.map(({ id }) => id));
      cursor = page.body.nextCursor;
    }
    expect(new Set(ids).size).toBe(ids.length);
    const order = waiting.map((id) => ids.indexOf(id));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(ids.indexOf(answered.id)).toBeGreaterThan(Math.max(...order));
    answered.socket.disconnect();
  });

  it("show the most urgent first, or only what is pressing, page by page; agents see at once what was set", async () => {
    const agent = await connectAgent(app.url, app.admin);
    const set: Record<string, string> = {};
    for (const priority of ["low", "urgent", "normal", "high"]) {
      now = new Date(now.getTime() + 60_000);
      const { socket, id } = await startConversation();
      await act(id, "claim");
      const told = nextEvent<Conversation>(
        agent,
        "conversation:updated",
        (each) => each.id === id && each.priority === priority,
      );
      expect((await act(id, "priority", { priority })).body.priority).toBe(priority);
      await told;
      set[id] = priority;
      socket.disconnect();
    }
    agent.disconnect();
    const walk = async (query: string) => {
      const found: string[] = [];
      for (let cursor: string | null = ""; cursor !== null; ) {
        const page: { body: { items: Conversation[]; nextCursor: string | null } } = await app.call(
          "GET",
          `/conversations?limit=1&${query}${cursor && `&cursor=${cursor}`}`,
          undefined,
          app.admin,
        );
        found.push(...page.body.items.flatMap(({ id }) => set[id] ?? []));
        cursor = page.body.nextCursor;
      }
      return found;
    };
    for (const scope of ["", "assignee=me&", "status=open,pending&", "status=open&", "status=open,resolved&"]) {
      expect(await walk(`${scope}sort=priority`), scope).toEqual(["urgent", "high", "normal", "low"]);
    }
    expect(await walk("priority=high,urgent")).toEqual(["urgent", "high"]);
    expect(await walk("priority=low&sort=priority")).toEqual(["low"]);
    expect((await act(Object.keys(set)[0] ?? "", "priority", { priority: "huge" })).status).toBe(400);
  });

  it.each([
    "?priority=huge",
    "?sort=loud",
    "?sort=priority&cursor=1.000000000000000000000001",
    "?status=nonsense",
    "?assignee=x",
    "?cursor=abc",
    "?limit=0",
    "?inbox=1",
  ])("refuse %s with a clear error", async (query) => {
    const answer = await app.call<{ error: { code: string } }>("GET", `/conversations${query}`, undefined, app.admin);
    expect(answer.status).toBe(400);
    expect(answer.body.error.code).toMatch(/^invalid_/);
  });
});
