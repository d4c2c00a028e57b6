import type { TriggerName } from "../../contract/automation-tables.ts";
import { type NewCheckIn, scheduleCheckIns } from "../actions/check-ins.ts";
import type { Context } from "../context.ts";
import type { CheckInRecord } from "../models/check-in.ts";
import type { MessageRecord } from "../models/message.ts";
import type { OrderEventRecord, OrderRecord } from "../models/order.ts";
import { conditionsHold } from "./conditions.ts";
import { Facts } from "./facts.ts";
import { MOST_DEPTH } from "./look.ts";
import type { Rule } from "./rules.ts";
import { UNIT_MS } from "./run.ts";
import { stillFits, triggersOfEvent, triggersOfMessage } from "./triggers.ts";

/** What is older than its window by so much is history that was imported, not something that was missed. */
const STALE_MS = 7 * UNIT_MS.days;

/** Something that happened, as rules see it. */
export interface Occurrence {
  trigger: TriggerName;
  /** Tells it apart from the others that may trigger a rule: one run for each. */
  subject: string;
  at: Date;
  facts: Facts;
  seq?: number;
  depth: number;
}

/** What an order event triggers: once for an order and rule, however often it is told. */
export function occurrencesOfEvent(ctx: Context, event: OrderEventRecord, order: OrderRecord): Occurrence[] {
  const { workspaceId, orderId, type, occurredAt, payload } = event;
  const promised = payload.order?.promisedAt !== undefined;
  return triggersOfEvent({ type, promised }).flatMap((trigger) => {
    const at = trigger === "order.overdue" ? order.promisedAt : occurredAt;
    if (!at) return [];
    const review = trigger === "review.received" ? reviewOf(event) : undefined;
    const subject = { workspaceId, orderId, contactId: order.contactId, review };
    return [{ trigger, subject: `order:${orderId}`, at, facts: new Facts(ctx, subject, { order }), depth: 0 }];
  });
}

/** Platforms put a review's stars and words on the event, beside or under `review`. */
export function reviewOf({ payload }: Pick<OrderEventRecord, "payload">): { rating?: number; text?: string } {
  const loose = payload as unknown as Record<string, unknown>;
  const review = (typeof loose.review === "object" && loose.review !== null ? loose.review : loose) as Record<
    string,
    unknown
  >;
  const rating = [review.rating, review.stars, review.score].find((value) => typeof value === "number");
  const text = [review.text, review.comment, review.body].find((value) => typeof value === "string");
  return {
    ...(typeof rating === "number" && { rating }),
    ...(typeof text === "string" && { text: text.slice(0, 5_000) }),
  };
}

/** What a message, or a line of a conversation's history, triggers. */
export async function occurrencesOfMessage(ctx: Context, message: MessageRecord): Promise<Occurrence[]> {
  const names = triggersOfMessage(message).filter((name) => ctx.rules.wants(name));
  if (names.length === 0) return [];
  const { workspaceId, conversationId, _id, seq, createdAt } = message;
  const facts = new Facts(ctx, { workspaceId, conversationId, messageId: _id }, { message });
  const conversation = await facts.conversation();
  if (!conversation) return [];
  const id = conversationId.toHexString();
  const depth = (message.automation?.depth ?? -1) + 1;
  const found: Occurrence[] = [];
  for (const trigger of names) {
    const subject = {
      "conversation.created": seq === 1 ? `conversation:${id}` : undefined,
      // One run for each wait, however much the buyer writes in it.
      "conversation.waiting": conversation.waitingSince && `conversation:${id}:${conversation.waitingSince.getTime()}`,
      "conversation.resolved": `conversation:${id}:${seq}`,
      "conversation.no_reply": `conversation:${id}:${seq}`,
      "message.received": `message:${_id.toHexString()}`,
    }[trigger as string];
    if (subject) found.push({ trigger, subject, at: createdAt, facts, seq, depth });
  }
  return found;
}

/** Puts down what rules have to do because of something that happened. Returns what is new. */
export async function evaluate(ctx: Context, occurrences: readonly Occurrence[]): Promise<CheckInRecord[]> {
  const wanted: NewCheckIn[] = [];
  for (const occurrence of occurrences) {
    for (const rule of ctx.rules.of(occurrence.facts.subject.workspaceId, occurrence.trigger)) {
      const checkIn = await checkInOf(rule, occurrence);
      if (checkIn) wanted.push(checkIn);
    }
  }
  return scheduleCheckIns(ctx, wanted);
}

/** The first step of a rule for something that happened; undefined where its conditions do not hold now, or never mattered. */
export async function checkInOf(
  rule: Rule,
  { trigger, subject, at, facts, seq, depth }: Occurrence,
): Promise<NewCheckIn | undefined> {
  if (depth > MOST_DEPTH) return undefined;
  const plannedAt = new Date(at.getTime() + rule.delay.amount * UNIT_MS[rule.delay.unit]);
  const { now } = facts;
  if (now.getTime() - plannedAt.getTime() > rule.windowHours * UNIT_MS.hours + STALE_MS) return undefined;
  // What is to happen at once is looked at now: nothing is put down that would be cancelled in the same moment.
  if (plannedAt <= now && trigger !== "order.overdue") {
    const fit = await stillFits(trigger, facts, { occurredAt: at, depth, ...(seq !== undefined && { seq }) });
    if (!fit.fits) return undefined;
  }
  if (!(await conditionsHold(rule.conditions, facts))) return undefined;
  const [order, contact] = [await facts.order(), await facts.contact()];
  const step = rule.actions[0]?.id ?? "";
  const { conversationId, messageId, review } = facts.subject;
  return {
    workspaceId: rule.workspaceId,
    key: `${rule._id.toHexString()}:${subject}:${step}`,
    automationId: rule._id,
    automationName: rule.name,
    ...(rule.key !== undefined && { automationKey: rule.key }),
    trigger,
    step,
    part: 1,
    subject,
    depth,
    occurredAt: at,
    plannedAt,
    dueAt: plannedAt,
    ...(order && { orderId: order.orderId }),
    ...(contact && { contactId: contact._id }),
    ...(conversationId && { conversationId }),
    ...(messageId && { messageId }),
    ...(seq !== undefined && { seq }),
    ...(review && { review }),
  };
}
