import { Types } from "mongoose";
import pLimit from "p-limit";
import type { ErrorCode } from "../../contract/errors.ts";
import type { Buyer, OrderFactsInput, OrderState, ReportedOrderEvent } from "../../contract/order.ts";
import { triggersOfEvent, wanted } from "../automation/triggers.ts";
import type { Context } from "../context.ts";
import { findTogether, gather, insertTogether } from "../database/together.ts";
import { AppError } from "../errors.ts";
import { Locks } from "../locks.ts";
import {
  OrderEventModel,
  type OrderEventRecord,
  type OrderFacts,
  OrderModel,
  type OrderRecord,
} from "../models/order.ts";
import { within, withoutSource } from "../sources.ts";
import { announcingUpdate } from "./announce.ts";
import { duplicateKeyOf } from "./append-message.ts";
import { claimedNow } from "./claims.ts";
import { ensureContact } from "./contacts.ts";
import { type BuyerIdentity, identifyBuyer, isSameBuyer, ownerOf, standIn } from "./order-buyers.ts";

const ORDERS_AT_ONCE = 8;

/** How far an order has come. What arrives late never turns it back. */
const PROGRESS: readonly OrderState[] = ["created", "paid", "shipped", "out_for_delivery", "delivered", "completed"];

const DUPLICATE_KEY = 11000;

export interface OrderEventReceipt {
  eventId: string;
  orderId: string;
  duplicate: boolean;
}

/** Why an event was not taken in; nothing of it is kept. */
export type OrderEventRefusal = Extract<ErrorCode, "event_id_reused" | "order_of_another_buyer">;

/** An event as its reporter names things. */
export interface IncomingOrderEvent {
  event: ReportedOrderEvent;
  /** Who brings it: a repeat from the same source is not a duplicate but the same work again. */
  source?: string;
  /** The platform whose ids it has; the shop's own without one. */
  space?: string | undefined;
}

/** Events of one order are judged and stored one after the other: its buyer is whom the first of them names. */
const locks = new Locks();

/**
 * Takes an order event in, once per eventId, in any order of arrival.
 * @throws AppError order_of_another_buyer, event_id_reused
 */
export async function recordOrderEvent(
  ctx: Context,
  { workspaceId, ...incoming }: { workspaceId: string | Types.ObjectId } & IncomingOrderEvent,
): Promise<OrderEventReceipt> {
  const [receipt] = await reportOrderEvents(ctx, { workspaceId, events: [incoming] });
  return receipt as OrderEventReceipt;
}

/**
 * Takes order events in. What is wrong with one of them is told after the others are in: sending all of them again is safe.
 * @throws AppError order_of_another_buyer, event_id_reused, for the first that is refused
 */
export async function reportOrderEvents(
  ctx: Context,
  options: { workspaceId: string | Types.ObjectId; events: readonly IncomingOrderEvent[] },
): Promise<OrderEventReceipt[]> {
  const receipts = await recordOrderEvents(ctx, options);
  return receipts.map(({ refusal, ...receipt }) => {
    const { eventId, orderId } = receipt;
    if (refusal) throw new AppError(refusal, { eventId, orderId });
    return receipt;
  });
}

/**
 * Takes order events in, each once per eventId, in any order of arrival. The events are stored first; their orders are then
 * folded anew over all of theirs, so a crash in between is mended by the next event or a repeat.
 */
export async function recordOrderEvents(
  ctx: Context,
  { workspaceId, events }: { workspaceId: string | Types.ObjectId; events: readonly IncomingOrderEvent[] },
): Promise<(OrderEventReceipt & { refusal?: OrderEventRefusal })[]> {
  if (events.length === 0) return [];
  const workspace = new Types.ObjectId(workspaceId);
  const records = events.map(
    ({ event, source, space }): OrderEventRecord => ({
      _id: new Types.ObjectId(),
      workspaceId: workspace,
      eventId: within(space, event.eventId),
      orderId: within(space, event.orderId),
      type: event.type,
      occurredAt: new Date(event.occurredAt),
      payload: event,
      createdAt: ctx.clock.now(),
      ...(source !== undefined && { source }),
      ...(space !== undefined && { space }),
      ...owing(ctx, event),
    }),
  );
  const keys = records.map(({ orderId }) => `${workspace.toHexString()} ${orderId}`);
  return locks.run(keys, async () => {
    const refusals = await ofAnotherBuyer(workspace, records);
    const stored = await storeAndFold(
      ctx,
      workspace,
      records.filter((_, at) => !refusals.has(at)),
    );
    return records.map((record, at) => {
      const { eventId, orderId } = events[at]!.event;
      const refusal = refusals.get(at) ?? stored.reused.get(record);
      return { eventId, orderId, duplicate: stored.duplicates.has(record), ...(refusal && { refusal }) };
    });
  });
}

async function storeAndFold(ctx: Context, workspaceId: Types.ObjectId, records: OrderEventRecord[]) {
  const there = await insertEvents(records);
  const firsts = await firstOf(
    workspaceId,
    [...there].map(({ eventId }) => eventId),
  );
  const reused = new Map<OrderEventRecord, OrderEventRefusal>();
  const duplicates = new Set<OrderEventRecord>();
  for (const record of there) {
    const first = firsts.get(record.eventId);
    if (first && first.orderId !== record.orderId) reused.set(record, "event_id_reused");
    else if (record.source === undefined || first?.source !== record.source) duplicates.add(record);
  }
  const byOrder = Map.groupBy(
    records.filter((record) => !reused.has(record)),
    ({ orderId }) => orderId,
  );
  const rebuild = pLimit(ORDERS_AT_ONCE);
  await Promise.all(
    [...byOrder].map(([orderId, own]) =>
      rebuild(async () => {
        const order = await rebuildOrder(ctx, { workspaceId, orderId });
        const added = own.filter((record) => !there.has(record));
        const last = added.at(-1);
        if (order && last) ctx.bus.emit("order.updated", { order, event: last.type });
        for (const event of added) if (order && event.owed) ctx.bus.emit("order.owed", { order, event });
      }),
    ),
  );
  return { duplicates, reused };
}

/**
 * The places of events that name another buyer than their order's. Of those that were stored before this was looked at, a
 * repeat stays a duplicate.
 */
async function ofAnotherBuyer(
  workspaceId: Types.ObjectId,
  records: readonly OrderEventRecord[],
): Promise<Map<number, OrderEventRefusal>> {
  const refusals = new Map<number, OrderEventRefusal>();
  const ids = [...new Set(records.map(({ orderId }) => orderId))];
  const owners = new Map(
    await Promise.all(ids.map(async (orderId) => [orderId, await presentOwner({ workspaceId, orderId })] as const)),
  );
  for (const [at, { orderId, payload, space }] of records.entries()) {
    const reported = identifyBuyer(payload.buyer, space);
    if (!reported) continue;
    const owner = owners.get(orderId);
    if (!owner?.identity) owners.set(orderId, { identity: reported });
    else if (!(await isSameBuyer({ workspaceId, contactId: owner.contactId }, owner.identity, reported))) {
      refusals.set(at, "order_of_another_buyer");
    } else if (owner.identity.guest && !reported.guest) {
      owners.set(orderId, { ...owner, identity: { ...owner.identity, ...reported } });
    }
  }
  const firsts = await firstOf(
    workspaceId,
    [...refusals.keys()].map((at) => records[at]?.eventId ?? ""),
  );
  for (const at of [...refusals.keys()]) {
    const record = records[at];
    if (record && firsts.get(record.eventId)?.orderId === record.orderId) refusals.delete(at);
  }
  return refusals;
}

/** Whose an order is, as it is stored; by its events where a crash came before they were folded. */
async function presentOwner(
  of: Pick<OrderRecord, "workspaceId" | "orderId">,
): Promise<{ identity: BuyerIdentity | undefined; contactId?: Types.ObjectId | undefined }> {
  const [order] = await ordersOf(of);
  if (order) return { identity: ownerOf(order), contactId: order.contactId };
  const events = await eventsOf(of);
  return { identity: events.length > 0 ? ownerOf({ ...of, ...foldOrder(of.orderId, events) }) : undefined };
}

/** The work that an event owes is written with it; none while no rule waits for such an event. */
function owing(
  ctx: Context,
  { type, order }: ReportedOrderEvent,
): Pick<OrderEventRecord, "owed" | "owedAt" | "claimedBy"> {
  if (!wanted(ctx.rules, triggersOfEvent({ type, promised: order?.promisedAt !== undefined }))) return {};
  return { owed: ["automation"], ...claimedNow(ctx) };
}

/** Stores events. Returns those whose id was there already. */
async function insertEvents(records: readonly OrderEventRecord[]): Promise<Set<OrderEventRecord>> {
  const results = await Promise.allSettled(records.map(insertEvent));
  const there = new Set<OrderEventRecord>();
  for (const [at, result] of results.entries()) {
    if (result.status === "fulfilled") continue;
    if (!duplicateKeyOf(result.reason)) throw result.reason;
    there.add(records[at]!);
  }
  return there;
}

/** eventId → the event that came first. */
async function firstOf(
  workspaceId: Types.ObjectId,
  eventIds: string[],
): Promise<Map<string, Pick<OrderEventRecord, "orderId" | "source">>> {
  if (eventIds.length === 0) return new Map();
  const firsts = await OrderEventModel.find({ workspaceId, eventId: { $in: eventIds } }).lean<OrderEventRecord[]>();
  return new Map(firsts.map((first) => [first.eventId, first]));
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
  let owner: BuyerIdentity | undefined;
  for (const { type, occurredAt, payload, space } of sorted) {
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
    const { externalId: _named, ...details } = payload.buyer ?? {};
    assignPresent(buyer, details);
    const named = identifyBuyer(payload.buyer, space);
    // An account once named is not taken back by a report that knows a guest.
    if (named && (!named.guest || (owner?.guest ?? true))) owner = named;
  }
  const { number, items, currency, promisedAt, total, shipping, tax, discount, refunded, ...extra } =
    known as OrderFactsInput;
  const amounts = { total, shipping, tax, discount, refunded };
  const there = reached >= PROGRESS.indexOf("delivered");
  return {
    // People write it with and without the sign.
    number: number?.replace(/^#/, "") || withoutSource(events[0]?.space, orderId),
    state: ended ?? PROGRESS[reached] ?? "created",
    delayed: delayed && !there && ended === undefined,
    buyer: { ...buyer, externalId: owner?.externalId ?? standIn(orderId) },
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
