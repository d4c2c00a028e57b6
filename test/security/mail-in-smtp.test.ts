import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSmtpReceiver, type SmtpReceiver } from "../../channels/email/receive-smtp.ts";
import type { ClientLimits } from "../../channels/email/smtp-clients.ts";

let stored: Buffer[];
let receiver: SmtpReceiver;
let port: number;
const sockets: Socket[] = [];
const open = async (clients: Partial<ClientLimits>) => {
  receiver = createSmtpReceiver({
    name: "mx.shop.example",
    maxBytes: 1_000_000,
    clients,
    accepts: async () => true,
    store: async (raw) => {
      stored.push(raw);
    },
    onError: () => undefined,
  });
  port = await receiver.listen(0, "127.0.0.1");
};
beforeEach(() => {
  stored = [];
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await receiver.close();
});

/** A client that speaks line by line. */
async function client(localAddress = "127.0.0.1") {
  const socket = connect({ port, host: "127.0.0.1", localAddress });
  sockets.push(socket);
  socket.on("error", () => undefined);
  let heard = "";
  const waiting: (() => void)[] = [];
  socket.on("data", (data) => {
    heard += data.toString();
    for (const wake of waiting.splice(0)) wake();
  });
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  /** The next whole answer. */
  const answer = async (): Promise<string> => {
    for (;;) {
      const match = /^(?:\d{3}-[^\n]*\n)*\d{3} [^\n]*\n/.exec(heard);
      if (match) {
        heard = heard.slice(match[0].length);
        return match[0];
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  const say = async (line: string) => {
    socket.write(`${line}\r\n`);
    return answer();
  };
  /** Up to where the mail itself begins. */
  const begin = async () => {
    await answer();
    await say("EHLO eve.example");
    await say("MAIL FROM:<eve@evil.example>");
    await say("RCPT TO:<support@shop.example>");
    return say("DATA");
  };
  return { socket, answer, say, begin, closed };
}
const MAIL = "Subject: x\r\n\r\nHello\r\n.";

describe("whoever sends", () => {
  test("has a share of the connections, and leaves the others theirs", async () => {
    await open({ clientsOfOne: 2 });
    for (let at = 0; at < 2; at++) expect(await (await client()).answer()).toMatch(/^220/);
    expect(await (await client()).answer()).toMatch(/^421 4\.7\.0/);
    const other = await client("127.0.0.2");
    expect(await other.begin()).toMatch(/^354/);
    expect(await other.say(MAIL)).toMatch(/^250/);
    expect(stored.length).toBe(1);
  });

  test("gets its place back when it leaves", async () => {
    await open({ clientsOfOne: 1 });
    const first = await client();
    await first.answer();
    first.socket.end();
    await first.closed;
    for (;;) {
      const next = await client();
      if (/^220/.test(await next.answer())) break;
    }
  });

  test("and says nothing has to go", async () => {
    await open({ idleMs: 50 });
    await (await client()).closed;
  });

  test("and chatters without a mail has to go", async () => {
    await open({ idleMs: 500 });
    const chatty = await client();
    await chatty.answer();
    await chatty.say("EHLO eve.example");
    chatty.socket.on("data", () => chatty.socket.write("NOOP\r\n"));
    chatty.socket.write("NOOP\r\n");
    await chatty.closed;
  });

  test("and sends a mail drop by drop has to go, and holds no memory", async () => {
    await open({ slowMs: 50, bytes: 1_500 });
    const slow = await client();
    expect(await slow.begin()).toMatch(/^354/);
    slow.socket.write(`Subject: x\r\n\r\n${"a".repeat(40)}\r\n`);
    await slow.closed;
    const next = await client();
    await next.begin();
    expect(await next.say(`${"a".repeat(1_400)}\r\n.`)).toMatch(/^250/);
  });
});

test("unfinished mails hold so much and no more: the next is put off, not lost, and comes when there is room", async () => {
  await open({ bytes: 100_000, bytesOfOne: 60_000 });
  const body = (bytes: number) => `${"a".repeat(70)}\r\n`.repeat(bytes / 72);
  const holder = await client();
  await holder.begin();
  await new Promise<void>((resolve) => holder.socket.write(body(50_000), () => resolve()));
  const second = await client();
  await second.begin();
  expect(await second.say(`${body(50_000)}.`)).toMatch(/^452 4\.3\.1/);
  const other = await client("127.0.0.2");
  await other.begin();
  expect(await other.say(`${body(30_000)}.`)).toMatch(/^250/);
  holder.socket.destroy();
  await holder.closed;
  for (;;) {
    await second.say("MAIL FROM:<eve@evil.example>");
    await second.say("RCPT TO:<support@shop.example>");
    await second.say("DATA");
    if (/^250/.test(await second.say(`${body(50_000)}.`))) break;
  }
  expect(stored.length).toBe(2);
});
