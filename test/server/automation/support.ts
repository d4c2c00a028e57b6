import mongoose from "mongoose";
import type { Automation, CheckIn } from "../../../contract/automation.ts";
import { isNobody } from "../../../contract/buyer-id.ts";
import type { Message } from "../../../contract/message.ts";
import { CheckInModel, type CheckInRecord } from "../../../server/models/check-in.ts";
import { OrderEventModel } from "../../../server/models/order.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";

export interface RuleApp extends TestApp {
  /** The hub's time, which stands still until it is moved on. */
  time: { now: number };
  /** Moves the time on, does what came due on the way, and waits until it is done. */
  pass(milliseconds: number): Promise<void>;
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  /** As on the first day: the default rules off, no orders, no buyers. */
  reset(): Promise<void>;
  /** The platform's id of a buyer of this test. */
  own(externalId: string): string;
  /** Turns a default rule on, changed or not. */
  turnOn(key: string, change?: object): Promise<Automation>;
  rule(definition: object): Promise<Automation>;
  order(orderId: string, type: string, more?: OrderMore): Promise<void>;
  checkIns(query?: string): Promise<CheckIn[]>;
  /** Changes what holds for all rules. */
  patchSettings(change: object): Promise<void>;
  /** How many messages of rules stand in the conversations that an order's check-ins went to, whoever says so. */
  messagesAbout(orderId: string): Promise<number>;
  /** What rules sent into conversations about an order, oldest first. */
  sent(orderId: string): Promise<Message[]>;
}
export interface OrderMore {
  at?: number;
  eventId?: string;
  buyer?: { externalId: string; email?: string | undefined; name?: string; country?: string; locale?: string };
  order?: object;
  tracking?: object;
  review?: object;
}

/** An index serves it. */
const ALL = { _id: { $gt: new mongoose.Types.ObjectId("0".repeat(24)) } };
const CLEARED = [
  "check_ins",
  "compensations",
  "compensation_rules",
  "conversations",
  "local_mails",
  "messages",
  "order_events",
  "orders",
];

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** A Wednesday, at noon in Madrid. */
export const NOON = Date.parse("2026-05-06T10:00:00Z");
export const BUYER = { externalId: "b-1", name: "Ana Ruiz", country: "ES", locale: "es", email: "ana@example.com" };

/** A hub whose clock stands still, with helpers to have orders happen to it. */
export async function startRuleApp(options: Parameters<typeof startTestApp>[0] = {}): Promise<RuleApp> {
  const time = { now: NOON };
  // The hub remembers people: each test has its own.
  let round = 0;
  const own = (externalId: string) => `${round}-${externalId}`;
  const app = await startTestApp({
    clock: { now: () => new Date(time.now) },
    checkInsPerSecond: Number.POSITIVE_INFINITY,
    ...options,
  });
  // A login ends while months pass.
  const made = await app.call<{ key: string }>("POST", "/api-keys", { name: "rules", role: "admin" }, app.admin);
  const admin = { key: made.body.key };
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await app.call<T>(method, path, body, admin);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const get = <T>(path: string) => ask<T>("GET", path);
  const settle = async () => {
    await app.idle();
    await app.sweep();
    await app.idle();
  };
  return {
    ...app,
    admin,
    time,
    get,
    post: (path, body) => ask("POST", path, body),
    async pass(milliseconds) {
      await settle();
      time.now += milliseconds;
      await settle();
    },
    async turnOn(key, change = {}) {
      const rule = (await get<Automation[]>("/automations")).find((one) => one.key === key);
      return ask("PATCH", `/automations/${rule?.id}`, { ...change, enabled: true });
    },
    async reset() {
      await settle();
      const { db } = mongoose.connection;
      for (const name of CLEARED) await db?.collection(name).deleteMany(ALL);
      await db?.collection("automations").deleteMany({ ...ALL, key: { $exists: false } });
      await db?.collection("templates").deleteMany({ ...ALL, key: /^own/ });
      const counters = { triggered: 0, sent: 0, held: 0, cancelled: 0 };
      await db?.collection("automations").updateMany(ALL, {
        $set: { enabled: false, counters, failures: 0 },
        $unset: { paused: "", scheduledUntil: "" },
      });
      await app.ctx.rules.refresh();
      app.ctx.seqHints.clear();
      time.now = NOON;
      round += 1;
    },
    own,
    rule: (definition) => ask("POST", "/automations", { name: "Mine", enabled: true, ...definition }),
    async order(orderId, type, { at = time.now, eventId, buyer: given = BUYER, ...more } = {}) {
      const { externalId, email } = given;
      const id = isNobody(externalId) ? externalId : own(externalId);
      const buyer = { ...given, externalId: id, ...(email && { email: own(email) }) };
      const occurredAt = new Date(at).toISOString();
      const event = eventId ?? `${orderId}:${type}:${at}`;
      await ask("POST", "/orders/events", { eventId: event, type, occurredAt, orderId, buyer, ...more });
      await settle();
    },
    async patchSettings(change) {
      await ask("PATCH", "/automations/settings", change);
    },
    async messagesAbout(orderId) {
      const all = await get<{ items: CheckIn[] }>(`/check-ins?order=${orderId}&limit=100`);
      const conversations = new Set(all.items.flatMap(({ conversationId }) => conversationId ?? []));
      let found = 0;
      for (const id of conversations) {
        const { items } = await get<{ items: Message[] }>(`/conversations/${id}/messages?limit=200`);
        found += items.filter(({ automation }) => automation !== undefined).length;
      }
      return found;
    },
    async checkIns(query = "") {
      return (await get<{ items: CheckIn[] }>(`/check-ins?limit=100${query}`)).items.reverse();
    },
    async sent(orderId) {
      const { items } = await get<{ items: CheckIn[] }>(`/check-ins?order=${orderId}&outcome=sent&limit=100`);
      const messages: Message[] = [];
      for (const { conversationId, messageId } of items.reverse()) {
        const all = await get<{ items: Message[] }>(`/conversations/${conversationId}/messages?limit=200`);
        const found = all.items.find(({ id }) => id === messageId);
        if (found) messages.push(found);
      }
      return messages;
    },
  };
}

/** What a crash leaves: a check-in that was done but not written down, an order event that nobody is known to have looked at. */
export async function crash(app: RuleApp): Promise<void> {
  const workspaceId = new mongoose.Types.ObjectId(app.firstStart.workspaceId);
  const last = await CheckInModel.findOne({ workspaceId, finishedAt: { $gt: new Date(app.time.now - DAY) } })
    .sort({ _id: -1 })
    .lean<CheckInRecord>();
  const now = new Date(app.time.now);
  if (last?.outcome === "sent") {
    await CheckInModel.collection.updateOne(
      { _id: last._id },
      { $set: { dueAt: now }, $unset: { finishedAt: "", outcome: "", sentMessageId: "" } },
    );
  }
  if (last?.orderId) {
    const { orderId } = last;
    const owing = { $set: { owed: ["automation"], owedAt: now } };
    await OrderEventModel.collection.updateMany({ workspaceId, orderId }, owing);
  }
  await app.sweep();
}
