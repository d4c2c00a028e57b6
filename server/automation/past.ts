import { Types } from "mongoose";
import type { Context } from "../context.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import { OrderEventModel, type OrderEventRecord, OrderModel, type OrderRecord } from "../models/order.ts";
import { isAnswer } from "../queries/answers.ts";
import { occurrencesOfEvent, reviewOf } from "./evaluate.ts";
import type { Given, Subject } from "./facts.ts";
import type { Rule } from "./rules.ts";
import { lastTick } from "./schedules.ts";
import { triggersOfEvent, triggersOfMessage } from "./triggers.ts";

const DAY_MS = 86_400_000;
/** Orders and conversations that one look back goes over, and what it follows of them. */
const MOST_LOOKED = 5_000;
const MOST_OCCURRENCES = 500;
const BATCH = 200;
/** An order that was made earlier has seldom anything happen to it any more. */
const ORDER_AGE_MS = 90 * DAY_MS;

/** Something that happened and would have triggered a rule, with what it takes to see how things stood then. */
export interface PastOccurrence {
  at: Date;
  seq?: number;
  subject: Subject;
  given?: Given;
  /** All of the order's. */
  events?: OrderEventRecord[];
  /** Of the conversation, the newest first. */
  messages?: MessageRecord[];
}
interface Past {
  occurrences: PastOccurrence[];
  looked: number;
  truncated: boolean;
}
interface Span {
  since: Date;
  until: Date;
}

/** What would have triggered a rule within a span, the newest orders and conversations first. */
export async function pastOccurrences(ctx: Context, rule: Rule, span: Span): Promise<Past> {
  const { trigger } = rule;
  const overOrders = trigger.type === "schedule" ? trigger.over === "orders" : /^(order|review)\./.test(trigger.type);
  const past: Past = { occurrences: [], looked: 0, truncated: false };
  let before: Types.ObjectId | undefined;
  const oldest = idAt(new Date(span.since.getTime() - ORDER_AGE_MS));
  for (;;) {
    const filter = { workspaceId: rule.workspaceId, _id: { $gt: oldest, ...(before && { $lt: before }) } };
    const page = overOrders
      ? await OrderModel.find(filter).sort({ _id: -1 }).limit(BATCH).lean<OrderRecord[]>()
      : await ConversationModel.find(filter).sort({ _id: -1 }).limit(BATCH).lean<ConversationRecord[]>();
    for (const one of page) {
      past.looked += 1;
      const found = "eventCount" in one ? await ofOrder(ctx, rule, one, span) : await ofConversation(rule, one, span);
      past.occurrences.push(...found);
      if (past.occurrences.length < MOST_OCCURRENCES && past.looked < MOST_LOOKED) continue;
      past.truncated = true;
      return past;
    }
    if (page.length < BATCH) return past;
    before = page.at(-1)?._id;
  }
}

function idAt(at: Date): Types.ObjectId {
  return Types.ObjectId.createFromTime(Math.max(0, Math.floor(at.getTime() / 1_000)));
}

const within = (at: Date, { since, until }: Span) => at >= since && at <= until;

async function ofOrder(ctx: Context, rule: Rule, order: OrderRecord, span: Span): Promise<PastOccurrence[]> {
  const { workspaceId, orderId, contactId } = order;
  const { trigger } = rule;
  const given = { order };
  const load = () => OrderEventModel.find({ workspaceId, orderId }).sort({ occurredAt: 1 }).lean<OrderEventRecord[]>();
  if (trigger.type === "schedule") {
    const ticks = ticksOf(trigger, span).filter(
      (at) => at.getTime() - order._id.getTimestamp().getTime() < trigger.withinDays * DAY_MS,
    );
    const events = ticks.length > 0 ? await load() : [];
    return ticks.map((at) => ({ at, subject: { workspaceId, orderId, contactId }, given, events }));
  }
  const overdue = trigger.type === "order.overdue";
  const touched = overdue
    ? order.promisedAt !== undefined && within(order.promisedAt, span)
    : order.timeline.some(
        ({ type, occurredAt }) =>
          within(occurredAt, span) && triggersOfEvent({ type, promised: false }).includes(trigger.type),
      );
  if (!touched) return [];
  const events = await load();
  // One run for an order: the first event that would have triggered it.
  for (const event of events) {
    const occurrence = occurrencesOfEvent(ctx, event, order).find((one) => one.trigger === trigger.type);
    if (!occurrence || !within(occurrence.at, span)) continue;
    const review = trigger.type === "review.received" ? reviewOf(event) : undefined;
    return [{ at: occurrence.at, subject: { workspaceId, orderId, contactId, review }, given, events }];
  }
  return [];
}

async function ofConversation(rule: Rule, conversation: ConversationRecord, span: Span): Promise<PastOccurrence[]> {
  const { workspaceId, _id } = conversation;
  const { trigger } = rule;
  if (conversation.lastActivityAt < span.since) return [];
  const subject = { workspaceId, conversationId: _id };
  if (trigger.type === "schedule") {
    const ticks = ticksOf(trigger, span).filter((at) => at > conversation.createdAt);
    return ticks.map((at) => ({ at, subject, given: { conversation } }));
  }
  const messages = await MessageModel.find({ conversationId: _id })
    .sort({ seq: -1 })
    .limit(BATCH)
    .lean<MessageRecord[]>();
  const found: PastOccurrence[] = [];
  for (const message of messages) {
    if (!within(message.createdAt, span) || !triggersOfMessage(message).includes(trigger.type)) continue;
    if (trigger.type === "conversation.created" && message.seq !== 1) continue;
    found.push({
      at: message.createdAt,
      seq: message.seq,
      subject: { ...subject, messageId: message._id },
      given: { message, conversation },
      messages,
    });
  }
  return found;
}

/** A conversation as it stood at a time, as far as its messages, the newest first, tell. */
export function conversationAt(
  conversation: ConversationRecord,
  messages: readonly MessageRecord[],
  then: Date,
): ConversationRecord {
  const { lastMessage: _last, lastIncomingAt: _incoming, waitingSince: _waiting, ...same } = conversation;
  const earlier = messages.filter(({ createdAt }) => createdAt <= then);
  const shown = earlier.filter((message) => !message.private && message.direction !== "activity");
  const incoming = shown.find(({ direction, automatic }) => direction === "incoming" && !automatic);
  const answered = shown.find((message) => isAnswer(message) && message.status !== "failed");
  const resolved = earlier.find(({ activity }) => activity?.kind === "resolved");
  const closed = resolved !== undefined && resolved.seq > (incoming?.seq ?? 0);
  const waits = incoming !== undefined && !closed && (answered?.seq ?? 0) < incoming.seq;
  const last = shown[0];
  return {
    ...same,
    status: closed ? "resolved" : same.status === "resolved" || waits ? "open" : same.status,
    active: !closed,
    ...(incoming && { lastIncomingAt: incoming.createdAt }),
    ...(waits && { waitingSince: incoming.createdAt }),
    ...(last && {
      lastMessage: {
        seq: last.seq,
        text: last.text,
        direction: last.direction,
        author: last.author.type,
        attachments: last.attachments.length,
        at: last.createdAt,
      },
    }),
  };
}

function ticksOf(schedule: Parameters<typeof lastTick>[0], { since, until }: Span): Date[] {
  const ticks: Date[] = [];
  for (
    let tick = lastTick(schedule, until);
    tick && tick >= since;
    tick = lastTick(schedule, new Date(tick.getTime() - 1))
  ) {
    ticks.push(tick);
  }
  return ticks;
}
