import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Integration, IntegrationEvent } from "../../../contract/integration.ts";
import type { Order } from "../../../contract/order.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";

/** When the fixtures' platforms speak. */
export const NOW = new Date("2026-05-10T08:20:00Z");

export interface Hub extends TestApp {
  /** Connects a platform; the secret is the given one, or the one the hub made. */
  connect(platform: string, body?: object): Promise<Integration & { secret: string }>;
  order(number: string): Promise<Order | undefined>;
  events(id: string): Promise<IntegrationEvent[]>;
  /** Sets the clock. */
  at(now: Date): void;
}

export async function startHub(): Promise<Hub> {
  let now = NOW;
  const app = await startTestApp({ clock: { now: () => now } });
  // A login of that day is long over for the database, which forgets it by its own clock.
  const { body: made } = await app.call<{ key: string }>("POST", "/api-keys", { name: "t", role: "admin" }, app.admin);
  const admin = { key: made.key };
  const { body: inboxes } = await app.call<{ id: string; channel: string }[]>("GET", "/inboxes", undefined, admin);
  const insite = inboxes.find(({ channel }) => channel === "insite");
  // Nobody but the platforms speaks here.
  await app.call("PATCH", `/inboxes/${insite?.id}`, { bot: { mode: "off" } }, admin);
  const get = async <T>(path: string) => (await app.call<T>("GET", path, undefined, admin)).body;
  return {
    ...app,
    admin,
    async connect(platform, body = {}) {
      const secret = (body as { secret?: string }).secret;
      const answer = await app.call<Integration & { secret: string }>(
        "POST",
        "/integrations",
        { platform, ...body },
        admin,
      );
      if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
      return { ...answer.body, secret: answer.body.secret ?? secret ?? "" };
    },
    order: async (number) => (await get<{ items: Order[] }>(`/orders?q=${encodeURIComponent(number)}`)).items[0],
    events: async (id) => (await get<{ items: IntegrationEvent[] }>(`/integrations/${id}/events`)).items,
    at: (moment) => {
      now = moment;
    },
  };
}

export const fixture = (path: string) =>
  readFile(join(import.meta.dirname, "..", "..", "fixtures", "integrations", path), "utf8");

export const hmac = (secret: string, body: string, encoding: "base64" | "hex" = "base64") =>
  createHmac("sha256", secret).update(body).digest(encoding);

/** Posts a body as a platform does. Returns the status and what was said. */
export async function post(url: string, body: string, headers: Record<string, string>) {
  const response = await fetch(url, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
  });
  return {
    status: response.status,
    body: (await response.json()) as { error?: { code: string }; duplicate?: boolean },
  };
}
