import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { ADMIN, login } from "../support/app.ts";
import { freePort, type HubProcess, startHubProcess } from "../support/kill.ts";
import { type Hook, type Receiver, startReceiver } from "../support/receiver.ts";

const THREADS = 10;
const MESSAGES = process.env.PARLEY_LONG ? 60 : 12;
/** How often the hub is killed while the messages come in; so often the receiver is, too. */
const KILLS = process.env.PARLEY_LONG ? 15 : 2;

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

describe("a hub and a webhook's receiver that are killed while buyers write", () => {
  it("tell each message at least once, each conversation's in order, always under the same delivery id", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "parley-crash-"));
    folders.push(dataDir);
    const hubPort = await freePort();
    const env = { ALLOW_NETWORKS: "127.0.0.0/8" };
    let hub: Promise<HubProcess> = startHubProcess(dataDir, hubPort, env);
    const { url } = await hub;
    const port = await freePort();
    let receiver: Receiver = await startReceiver(() => 200, port);
    const earlier: Hook[] = [];
    const heard = () => [...earlier, ...receiver.hooks];

    const { cookie } = await login(url, ADMIN);
    const headers = { cookie, "content-type": "application/json" };
    const send = (method: string, path: string, body?: unknown) =>
      fetch(`${url}/api/v1${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const inboxes = (await (await send("GET", "/inboxes")).json()) as { id: string; channel: string }[];
    const inbox = inboxes.find(({ channel }) => channel === "insite");
    await send("PATCH", `/inboxes/${inbox?.id}`, { bot: { mode: "off" } });
    await send("POST", "/webhooks", { url: receiver.url, events: ["message.created"] });

    const accepted = new Map<string, string[]>();
    let sent = 0;
    const writing = Promise.all(
      Array.from({ length: THREADS }, async (_, thread) => {
        for (let number = 0; number < MESSAGES; number += 1) {
          const message = {
            messageId: `${thread}.${number}`,
            threadId: `t-${thread}`,
            buyer: { externalId: `b-${thread}` },
            text: `${thread}.${number}`,
            sentAt: "2026-05-02T09:00:00Z",
          };
          for (;;) {
            const answer = await send("POST", "/insite/insite/messages", message).catch(() => undefined);
            if (answer?.status === 202) {
              const { conversationId, messageId } = (await answer.json()) as Record<string, string>;
              accepted.set(conversationId ?? "", [...(accepted.get(conversationId ?? "") ?? []), messageId ?? ""]);
              break;
            }
            // The hub is down: a platform tries again.
            await delay(20);
          }
          sent += 1;
        }
      }),
    );
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const point = (kill * THREADS * MESSAGES) / (KILLS + 1) - Math.random() * 10;
      while (sent < point) await delay(5);
      await receiver.close();
      earlier.push(...receiver.hooks);
      await (await hub).kill();
      hub = startHubProcess(dataDir, hubPort, env);
      await hub;
      await delay(Math.random() * 300);
      receiver = await startReceiver(() => 200, port);
    }
    await writing;
    await (await hub).kill();
    hub = startHubProcess(dataDir, hubPort, env);
    await hub;
    const wanted = [...accepted.values()].flat();
    const heardIds = () => new Set(heard().map(({ body }) => ("message" in body.data ? body.data.message.id : "")));
    await expect.poll(() => wanted.filter((id) => !heardIds().has(id)), { timeout: 60_000, interval: 200 }).toEqual([]);

    const deliveries = new Map<string, Set<string>>();
    const told = new Map<string, string[]>();
    for (const { body, delivery } of heard()) {
      if (body.type !== "message.created") continue;
      const { id, conversationId } = body.data.message;
      deliveries.set(id, (deliveries.get(id) ?? new Set()).add(`${delivery} ${body.id}`));
      const list = told.get(conversationId) ?? [];
      if (!list.includes(id)) told.set(conversationId, [...list, id]);
    }
    expect(told).toEqual(accepted);
    expect([...deliveries.values()].filter((ids) => ids.size !== 1)).toEqual([]);
    await Promise.all([receiver.close(), (await hub).stop()]);
  }, 600_000);
});
