import type { LRUCache } from "lru-cache";
import type { Channels } from "../channels/index.ts";
import type { DatabaseHealth } from "../contract/database.ts";
import type { WebhookEvent } from "../contract/webhook.ts";
import type { Rules } from "./automation/rules.ts";
import type { Caches } from "./caches.ts";
import type { Config } from "./config.ts";
import type { Bus } from "./events/bus.ts";
import type { Health } from "./health.ts";
import type { Translate } from "./i18n.ts";
import type { Knowledge } from "./knowledge.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { InboxRecord } from "./models/inbox.ts";
import type { OutboundHttp } from "./outbound-http.ts";
import type { RateLimit, RateLimits } from "./rate-limits.ts";

/** What the composition root hands to every part of the server. */
export interface Context {
  config: Config;
  log: Log;
  translate: Translate;
  clock: Clock;
  bus: Bus;
  channels: Channels;
  knowledge: Knowledge;
  /** Fetches from addresses that people name. */
  outbound: OutboundHttp;
  limits: RateLimits;
  /** What one widget or its address may do. */
  socketLimits: Record<"connect" | "message" | "read", RateLimit>;
  metrics: Metrics;
  /** How the database and its disk are, as far as it is known. */
  databaseHealth(): DatabaseHealth;
  /** How the parts of this process are. */
  health: Health;
  /** conversationId → its last known seq: saves a read before most inserts; the unique index decides. */
  seqHints: LRUCache<string, number>;
  /** Inboxes by id and by `key:KEY`, for seconds: every message asks for one. */
  inboxes: LRUCache<string, InboxRecord>;
  /** What every request of a platform asks again, for seconds. */
  caches: Caches;
  /** Events that some webhook of the hub wants, at most some seconds old: writes ask it what to announce. */
  wantedEvents: Set<WebhookEvent>;
  /** The automation rules that are on, at most some seconds old: writes ask them what to owe. */
  rules: Rules;
  /** This process, among those that share the database: its claims carry it. */
  node: string;
  /** Where people reach the hub, for links in mails: PUBLIC_URL, else where it listens. No slash at the end. */
  address: string;
}

/** The time, so that a test can set it. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
