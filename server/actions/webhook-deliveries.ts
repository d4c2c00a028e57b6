import { Types, type UpdateQuery } from "mongoose";
import type { WebhookEvent } from "../../contract/webhook.ts";
import type { Context } from "../context.ts";
import { notFound } from "../errors.ts";
import type { Announcement } from "../models/announcement.ts";
import { ContactMoveModel } from "../models/contact-move.ts";
import { ConversationModel } from "../models/conversation.ts";
import { MessageModel } from "../models/message.ts";
import { OrderModel } from "../models/order.ts";
import {
  type DeliveryAttempt,
  WebhookDeliveryModel,
  type WebhookDeliveryRecord,
  WebhookLaneModel,
  type WebhookLaneRecord,
  WebhookModel,
  type WebhookRecord,
} from "../models/webhook.ts";
import type { Viewer } from "../policies/viewer.ts";
import type { WorkList } from "./claims.ts";

const HOUR_MS = 3_600_000;
const GIVE_UP_AFTER_MS = 24 * HOUR_MS;
const KEEP_DELIVERED_MS = 30 * 24 * HOUR_MS;
const KEPT_ATTEMPTS = 10;
const DUPLICATE_KEY = 11000;

/** Lanes with something to send. */
export const DUE_LANES: WorkList = { collection: WebhookLaneModel.collection, due: "dueAt" };

/** An event with its body, ready for one webhook. */
export interface Announced {
  eventId: Types.ObjectId;
  type: WebhookEvent;
  body: string;
}

/**
 * Puts events down for a webhook, in the order given, each once however often it is announced.
 * @param subject what they are about, such as a conversation's id: events of one subject keep their order
 */
export async function storeDeliveries(
  ctx: Context,
  { webhook, subject, events }: { webhook: WebhookRecord; subject: string; events: Announced[] },
): Promise<void> {
  if (events.length === 0) return;
  const lane = `${webhook._id.toHexString()}:${subject}`;
  const { last } = (await WebhookLaneModel.findOneAndUpdate(
    { _id: lane },
    { $inc: { last: events.length }, $setOnInsert: { webhookId: webhook._id, wakes: 0 } },
    { upsert: true, returnDocument: "after" },
  ).lean<WebhookLaneRecord>()) as WebhookLaneRecord;
  const now = ctx.clock.now();
  for (const [index, event] of events.entries()) {
    const position = last - events.length + 1 + index;
    try {
      // One after the other: an event stands in the lane only when those before it do.
      await WebhookDeliveryModel.collection.insertOne({
        _id: new Types.ObjectId(),
        workspaceId: webhook.workspaceId,
        webhookId: webhook._id,
        lane,
        position,
        state: "pending",
        tries: 0,
        attempts: [],
        giveUpAt: new Date(now.getTime() + GIVE_UP_AFTER_MS),
        createdAt: now,
        ...event,
      });
    } catch (error) {
      if ((error as { code?: unknown }).code !== DUPLICATE_KEY) throw error;
      // Another node put it down at a place of its own: the earlier of the two keeps it before what follows here.
      await WebhookDeliveryModel.collection.updateOne(
        { webhookId: webhook._id, eventId: event.eventId, state: "pending", position: { $gt: position } },
        { $set: { position } },
      );
    }
  }
  await wakeLane(ctx, lane);
}

/** There is something new in a lane. A lane that rests after a failure is left to rest. */
async function wakeLane(ctx: Context, lane: string): Promise<void> {
  // In this order: whoever leaves the lane between the two sees by the count that there is more.
  await WebhookLaneModel.updateOne({ _id: lane }, { $inc: { wakes: 1 } });
  await WebhookLaneModel.updateOne({ _id: lane, dueAt: { $exists: false } }, { $set: { dueAt: ctx.clock.now() } });
}

/** What was announced is off the document; what was added meanwhile stays on it. */
export async function settleAnnouncements(
  kind: "conversation" | "message" | "order" | "contact",
  id: Types.ObjectId,
  announced: Announcement[],
): Promise<void> {
  const models = {
    conversation: ConversationModel,
    message: MessageModel,
    order: OrderModel,
    contact: ContactMoveModel,
  };
  const { collection } = models[kind];
  const { matchedCount } = await collection.updateOne(
    { _id: id, announce: { $size: announced.length } },
    { $unset: { announce: "", announceAt: "" } },
  );
  if (matchedCount > 0) return;
  const pull = { announce: { id: { $in: announced.map((one) => one.id) } } } as unknown as UpdateQuery<never>;
  await collection.updateOne({ _id: id }, { $pull: pull } as never);
}

/** Leaves an empty lane. False when something came into it meanwhile. */
export async function leaveLane(ctx: Context, lane: WebhookLaneRecord): Promise<boolean> {
  const { matchedCount } = await WebhookLaneModel.updateOne(
    { _id: lane._id, claimedBy: ctx.node, wakes: lane.wakes },
    { $unset: { dueAt: "", claimedBy: "" } },
  );
  return matchedCount > 0;
}

/** A claimed lane as it stands now; null when another node has it. */
export async function lookAtLane(ctx: Context, { _id }: WebhookLaneRecord): Promise<WebhookLaneRecord | null> {
  return WebhookLaneModel.findOne({ _id, claimedBy: ctx.node }).lean<WebhookLaneRecord>();
}

/** Writes a try down. What nobody took for a day is parked, and told to whoever runs the hub. */
export async function recordAttempt(
  ctx: Context,
  {
    webhook,
    delivery,
    attempt,
    delivered,
  }: { webhook: WebhookRecord; delivery: WebhookDeliveryRecord; attempt: DeliveryAttempt; delivered: boolean },
): Promise<WebhookDeliveryRecord["state"]> {
  const now = ctx.clock.now();
  const parked = !delivered && now >= delivery.giveUpAt;
  const state = delivered ? "delivered" : parked ? "parked" : "pending";
  await WebhookDeliveryModel.collection.updateOne(
    { _id: delivery._id },
    {
      $set: {
        state,
        ...(delivered && { deliveredAt: now, expiresAt: new Date(now.getTime() + KEEP_DELIVERED_MS) }),
      },
      $inc: { tries: 1 },
      $push: { attempts: { $each: [attempt], $slice: -KEPT_ATTEMPTS } } as never,
    },
  );
  if (delivered === (webhook.failingSince !== undefined)) {
    await WebhookModel.updateOne(
      { _id: webhook._id },
      delivered ? { $unset: { failingSince: "" } } : { $set: { failingSince: now } },
    );
    if (delivered) delete webhook.failingSince;
    else webhook.failingSince = now;
  }
  if (parked) {
    ctx.metrics.webhooksParked.inc();
    const facts = { webhookId: webhook._id.toHexString(), deliveryId: delivery._id.toHexString(), type: delivery.type };
    ctx.log.error(facts, "a webhook delivery was given up after a day: it waits for a replay");
  }
  return state;
}

/**
 * Sends a delivery again, as it was and under its own id, whatever became of it.
 * @throws AppError not_found
 */
export async function replayDelivery(
  ctx: Context,
  viewer: Viewer,
  { id }: { id: string },
): Promise<WebhookDeliveryRecord> {
  const now = ctx.clock.now();
  const delivery = await WebhookDeliveryModel.findOneAndUpdate(
    { _id: id, workspaceId: viewer.workspaceId },
    {
      $set: { state: "pending", giveUpAt: new Date(now.getTime() + GIVE_UP_AFTER_MS) },
      $unset: { deliveredAt: "", expiresAt: "" },
    },
    { returnDocument: "after" },
  ).lean<WebhookDeliveryRecord>();
  if (!delivery) throw notFound("webhook_delivery");
  await wakeLane(ctx, delivery.lane);
  // Somebody asked for it: a resting lane is tried at once.
  await WebhookLaneModel.updateOne({ _id: delivery.lane, claimedBy: { $exists: false } }, { $set: { dueAt: now } });
  ctx.bus.emit("webhook.due", { webhookId: delivery.webhookId.toHexString() });
  ctx.log.info({ audit: "webhook.replayed", by: viewer.userId, deliveryId: id }, "webhook delivery replayed");
  return delivery;
}
