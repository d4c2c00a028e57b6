import { createHmac } from "node:crypto";
import { Types } from "mongoose";
import type { WebhookBody } from "../../contract/webhook.ts";
import { ANNOUNCE_LEASE_MS } from "../actions/announce.ts";
import {
  type Announced,
  DUE_LANES,
  leaveLane,
  lookAtLane,
  recordAttempt,
  settleAnnouncements,
  storeDeliveries,
} from "../actions/webhook-deliveries.ts";
import { refreshWantedEvents } from "../actions/webhooks.ts";
import { isShared } from "../config.ts";
import type { Context } from "../context.ts";
import { OutboundError, type OutboundHttp } from "../outbound-http.ts";
import { presentContact, presentConversation } from "../presenters/conversations.ts";
import { presentMessage } from "../presenters/messages.ts";
import { presentOrder } from "../presenters/orders.ts";
import { findInbox } from "../queries/inboxes.ts";
import { threadIdOf } from "../queries/outbox.ts";
import {
  announcedMove,
  announcedOfConversation,
  announcedOrder,
  enabledWebhook,
  enabledWebhooks,
  listWebhooks,
  nextAnnouncement,
  nextDelivery,
  overdueSubjects,
  type Subject,
} from "../queries/webhooks.ts";
import type { Announcement, WebhookDeliveryRecord, WebhookLaneRecord, WebhookRecord } from "../records.ts";
import { decrypt } from "../signing.ts";
import { Claims } from "./claims.ts";
import { DueWork } from "./due-work.ts";
import { KeyedQueue } from "./keyed-queue.ts";

/** What one receiver may keep busy here at once; the others have as much of their own. */
const LANES_AT_ONCE = 16;
const TIMEOUT_MS = 10_000;
const KEPT_OF_ANSWER = 1_000;
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 3_600_000;
const SWEEP_BATCH = 200;
/** What could not be announced or sent for a reason of ours is looked at again after this. */
const AFTER_FAILURE_MS = 15_000;
/** Within this time a node hears of a webhook that was made on another, where Redis does not tell it at once. */
const REFRESH_MS = { told: 60_000, untold: 5_000 };

/**
 * Tells the world what happened: turns announcements into deliveries, and sends these, each conversation's in order,
 * until the receiver takes them.
 */
export class WebhookWorker {
  readonly #ctx: Context;
  readonly #http: OutboundHttp;
  readonly #queue = new KeyedQueue();
  readonly #unsubscribe: (() => void)[];
  /** webhookId → how many of its lanes are in work here. */
  readonly #busy = new Map<string, number>();
  readonly #running = new Set<Promise<void>>();
  readonly #lanes: Claims<WebhookLaneRecord>;
  readonly #due: DueWork;
  #refresh: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(ctx: Context, http: OutboundHttp) {
    this.#ctx = ctx;
    this.#http = http;
    this.#lanes = new Claims(ctx, DUE_LANES);
    this.#due = new DueWork(ctx, { name: "webhooks", take: () => this.#takeDue(), nextDue: () => this.#nextDue() });
    this.#unsubscribe = [
      ctx.bus.on("message.created", ({ message }) => {
        if (message.announce) return this.#announce({ kind: "conversation", id: message.conversationId });
      }),
      ctx.bus.on("message.left", ({ message }) => {
        if (message.announce) return this.#announce({ kind: "conversation", id: message.conversationId });
      }),
      ctx.bus.on("message.updated", ({ message }) => {
        if (message.announce) return this.#announce({ kind: "conversation", id: message.conversationId });
      }),
      ctx.bus.on("conversation.updated", ({ conversation }) => {
        if (conversation.announce) return this.#announce({ kind: "conversation", id: conversation._id });
      }),
      ctx.bus.on("order.updated", ({ order }) => {
        if (order.announce) return this.#announce({ kind: "order", id: order._id });
      }),
      ctx.bus.on("contact.moved", ({ moveId, announced }) => {
        if (announced) return this.#announce({ kind: "contact", id: new Types.ObjectId(moveId) });
      }),
      ctx.bus.on("webhook.due", ({ webhookId }) => this.#pump(webhookId)),
      ctx.bus.on("webhook.changed", ({ webhookId }) => this.#pump(webhookId)),
    ];
  }

  /** What a crash left is announced before anything else is; sending it begins in the background. */
  async start(): Promise<void> {
    await refreshWantedEvents(this.#ctx);
    await this.#lanes.endDead();
    await this.#sweepAnnouncements(new Date(this.#ctx.clock.now().getTime() + ANNOUNCE_LEASE_MS));
    void this.#due.look();
    if (!isShared(this.#ctx.config)) return;
    const refreshEvery = this.#ctx.config.redisUrl ? REFRESH_MS.told : REFRESH_MS.untold;
    this.#refresh = setInterval(() => {
      refreshWantedEvents(this.#ctx).catch((error) => this.#ctx.log.warn({ err: error }, "webhooks could not be read"));
    }, refreshEvery);
    this.#refresh.unref();
  }

  /** Takes over what is overdue: announcements that nobody made, and tries whose time has come. */
  sweep(): Promise<void> {
    return this.#due.look();
  }

  /** Resolves when nothing is announced or sent any more. For tests and the shutdown. */
  async idle(): Promise<void> {
    do {
      await this.#due.idle();
      await this.#queue.idle();
      await Promise.all(this.#running);
    } while (this.#running.size > 0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#refresh);
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await this.#due.stop();
    await this.idle();
    this.#lanes.stop();
    await this.#http.close();
  }

  async #takeDue(): Promise<void> {
    if (this.#ctx.wantedEvents.size === 0) return;
    await this.#sweepAnnouncements(this.#ctx.clock.now());
    const webhooks = await enabledWebhooks();
    for (const { _id } of webhooks) this.#pump(_id.toHexString());
  }

  async #nextDue(): Promise<Date | undefined> {
    if (this.#ctx.wantedEvents.size === 0) return undefined;
    // Lanes of one that is busy go on as others of its end; those of one that is off wait until it is on.
    const free = (await enabledWebhooks()).filter(({ _id }) => this.#hasRoom(_id.toHexString()));
    const lanes = free.map(({ _id }) => this.#lanes.nextDue({ webhookId: _id }));
    const times = (await Promise.all([nextAnnouncement(), ...lanes])).flatMap((at) => at?.getTime() ?? []);
    return times.length > 0 ? new Date(Math.min(...times)) : undefined;
  }

  async #sweepAnnouncements(before: Date): Promise<void> {
    while (!this.#stopped) {
      const subjects = await overdueSubjects(before, SWEEP_BATCH);
      await Promise.all(subjects.map((subject) => this.#announce(subject)));
      if (subjects.length < SWEEP_BATCH) break;
    }
  }

  /** One after the other for each subject, so that its events take their places in order. */
  async #announce(subject: Subject): Promise<void> {
    await this.#queue.run(subject.id.toHexString(), async () => {
      try {
        const webhookIds = await announce(this.#ctx, subject);
        for (const id of webhookIds) this.#pump(id);
      } catch (error) {
        this.#ctx.log.error({ err: error, ...subject }, "an event could not be announced");
        this.#due.by(new Date(this.#ctx.clock.now().getTime() + AFTER_FAILURE_MS));
      }
    });
  }

  /** Takes up due lanes of a webhook, as many as there is room for, and goes on as they end. */
  #pump(webhookId: string): void {
    this.#run(async () => {
      const webhook = await enabledWebhook(webhookId);
      while (webhook && !this.#stopped && this.#take(webhookId)) {
        const [lane] = await this.#lanes.take(1, { webhookId: webhook._id }).catch((error: unknown) => {
          this.#give(webhookId);
          throw error;
        });
        if (!lane) return this.#give(webhookId);
        this.#run(async () => {
          await this.#work(webhook, lane);
          this.#give(webhookId);
          this.#pump(webhookId);
        });
      }
    });
  }

  #hasRoom(webhookId: string): boolean {
    return (this.#busy.get(webhookId) ?? 0) < LANES_AT_ONCE;
  }

  /** A place for one more lane, if there is one. It is taken before the lane is asked for: pumps run side by side. */
  #take(webhookId: string): boolean {
    if (!this.#hasRoom(webhookId)) return false;
    this.#busy.set(webhookId, (this.#busy.get(webhookId) ?? 0) + 1);
    return true;
  }

  #give(webhookId: string): void {
    const busy = (this.#busy.get(webhookId) ?? 1) - 1;
    if (busy > 0) this.#busy.set(webhookId, busy);
    else this.#busy.delete(webhookId);
  }

  #run(task: () => Promise<void>): void {
    const running = task()
      .catch((error: unknown) => this.#ctx.log.error({ err: error }, "a webhook could not be served"))
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Sends what stands in a lane, oldest first, until it is empty or a try fails. */
  async #work(webhook: WebhookRecord, claimed: WebhookLaneRecord): Promise<void> {
    const rest = async (milliseconds: number) => {
      const until = new Date(this.#ctx.clock.now().getTime() + milliseconds);
      await this.#lanes.letGo(claimed, until);
      this.#due.by(until);
    };
    try {
      let lane: WebhookLaneRecord | null = claimed;
      while (lane && !this.#stopped) {
        const delivery = await nextDelivery(lane._id);
        if (!delivery) {
          if (await leaveLane(this.#ctx, lane)) return;
        } else if ((await this.#send(webhook, delivery)) === "pending") {
          return await rest(backoff(delivery.tries + 1));
        }
        lane = this.#lanes.holds(claimed) ? await lookAtLane(this.#ctx, lane) : null;
      }
      if (lane) await rest(0);
    } catch (error) {
      this.#ctx.log.error({ err: error, lane: claimed._id }, "a webhook's lane could not be worked on");
      await rest(AFTER_FAILURE_MS).catch(() => undefined);
    } finally {
      this.#lanes.drop(claimed);
    }
  }

  async #send(webhook: WebhookRecord, delivery: WebhookDeliveryRecord): Promise<WebhookDeliveryRecord["state"]> {
    const at = this.#ctx.clock.now();
    const started = performance.now();
    const elapsed = () => Math.round(performance.now() - started);
    const timestamp = String(Math.floor(at.getTime() / 1_000));
    const secret = decrypt(this.#ctx.config.secretKey, webhook.secret);
    try {
      const { status, text } = await this.#http.request(webhook.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "user-agent": "Parley-Webhooks/1",
          "x-parley-signature": webhookSignature(secret, timestamp, delivery.body),
          "x-parley-timestamp": timestamp,
          "x-parley-delivery": delivery._id.toHexString(),
        },
        body: delivery.body,
        timeoutMs: TIMEOUT_MS,
        maxBytes: 16 * 1024,
        redirects: 3,
      });
      const attempt = { at, status, response: text.slice(0, KEPT_OF_ANSWER).toWellFormed(), milliseconds: elapsed() };
      return await recordAttempt(this.#ctx, { webhook, delivery, attempt, delivered: status >= 200 && status < 300 });
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
      const attempt = { at, error: error.reason, milliseconds: elapsed() };
      return await recordAttempt(this.#ctx, { webhook, delivery, attempt, delivered: false });
    }
  }
}

/** `sha256=` and the hex HMAC-SHA256 of `timestamp.body` under the webhook's secret. */
export function webhookSignature(secret: string, timestamp: string, body: string): string {
  return `sha256=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}`;
}

/** Exponential, with jitter so that a receiver that comes back is not met by all at once. */
function backoff(tries: number): number {
  const full = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (tries - 1));
  return full / 2 + Math.random() * (full / 2);
}

/** Something on a document that is to be told, with where it stands among the rest. */
interface Pending extends Announcement {
  kind: "conversation" | "message" | "order" | "contact";
  /** The document it stands on. */
  documentId: Types.ObjectId;
  seq: number;
  /** Milliseconds: its `at`, but never before that of an earlier message, whatever another node's clock says. */
  place: number;
  data: () => WebhookBody["data"];
}

/**
 * Puts down for each webhook what is to be told of a subject, all of it in order, also what another node left.
 * Returns the webhooks that have something new.
 */
async function announce(ctx: Context, { kind, id }: Subject): Promise<string[]> {
  const found = await PENDING_OF[kind](ctx, id);
  if (!found || found.pending.length === 0) return [];
  const { workspaceId } = found;
  // What happened first goes first; at the same moment a conversation begins before its messages do.
  const pending = found.pending.sort((a, b) => a.place - b.place || rank(a) - rank(b) || a.seq - b.seq);
  const events = pending.map(({ id: eventId, type, at, data }): Announced => {
    const workspace = workspaceId.toHexString();
    const body = { id: eventId.toHexString(), type, occurredAt: at.toISOString(), workspace, data: data() };
    return { eventId, type, body: JSON.stringify(body) };
  });
  const webhooks = (await listWebhooks(workspaceId)).filter(({ enabled }) => enabled);
  for (const webhook of webhooks) {
    const wanted = events.filter(({ type }) => webhook.events.includes(type));
    await storeDeliveries(ctx, { webhook, subject: id.toHexString(), events: wanted });
  }
  const documents = Map.groupBy(pending, ({ documentId }) => documentId);
  await Promise.all(
    [...documents].map(([documentId, entries]) =>
      settleAnnouncements(entries[0]?.kind ?? "message", documentId, entries),
    ),
  );
  return webhooks.map(({ _id }) => _id.toHexString());
}

function rank({ type }: Announcement): number {
  return type === "conversation.created" ? 0 : type.startsWith("message.") ? 1 : 2;
}

async function pendingOfConversation(ctx: Context, id: Types.ObjectId) {
  const found = await announcedOfConversation(id);
  if (!found) return undefined;
  const { conversation, messages } = found;
  const shown = presentConversation(conversation);
  const threadId = threadIdOf(conversation);
  const inbox = threadId === undefined ? undefined : await findInbox(ctx, conversation.inboxId);
  const pending: Pending[] = (conversation.announce ?? []).map((one) => ({
    ...one,
    kind: "conversation",
    documentId: conversation._id,
    seq: 0,
    place: one.at.getTime(),
    data: () => ({ conversation: shown }),
  }));
  let before = 0;
  for (const message of messages.sort((a, b) => a.seq - b.seq)) {
    for (const one of message.announce ?? []) {
      const place = Math.max(before, one.at.getTime());
      if (one.type === "message.created") before = place;
      pending.push({
        ...one,
        kind: "message",
        documentId: message._id,
        seq: message.seq,
        place,
        data: () => ({
          message: presentMessage(ctx, message),
          conversation: shown,
          // What is sent another way is not for the platform's thread.
          ...(threadId !== undefined && message.channel === inbox?.channel && { threadId }),
        }),
      });
    }
  }
  return { workspaceId: conversation.workspaceId, pending };
}

async function pendingOfOrder(_ctx: Context, id: Types.ObjectId) {
  const order = await announcedOrder(id);
  if (!order) return undefined;
  const pending = (order.announce ?? []).map(
    (one): Pending => ({
      ...one,
      kind: "order",
      documentId: order._id,
      seq: 0,
      place: one.at.getTime(),
      data: () => ({ order: presentOrder(order) }),
    }),
  );
  return { workspaceId: order.workspaceId, pending };
}

async function pendingOfMove(_ctx: Context, id: Types.ObjectId) {
  const found = await announcedMove(id);
  if (!found) return undefined;
  const { move, contact } = found;
  const pending = (move.announce ?? []).map(
    (one): Pending => ({
      ...one,
      kind: "contact",
      documentId: move._id,
      seq: 0,
      place: one.at.getTime(),
      data: () => ({
        contact: presentContact(contact),
        from: { id: move.fromId.toHexString(), name: move.fromName },
        identityIds: move.identityIds.map((identity) => identity.toHexString()),
      }),
    }),
  );
  return { workspaceId: move.workspaceId, pending };
}

const PENDING_OF = { conversation: pendingOfConversation, order: pendingOfOrder, contact: pendingOfMove };
