import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { io, type Socket } from "socket.io-client";
import { ADMIN, login } from "../support/app.ts";
import { COUNTRIES } from "../support/countries.ts";

const RULES = 200;
const EVENTS = 1_500;
const CLIENTS = 8;
const SENDS = 1_500;
const DUE = Number(process.env.BENCH_DUE ?? 100_000);
const WIDGETS = 20;
const EVERY_MS = 200;
const WINDOW_MS = 12_000;

interface Hub {
  url: string;
  ask(request: unknown): Promise<{ done: number }>;
  call(method: string, path: string, body?: unknown): Promise<Response>;
  stop(): Promise<void>;
}

async function startHub(rate: string): Promise<Hub> {
  const dataDir = await mkdtemp(join(tmpdir(), "parley-bench-automation-"));
  const child: ChildProcess = fork(join(import.meta.dirname, "automation", "hub.ts"), [dataDir, rate], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const answer = async () => (await once(child, "message"))[0];
  const { url } = (await answer()) as { url: string };
  const { cookie } = await login(url, ADMIN);
  return {
    url,
    async ask(request) {
      child.send(request as object);
      return (await answer()) as { done: number };
    },
    call: (method, path, body) =>
      fetch(`${url}/api/v1${path}`, {
        method,
        headers: { cookie, "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    async stop() {
      child.disconnect();
      await once(child, "exit");
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Order events a second, told by several clients one at a time. */
async function eventsPerSecond(hub: Hub, round: string): Promise<number> {
  const types = ["paid", "shipped", "delivered"];
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      // An order's events come one after the other, as they happen.
      for (let order = next++; order < EVENTS / types.length; order = next++) {
        for (const type of types) {
          const answer = await hub.call("POST", "/orders/events", {
            eventId: `${round}-${order}-${type}`,
            type,
            occurredAt: new Date().toISOString(),
            orderId: `${round}-${order}`,
            buyer: { externalId: `${round}-${order}`, name: "Ana Ruiz", country: COUNTRIES[order % COUNTRIES.length] },
            order: { total: order % 100, currency: "EUR" },
          });
          if (answer.status !== 202) throw new Error(await answer.text());
        }
      }
    }),
  );
  return EVENTS / ((performance.now() - started) / 1_000);
}

/** Each is for one of three events, one country and larger orders: a few of the two hundred fit each event. */
function ruleOf(number: number): object {
  return {
    name: `Rule ${number}`,
    enabled: true,
    trigger: { type: ["order.paid", "order.shipped", "order.delivered"][number % 3] },
    delay: { amount: 30, unit: "days" },
    conditions: {
      match: "all",
      items: [
        { field: "buyer.country", operator: "is", value: COUNTRIES[number % COUNTRIES.length] },
        { field: "order.total", operator: "at_least", value: number % 50 },
      ],
    },
    actions: [{ type: "send_template", template: "delivered_today" }],
  };
}

async function evaluation() {
  const hub = await startHub("default");
  await eventsPerSecond(hub, "warm");
  const without = [await eventsPerSecond(hub, "without-1")];
  for (let number = 0; number < RULES; number += 1) await hub.call("POST", "/automations", ruleOf(number));
  const withRules = [await eventsPerSecond(hub, "with-1"), await eventsPerSecond(hub, "with-2")];
  const rules = (await (await hub.call("GET", "/automations")).json()) as { id: string }[];
  for (const { id } of rules) await hub.call("PATCH", `/automations/${id}`, { enabled: false });
  without.push(await eventsPerSecond(hub, "without-2"));
  await hub.stop();
  const mean = (list: number[]) => Math.round(list.reduce((a, b) => a + b, 0) / list.length);
  return { without: mean(without), with: mean(withRules), ratio: rounded(mean(withRules) / mean(without)) };
}

/** A rule without bounds that could stand in the way of measuring. */
async function prepare(hub: Hub): Promise<void> {
  await hub.call("PATCH", "/automations/settings", {
    quietHours: { from: "00:00", to: "00:00" },
    buyerCap: { most: 100, hours: 1 },
  });
  const rules = (await (await hub.call("GET", "/automations")).json()) as { id: string; key?: string }[];
  const rule = rules.find(({ key }) => key === "order_delivered");
  await hub.call("PATCH", `/automations/${rule?.id}`, { enabled: true, cap: null, holdWhenOpen: false });
}

async function sending(): Promise<number> {
  const hub = await startHub("0");
  await prepare(hub);
  await hub.ask({ due: SENDS, orders: SENDS });
  const started = performance.now();
  const before = (await hub.ask("count")).done;
  let done = before;
  while (done < SENDS && performance.now() - started < 60_000) {
    await delay(250);
    done = (await hub.ask("count")).done;
  }
  const perSecond = (done - before) / ((performance.now() - started) / 1_000);
  await hub.stop();
  return Math.round(perSecond);
}

/** Widgets that write now and then, as people do; the 95th percentile of acknowledgements in ms. */
async function chatP95(sockets: Socket[]): Promise<number> {
  const latencies: number[] = [];
  const end = performance.now() + WINDOW_MS;
  await Promise.all(
    sockets.map(async (socket, index) => {
      await delay((index * EVERY_MS) / sockets.length);
      while (performance.now() < end) {
        const before = performance.now();
        await socket.emitWithAck("message:send", {
          echoId: crypto.randomUUID(),
          text: "Where is my parcel? It was to come on Monday.",
        });
        latencies.push(performance.now() - before);
        await delay(Math.max(0, EVERY_MS - (performance.now() - before)));
      }
    }),
  );
  latencies.sort((a, b) => a - b);
  return rounded(latencies[Math.floor(latencies.length * 0.95)] ?? 0);
}

async function connect(url: string): Promise<Socket> {
  const socket = io(`${url}/widget`, {
    auth: { inboxKey: "chat", locale: "en" },
    transports: ["websocket"],
    forceNew: true,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("session", () => resolve());
    socket.once("connect_error", reject);
  });
  return socket;
}

async function draining() {
  const hub = await startHub("default");
  const inboxes = (await (await hub.call("GET", "/inboxes")).json()) as { id: string; channel: string }[];
  const chat = inboxes.find(({ channel }) => channel === "chat");
  await hub.call("PATCH", `/inboxes/${chat?.id}`, { bot: { mode: "off" } });
  const sockets = await Promise.all(Array.from({ length: WIDGETS }, () => connect(hub.url)));
  await chatP95(sockets);
  const idle = await chatP95(sockets);
  await prepare(hub);
  const before = (await hub.ask({ due: DUE, orders: 2_000 })).done;
  // The sweep finds them within some seconds.
  await delay(6_000);
  const started = performance.now();
  const first = (await hub.ask("count")).done;
  const draining = await chatP95(sockets);
  const { done } = await hub.ask("count");
  const perSecond = Math.round((done - first) / ((performance.now() - started) / 1_000));
  for (const socket of sockets) socket.disconnect();
  await hub.stop();
  return {
    due: DUE,
    sentBefore: first - before,
    sentPerSecond: perSecond,
    idleP95: idle,
    drainingP95: draining,
    ratio: rounded(draining / idle),
  };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Order events through 200 rules against none; check-ins sent a second; what chatting feels of 100,000 that are due. */
export default async function automation(): Promise<Record<string, unknown>> {
  return {
    bench: "automation",
    rules: RULES,
    eventsPerSecond: await evaluation(),
    checkInsPerSecond: await sending(),
    chat: await draining(),
  };
}
