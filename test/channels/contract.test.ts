import { createTransport } from "nodemailer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Conversation } from "../../contract/conversation.ts";
import { CHANNELS, type ChannelName, type Message } from "../../contract/message.ts";
import { startTestApp, type TestApp } from "../support/app.ts";
import { connectWidget } from "../support/sockets.ts";

/** How a buyer writes on a channel: `id` is what their side gives the message, `thread` what keeps a matter together. */
type Write = (app: TestApp, message: { buyer: string; id: string; text: string }) => Promise<void>;

const tokens = new Map<string, string>();

/** One line for each channel; the suite below knows no channel by name. */
const WRITE: Record<ChannelName, Write> = {
  async chat(app, { buyer, id, text }) {
    const known = tokens.get(buyer);
    const { socket, session } = await connectWidget(app.url, known ? { visitorToken: known } : {});
    tokens.set(buyer, session.visitorToken);
    const result = await socket.emitWithAck("message:send", { echoId: id, text });
    socket.disconnect();
    if (!result.ok) throw new Error(result.error.message);
  },
  async email(app, { buyer, id, text }) {
    const transport = createTransport({ host: "127.0.0.1", port: app.mailroom.smtpPort, ignoreTLS: true });
    const references = id === `${buyer}-1` ? undefined : `<${buyer}-1@buyer.example>`;
    await transport.sendMail({
      from: `${buyer}@buyer.example`,
      to: "support@parley.localhost",
      subject: `Question of ${buyer}`,
      messageId: `<${id}@buyer.example>`,
      text,
      ...(references && { inReplyTo: references }),
    });
  },
  async insite(app, { buyer, id, text }) {
    const { status, body } = await app.call(
      "POST",
      "/insite/insite/messages",
      { messageId: id, threadId: `t-${buyer}`, buyer: { externalId: buyer }, text, sentAt: "2026-05-02T09:00:00Z" },
      app.admin,
    );
    if (status !== 202) throw new Error(JSON.stringify(body));
  },
};

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ smtpPort: 0 });
});
afterAll(() => app?.dispose());

it("every channel of the hub is held to the contract", () => {
  expect(app.ctx.channels.names().sort()).toEqual([...CHANNELS].sort());
});

describe.each(CHANNELS.map((channel) => ({ channel })))("the channel $channel", ({ channel }) => {
  let serial = 0;
  const newBuyer = () => {
    serial += 1;
    return `${channel}-buyer-${serial}`;
  };
  const seen = new Set<string>();

  /** The one conversation that the buyer's first message began. */
  async function begin(buyer: string, text: string): Promise<Conversation> {
    for (const { id } of await list()) seen.add(id);
    await WRITE[channel](app, { buyer, id: `${buyer}-1`, text });
    await app.idle();
    const begun = (await list()).filter(({ id }) => !seen.has(id));
    expect(begun).toHaveLength(1);
    return begun[0] as Conversation;
  }
  async function list(): Promise<Conversation[]> {
    const path = "/conversations?limit=100&status=pending,open,snoozed,resolved";
    return (await app.call<{ items: Conversation[] }>("GET", path, undefined, app.admin)).body.items;
  }
  async function messages(id: string): Promise<Message[]> {
    const path = `/conversations/${id}/messages?afterSeq=0&limit=200`;
    const { status, body } = await app.call<{ items: Message[] }>("GET", path, undefined, app.admin);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body.items;
  }
  const incoming = async (id: string) => (await messages(id)).filter(({ direction }) => direction === "incoming");

  it("stores a buyer's message as it was written, on its own channel", async () => {
    const text = "Grüße 👩‍👩‍👧 مرحبا <b>not bold</b> 你好";
    const { id } = await begin(newBuyer(), text);
    expect(await incoming(id)).toMatchObject([{ text, channel, author: { type: "contact" }, status: "sent" }]);
  });

  it("counts a message once that arrives three times, two of them at once", async () => {
    const buyer = newBuyer();
    const { id } = await begin(buyer, "once");
    await Promise.all([1, 2].map(() => WRITE[channel](app, { buyer, id: `${buyer}-1`, text: "once" })));
    await app.idle();
    expect(await incoming(id)).toHaveLength(1);
  });

  it("keeps a buyer's messages in one conversation, in gapless order", async () => {
    const buyer = newBuyer();
    const { id } = await begin(buyer, "first");
    await WRITE[channel](app, { buyer, id: `${buyer}-2`, text: "second" });
    await app.idle();
    await WRITE[channel](app, { buyer, id: `${buyer}-3`, text: "third" });
    await app.idle();
    expect((await incoming(id)).map(({ text }) => text)).toEqual(["first", "second", "third"]);
    const all = await messages(id);
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1));
  });

  it("delivers an agent's reply, and says so", async () => {
    const { id } = await begin(newBuyer(), "a person please");
    await app.call("POST", `/conversations/${id}/claim`, undefined, app.admin);
    const sent = await app.call<Message>("POST", `/conversations/${id}/messages`, { text: "Here I am" }, app.admin);
    expect(sent).toMatchObject({ status: 201, body: { channel } });
    await app.idle();
    const stored = (await messages(id)).find((message) => message.id === sent.body.id);
    expect(["sent", "delivered", "read"]).toContain(stored?.status);
  });

  it("refuses a reply longer than it can carry, and stores none of it", async () => {
    const { id } = await begin(newBuyer(), "long answers?");
    const { maxLength } = app.ctx.channels.get(channel).capabilities;
    const before = (await messages(id)).length;
    const answer = await app.call(
      "POST",
      `/conversations/${id}/messages`,
      { text: "x".repeat(maxLength + 1) },
      app.admin,
    );
    expect(answer).toMatchObject({ status: 413, body: { error: { code: "message_too_long" } } });
    expect((await messages(id)).length).toBe(before);
  });

  it("wakes a resolved conversation when the buyer writes again", async () => {
    const buyer = newBuyer();
    const { id } = await begin(buyer, "hello");
    await app.call("POST", `/conversations/${id}/claim`, undefined, app.admin);
    await app.call("POST", `/conversations/${id}/status`, { status: "resolved" }, app.admin);
    await WRITE[channel](app, { buyer, id: `${buyer}-2`, text: "one more thing" });
    await app.idle();
    expect((await list()).find((conversation) => conversation.id === id)?.status).toBe("open");
  });

  it("carries the bot's answer, marked as automatic", async () => {
    const { id } = await begin(newBuyer(), "Where is my parcel?");
    expect((await messages(id)).find(({ author }) => author.type === "bot")).toMatchObject({
      automatic: true,
      channel,
    });
  });
});
