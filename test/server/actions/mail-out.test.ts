import { once } from "node:events";
import { connect, createServer } from "node:net";
import { Types } from "mongoose";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Message } from "../../../contract/message.ts";
import type { Inbox } from "../../../contract/settings.ts";
import { OWED_MESSAGES } from "../../../server/actions/owed.ts";
import { Claims, RENEW_EVERY_MS } from "../../../server/jobs/claims.ts";
import { MessageModel, type MessageRecord } from "../../../server/models/message.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";
import { type Conduct, type SmtpPeer, type Stage, startSmtpPeer } from "../../support/smtp-peer.ts";

const NOON = Date.parse("2026-05-06T10:00:00Z");
const MINUTE = 60_000;

const time = { now: NOON };
let app: TestApp;
let peer: SmtpPeer;
let conduct: (stage: Stage, mail: { to: string[] }) => Conduct | Promise<Conduct>;

beforeAll(async () => {
  peer = await startSmtpPeer((stage, mail) => conduct(stage, mail));
  await start();
});
beforeEach(() => {
  conduct = () => "answer";
  peer.mails.length = 0;
});
afterAll(async () => {
  await app?.dispose();
});

async function start(options: { dataDir?: string; smtpPort?: number } = {}): Promise<TestApp> {
  const env = { SMTP_URL: peer.url };
  app = await startTestApp({ env, clock: { now: () => new Date(time.now) }, ...options });
  return app;
}

/** The hub ends and starts again on its data; what is left in between is that of a process that is no more. */
async function restart(left: () => Promise<void>, options: { smtpPort?: number } = {}): Promise<void> {
  const { dataDir } = app;
  await left();
  await app.stop();
  await start({ dataDir, ...options });
}

async function write(to: string): Promise<string> {
  const inboxes = await app.call<Inbox[]>("GET", "/inboxes", undefined, app.admin);
  const inboxId = inboxes.body.find(({ channel }) => channel === "email")!.id;
  const { status, body } = await app.call<{ id: string }>(
    "POST",
    "/conversations",
    { inboxId, to: { email: to }, subject: "Your order", message: { text: `Hello ${to}` } },
    app.admin,
  );
  expect(status).toBe(201);
  return body.id;
}

async function messageOf(conversationId: string): Promise<Message> {
  const path = `/conversations/${conversationId}/messages`;
  const { body } = await app.call<{ items: Message[] }>("GET", path, undefined, app.admin);
  return body.items[0]!;
}

/** The message of a conversation as a node left it that is no more. */
async function leave(conversationId: string, set: object, unset: object = {}): Promise<void> {
  await MessageModel.collection.updateOne(
    { conversationId: new Types.ObjectId(conversationId), seq: 1 },
    { $set: { status: "pending", owed: ["deliver"], ...set }, $unset: unset },
  );
}

test("a mail server that takes minutes gets each reply once, however often overdue work is looked for", async () => {
  const gate = Promise.withResolvers<void>();
  conduct = async (stage): Promise<Conduct> => {
    if (stage === "text") await gate.promise;
    return "answer";
  };
  const ids = await Promise.all(["a", "b", "c", "d", "e", "f"].map((name) => write(`${name}@buyer.example`)));
  await expect.poll(() => peer.reached("text")).toBe(4);
  const sweeps = [];
  for (let minutes = 0; minutes < 5; minutes += 1) {
    time.now += MINUTE;
    sweeps.push(app.sweep());
    // Long enough for the database to be asked what is overdue, more than once.
    for (const id of ids) await messageOf(id);
  }
  gate.resolve();
  await Promise.all(sweeps);
  await app.idle();
  expect(peer.mails.map(({ to }) => to.join()).sort()).toEqual(ids.map((_, at) => `${"abcdef"[at]}@buyer.example`));
  for (const id of ids) {
    const message = await messageOf(id);
    expect(message.status).toBe("sent");
    expect(message).not.toHaveProperty("mayBeTwice");
  }
});

test("a claim is kept for as long as its work takes, and is another node's once nobody renews it", async () => {
  const { ctx } = app;
  const id = await write("ana@buyer.example");
  await app.idle();
  await leave(id, { owedAt: new Date(time.now) }, { claimedBy: "" });
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  try {
    const [mine, other] = ["one", "two"].map(
      (node) => new Claims<MessageRecord>({ ...ctx, node, config: { ...ctx.config, redisUrl: "x" } }, OWED_MESSAGES),
    );
    const [taken] = await mine!.take(10);
    expect(taken?.claimedBy).toBe("one");
    for (let renewals = 1; renewals <= 10; renewals += 1) {
      time.now += RENEW_EVERY_MS;
      const before = (await MessageModel.findById(taken!._id).lean())?.owedAt?.getTime() ?? 0;
      vi.advanceTimersByTime(RENEW_EVERY_MS);
      await vi.waitUntil(
        async () => ((await MessageModel.findById(taken!._id).lean())?.owedAt?.getTime() ?? 0) > before,
      );
      expect(await other!.take(10)).toEqual([]);
    }
    mine!.stop();
    time.now += MINUTE;
    const [taking] = await other!.take(10);
    expect(taking?.claimedBy).toBe("two");
    await mine!.letGo(taken!, new Date(time.now));
    expect((await MessageModel.findById(taken!._id).lean())?.claimedBy).toBe("two");
    other!.stop();
    const done = { $set: { status: "sent" }, $unset: { owed: "", owedAt: "", claimedBy: "" } };
    await MessageModel.collection.updateOne({ _id: taken!._id }, done);
  } finally {
    vi.useRealTimers();
  }
});

test("after a restart what the process had in hand goes on at once, and pauses between tries stay", async () => {
  const hand = await write("hand@buyer.example");
  const paused = await write("paused@buyer.example");
  const once = await write("once@buyer.example");
  const again = await write("again@buyer.example");
  await app.idle();
  peer.mails.length = 0;
  const dead = { owedAt: new Date(time.now + 14_000), claimedBy: "no more" };
  await restart(async () => {
    await leave(hand, dead);
    await leave(paused, { owedAt: new Date(time.now + 10 * MINUTE), attempts: 4 }, { claimedBy: "" });
    // These were being handed over.
    await leave(once, { ...dead, sendingAt: new Date(time.now) });
    await leave(again, { ...dead, sendingAt: new Date(time.now), mayBeTwice: true });
  });
  await app.idle();
  await app.sweep();
  expect(peer.mails.map(({ to }) => to.join()).sort()).toEqual(["hand@buyer.example", "once@buyer.example"]);
  expect(await messageOf(hand)).not.toHaveProperty("mayBeTwice");
  // What was being handed over may have arrived: it goes out once more and says so, or a person decides.
  expect(await messageOf(once)).toMatchObject({ status: "sent", mayBeTwice: true });
  expect(await messageOf(again)).toMatchObject({ status: "failed", problem: { code: "unconfirmed" } });
  time.now += 10 * MINUTE;
  await app.sweep();
  await app.idle();
  expect(peer.mails.at(-1)?.to).toEqual(["paused@buyer.example"]);
  expect(peer.mails.length).toBe(3);
});

test.each(["greeting", "EHLO", "MAIL", "RCPT", "DATA"] as const)(
  "a server that dies at %s gets the mail once, later, and nobody is told that it may have come twice",
  async (at) => {
    peer.drop();
    let cut = false;
    conduct = (stage) => {
      if (stage !== at || cut) return "answer";
      cut = true;
      return "cut";
    };
    const id = await write("ana@buyer.example");
    await app.idle();
    time.now += MINUTE;
    await app.sweep();
    await app.idle();
    expect(cut).toBe(true);
    expect(peer.mails.length).toBe(1);
    const message = await messageOf(id);
    expect(message.status).toBe("sent");
    expect(message).not.toHaveProperty("mayBeTwice");
  },
);

test("a mail whose answer was lost goes out once more as the same mail, and the agent learns that it may be there twice", async () => {
  let times = 0;
  conduct = (stage) => (stage === "text" && ++times === 1 ? "swallow" : "answer");
  const id = await write("ana@buyer.example");
  await app.idle();
  expect(await messageOf(id)).toMatchObject({ status: "pending", problem: { code: "unconfirmed" } });
  time.now += MINUTE;
  await app.sweep();
  await app.idle();
  expect(peer.mails.length).toBe(2);
  expect(new Set(peer.mails.map(({ messageId }) => messageId)).size).toBe(1);
  const message = await messageOf(id);
  expect(message).toMatchObject({ status: "sent", mayBeTwice: true });
  expect(message).not.toHaveProperty("failure");
});

test("a server that never answers whether it took a mail gets it twice at most; then a person decides", async () => {
  conduct = (stage) => (stage === "text" ? "swallow" : "answer");
  const id = await write("ana@buyer.example");
  for (let tries = 0; tries < 4; tries += 1) {
    await app.idle();
    time.now += 60 * MINUTE;
    await app.sweep();
  }
  expect(peer.mails.length).toBe(2);
  expect(await messageOf(id)).toMatchObject({ status: "failed", problem: { code: "unconfirmed" }, mayBeTwice: true });
});

test("a reply that is withdrawn while it waits for the mail server is not sent", async () => {
  const gate = Promise.withResolvers<void>();
  const before = peer.reached("RCPT");
  conduct = async (stage): Promise<Conduct> => {
    if (stage === "RCPT") await gate.promise;
    return "answer";
  };
  const id = await write("ana@buyer.example");
  await expect.poll(() => peer.reached("RCPT")).toBe(before + 1);
  await leave(id, { status: "failed" });
  gate.resolve();
  await app.idle();
  expect(peer.mails).toEqual([]);
  expect((await messageOf(id)).status).toBe("failed");
});

test("with replies owed to a server that never greets, a hub that starts again receives mail at once", async () => {
  const ids = await Promise.all(Array.from({ length: 40 }, (_, at) => write(`b${at}@buyer.example`)));
  await app.idle();
  conduct = (stage) => (stage === "greeting" ? "hang" : "answer");
  let before = 0;
  const left = async () => {
    for (const id of ids) await leave(id, { owedAt: new Date(time.now), claimedBy: "no more" });
    before = peer.reached("greeting");
  };
  await restart(left, { smtpPort: 0 });
  const socket = connect(app.mailroom.smtpPort!, "127.0.0.1");
  const [greeting] = await once(socket, "data");
  expect(String(greeting)).toMatch(/^220 /);
  socket.destroy();
  // Nobody waited until the other server was given up.
  await expect.poll(() => peer.reached("greeting")).toBeGreaterThan(before);
  expect(peer.givenUp).toBe(0);
  const ready = await fetch(`${app.url}/readyz`);
  expect(ready.status).toBe(200);
  expect(await ready.json()).toEqual({
    status: "ready",
    parts: {
      smtp: { state: "ok" },
      imap: { state: "off" },
      schedules: { state: "ok" },
      owed: { state: "ok" },
      database: { state: "ok" },
    },
  });
});

test("a taken SMTP port is shown, and mail is received as soon as it is free", async () => {
  await peer.close();
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as { port: number };
  await restart(async () => undefined, { smtpPort: port });
  const smtp = async () => {
    const response = await fetch(`${app.url}/readyz`);
    expect(response.status).toBe(200);
    return ((await response.json()) as { parts: { smtp: object } }).parts.smtp;
  };
  expect(await smtp()).toEqual({ state: "failed", detail: `port ${port} is taken` });
  taken.close();
  await once(taken, "close");
  await expect.poll(smtp).toEqual({ state: "ok" });
  expect(app.mailroom.smtpPort).toBe(port);
});
