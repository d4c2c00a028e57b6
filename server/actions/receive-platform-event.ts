import { Types } from "mongoose";
import { ZodError } from "zod";
import type { ErrorCode } from "../../contract/errors.ts";
import { integrationOf } from "../../integrations/index.ts";
import { PlatformError, type PlatformOrderEvent, Refusal } from "../../integrations/integration.ts";
import { parseBody } from "../../integrations/signature.ts";
import type { Context } from "../context.ts";
import { AppError, notFound } from "../errors.ts";
import {
  IntegrationEventModel,
  type IntegrationEventRecord,
  IntegrationModel,
  type IntegrationRecord,
} from "../models/integration.ts";
import type { OrderRecord } from "../models/order.ts";
import { connectionOf } from "../platform-connections.ts";
import type { Viewer } from "../policies/viewer.ts";
import { findInbox, inboxOfChannel } from "../queries/inboxes.ts";
import { findEnabledIntegration } from "../queries/integrations.ts";
import { findOrdersByNumber } from "../queries/orders.ts";
import { duplicateKeyOf } from "./append-message.ts";
import { claimedNow, type WorkList } from "./claims.ts";
import { receiveIntoInbox } from "./receive-insite.ts";
import { recordOrderEvents } from "./record-order-event.ts";
import { addReviewItem } from "./review-items.ts";

/** Events that are not taken in. */
export const OWED_PLATFORM_EVENTS: WorkList = { collection: IntegrationEventModel.collection, due: "owedAt" };
const KEPT_MS = 60 * 24 * 3_600_000;
const FIRST_RETRY_MS = 10_000;
const LONGEST_RETRY_MS = 3_600_000;
const MOST_TRIES = 12;
const MIXED: ReadonlySet<ErrorCode> = new Set([
  "order_of_another_buyer",
  "event_id_reused",
  "thread_of_another_buyer",
  "message_id_reused",
  "order_number_shared",
]);

/**
 * A platform's request, as it came in: proven genuine, stored, and then acknowledged. What it tells is taken in afterwards.
 * @throws AppError unknown_integration, invalid_signature, stale_signature, invalid_json, invalid_request, unavailable
 */
export async function receivePlatformEvent(
  ctx: Context,
  { id, headers, rawBody }: { id: string; headers: Record<string, string | undefined>; rawBody: Buffer },
): Promise<{ deliveryId: string; duplicate: boolean }> {
  const integration = await findEnabledIntegration(id);
  if (!integration) throw new AppError("unknown_integration");
  const now = ctx.clock.now();
  const delivery = await verify(ctx, integration, { headers, rawBody, now });
  const event: IntegrationEventRecord = {
    _id: new Types.ObjectId(),
    workspaceId: integration.workspaceId,
    integrationId: integration._id,
    deliveryId: delivery.deliveryId.slice(0, 300).toWellFormed(),
    topic: delivery.topic.slice(0, 100).toWellFormed(),
    body: rawBody.toString("utf8"),
    state: "pending",
    tries: 0,
    orderIds: [],
    conversationIds: [],
    ...claimedNow(ctx),
    receivedAt: now,
    expiresAt: new Date(now.getTime() + KEPT_MS),
  };
  try {
    await IntegrationEventModel.collection.insertOne(event);
  } catch (error) {
    if (!duplicateKeyOf(error)) throw error;
    return { deliveryId: event.deliveryId, duplicate: true };
  }
  await IntegrationModel.updateOne({ _id: integration._id }, { $max: { lastEventAt: now } });
  ctx.bus.emit("integration.event", { event });
  return { deliveryId: event.deliveryId, duplicate: false };
}

/** The answer to a platform that makes sure of our address. @throws AppError unknown_integration, not_found */
export async function answerHandshake(
  ctx: Context,
  { id, query }: { id: string; query: Record<string, unknown> },
): Promise<object> {
  const integration = await findEnabledIntegration(id);
  if (!integration) throw new AppError("unknown_integration");
  const answer = integrationOf(integration.platform).handshake?.(query, connectionOf(ctx, integration));
  if (!answer) throw notFound();
  return answer;
}

async function verify(
  ctx: Context,
  integration: IntegrationRecord,
  request: { headers: Record<string, string | undefined>; rawBody: Buffer; now: Date },
) {
  try {
    return await integrationOf(integration.platform).verify(request, connectionOf(ctx, integration));
  } catch (error) {
    if (error instanceof Refusal) {
      const lastRefusal = { code: error.code, at: request.now };
      await IntegrationModel.updateOne({ _id: integration._id }, { $set: { lastRefusal } });
      ctx.log.warn({ integrationId: String(integration._id), code: error.code }, "a platform's request was refused");
      throw new AppError(error.code);
    }
    // Its keys can not be had at the moment: the platform tries again.
    if (error instanceof PlatformError) throw new AppError("unavailable", undefined, { cause: error, reported: false });
    throw error;
  }
}

/**
 * Takes in what a stored event tells. It may run twice: order events and messages count once by the ids that the adapter
 * gives them. What fails is tried again with growing pauses, and in the end kept as failed.
 * @returns when it is to be tried again
 */
export async function takeInPlatformEvent(ctx: Context, event: IntegrationEventRecord): Promise<Date | undefined> {
  try {
    const integration = await IntegrationModel.findById(event.integrationId).lean<IntegrationRecord>();
    if (!integration) {
      // It was removed, and what it sent goes with it.
      await IntegrationEventModel.updateOne({ _id: event._id }, { $unset: { owedAt: "", claimedBy: "" } });
      return undefined;
    }
    const { orderIds, conversationIds, used } = await takeIn(ctx, integration, event);
    await IntegrationEventModel.updateOne(
      { _id: event._id },
      {
        $set: { state: used ? "done" : "ignored", orderIds, conversationIds },
        $inc: { tries: 1 },
        $unset: { owedAt: "", claimedBy: "", failure: "" },
      },
    );
    return undefined;
  } catch (error) {
    const tries = event.tries + 1;
    // What is not well formed will not become so.
    const lasting =
      error instanceof ZodError || error instanceof Refusal || (error instanceof AppError && error.status < 500);
    const retry = !lasting && !(error instanceof PlatformError && !error.retry) && tries < MOST_TRIES;
    const pause = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (tries - 1));
    const owedAt = new Date(ctx.clock.now().getTime() + pause);
    ctx.log.error({ err: error, eventId: event._id.toHexString(), tries }, "a platform's event was not taken in");
    await listForReview(ctx, event, error);
    await IntegrationEventModel.updateOne(
      { _id: event._id },
      {
        $set: { failure: failureOf(error), ...(retry ? { owedAt } : { state: "failed" }) },
        $inc: { tries: 1 },
        $unset: { claimedBy: "", ...(!retry && { owedAt: "" }) },
      },
    );
    return retry ? owedAt : undefined;
  }
}

async function takeIn(ctx: Context, integration: IntegrationRecord, event: IntegrationEventRecord) {
  const { deliveryId, topic } = event;
  const adapter = integrationOf(integration.platform);
  const payload = topic === "ping" ? undefined : parseBody(Buffer.from(event.body, "utf8"));
  const mapped = await adapter.map({ deliveryId, topic }, payload, connectionOf(ctx, integration));
  if (!mapped) return { orderIds: [], conversationIds: [], used: false };
  const { workspaceId } = integration;
  const orders = await Promise.all(mapped.orders.map((one) => resolveOrder(workspaceId, one)));
  const source = `integration:${event._id.toHexString()}`;
  // What is refused does not keep the rest out: it is told at the end.
  const problems: AppError[] = [];
  const receipts = await recordOrderEvents(ctx, { workspaceId, events: orders.map((one) => ({ event: one, source })) });
  for (const { refusal, eventId, orderId } of receipts) {
    if (refusal) problems.push(new AppError(refusal, { eventId, orderId }));
  }
  const conversationIds: Types.ObjectId[] = [];
  const inbox = integration.inboxId
    ? await findInbox(ctx, integration.inboxId)
    : await inboxOfChannel(workspaceId, "insite");
  if (mapped.messages.length > 0 && !inbox) throw new AppError("unknown_inbox");
  for (const message of mapped.messages) {
    if (!inbox || message.text.trim() === "") continue;
    const own = `${integration._id.toHexString()}:`;
    const payloadOf = { ...message, messageId: own + message.messageId, threadId: own + message.threadId };
    try {
      const received = await receiveIntoInbox(ctx, { inbox, payload: payloadOf });
      conversationIds.push(new Types.ObjectId(received.conversationId));
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      problems.push(error);
    }
  }
  if (problems[0]) throw problems[0];
  return { orderIds: [...new Set(receipts.map(({ orderId }) => orderId))], conversationIds, used: true };
}

/** What a platform says of somebody else's order or thread waits for a person: the same numbers may be two buyers'. */
async function listForReview(ctx: Context, event: IntegrationEventRecord, error: unknown): Promise<void> {
  if (!(error instanceof AppError) || !MIXED.has(error.code)) return;
  const { orderId, threadId } = (error.details ?? {}) as { orderId?: string; threadId?: string };
  await addReviewItem(ctx, {
    workspaceId: event.workspaceId,
    key: `platform_conflict:${event._id.toHexString()}`,
    kind: "platform_conflict",
    ...(orderId !== undefined && { orderId }),
    facts: {
      integrationId: event.integrationId.toHexString(),
      deliveryId: event.deliveryId,
      reason: error.code,
      ...(threadId !== undefined && { threadId }),
    },
  });
}

/**
 * An event of somebody who knows the order's number alone belongs to the order that is called so; of several shops' orders of
 * that number, to the one placed with the address that the event names. It says where a parcel is, not who bought: an address
 * that the order has stays.
 * @throws AppError order_number_shared
 */
async function resolveOrder(workspaceId: Types.ObjectId, { byNumber, ...event }: PlatformOrderEvent) {
  if (byNumber === undefined) return event;
  const prefix = event.orderId.slice(0, -byNumber.length);
  const called = await findOrdersByNumber(workspaceId, byNumber);
  const exact = await findOrdersByNumber(workspaceId, event.orderId);
  const orders = exact.length > 0 ? exact : called.filter(({ orderId }) => orderId.startsWith(prefix));
  const { email, ...buyer } = event.buyer ?? {};
  const placedWith = (order: OrderRecord) => email !== undefined && order.buyer.email?.toLowerCase() === email;
  const [order, another] = orders.length > 1 ? orders.filter(placedWith) : orders;
  if (another || (!order && orders.length > 1)) throw new AppError("order_number_shared", { orderId: event.orderId });
  if (!order) return event;
  return { ...event, orderId: order.orderId, buyer: { ...buyer, ...(email && !order.buyer.email && { email }) } };
}

function failureOf(error: unknown): string {
  if (error instanceof ZodError) {
    return error.issues
      .slice(0, 5)
      .map(({ path, message }) => `${path.join(".")}: ${message}`)
      .join("; ")
      .slice(0, 500);
  }
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}

/** Takes an event in again, whatever became of it. @throws AppError not_found */
export async function replayPlatformEvent(
  ctx: Context,
  viewer: Viewer,
  { id }: { id: string },
): Promise<IntegrationEventRecord> {
  const event = await IntegrationEventModel.findOneAndUpdate(
    { _id: id, workspaceId: viewer.workspaceId },
    {
      $set: { state: "pending", tries: 0, ...claimedNow(ctx) },
      $unset: { failure: "" },
    },
    { returnDocument: "after" },
  ).lean<IntegrationEventRecord>();
  if (!event) throw notFound("integration_event");
  ctx.bus.emit("integration.event", { event });
  return event;
}
