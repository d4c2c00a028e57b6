import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import { expect, test } from "vitest";
import type { Conversation } from "../../../contract/conversation.ts";
import type { Message } from "../../../contract/message.ts";
import { ADMIN, login } from "../../support/app.ts";
import { freePort, type HubProcess, startHubProcess } from "../../support/kill.ts";

const KILLS = process.env.PARLEY_LONG ? 100 : 4;
const MAILS_PER_ROUND = 6;

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
    const cookie = await login(hub.url, ADMIN);
    const get = async <T>(path: string) =>
      (await (await fetch(`${hub.url}/api/v1${path}`, { headers: cookie })).json()) as T;
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
    for (const name of acknowledged) {
      const found = byAddress.get(`${name}@buyer.example`) ?? [];
      expect(found.length, name).toBe(1);
      const { items } = await get<{ items: Message[] }>(`/conversations/${found[0]!.id}/messages`);
      expect(items.filter(({ direction }) => direction === "incoming").map(({ text }) => text)).toEqual([
        `What are your opening hours? ${name}`,
      ]);
      expect(items.filter(({ direction }) => direction === "outgoing").length, name).toBeLessThanOrEqual(1);
    }
    // None twice, acknowledged or not.
    for (const [address, found] of byAddress) expect(found.length, address).toBe(1);
    const sent = await get<{ to: string[] }[]>("/demo/mails");
    const answered = sent.flatMap(({ to }) => to);
    expect(new Set(answered).size).toBe(answered.length);
    expect(acknowledged.length).toBeGreaterThan(0);
  } finally {
    await hub.kill();
    await rm(dataDir, { recursive: true, force: true });
  }
});
