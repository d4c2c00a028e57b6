import { Types } from "mongoose";
import pLimit from "p-limit";
import type { Buyer, OrderFactsInput, OrderState, ReportedOrderEvent } from "../../contract/order.ts";
import { triggersOfEvent, wanted } from "../automation/triggers.ts";
import type { Context } from "../context.ts";
import { findTogether, gather, insertTogether } from "../database/together.ts";
import {
  OrderEventModel,
  type OrderEventRecord,
  type OrderFacts,
  OrderModel,
  type OrderRecord,
} from "../models/order.ts";
import { announcingUpdate } from "./announce.ts";
import { duplicateKeyOf, OWED_LEASE_MS } from "./append-message.ts";
import { ensureContact } from "./contacts.ts";

const ORDERS_AT_ONCE = 8;

/** How far an order has come. What arrives late never turns it back. */
const PROGRESS: readonly OrderState[] = ["created", "paid", "shipped", "out_for_delivery", "delivered", "completed"];

const DUPLICATE_KEY = 11000;

export interface OrderEventReceipt {
  eventId: string;
  orderId: string;
  duplicate: boolean;
}

/** Takes an order event in, once per eventId, in any order of arrival. */
export async function recordOrderEvent(
  ctx: Context,
  { workspaceId, event }: { workspaceId: string | Types.ObjectId; event: ReportedOrderEvent },
): Promise<OrderEventReceipt> {
  const [receipt] = await recordOrderEvents(ctx, { workspaceId, events: [{ event }] });
  return receipt as OrderEventReceipt;
}

/**
 * Takes order events in, each once per eventId, in any order of arrival. The events are stored first; their orders are then
 * folded anew over all of theirs, so a crash in between is mended by the next event or a repeat.
 * @param events `source`: who brings it; a repeat from the same source is not a duplicate but the same work again
 */
export async function recordOrderEvents(
  ctx: Context,
  {
    workspaceId,
    events,
  }: { workspaceId: string | Types.ObjectId; events: readonly { event: ReportedOrderEvent; source?: string }[] },
): Promise<OrderEventReceipt[]> {
  if (events.length === 0) return [];
  const workspace = new Types.ObjectId(workspaceId);
  const records = events.map(
    ({ event, source }): OrderEventRecord => ({
      _id: new Types.ObjectId(),
      workspaceId: workspace,
      eventId: event.eventId,
      orderId: event.orderId,
      type: event.type,
      occurredAt: new Date(event.occurredAt),
      payload: event,
      createdAt: ctx.clock.now(),
      ...(source !== undefined && { source }),
      ...owing(ctx, event),
    }),
  );
  const refused = await insertEvents(records);
  const firsts = await firstOf(
    workspace,
    [...refused].flatMap((at) => (records[at]?.source ? [records[at]] : [])),
  );
  const duplicates = records.map(
    ({ eventId, source }, at) => refused.has(at) && (source === undefined || firsts.get(eventId) !== source),
  );
  const byOrder = Map.groupBy(records.keys(), (at) => records[at]?.orderId ?? "");
  const rebuild = pLimit(ORDERS_AT_ONCE);
  await Promise.all(
    [...byOrder].map(([orderId, indexes]) =>
      rebuild(async () => {
        const order = await rebuildOrder(ctx, { workspaceId: workspace, orderId });
        const last = indexes.filter((at) => !refused.has(at)).at(-1);
        if (order && last !== undefined) ctx.bus.emit("order.updated", { order, event: records[last]?.type ?? "" });
        for (const at of indexes) {
          const event = records[at];
          if (order && event?.owed && !refused.has(at)) ctx.bus.emit("order.owed", { order, event });
        }
      }),
    ),
  );
  return records.map(({ eventId, orderId }, at) => ({ eventId, orderId, duplicate: duplicates[at] ?? false }));
}

/** The work that an event owes is written with it; none while no rule waits for such an event. */
function owing(ctx: Context, { type, order }: ReportedOrderEvent): Pick<OrderEventRecord, "owed" | "owedAt"> {
  if (!wanted(ctx.rules, triggersOfEvent({ type, promised: order?.promisedAt !== undefined }))) return {};
  return { owed: ["automation"], owedAt: new Date(ctx.clock.now().getTime() + OWED_LEASE_MS) };
}

/** Stores events. Returns the places of those that were there already. */
async function insertEvents(records: OrderEventRecord[]): Promise<Set<number>> {
  const results = await Promise.allSettled(records.map(insertEvent));
  const refused = new Set<number>();
  for (const [at, result] of results.entries()) {
    if (result.status === "fulfilled") continue;
    if (!duplicateKeyOf(result.reason)) throw result.reason;
    refused.add(at);
  }
  return refused;
}

/** eventId → the source that brought it first. */
async function firstOf(
  workspaceId: Types.ObjectId,
  records: OrderEventRecord[],
): Promise<Map<string, string | undefined>> {
  if (records.length === 0) return new Map();
  const firsts = await OrderEventModel.find({
    workspaceId,
    eventId: { $in: records.map(({ eventId }) => eventId) },
  }).lean<OrderEventRecord[]>();
  return new Map(firsts.map(({ eventId, source }) => [eventId, source]));
}

/** Folds an order over its events and stores it. Of two that run at once the one that saw more events stays. */
export async function rebuildOrder(
  ctx: Context,
  { workspaceId, orderId }: { workspaceId: Types.ObjectId; orderId: string },
): Promise<OrderRecord | null> {
  const events = await eventsOf({ workspaceId, orderId });
  if (events.length === 0) return null;
  const facts = foldOrder(orderId, events);
  const contactId = await contactOf(ctx, workspaceId, facts.buyer);
  const now = ctx.clock.now();
  const { set, push } = announcingUpdate(ctx, "order.updated");
  await storeFold({
    filter: { workspaceId, orderId, eventCount: { $lt: events.length } },
    update: {
      $set: { ...facts, contactId, eventCount: events.length, updatedAt: now, ...set },
      $setOnInsert: { createdAt: now },
      ...push,
    },
  });
  const [order] = await ordersOf({ workspaceId, orderId });
  return order ?? null;
}

/** A fold over an order's events: stored unless one over as many or more is there. */
interface Fold {
  filter: { workspaceId: Types.ObjectId; orderId: string; eventCount: { $lt: number } };
  update: object;
}

const insertEvent = insertTogether(OrderEventModel);
const eventsOf = findTogether<OrderEventRecord, Pick<OrderEventRecord, "workspaceId" | "orderId">>(
  OrderEventModel,
  "orderId",
  ["workspaceId"],
);
const ordersOf = findTogether<OrderRecord, Pick<OrderRecord, "workspaceId" | "orderId">>(OrderModel, "orderId", [
  "workspaceId",
]);

/** Those that are stored side by side, in one command. A fold that finds another one at its place gives way. */
const storeFold = gather<Fold, void>(async (folds) => {
  const operations = folds.map((fold) => ({ updateOne: { ...fold, upsert: true } }));
  try {
    await OrderModel.collection.bulkWrite(operations, { ordered: false });
  } catch (error) {
    const failures = [(error as { writeErrors?: unknown }).writeErrors ?? error].flat() as { code?: number }[];
    const lasting = failures.find(({ code }) => code !== DUPLICATE_KEY);
    if (lasting) throw error;
  }
  return folds.map(() => undefined);
});

/** The contact of a buyer; an order's events ask for the same one again and again. */
async function contactOf(
  ctx: Context,
  workspaceId: Types.ObjectId,
  { externalId, ...buyer }: Buyer,
): Promise<Types.ObjectId> {
  const sender = { key: `customer:${externalId}`, ...buyer };
  const key = JSON.stringify([workspaceId.toHexString(), "insite", sender.key]);
  const known = ctx.caches.contactIds.get(key);
  if (known) return known;
  const contact = await ensureContact(ctx, { workspaceId, channel: "insite", sender, verified: true });
  ctx.caches.contactIds.set(key, contact._id);
  return contact._id;
}

/**
 * What events add up to, whatever order they came in. Later facts replace earlier ones by `occurredAt`; the state
 * is the furthest reached, but a loss or cancellation counts while nothing later was delivered.
 */
export function foldOrder(orderId: string, events: OrderEventRecord[]): OrderFacts {
  const sorted = events.toSorted(
    (a, b) =>
      a.occurredAt.getTime() - b.occurredAt.getTime() ||
      // What happened at one moment has an order too, whichever of them came in first.
      PROGRESS.indexOf(a.type as OrderState) - PROGRESS.indexOf(b.type as OrderState) ||
      (a.eventId < b.eventId ? -1 : 1),
  );
  let reached = 0;
  let delayed = false;
  let ended: "lost" | "cancelled" | undefined;
  let shippedAt: Date | undefined;
  let deliveredAt: Date | undefined;
  const known: Record<string, unknown> = {};
  const tracking: Record<string, unknown> = {};
  const buyer: Record<string, unknown> = {};
  for (const { type, occurredAt, payload } of sorted) {
    const progress = PROGRESS.indexOf(type as OrderState);
    reached = Math.max(reached, progress);
    if (type === "delivered") {
      deliveredAt ??= occurredAt;
      ended = undefined;
    }
    if (type === "shipped") shippedAt ??= occurredAt;
    if (type === "delayed") delayed = true;
    if (type === "lost" || type === "cancelled") ended = type;
    assignPresent(known, payload.order);
    assignPresent(tracking, payload.tracking);
    assignPresent(buyer, payload.buyer);
  }
  const { number, items, currency, promisedAt, total, shipping, tax, discount, refunded, ...extra } =
    known as OrderFactsInput;
  const amounts = { total, shipping, tax, discount, refunded };
  const there = reached >= PROGRESS.indexOf("delivered");
  return {
    // People write it with and without the sign.
    number: number?.replace(/^#/, "") || orderId,
    state: ended ?? PROGRESS[reached] ?? "created",
    delayed: delayed && !there && ended === undefined,
    // Until somebody says who bought, the order itself stands for them.
    buyer: { externalId: `order:${orderId}`, ...buyer },
    items: items ?? [],
    timeline: timelineOf(sorted),
    ...Object.fromEntries(Object.entries(amounts).filter(([, amount]) => amount !== undefined)),
    ...(currency !== undefined && { currency }),
    ...(promisedAt !== undefined && { promisedAt: new Date(promisedAt) }),
    ...(shippedAt && { shippedAt }),
    ...(deliveredAt && { deliveredAt }),
    ...(Object.keys(tracking).length > 0 && { tracking }),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}

/** What happened, each thing once: two sources may tell of the same one, and a correction repeats it. */
function timelineOf(sorted: OrderEventRecord[]): OrderFacts["timeline"] {
  const lines = new Map<string, OrderFacts["timeline"][number]>();
  for (const { type, occurredAt, payload } of sorted) {
    const { description, location } = payload;
    const line = { type, occurredAt, ...(description && { description }), ...(location && { location }) };
    lines.set(`${type} ${occurredAt.getTime()}`, line);
  }
  return [...lines.values()];
}

function assignPresent(target: Record<string, unknown>, source: object | undefined): void {
  for (const [name, value] of Object.entries(source ?? {}))
    if (value !== undefined && value !== null) target[name] = value;
}
