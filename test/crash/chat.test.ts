import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { io } from "socket.io-client";
import { afterAll, describe, expect, it } from "vitest";
import type { Message } from "../../contract/message.ts";
import { ADMIN, login } from "../support/app.ts";
import { freePort, type HubProcess, startHubProcess } from "../support/kill.ts";
import type { WidgetClient } from "../support/sockets.ts";

const WIDGETS = 50;
const MESSAGES = 4;
/** How often the hub is killed while the widgets send. */
const KILLS = process.env.PARLEY_LONG ? 25 : 2;
const QUESTIONS = [
  "Where is my parcel?",
  "How do I return an item?",
  "When do I get my refund?",
  "Can I change my address?",
];

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

interface Shopper {
  token?: string;
  conversationId?: string;
  acknowledged: { id: string; text: string }[];
}

/** Sends one message until it is acknowledged, over as many connections as that takes. */
async function sendUntilAcknowledged(shopper: Shopper, hub: () => Promise<HubProcess>, text: string): Promise<void> {
  const echoId = crypto.randomUUID();
  for (;;) {
    const { url } = await hub();
    const socket: WidgetClient = io(`${url}/widget`, {
      auth: { inboxKey: "chat", locale: "en", ...(shopper.token && { visitorToken: shopper.token }) },
      transports: ["websocket"],
      forceNew: true,
      reconnection: false,
    });
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once("session", ({ visitorToken }) => {
          shopper.token ??= visitorToken;
          resolve();
        });
        socket.once("connect_error", reject);
        socket.once("disconnect", () => reject(new Error("cut")));
      });
      const result = await Promise.race([
        socket.timeout(5_000).emitWithAck("message:send", { echoId, text }),
        new Promise<never>((_, reject) => socket.once("disconnect", () => reject(new Error("cut")))),
      ]);
      if (!result.ok) throw new Error(result.error.code);
      shopper.conversationId = result.message.conversationId;
      shopper.acknowledged.push({ id: result.message.id, text });
      return;
    } catch {
      // Cut off or refused while the hub is down: the widget tries again, as its outbox does.
      await delay(20);
    } finally {
      socket.disconnect();
    }
  }
}

describe("a hub that is killed while 50 shoppers write", () => {
  it("has every acknowledged message once and in order, and answers each owed question once", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "parley-crash-"));
    folders.push(dataDir);
    const port = await freePort();
    let current = startHubProcess(dataDir, port);
    await current;
    const hub = () => current;

    const shoppers: Shopper[] = Array.from({ length: WIDGETS }, () => ({ acknowledged: [] }));
    let sent = 0;
    let waiters: (() => void)[] = [];
    const total = WIDGETS * MESSAGES * Math.max(1, KILLS / 4);
    const perShopper = Math.ceil(total / WIDGETS);
    const writing = Promise.all(
      shoppers.map(async (shopper, index) => {
        for (let number = 0; number < perShopper; number += 1) {
          await sendUntilAcknowledged(
            shopper,
            hub,
            `${QUESTIONS[(index + number) % QUESTIONS.length]} (${index}.${number})`,
          );
          sent += 1;
          for (const wake of waiters.splice(0)) wake();
        }
      }),
    );

    for (let kill = 1; kill <= KILLS; kill += 1) {
      const point = Math.floor((kill * WIDGETS * perShopper) / (KILLS + 1)) - Math.floor(Math.random() * 20);
      while (sent < point) await new Promise<void>((resolve) => waiters.push(resolve));
      const running = await current;
      await running.kill();
      current = startHubProcess(dataDir, port);
      await current;
    }
    await writing;
    waiters = [];
    // Once more in the middle of whatever is still owed.
    await (await current).kill();
    current = startHubProcess(dataDir, port);
    const { url, stop } = await current;
    const { cookie } = await login(url, ADMIN);
    const read = async <T>(path: string): Promise<T> =>
      (await (await fetch(`${url}/api/v1${path}`, { headers: { cookie } })).json()) as T;

    for (const shopper of shoppers) {
      const path = `/conversations/${shopper.conversationId}`;
      await expect
        .poll(
          async () => {
            const { status } = await read<{ status: string }>(path);
            const { items } = await read<{ items: Message[] }>(`${path}/messages?afterSeq=0&limit=200`);
            const last = items.findLast(({ direction }) => direction !== "activity");
            return status !== "pending" || last?.author.type === "bot";
          },
          { timeout: 20_000 },
        )
        .toBe(true);
      const { items } = await read<{ items: Message[] }>(`${path}/messages?afterSeq=0&limit=200`);
      expect(items.map(({ seq }) => seq)).toEqual(items.map((_, index) => index + 1));
      const incoming = items.filter(({ direction }) => direction === "incoming");
      expect(incoming.map(({ text }) => text)).toEqual(shopper.acknowledged.map(({ text }) => text));
      expect(incoming.map(({ id }) => id)).toEqual(shopper.acknowledged.map(({ id }) => id));
      // No question has two answers: between two bot replies the shopper wrote something.
      const spoken = items.filter(({ direction }) => direction !== "activity").map(({ author }) => author.type);
      expect(spoken.join(" ")).not.toContain("bot bot");
    }
    await stop();
  }, 600_000);
});
