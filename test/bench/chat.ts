import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { io, type Socket } from "socket.io-client";
import { ADMIN, login } from "../support/app.ts";
import { connectAgent } from "../support/sockets.ts";

const WIDGETS = 50;
const AGENTS = 3;
const ROUND_MS = 4_000;
const ROUNDS = 3;
const IDLE_CONNECTIONS = 1_000;
const TEXT = "Hello, I ordered the ceramic set two weeks ago and it has not arrived yet. Can you look where it is?";

interface Peer {
  url: string;
  memory(): Promise<number>;
  stop(): Promise<void>;
}

async function startPeer(kind: "hub" | "floor"): Promise<Peer> {
  const dataDir = await mkdtemp(join(tmpdir(), `parley-bench-${kind}-`));
  const child = fork(join(import.meta.dirname, "..", "support", "chat-bench-server.ts"), [kind, dataDir], {
    execArgv: [
      "--expose-gc",
      "--disable-warning=ExperimentalWarning",
      ...(process.env.BENCH_NODE_ARGS?.split(" ") ?? []),
    ],
  });
  const { url } = await answer<{ url: string }>(child);
  return {
    url,
    async memory() {
      child.send("memory");
      return (await answer<{ memory: number }>(child)).memory;
    },
    async stop() {
      child.disconnect();
      await once(child, "exit");
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function answer<T>(child: ChildProcess): Promise<T> {
  const [message] = await once(child, "message");
  return message as T;
}

async function connect(url: string): Promise<Socket> {
  const socket = io(`${url}/widget`, {
    auth: { inboxKey: "chat", locale: "en" },
    transports: ["websocket"],
    forceNew: true,
    reconnection: false,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("session", () => resolve());
    socket.once("connect_error", reject);
  });
  return socket;
}

/** Every client sends its next message when the last one is acknowledged. Returns the latencies in ms. */
async function round(sockets: Socket[], durationMs: number): Promise<{ perSecond: number; latencies: number[] }> {
  const latencies: number[] = [];
  const started = performance.now();
  const end = started + durationMs;
  await Promise.all(
    sockets.map(async (socket) => {
      while (performance.now() < end) {
        const before = performance.now();
        const result = await socket.emitWithAck("message:send", { echoId: crypto.randomUUID(), text: TEXT });
        if (!result.ok) throw new Error(JSON.stringify(result.error));
        latencies.push(performance.now() - before);
      }
    }),
  );
  return { perSecond: (latencies.length / (performance.now() - started)) * 1_000, latencies };
}

/** Agents who are connected and watch the conversations, as at work; the bot is off. */
async function staff(url: string, sockets: Socket[]): Promise<Socket[]> {
  const { cookie } = await login(url, ADMIN);
  const headers = { cookie, "content-type": "application/json" };
  const inboxes = (await (await fetch(`${url}/api/v1/inboxes`, { headers })).json()) as {
    id: string;
    channel: string;
  }[];
  const chat = inboxes.find(({ channel }) => channel === "chat");
  await fetch(`${url}/api/v1/inboxes/${chat?.id}`, { method: "PATCH", headers, body: '{"bot":{"mode":"off"}}' });
  const agents = await Promise.all(Array.from({ length: AGENTS }, () => connectAgent(url, { cookie })));
  await Promise.all(
    sockets.map(async (socket, index) => {
      const { message } = await socket.emitWithAck("message:send", { echoId: "first", text: "Hello" });
      await agents[index % AGENTS]?.emitWithAck("conversation:watch", { id: message.conversationId });
    }),
  );
  return agents as unknown as Socket[];
}

/** Of a fresh process, whose heap has no slack that connections could hide in. */
async function memoryPerConnection(kind: "hub" | "floor"): Promise<number> {
  const peer = await startPeer(kind);
  // The first connections load code and grow pools once.
  const first = await Promise.all(Array.from({ length: 100 }, () => connect(peer.url)));
  const before = await peer.memory();
  const sockets: Socket[] = [];
  for (let count = 0; count < IDLE_CONNECTIONS; count += 100) {
    sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => connect(peer.url)))));
  }
  const after = await peer.memory();
  for (const socket of [...first, ...sockets]) socket.disconnect();
  await peer.stop();
  return (after - before) / IDLE_CONNECTIONS;
}

const quantile = (sorted: number[], q: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
const rounded = (value: number) => Math.round(value * 100) / 100;

/** Widget clients to agents through the hub, against the floor; the two take turns, so that noise meets both. */
export default async function chat(): Promise<Record<string, unknown>> {
  const peers = { hub: await startPeer("hub"), floor: await startPeer("floor") };
  const results = {
    hub: { rates: [] as number[], latencies: [] as number[] },
    floor: { rates: [] as number[], latencies: [] as number[] },
  };
  const clients = {
    hub: await Promise.all(Array.from({ length: WIDGETS }, () => connect(peers.hub.url))),
    floor: await Promise.all(Array.from({ length: WIDGETS }, () => connect(peers.floor.url))),
  };
  const agents = await staff(peers.hub.url, clients.hub);
  for (const name of ["hub", "floor"] as const) await round(clients[name], ROUND_MS / 2);
  for (let number = 0; number < ROUNDS; number += 1) {
    for (const name of ["hub", "floor"] as const) {
      const { perSecond, latencies } = await round(clients[name], ROUND_MS);
      results[name].rates.push(perSecond);
      results[name].latencies.push(...latencies);
    }
  }
  for (const socket of [...clients.hub, ...clients.floor, ...agents]) socket.disconnect();
  await Promise.all([peers.hub.stop(), peers.floor.stop()]);
  const memory = { hub: await memoryPerConnection("hub"), floor: await memoryPerConnection("floor") };
  const summary = (name: "hub" | "floor") => {
    const sorted = results[name].latencies.sort((a, b) => a - b);
    return {
      messagesPerSecond: Math.round(results[name].rates.reduce((a, b) => a + b, 0) / ROUNDS),
      p50: rounded(quantile(sorted, 0.5)),
      p95: rounded(quantile(sorted, 0.95)),
      p99: rounded(quantile(sorted, 0.99)),
      idleConnectionBytes: Math.round(memory[name]),
    };
  };
  const hub = summary("hub");
  const floor = summary("floor");
  return {
    bench: "chat",
    widgets: WIDGETS,
    hub,
    floor,
    throughputRatio: rounded(hub.messagesPerSecond / floor.messagesPerSecond),
    p95Ratio: rounded(hub.p95 / floor.p95),
    idleMemoryRatio: rounded(hub.idleConnectionBytes / floor.idleConnectionBytes),
  };
}
