import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BotDecision } from "../../contract/bot.ts";
import type { Message } from "../../contract/message.ts";
import type { PublicMessage } from "../../contract/sockets.ts";
import { connectBuyer, openLink } from "../server/buyer/support.ts";
import { createColleague, startTestApp, type TestApp } from "../support/app.ts";
import { identitySecret, shopToken } from "../support/identity.ts";
import { freePort, type HubProcess, startHubProcess } from "../support/kill.ts";
import { connectAgent, connectWidget, nextEvent } from "../support/sockets.ts";

function installed(): boolean {
  try {
    execFileSync("redis-server", ["--version"]);
    return true;
  } catch {
    return false;
  }
}

// Redis comes from the system, not from npm: .ci/run installs it; elsewhere this is skipped.
describe.skipIf(!installed())("two nodes on one Redis and one database", () => {
  let redis: ChildProcess;
  let one: TestApp;
  let two: HubProcess;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "parley-nodes-"));
    const port = await freePort();
    redis = spawn("redis-server", ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (!redis.stdout) throw new Error("no output");
    for await (const chunk of redis.stdout) if (String(chunk).includes("Ready to accept connections")) break;
    const env = { REDIS_URL: `redis://127.0.0.1:${port}`, SECRET_KEY: "two nodes, one key, at least 32 characters" };
    one = await startTestApp({ env });
    two = await startHubProcess(folder, 0, { ...env, MONGODB_URI: one.databaseUri });
  });
  afterAll(async () => {
    await two?.stop();
    await one?.dispose();
    if (redis?.exitCode === null) {
      redis.kill();
      await once(redis, "exit");
    }
    await rm(folder, { recursive: true, force: true });
  });

  it("a customer who logs out on one is out on the other at once, and cannot come back by the same identity", async () => {
    const identity = { token: await shopToken(await identitySecret(one), { sub: "cara" }) };
    const here = await connectWidget(one.url, { identity });
    await here.socket.emitWithAck("message:send", { echoId: "1", text: "Cara's secret" });
    const { visitorToken } = here.session;
    const there = await connectWidget(two.url, { visitorToken });
    expect(there.session.lastSeq).toBeGreaterThan(0);
    const gone = nextEvent(there.socket, "disconnect");
    await here.socket.emitWithAck("logout");
    await gone;
    await expect(connectWidget(two.url, { identity })).rejects.toMatchObject({ code: "identity_ended" });
    const later = await connectWidget(two.url, { visitorToken });
    expect(later.session.lastSeq).toBe(0);
    later.socket.disconnect();
  });

  it("a buyer who is signed out on one is out on the other at once, with the page that is open there", async () => {
    const minted = await one.call<{ url: string }>("POST", "/buyer-links", { email: "bo@example.com" }, one.admin);
    const buyer = await openLink(one, minted.body.url);
    const started = await one.call<{ id: string }>("POST", "/buyer/threads", { echoId: "1", text: "Hello" }, buyer);
    const page = await connectBuyer(two, buyer, { conversationId: started.body.id });
    const gone = new Promise((resolve) => page.once("disconnect", resolve));
    const { contact } = (
      await one.call<{ contact: { id: string } }>("GET", `/conversations/${started.body.id}`, undefined, one.admin)
    ).body;
    expect((await one.call("POST", `/contacts/${contact.id}/sign-out`, undefined, one.admin)).status).toBe(204);
    await gone;
    await expect(connectBuyer(two, buyer)).rejects.toMatchObject({ code: "link_expired" });
  });

  it("an agent on one sees and answers a shopper on the other", async () => {
    const { socket } = await connectWidget(two.url);
    const sent = await socket.emitWithAck("message:send", { echoId: "1", text: "hello from the other node" });
    if (!sent.ok) throw new Error(sent.error.message);
    const agent = await connectAgent(one.url, one.admin);
    const id = sent.message.conversationId;
    await agent.emitWithAck("conversation:watch", { id });
    const seen = nextEvent<Message>(agent, "message:new", ({ text }) => text === "are you there?");
    await socket.emitWithAck("message:send", { echoId: "2", text: "are you there?" });
    await seen;
    const answered = nextEvent<PublicMessage>(socket, "message:new", ({ author }) => author.type === "user");
    await one.call("POST", `/conversations/${id}/messages`, { text: "yes, I am" }, one.admin);
    expect((await answered).text).toBe("yes, I am");
    socket.disconnect();
    agent.disconnect();
  });

  it("of two agents on different nodes one gets the conversation", async () => {
    const colleague = await createColleague(one, { name: "Other Node" });
    const { socket } = await connectWidget(one.url);
    const sent = await socket.emitWithAck("message:send", { echoId: "1", text: "who takes me?" });
    if (!sent.ok) throw new Error(sent.error.message);
    const path = `/api/v1/conversations/${sent.message.conversationId}/claim`;
    const claim = (url: string, { cookie }: { cookie: string }) =>
      fetch(`${url}${path}`, { method: "POST", headers: { cookie } }).then(({ status }) => status);
    const statuses = await Promise.all([
      claim(one.url, one.admin as { cookie: string }),
      claim(two.url, colleague.credentials),
    ]);
    expect(statuses.sort()).toEqual([200, 409]);
    socket.disconnect();
  });

  it("a new FAQ entry is known to both", async () => {
    const created = await one.call<{ id: string }>(
      "POST",
      "/faqs",
      { questions: { en: ["Do you sell purple elephants?"] }, answers: { en: "Yes, purple elephants are in stock." } },
      one.admin,
    );
    await expect
      .poll(async () => {
        const response = await fetch(`${two.url}/api/v1/bot/preview`, {
          method: "POST",
          headers: { ...(one.admin as { cookie: string }), "content-type": "application/json" },
          body: JSON.stringify({ text: "Do you sell purple elephants?" }),
        });
        const { sources } = (await response.json()) as BotDecision;
        return sources[0]?.faqId;
      })
      .toBe(created.body.id);
  });
});
