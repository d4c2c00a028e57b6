import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { Message } from "../../contract/message.ts";
import { startEmbedded } from "../../server/database/embedded/index.ts";
import { ADMIN, login } from "../support/app.ts";
import { freePort, type HubProcess, startHubProcess } from "../support/kill.ts";
import { type Conduct, type SmtpPeer, type Stage, startSmtpPeer } from "../support/smtp-peer.ts";

const LONG = process.env.PARLEY_LONG !== undefined;
const MAILS = LONG ? 40 : 8;
const KILLS = LONG ? 12 : 1;
const SECRET_KEY = "nodes that share one key, of 32 letters at least";

const cleanup: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of cleanup.splice(0).reverse()) await each();
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "parley-mail-out-"));
  cleanup.push(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function serve(conduct: (stage: Stage) => Conduct | Promise<Conduct>): Promise<SmtpPeer> {
  const peer = await startSmtpPeer(conduct);
  cleanup.push(() => peer.close());
  return peer;
}

/** A client of the hub's API that waits while no process serves. */
async function client(url: string) {
  const { cookie } = await login(url, ADMIN);
  const headers = { cookie, "content-type": "application/json" };
  return async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    for (;;) {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }).catch(() => undefined);
      if (answer?.ok) return (await answer.json()) as T;
      if (answer && answer.status < 500 && answer.status !== 429) throw new Error(`${path}: ${answer.status}`);
      await delay(20);
    }
  };
}
type Call = Awaited<ReturnType<typeof client>>;

/** Writes to so many buyers. Returns the conversations. */
async function writeTo(call: Call, count: number, first = 0): Promise<string[]> {
  const inboxes = await call<{ id: string; channel: string }[]>("GET", "/inboxes");
  const inboxId = inboxes.find(({ channel }) => channel === "email")?.id;
  const ids: string[] = [];
  for (let at = first; at < first + count; at += 1) {
    const message = { text: `Hello ${at}` };
    const to = { email: `b${at}@buyer.example` };
    ids.push(
      (await call<{ id: string }>("POST", "/conversations", { inboxId, to, subject: "Your order", message })).id,
    );
  }
  return ids;
}

async function messagesOf(call: Call, ids: readonly string[]): Promise<Message[]> {
  const pages = await Promise.all(ids.map((id) => call<{ items: Message[] }>("GET", `/conversations/${id}/messages`)));
  return pages.flatMap(({ items }) => items.slice(0, 1));
}

async function settled(call: Call, ids: readonly string[], timeout: number): Promise<Message[]> {
  // One that was being handed over at two kills is a person's to decide on.
  const isSettled = ({ status, problem }: Message) =>
    status === "sent" || (status === "failed" && problem?.code === "unconfirmed");
  const open = async () => (await messagesOf(call, ids)).filter((message) => !isSettled(message)).length;
  await expect.poll(open, { timeout, interval: 250 }).toBe(0);
  return messagesOf(call, ids);
}

/** Each is there once, or twice as the same mail where the agent is told so. */
function expectEachOnce(peer: SmtpPeer, messages: readonly Message[]): void {
  const copies = Map.groupBy(peer.mails, ({ to }) => to.join());
  for (const [at, message] of messages.entries()) {
    const mails = copies.get(`b${at}@buyer.example`) ?? [];
    if (message.status === "sent") expect(mails.length, `b${at}`).toBeGreaterThan(0);
    expect(new Set(mails.map(({ messageId }) => messageId)).size, `b${at}`).toBeLessThanOrEqual(1);
    expect(mails.length, `b${at}`).toBeLessThanOrEqual(message.mayBeTwice ? 2 : 1);
  }
}

describe("a hub that is killed while it sends mail", () => {
  it("sends each reply once; where it cannot know, once more and says so", async () => {
    // It greets nobody until all replies are owed.
    const { promise: open, resolve } = Promise.withResolvers<void>();
    const peer = await serve(async (stage): Promise<Conduct> => {
      if (stage === "greeting") await open;
      if (stage === "text") await delay(20 + Math.random() * 60);
      return "answer";
    });
    const dataDir = await folder();
    const port = await freePort();
    const start = () => startHubProcess(dataDir, port, { SMTP_URL: peer.url });
    let hub = await start();
    cleanup.push(() => hub.kill());
    const call = await client(hub.url);
    const ids = await writeTo(call, MAILS);
    resolve();
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const point = Math.floor((kill * MAILS) / (KILLS + 1));
      while (peer.mails.length < point) await delay(2);
      await hub.kill();
      hub = await start();
    }
    expectEachOnce(peer, await settled(call, ids, 60_000));
  }, 600_000);
});

describe.runIf(LONG)("two nodes on one database", () => {
  async function startNodes(peer: SmtpPeer) {
    const database = await startEmbedded({ dataDir: await folder(), host: "127.0.0.1", port: 0 });
    cleanup.push(() => database.stop());
    const env = { SMTP_URL: peer.url, MONGODB_URI: database.uri, SECRET_KEY };
    const ports = [await freePort(), await freePort()];
    const folders = [await folder(), await folder()];
    const start = (at: number) => startHubProcess(folders[at] ?? "", ports[at] ?? 0, env);
    const nodes: HubProcess[] = [await start(0), await start(1)];
    cleanup.push(() => Promise.all(nodes.map((node) => node.kill())));
    return { nodes, start };
  }

  it("send each of 40 replies once by a server that takes 2.5 seconds for each", async () => {
    const peer = await serve(async (stage): Promise<Conduct> => {
      if (stage === "text") await delay(2_500);
      return "answer";
    });
    const { nodes } = await startNodes(peer);
    const call = await client(nodes[0]?.url ?? "");
    const messages = await settled(call, await writeTo(call, 40), 120_000);
    expect(peer.mails.length).toBe(40);
    expectEachOnce(peer, messages);
    expect(messages.filter(({ mayBeTwice }) => mayBeTwice)).toEqual([]);
  }, 600_000);

  it("send each reply once by a server that hangs, then dies at every stage, then answers", async () => {
    const stages: Stage[] = ["greeting", "EHLO", "MAIL", "RCPT", "DATA"];
    let bad = 0;
    const peer = await serve((stage) => {
      const at = stages[bad % stages.length];
      if (bad > 15 || stage !== at) return "answer";
      bad += 1;
      return bad % 3 === 0 ? "hang" : "cut";
    });
    const { nodes } = await startNodes(peer);
    const call = await client(nodes[0]?.url ?? "");
    const messages = await settled(call, await writeTo(call, 20), 400_000);
    expect(peer.mails.length).toBe(20);
    expectEachOnce(peer, messages);
    expect(messages.filter(({ mayBeTwice }) => mayBeTwice)).toEqual([]);
  }, 600_000);

  it("send each reply once while one of them is killed again and again", async () => {
    const peer = await serve(async (stage): Promise<Conduct> => {
      if (stage === "text") await delay(400);
      return "answer";
    });
    const { nodes, start } = await startNodes(peer);
    const call = await client(nodes[1]?.url ?? "");
    const [left, right] = await Promise.all([
      client(nodes[0]?.url ?? "").then((first) => writeTo(first, 15)),
      writeTo(call, 15, 15),
    ]);
    for (let kill = 1; kill <= 4; kill += 1) {
      while (peer.mails.length < kill * 5) await delay(5);
      await nodes[0]?.kill();
      nodes[0] = await start(0);
    }
    expectEachOnce(peer, await settled(call, [...left, ...right], 200_000));
  }, 600_000);
});
