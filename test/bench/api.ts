import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "undici";
import { ADMIN, login } from "../support/app.ts";

const CLIENTS = 32;
const THREADS = 400;
const ROUND_MS = Number(process.env.PARLEY_BENCH_MS ?? 4_000);
const ROUNDS = 3;
const SMALL = 5_000;
const LARGE = Number(process.env.PARLEY_BENCH_CONVERSATIONS ?? 500_000);
const LIST_CLIENTS = 4;

interface Peer {
  pool: Pool;
  headers: Record<string, string>;
  stop(): Promise<void>;
}

async function startPeer(kind: "hub" | "floor", conversations = 0): Promise<Peer> {
  const dataDir = await mkdtemp(join(tmpdir(), `parley-bench-${kind}-`));
  const child = fork(
    join(import.meta.dirname, "..", "support", "api-bench-server.ts"),
    [kind, dataDir, String(conversations)],
    { execArgv: ["--disable-warning=ExperimentalWarning"] },
  );
  const [{ url }] = (await once(child, "message")) as [{ url: string }];
  const pool = new Pool(url, { connections: CLIENTS });
  const headers = { "content-type": "application/json", ...(kind === "hub" && { authorization: await prepare(url) }) };
  return {
    pool,
    headers,
    async stop() {
      await pool.destroy();
      child.disconnect();
      await once(child, "exit");
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Turns the in-site bot off and makes a key, as a platform has one. */
async function prepare(url: string): Promise<string> {
  const headers = { ...(await login(url, ADMIN)), "content-type": "application/json" };
  const call = async <T>(method: string, path: string, body?: object) =>
    (await (
      await fetch(`${url}/api/v1${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    ).json()) as T;
  const inboxes = await call<{ id: string; channel: string }[]>("GET", "/inboxes");
  const insite = inboxes.find(({ channel }) => channel === "insite");
  await call("PATCH", `/inboxes/${insite?.id}`, { bot: { mode: "off" } });
  return `Bearer ${(await call<{ key: string }>("POST", "/api-keys", { name: "bench" })).key}`;
}

/** Every client sends its next request when the last one is answered. Returns the latencies in ms. */
async function round(peer: Peer, clients: number, next: () => { method: "GET" | "POST"; path: string; body?: object }) {
  const latencies: number[] = [];
  const started = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() < started + ROUND_MS) {
        const { body, ...request } = next();
        const before = performance.now();
        const answer = await peer.pool.request({
          ...request,
          headers: peer.headers,
          ...(body && { body: JSON.stringify(body) }),
        });
        const text = await answer.body.text();
        if (answer.statusCode >= 300) throw new Error(`${answer.statusCode} ${text}`);
        latencies.push(performance.now() - before);
      }
    }),
  );
  return { perSecond: (latencies.length / (performance.now() - started)) * 1_000, latencies };
}

let count = 0;
const buyerOf = (thread: number) => ({ externalId: `b-${thread}`, name: "Ana Ruiz", country: "MX", locale: "es" });
function message() {
  count += 1;
  const thread = count % THREADS;
  const body = {
    messageId: `m-${count}`,
    threadId: `t-${thread}`,
    buyer: buyerOf(thread),
    text: "Hello, I ordered the ceramic set two weeks ago and it has not arrived yet. Can you look where it is?",
    sentAt: "2026-05-02T09:00:00Z",
  };
  return { method: "POST", path: "/api/v1/insite/insite/messages", body } as const;
}
const STAGES = ["created", "paid", "shipped", "delivered"];
function orderEvent() {
  count += 1;
  const order = Math.floor(count / STAGES.length);
  const body = {
    eventId: `e-${count}`,
    type: STAGES[count % STAGES.length],
    occurredAt: new Date(1_777_000_000_000 + count * 1_000).toISOString(),
    orderId: `o-${order}`,
    buyer: buyerOf(order % THREADS),
  };
  return { method: "POST", path: "/api/v1/orders/events", body } as const;
}
const list = () => ({ method: "GET", path: "/api/v1/conversations?limit=50" }) as const;

const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const rounded = (value: number) => Math.round(value * 100) / 100;
const p95 = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? 0;

/** In-site messages through HTTP against the floor, order events, and the list of few and many conversations; all in turns. */
export default async function api(): Promise<Record<string, unknown>> {
  const hub = await startPeer("hub", SMALL);
  const floor = await startPeer("floor");
  const rates = { hub: [] as number[], floor: [] as number[], orders: [] as number[] };
  for (const peer of [hub, floor]) await round(peer, CLIENTS, message);
  for (let number = 0; number < ROUNDS; number += 1) {
    rates.hub.push((await round(hub, CLIENTS, message)).perSecond);
    rates.floor.push((await round(floor, CLIENTS, message)).perSecond);
  }
  for (let number = 0; number < ROUNDS; number += 1) {
    rates.orders.push((await round(hub, CLIENTS, orderEvent)).perSecond);
  }
  await Promise.all([hub.stop(), floor.stop()]);

  const peers = { small: await startPeer("hub", SMALL), large: await startPeer("hub", LARGE) };
  const latencies = { small: [] as number[], large: [] as number[] };
  for (const name of ["small", "large"] as const) await round(peers[name], LIST_CLIENTS, list);
  for (let number = 0; number < ROUNDS; number += 1) {
    for (const name of ["small", "large"] as const) {
      latencies[name].push(...(await round(peers[name], LIST_CLIENTS, list)).latencies);
    }
  }
  await Promise.all([peers.small.stop(), peers.large.stop()]);
  const small = p95(latencies.small);
  const large = p95(latencies.large);
  return {
    bench: "api",
    clients: CLIENTS,
    insite: {
      messagesPerSecond: Math.round(mean(rates.hub)),
      floor: Math.round(mean(rates.floor)),
      ratio: rounded(mean(rates.hub) / mean(rates.floor)),
    },
    orderEventsPerSecond: Math.round(mean(rates.orders)),
    listP95: { [SMALL]: rounded(small), [LARGE]: rounded(large), ratio: rounded(large / small) },
  };
}
