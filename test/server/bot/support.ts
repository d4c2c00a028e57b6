import { expect } from "vitest";
import type { Conversation } from "../../../contract/conversation.ts";
import type { Message } from "../../../contract/message.ts";
import type { TestApp } from "../../support/app.ts";
import { connectWidget } from "../../support/sockets.ts";

let count = 0;

/** A shopper in the chat: writes, and waits for what the shop says next. */
export async function shopper(app: TestApp, auth: Parameters<typeof connectWidget>[1] = {}) {
  const { socket } = await connectWidget(app.url, auth);
  const got: { text: string; attachments: { name: string; type: string }[]; seq: number }[] = [];
  let conversationId = "";
  socket.on("message:new", (message) => {
    if (message.direction === "outgoing") got.push(message);
  });
  return {
    socket,
    got,
    get conversationId() {
      return conversationId;
    },
    async write(text: string): Promise<number> {
      const ack = await socket.emitWithAck("message:send", { echoId: `e${++count}`, text });
      if (!ack.ok) throw new Error(JSON.stringify(ack));
      conversationId = ack.message.conversationId;
      return ack.message.seq;
    },
    /** Writes and returns the shop's next message. */
    async ask(text: string) {
      const before = got.length;
      await this.write(text);
      await expect.poll(() => got.length, { timeout: 20_000 }).toBeGreaterThan(before);
      return got[before]!;
    },
    close: () => socket.disconnect(),
  };
}

export async function messagesOf(app: TestApp, id: string): Promise<Message[]> {
  return (await app.call<{ items: Message[] }>("GET", `/conversations/${id}/messages?limit=200`, undefined, app.admin))
    .body.items;
}

export async function conversationOf(app: TestApp, id: string): Promise<Conversation> {
  return (await app.call<Conversation>("GET", `/conversations/${id}`, undefined, app.admin)).body;
}

/** The events of a stream, as they came; a refusal when it was none. */
export async function eventsOf<Event>(app: TestApp, path: string, body: unknown, signal?: AbortSignal) {
  const response = await fetch(`${app.url}/api/v1${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...("cookie" in app.admin && { cookie: app.admin.cookie }) },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
  const text = await response.text();
  const events = text
    .split("\n\n")
    .filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice(6)) as Event);
  const error = text.startsWith("{")
    ? (JSON.parse(text) as { error: { code: string; message: string } }).error
    : undefined;
  return { status: response.status, events, error };
}

/** A message of a platform's buyer, which needs no connection. */
export async function insite(app: TestApp, thread: string, text: string, more: object = {}): Promise<string> {
  const { body } = await app.call<{ conversationId: string }>(
    "POST",
    "/insite/insite/messages",
    {
      messageId: `m${++count}`,
      threadId: thread,
      buyer: { externalId: `b-${thread}`, name: "Ana", locale: "en" },
      text,
      sentAt: new Date().toISOString(),
      ...more,
    },
    app.admin,
  );
  await app.idle();
  return body.conversationId;
}
