import { Types } from "mongoose";
import type { DeliveryState } from "../../contract/webhook.ts";
import { AppError, notFound } from "../errors.ts";
import type { Announcing } from "../models/announcement.ts";
import { ContactModel, type ContactRecord } from "../models/contact.ts";
import { ContactMoveModel, type ContactMoveRecord } from "../models/contact-move.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import { OrderModel, type OrderRecord } from "../models/order.ts";
import {
  WebhookDeliveryModel,
  type WebhookDeliveryRecord,
  WebhookModel,
  type WebhookRecord,
} from "../models/webhook.ts";

/** The workspace's webhooks, in the order they were made. */
export async function listWebhooks(workspaceId: string | Types.ObjectId): Promise<WebhookRecord[]> {
  return WebhookModel.find({ workspaceId }).sort({ _id: 1 }).lean<WebhookRecord[]>();
}

/** Those of the whole hub that are turned on. */
export async function enabledWebhooks(): Promise<WebhookRecord[]> {
  return WebhookModel.find({ enabled: true }).lean<WebhookRecord[]>();
}

export async function enabledWebhook(id: string | Types.ObjectId): Promise<WebhookRecord | null> {
  return WebhookModel.findOne({ _id: id, enabled: true }).lean<WebhookRecord>();
}

/** @throws AppError not_found, also for another workspace's */
export async function findWebhook(workspaceId: string, id: string): Promise<WebhookRecord> {
  const webhook = await WebhookModel.findOne({ _id: id, workspaceId }).lean<WebhookRecord>();
  if (!webhook) throw notFound("webhook");
  return webhook;
}

export async function countParked(webhookId: Types.ObjectId): Promise<number> {
  return WebhookDeliveryModel.countDocuments({ webhookId, state: "parked" });
}

/** A page of a webhook's deliveries, newest first. @throws AppError invalid_cursor */
export async function listDeliveries(
  webhookId: Types.ObjectId,
  { state, cursor, limit }: { state?: DeliveryState | undefined; cursor?: string | undefined; limit: number },
): Promise<{ items: WebhookDeliveryRecord[]; nextCursor: string | null }> {
  if (cursor !== undefined && !/^[0-9a-f]{24}$/.test(cursor)) throw new AppError("invalid_cursor");
  const rows = await WebhookDeliveryModel.find({
    webhookId,
    ...(state !== undefined && { state }),
    ...(cursor !== undefined && { _id: { $lt: new Types.ObjectId(cursor) } }),
  })
    .sort({ _id: -1 })
    .limit(limit + 1)
    .lean<WebhookDeliveryRecord[]>();
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?._id.toHexString() ?? null) : null };
}

/** The next delivery of a lane. */
export async function nextDelivery(lane: string): Promise<WebhookDeliveryRecord | null> {
  return WebhookDeliveryModel.findOne({ lane, state: "pending" }).sort({ position: 1 }).lean<WebhookDeliveryRecord>();
}

/** What events can be about: those of one subject keep their order. */
export interface Subject {
  kind: "conversation" | "order" | "contact";
  id: Types.ObjectId;
}

/** A conversation with its messages, as far as there is something to announce of them. */
export async function announcedOfConversation(
  id: Types.ObjectId,
): Promise<{ conversation: ConversationRecord; messages: MessageRecord[] } | null> {
  const conversation = await ConversationModel.findById(id).lean<ConversationRecord>();
  if (!conversation) return null;
  const messages = await MessageModel.find({ conversationId: id, announceAt: { $gt: new Date(0) } }).lean<
    MessageRecord[]
  >();
  return { conversation, messages };
}

export async function announcedOrder(id: Types.ObjectId): Promise<OrderRecord | null> {
  return OrderModel.findById(id).lean<OrderRecord>();
}

/** A merge or split with the contact that has the addresses now. */
export async function announcedMove(
  id: Types.ObjectId,
): Promise<{ move: ContactMoveRecord; contact: ContactRecord } | null> {
  const move = await ContactMoveModel.findById(id).lean<ContactMoveRecord>();
  const contact = move && (await ContactModel.findById(move.toId).lean<ContactRecord>());
  return move && contact ? { move, contact } : null;
}

/** Subjects with something to announce that nobody did in time. */
export async function overdueSubjects(before: Date, limit: number): Promise<Subject[]> {
  const due = { announceAt: { $lte: before } };
  const [messages, conversations, orders, moves] = await Promise.all([
    MessageModel.find(due, { conversationId: 1 }).sort({ announceAt: 1 }).limit(limit).lean<MessageRecord[]>(),
    ConversationModel.find(due, { _id: 1 }).sort({ announceAt: 1 }).limit(limit).lean<ConversationRecord[]>(),
    OrderModel.find(due, { _id: 1 }).sort({ announceAt: 1 }).limit(limit).lean<(OrderRecord & Announcing)[]>(),
    // Told when it is done.
    ContactMoveModel.find({ ...due, owed: { $exists: false } }, { _id: 1 })
      .sort({ announceAt: 1 })
      .limit(limit)
      .lean<ContactMoveRecord[]>(),
  ]);
  const subjects = new Map<string, Subject>();
  for (const id of [...messages.map(({ conversationId }) => conversationId), ...conversations.map(({ _id }) => _id)]) {
    subjects.set(id.toHexString(), { kind: "conversation", id });
  }
  for (const { _id } of orders) subjects.set(_id.toHexString(), { kind: "order", id: _id });
  for (const { _id } of moves) subjects.set(_id.toHexString(), { kind: "contact", id: _id });
  return [...subjects.values()];
}

/** When the next of those is to be announced. */
export async function nextAnnouncement(): Promise<Date | undefined> {
  const waiting = { announceAt: { $gt: new Date(0) } };
  const by = { sort: { announceAt: 1 }, projection: { announceAt: 1 } } as const;
  const found = await Promise.all([
    MessageModel.collection.findOne(waiting, by),
    ConversationModel.collection.findOne(waiting, by),
    OrderModel.collection.findOne(waiting, by),
    ContactMoveModel.collection.findOne({ ...waiting, owed: { $exists: false } }, by),
  ]);
  const times = found.flatMap((document) => (document ? [(document.announceAt as Date).getTime()] : []));
  return times.length > 0 ? new Date(Math.min(...times)) : undefined;
}
