import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Conversation } from "../../../contract/conversation.ts";
import type { Message } from "../../../contract/message.ts";
import type { Inbox } from "../../../contract/settings.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";

/** The seller's mail server: the mailbox of a buyer is full until it is emptied. */
let full = true;
const server = new SMTPServer({
  disabledCommands: ["AUTH", "STARTTLS"],
  onRcptTo({ address }, _session, callback) {
    const refused = full && address === "full@buyer.example";
    callback(refused ? Object.assign(new Error("5.2.2 Mailbox full"), { responseCode: 552 }) : null);
  },
  onData(stream, _session, callback) {
    stream.resume();
    stream.on("end", () => callback());
  },
});

let app: TestApp;
beforeAll(async () => {
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, "127.0.0.1", () => resolve((listening.address() as { port: number }).port));
  });
  app = await startTestApp({ env: { SMTP_URL: `smtp://127.0.0.1:${port}` } });
  const { body } = await app.call<Inbox[]>("GET", "/inboxes", undefined, app.admin);
  // The bot answers nobody here: who writes waits since then.
  for (const { id } of body) await app.call("PATCH", `/inboxes/${id}`, { bot: { mode: "draft" } }, app.admin);
});
afterAll(async () => {
  await app?.dispose();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

let count = 0;
/** A buyer writes, and it is a person's matter. */
async function conversationOf(text: string): Promise<Conversation> {
  count += 1;
  const { body } = await app.call<{ conversationId: string }>(
    "POST",
    "/insite/insite/messages",
    {
      messageId: `m-${count}`,
      threadId: `t-${count}`,
      buyer: { externalId: `b-${count}`, name: "Ana Ruiz", email: "full@buyer.example" },
      text,
      sentAt: new Date().toISOString(),
    },
    app.admin,
  );
  await app.idle();
  return (await act(body.conversationId, "handoff", { to: "human" })).body as Conversation;
}
async function act(id: string, what: string, body?: object) {
  const answer = await app.call("POST", `/conversations/${id}/${what}`, body, app.admin);
  await app.idle();
  return answer;
}
const read = async (id: string) =>
  (await app.call<Conversation>("GET", `/conversations/${id}`, undefined, app.admin)).body;
const messagesOf = async (id: string) =>
  (await app.call<{ items: Message[] }>("GET", `/conversations/${id}/messages`, undefined, app.admin)).body.items;
const first = async () =>
  (await app.call<{ items: Conversation[] }>("GET", "/conversations?limit=1", undefined, app.admin)).body.items[0]?.id;

describe("a buyer who waits", () => {
  it("waits on while agents pass the message on, write notes, or the hub confirms something by itself", async () => {
    const { id, waitingSince, unread } = await conversationOf("My parcel is broken, what now?");
    expect(waitingSince).not.toBeNull();
    const forward = { text: "Please replace it", channel: "email", forwardTo: "depot@partner.example" };
    expect((await act(id, "messages", forward)).status).toBe(201);
    await act(id, "messages", { text: "asked the depot", private: true });
    expect(await read(id)).toMatchObject({ waitingSince, unread });
    expect(await first()).toBe(id);
    const stop = { messageId: "stop", threadId: `t-${count}`, text: "STOP", sentAt: new Date().toISOString() };
    await app.call("POST", "/insite/insite/messages", { ...stop, buyer: { externalId: `b-${count}` } }, app.admin);
    await app.idle();
    const confirmation = (await messagesOf(id)).at(-1);
    expect(confirmation).toMatchObject({ direction: "outgoing", author: { type: "system" } });
    expect(await read(id)).toMatchObject({ waitingSince });
    await act(id, "messages", { text: "We will send you a new one." });
    expect(await read(id)).toMatchObject({ waitingSince: null, unread: 0 });
  });

  it("is left to the bot when an agent passes a message on", async () => {
    const { id } = await conversationOf("How do I return an item?");
    await act(id, "handoff", { to: "bot" });
    await act(id, "messages", { text: "FYI", channel: "email", forwardTo: "depot@partner.example" });
    expect((await read(id)).status).toBe("pending");
  });

  it("waits again, since when they did, when the answer could not be delivered; not once it was sent again", async () => {
    const { id, waitingSince } = await conversationOf("Where is my invoice?");
    await act(id, "messages", { text: "Here it is.", channel: "email" });
    const failed = (await messagesOf(id)).at(-1)!;
    expect(failed.status).toBe("failed");
    expect(await read(id)).toMatchObject({ waitingSince });
    full = false;
    await act(id, `messages/${failed.id}/retry`, {});
    full = true;
    expect(await read(id)).toMatchObject({ waitingSince: null });
  });

  it("comes back to the queue when the answer failed after the conversation was closed", async () => {
    const { id, waitingSince } = await conversationOf("Can you help me with something unusual?");
    const posted = app.call("POST", `/conversations/${id}/messages`, { text: "Yes.", channel: "email" }, app.admin);
    await posted;
    await app.call("POST", `/conversations/${id}/status`, { status: "resolved" }, app.admin);
    await app.idle();
    await expect.poll(() => read(id)).toMatchObject({ status: "open", waitingSince });
  });
});
