import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import { expect, test } from "vitest";
import type { Conversation } from "../../../contract/conversation.ts";
import type { Message } from "../../../contract/message.ts";
import { raw } from "../../channels/email/build.ts";
import { Dovecot, noDovecot } from "../../channels/email/dovecot.ts";
import { ADMIN, login } from "../../support/app.ts";
import { freePort, type HubProcess, startHubProcess } from "../../support/kill.ts";

const KILLS = process.env.PARLEY_LONG ? 100 : 2;
const MAILS_PER_ROUND = 6;
/** Chunks either way, from the greeting to the last mail. */
const TRAFFIC_OF_A_ROUND = 24;

test(`mails survive ${KILLS} kills at any moment: each is one message, each answer one mail`, {
  timeout: KILLS * 60_000,
}, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "parley-mail-kill-"));
  const [port, smtpPort] = [await freePort(), await freePort()];
  const env = { SMTP_LISTEN_PORT: String(smtpPort), DEMO: "true" };
  const acknowledged: string[] = [];
  let hub: HubProcess = await startHubProcess(dataDir, port, env);
  try {
    for (let round = 0; round < KILLS; round++) {
      const transport = createTransport({ host: "127.0.0.1", port: smtpPort, ignoreTLS: true });
      let stored = 0;
      // A random number of acknowledgements decides the moment, from before the first to after the last.
      const killAfter = round % (MAILS_PER_ROUND + 1);
      let killed: Promise<void> | undefined;
      const kill = () => {
        killed ??= hub.kill();
      };
      if (killAfter === 0) setImmediate(kill);
      const sends = Array.from({ length: MAILS_PER_ROUND }, async (_, at) => {
        const name = `r${round}m${at}`;
        try {
          await transport.sendMail({
            from: `${name}@buyer.example`,
            to: "support@parley.localhost",
            subject: name,
            text: `What are your opening hours? ${name}`,
            messageId: `<${name}@buyer.example>`,
          });
          acknowledged.push(name);
        } catch {
          // Not acknowledged: the sender would keep it.
        }
        if (++stored >= killAfter) kill();
      });
      await Promise.all(sends);
      kill();
      await killed;
      hub = await startHubProcess(dataDir, port, env);
    }
    const get = await reader(hub);
    // What the last process left is taken in while the hub serves already.
    const missing = async () => {
      const found = await conversationsOf(get);
      return acknowledged.filter((name) => !found.has(`${name}@buyer.example`));
    };
    await expect.poll(missing, { timeout: 60_000 }).toEqual([]);
    await expect.poll(() => answersUnderWay(get), { timeout: 60_000 }).toBe(0);
    await expectEachOnce(get, acknowledged);
    expect(acknowledged.length).toBeGreaterThan(0);
  } finally {
    await hub.kill();
    await rm(dataDir, { recursive: true, force: true });
  }
});

test.skipIf(noDovecot)(
  `fetched mails survive ${KILLS} kills between fetch, store and cursor${noDovecot ? ` (skipped: ${noDovecot})` : ""}`,
  { timeout: KILLS * 60_000 },
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "parley-imap-kill-"));
    const port = await freePort();
    const dovecot = new Dovecot();
    await dovecot.start();
    const start = () => startHubProcess(dataDir, port, { DEMO: "true", ALLOW_NETWORKS: "127.0.0.1/32" });
    const delivered: string[] = [];
    let hub = await start();
    try {
      await fetchFrom(hub, dovecot.port);
      for (let round = 0; round < KILLS; round++) {
        await hub.kill();
        // Every connection waits until the hub is up and the round's mails lie there.
        const { promise, resolve: open } = Promise.withResolvers<void>();
        dovecot.gate = promise;
        for (let at = 0; at < MAILS_PER_ROUND; at++) {
          const name = `r${round}m${at}`;
          dovecot.deliver(
            raw(
              `From: ${name}@buyer.example`,
              "To: support@parley.localhost",
              `Subject: ${name}`,
              `Message-ID: <${name}@buyer.example>`,
              "",
              `What are your opening hours? ${name}`,
            ),
          );
          delivered.push(name);
        }
        hub = await start();
        // So many chunks may pass: from the greeting through each command and answer to after the last.
        let left = 6 + (round % TRAFFIC_OF_A_ROUND);
        const { promise: dead, resolve: end } = Promise.withResolvers<void>();
        dovecot.onTraffic = () => {
          if (--left === 0) end(hub.kill());
        };
        open();
        await dead;
        dovecot.onTraffic = undefined;
      }
      hub = await start();
      const get = await reader(hub);
      await expect
        .poll(() => conversationsOf(get).then(({ size }) => size), { timeout: 60_000 })
        .toBe(delivered.length);
      await expect.poll(() => answersUnderWay(get), { timeout: 60_000 }).toBe(0);
      await expectEachOnce(get, delivered);
    } finally {
      await hub.kill();
      await dovecot.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  },
);

/** The support mailbox fetches from there, and is up to date. */
async function fetchFrom(hub: HubProcess, port: number): Promise<void> {
  const { cookie } = await login(hub.url, ADMIN);
  const api = `${hub.url}/api/v1/inboxes`;
  const inboxes = (await (await fetch(api, { headers: { cookie } })).json()) as { id: string; channel: string }[];
  const mailbox = `${api}/${inboxes.find(({ channel }) => channel === "email")!.id}/mailbox`;
  const imap = { host: "127.0.0.1", port, security: "none", user: "ana", password: "x", pollSeconds: 10 };
  await fetch(mailbox, {
    method: "PATCH",
    headers: { cookie, "content-type": "application/json" },
    body: JSON.stringify({ imap }),
  });
  const connected = async () => {
    const view = (await (await fetch(mailbox, { headers: { cookie } })).json()) as { state: { connected: boolean } };
    return view.state?.connected;
  };
  await expect.poll(connected, { timeout: 30_000 }).toBe(true);
}

type Reader = Awaited<ReturnType<typeof reader>>;

/** Logs in once: whoever looks again and again must not count as one who guesses passwords. */
async function reader(hub: HubProcess) {
  const headers = await login(hub.url, ADMIN);
  return async <T>(path: string) => (await (await fetch(`${hub.url}/api/v1${path}`, { headers })).json()) as T;
}

/** All conversations by the buyer's address. */
async function conversationsOf(get: Reader): Promise<Map<string, Conversation[]>> {
  const all: Conversation[] = [];
  let cursor = "";
  do {
    const page = await get<{ items: Conversation[]; nextCursor: string | null }>(
      `/conversations?limit=100${cursor && `&cursor=${cursor}`}`,
    );
    all.push(...page.items);
    cursor = page.nextCursor ?? "";
  } while (cursor !== "");
  const byAddress = new Map<string, Conversation[]>();
  for (const each of all)
    byAddress.set(each.contact.email ?? "", [...(byAddress.get(each.contact.email ?? "") ?? []), each]);
  return byAddress;
}

/** Conversations that still wait for the bot. */
async function answersUnderWay(get: Reader): Promise<number> {
  const all = [...(await conversationsOf(get)).values()].flat();
  return all.filter(({ status, lastMessage }) => status === "pending" && lastMessage?.direction !== "outgoing").length;
}

/** Each mail is one message of one conversation, none is there twice, each answer is one mail. */
async function expectEachOnce(get: Reader, names: readonly string[]): Promise<void> {
  const byAddress = await conversationsOf(get);
  for (const name of names) {
    const found = byAddress.get(`${name}@buyer.example`) ?? [];
    expect(found.length, name).toBe(1);
    const { items } = await get<{ items: Message[] }>(`/conversations/${found[0]!.id}/messages`);
    expect(items.filter(({ direction }) => direction === "incoming").map(({ text }) => text)).toEqual([
      `What are your opening hours? ${name}`,
    ]);
    expect(items.filter(({ direction }) => direction === "outgoing").length, name).toBeLessThanOrEqual(1);
  }
  // None twice, names or not.
  for (const [address, found] of byAddress) expect(found.length, address).toBe(1);
  const sent = await get<{ to: string[] }[]>("/demo/mails");
  const answered = sent.flatMap(({ to }) => to);
  expect(new Set(answered).size).toBe(answered.length);
}
