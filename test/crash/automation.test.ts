import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import type { CheckIn } from "../../contract/automation.ts";
import { ADMIN, login } from "../support/app.ts";
import { freePort, type HubProcess, startHubProcess } from "../support/kill.ts";

const CLIENTS = 6;
const ORDERS = process.env.PARLEY_LONG ? 60 : 5;
/** How often the hub is killed while events come in. */
const KILLS = process.env.PARLEY_LONG ? 15 : 1;

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

describe("a hub that is killed while orders come in", () => {
  it(
    "sends each buyer the message of each rule once, and loses none",
    async () => {
      const dataDir = await mkdtemp(join(tmpdir(), "parley-crash-"));
      folders.push(dataDir);
      const port = await freePort();
      let hub: Promise<HubProcess> = startHubProcess(dataDir, port);
      const { url } = await hub;
      const { cookie } = await login(url, ADMIN);
      const headers = { cookie, "content-type": "application/json" };
      const send = (method: string, path: string, body?: unknown) =>
        fetch(`${url}/api/v1${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
      await send("PATCH", "/automations/settings", { quietHours: { from: "00:00", to: "00:00" } });
      const rules = (await (await send("GET", "/automations")).json()) as { id: string; key?: string }[];
      for (const { id, key } of rules) {
        if (key === "order_confirmed") await send("PATCH", `/automations/${id}`, { enabled: true });
      }

      let told = 0;
      const telling = Promise.all(
        Array.from({ length: CLIENTS }, async (_, client) => {
          for (let number = 0; number < ORDERS; number += 1) {
            const orderId = `${client}.${number}`;
            const event = {
              eventId: orderId,
              type: "paid",
              occurredAt: new Date().toISOString(),
              orderId,
              buyer: { externalId: orderId, name: "Ana Ruiz", country: "ES" },
            };
            // The hub is down: a shop tries again, and tells it twice at times.
            while ((await send("POST", "/orders/events", event).catch(() => undefined))?.status !== 202)
              await delay(20);
            if (number % 3 === 0) await send("POST", "/orders/events", event).catch(() => undefined);
            told += 1;
          }
        }),
      );
      for (let kill = 1; kill <= KILLS; kill += 1) {
        const point = (kill * CLIENTS * ORDERS) / (KILLS + 1) - Math.random() * 5;
        while (told < point) await delay(2);
        await delay(Math.random() * 100);
        await (await hub).kill();
        hub = startHubProcess(dataDir, port);
        await hub;
      }
      await telling;
      await (await hub).kill();
      hub = startHubProcess(dataDir, port);
      await hub;

      const wanted = Array.from({ length: CLIENTS }, (_, client) =>
        Array.from({ length: ORDERS }, (_item, number) => `${client}.${number}`),
      ).flat();
      const sentOrders = async () => {
        const found: (string | undefined)[] = [];
        for (let cursor: string | null = ""; cursor !== null; ) {
          const page = (await (
            await send("GET", `/check-ins?outcome=sent&limit=100${cursor && `&cursor=${cursor}`}`)
          ).json()) as { items: CheckIn[]; nextCursor: string | null };
          found.push(...page.items.map(({ orderId }) => orderId));
          cursor = page.nextCursor;
        }
        return found.sort();
      };
      await expect.poll(sentOrders, { timeout: 120_000, interval: 500 }).toEqual(wanted.sort());
      // What the platform fetches: one message for each order.
      const delivered = async () => {
        const threads: string[] = [];
        for (let after = ""; ; ) {
          const page = (await (
            await send("GET", `/insite/insite/outbox?limit=100${after && `&after=${after}`}`)
          ).json()) as {
            items: { threadId: string }[];
            next: string | null;
          };
          threads.push(...page.items.map(({ threadId }) => threadId.replace("order:", "")));
          if (page.items.length === 0 || page.next === null) return threads.sort();
          after = page.next;
        }
      };
      await expect.poll(delivered, { timeout: 60_000, interval: 500 }).toEqual(wanted);
      await (await hub).stop();
    },
    (process.env.PARLEY_LONG ? 40 : 10) * 60_000,
  );
});
