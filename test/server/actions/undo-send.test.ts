import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Conversation } from "../../../contract/conversation.ts";
import type { Message, UndoneReply } from "../../../contract/message.ts";
import type { Inbox } from "../../../contract/settings.ts";
import { releaseReply } from "../../../server/actions/held-replies.ts";
import { MessageModel } from "../../../server/models/message.ts";
import { createColleague, startTestApp, type TestApp } from "../../support/app.ts";
import { buyerCookie, connectBuyer } from "../buyer/support.ts";

const mails: string[][] = [];
const server = new SMTPServer({
  disabledCommands: ["AUTH", "STARTTLS"],
  onData(stream, session, callback) {
    stream.resume();
    stream.on("end", () => {
      mails.push(session.envelope.rcptTo.map(({ address }) => address));
      callback();
    });
  },
});

let app: TestApp;
/** As the ids of what is stored go by the real one, it begins there. */
let now = Date.now();
let inboxes: Inbox[];
beforeAll(async () => {
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, "127.0.0.1", () => resolve((listening.address() as { port: number }).port));
  });
  app = await startTestApp({ env: { SMTP_URL: `smtp://127.0.0.1:${port}` }, clock: { now: () => new Date(now) } });
  ({ body: inboxes } = await app.call<Inbox[]>("GET", "/inboxes", undefined, app.admin));
  for (const { id } of inboxes) await app.call("PATCH", `/inboxes/${id}`, { bot: { mode: "draft" } }, app.admin);
});
afterAll(async () => {
  await app?.dispose();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

let count = 0;
async function write(text: string, buyer = `b-${count + 1}`): Promise<string> {
  count += 1;
  const { body } = await app.call<{ conversationId: string }>(
    "POST",
    "/insite/insite/messages",
    {
      messageId: `m-${count}`,
      threadId: `t-${buyer}`,
      buyer: { externalId: buyer, name: "Ana Ruiz", email: `${buyer}@buyer.example` },
      text,
      sentAt: new Date(now).toISOString(),
    },
    app.admin,
  );
  await app.idle();
  return body.conversationId;
}
const act = (id: string, what: string, body?: object, as = app.admin) =>
  app.call("POST", `/conversations/${id}/${what}`, body, as);
async function reply(id: string, body: object = {}, as = app.admin): Promise<Message> {
  const answer = await act(id, "messages", { text: "It left today.", undo: true, ...body }, as);
  expect(answer.status).toBe(201);
  await app.idle();
  return answer.body as Message;
}
const undo = (id: string, { seq }: { seq: number }, as = app.admin) =>
  app.call<UndoneReply & { error?: { code: string } }>(
    "POST",
    `/conversations/${id}/messages/${seq}/undo`,
    undefined,
    as,
  );
const read = async (id: string) =>
  (await app.call<Conversation>("GET", `/conversations/${id}`, undefined, app.admin)).body;
const messagesOf = async (id: string) =>
  (await app.call<{ items: Message[] }>("GET", `/conversations/${id}/messages`, undefined, app.admin)).body.items;
const outbox = async () =>
  (await app.call<{ items: { text: string }[] }>("GET", "/insite/insite/outbox", undefined, app.admin)).body.items;
/** Time goes on, and what came due is done. */
async function pass(seconds: number): Promise<void> {
  now += seconds * 1_000;
  await app.sweep();
  await app.idle();
}

describe("a reply sent at the console", () => {
  it("waits five seconds, seen by the team alone, then it reaches the buyer as any other", async () => {
    const id = await write("Where is my parcel?");
    const { waitingSince } = await read(id);
    const buyer = await connectBuyer(app, await buyerCookie(app, { externalId: "b-1" }), { conversationId: id });
    const held = await reply(id);
    expect(held).toMatchObject({ status: "pending", private: false, sendAt: new Date(now + 5_000).toISOString() });
    expect(await read(id)).toMatchObject({ waitingSince, lastMessage: { text: "Where is my parcel?" } });
    const early = await buyer.emitWithAck("history", {});
    expect(JSON.stringify(early)).not.toContain("It left today.");
    await pass(4);
    expect((await messagesOf(id)).at(-1)?.status).toBe("pending");
    const arrives = new Promise<{ text: string }>((resolve) => buyer.once("message:new", resolve));
    await pass(1);
    expect(await arrives).toMatchObject({ text: "It left today.", seq: held.seq });
    const [sent] = (await messagesOf(id)).slice(-1);
    expect(sent).toMatchObject({ id: held.id, seq: held.seq, text: "It left today." });
    expect(sent?.status).not.toBe("pending");
    expect(sent).not.toHaveProperty("sendAt");
    expect(await read(id)).toMatchObject({ waitingSince: null, unread: 0, lastMessage: { text: "It left today." } });
    // A page that knew of the place before gets what stands there now.
    const later = await buyer.emitWithAck("history", { afterSeq: held.seq });
    expect(JSON.stringify(later)).toContain("It left today.");
    now += 10_000;
    expect((await outbox()).map(({ text }) => text)).toEqual(["It left today."]);
    buyer.disconnect();
  });

  it("is taken back with its text, files and recipients; nothing of it ever reaches the buyer, who waits on", async () => {
    const id = await write("I need an invoice");
    const { waitingSince } = await read(id);
    const before = mails.length;
    const body = { channel: "email", text: "Here it is", html: "<p>Here <b>it</b> is</p>", cc: ["tax@buyer.example"] };
    const held = await reply(id, body);
    const { status, body: undone } = await undo(id, held);
    expect(status).toBe(200);
    expect(undone.reply).toMatchObject({ ...body, bcc: [], attachments: [] });
    expect(undone.message).toMatchObject({ direction: "activity", activity: { kind: "taken_back" }, text: "" });
    expect((await undo(id, held)).body.reply.text).toBe("Here it is");
    await pass(60);
    expect(mails).toHaveLength(before);
    expect(await read(id)).toMatchObject({ waitingSince });
    expect((await messagesOf(id)).map(({ seq }) => seq)).toEqual((await messagesOf(id)).map((_, at) => at + 1));
    expect(JSON.stringify(await messagesOf(id))).not.toContain("Here it is");
  });

  it("is either taken back or sent, never both, however close it comes", async () => {
    for (let round = 0; round < 8; round += 1) {
      const id = await write(`Question ${round}`);
      const held = await reply(id);
      now += 5_000;
      const stored = await MessageModel.findById(held.id).lean();
      const [released, taken] = await Promise.all([releaseReply(app.ctx, stored as never), undo(id, held)]);
      expect([released !== null, taken.status === 200].filter(Boolean)).toHaveLength(1);
      if (released) expect(taken.body.error?.code).toBe("already_sent");
    }
  });

  it("is not hurried by a restart, and not lost", async () => {
    const id = await write("Still there?");
    const held = await reply(id);
    // A node that starts takes over what is owed at once.
    await MessageModel.updateOne({ _id: held.id }, { $set: { owedAt: new Date(now) } });
    await app.sweep();
    await app.idle();
    expect((await messagesOf(id)).at(-1)).toMatchObject({ id: held.id, status: "pending" });
    await pass(5);
    expect((await messagesOf(id)).at(-1)?.status).not.toBe("pending");
  });

  it("leaves the buyer waiting who wrote before it left", async () => {
    const id = await write("One", "b-late");
    await reply(id);
    now += 1_000;
    await write("And two", "b-late");
    await pass(5);
    expect(await read(id)).toMatchObject({
      waitingSince: new Date(now - 5_000).toISOString(),
      lastMessage: { text: "And two" },
    });
  });

  it("that is taken back after the conversation was closed opens it again, and the buyer waits as before", async () => {
    const id = await write("Close this");
    const { waitingSince } = await read(id);
    const held = await reply(id);
    await act(id, "status", { status: "resolved" });
    expect((await undo(id, held)).status).toBe(200);
    expect(await read(id)).toMatchObject({ status: "open", waitingSince });
  });

  it("is taken back by who wrote it or who leads them, not by another agent", async () => {
    const [mei, ben, lea] = await Promise.all([
      createColleague(app, { name: "Mei" }),
      createColleague(app, { name: "Ben" }),
      createColleague(app, { name: "Lea", role: "supervisor" }),
    ]);
    const id = await write("Whose is it?");
    const held = await reply(id, {}, mei!.credentials);
    expect((await undo(id, held, ben!.credentials)).status).toBe(403);
    expect((await undo(id, held, lea!.credentials)).status).toBe(200);
  });
});

describe("a reply that does not wait", () => {
  it("is one by API key, one in a live chat, a note, and one where the inbox says so", async () => {
    const id = await write("At once");
    const { body } = await app.call<{ key: string }>("POST", "/api-keys", { name: "erp", role: "agent" }, app.admin);
    expect(await reply(id, {}, { key: body.key } as never)).not.toHaveProperty("sendAt");
    expect(await reply(id, { private: true })).not.toHaveProperty("sendAt");
    const insite = inboxes.find(({ channel }) => channel === "insite")!;
    expect(inboxes.map(({ channel, undoSeconds }) => [channel, undoSeconds])).toEqual([
      ["chat", 0],
      ["email", 5],
      ["insite", 5],
    ]);
    await app.call("PATCH", `/inboxes/${insite.id}`, { undoSeconds: 0 }, app.admin);
    expect(await reply(id)).not.toHaveProperty("sendAt");
    const sent = (await messagesOf(id)).at(-1)!;
    expect((await undo(id, sent)).body.error?.code).toBe("already_sent");
    await app.call("PATCH", `/inboxes/${insite.id}`, { undoSeconds: 5 }, app.admin);
  });
});
