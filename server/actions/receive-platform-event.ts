import { Types } from "mongoose";
import { ZodError } from "zod";
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
import { connectionOf } from "../platform-connections.ts";
import type { Viewer } from "../policies/viewer.ts";
import { findInbox, inboxOfChannel } from "../queries/inboxes.ts";
import { findEnabledIntegration } from "../queries/integrations.ts";
import { findOrderByNumber } from "../queries/orders.ts";
import { duplicateKeyOf } from "./append-message.ts";
import { receiveIntoInbox } from "./receive-insite.ts";
import { recordOrderEvents } from "./record-order-event.ts";

/** How long the node that stored an event has to take it in before any node may. */
const LEASE_MS = 30_000;
const KEPT_MS = 60 * 24 * 3_600_000;
const FIRST_RETRY_MS = 10_000;
const LONGEST_RETRY_MS = 3_600_000;
const MOST_TRIES = 12;

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
    owedAt: new Date(now.getTime() + LEASE_MS),
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
 */
export async function takeInPlatformEvent(ctx: Context, event: IntegrationEventRecord): Promise<void> {
  try {
    const integration = await IntegrationModel.findById(event.integrationId).lean<IntegrationRecord>();
    if (!integration) return;
    const { orderIds, conversationIds, used } = await takeIn(ctx, integration, event);
    await IntegrationEventModel.updateOne(
      { _id: event._id },
      {
        $set: { state: used ? "done" : "ignored", orderIds, conversationIds },
        $inc: { tries: 1 },
        $unset: { owedAt: "", failure: "" },
      },
    );
  } catch (error) {
    const tries = event.tries + 1;
    // What is not well formed will not become so.
    const lasting =
      error instanceof ZodError || error instanceof Refusal || (error instanceof AppError && error.status < 500);
    const retry = !lasting && !(error instanceof PlatformError && !error.retry) && tries < MOST_TRIES;
    const pause = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (tries - 1));
    const owedAt = new Date(ctx.clock.now().getTime() + pause);
    ctx.log.error({ err: error, eventId: event._id.toHexString(), tries }, "a platform's event was not taken in");
    await IntegrationEventModel.updateOne(
      { _id: event._id },
      {
        $set: { failure: failureOf(error), ...(retry ? { owedAt } : { state: "failed" }) },
        $inc: { tries: 1 },
        ...(!retry && { $unset: { owedAt: "" } }),
      },
    );
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
  const receipts = await recordOrderEvents(ctx, { workspaceId, events: orders.map((one) => ({ event: one, source })) });
  const conversationIds: Types.ObjectId[] = [];
  const inbox = integration.inboxId
    ? await findInbox(ctx, integration.inboxId)
    : await inboxOfChannel(workspaceId, "insite");
  if (mapped.messages.length > 0 && !inbox) throw new AppError("unknown_inbox");
  for (const message of mapped.messages) {
    if (!inbox || message.text.trim() === "") continue;
    const own = `${integration._id.toHexString()}:`;
    const payloadOf = { ...message, messageId: own + message.messageId, threadId: own + message.threadId };
    const received = await receiveIntoInbox(ctx, { inbox, payload: payloadOf });
    conversationIds.push(new Types.ObjectId(received.conversationId));
  }
  return { orderIds: [...new Set(receipts.map(({ orderId }) => orderId))], conversationIds, used: true };
}

/** An event of somebody who knows the order's number alone belongs to the order that is called so. */
async function resolveOrder(workspaceId: Types.ObjectId, { byNumber, ...event }: PlatformOrderEvent) {
  if (!byNumber) return event;
  const order = await findOrderByNumber(workspaceId, event.orderId);
  return order ? { ...event, orderId: order.orderId } : event;
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

/** Events whose time has come, each taken by one node. `all`: also those whose lease runs, for the start of the only process. */
export async function takeOverduePlatformEvents(
  ctx: Context,
  limit: number,
  { all = false } = {},
): Promise<IntegrationEventRecord[]> {
  const now = ctx.clock.now();
  const until = all ? new Date(now.getTime() + LEASE_MS) : now;
  const due = await IntegrationEventModel.find({ owedAt: { $lte: until } })
    .sort({ owedAt: 1 })
    .limit(limit)
    .lean<IntegrationEventRecord[]>();
  const taken: IntegrationEventRecord[] = [];
  for (const event of due) {
    const mine = await IntegrationEventModel.findOneAndUpdate(
      { _id: event._id, owedAt: event.owedAt },
      { $set: { owedAt: new Date(now.getTime() + LEASE_MS + 1) } },
      { returnDocument: "after" },
    ).lean<IntegrationEventRecord>();
    if (mine) taken.push(mine);
  }
  return taken;
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
      $set: { state: "pending", tries: 0, owedAt: new Date(ctx.clock.now().getTime() + LEASE_MS) },
      $unset: { failure: "" },
    },
    { returnDocument: "after" },
  ).lean<IntegrationEventRecord>();
  if (!event) throw notFound("integration_event");
  ctx.bus.emit("integration.event", { event });
  return event;
}
