import type { Reason } from "../../contract/automation.ts";
import { TRIGGERS, type TriggerName } from "../../contract/automation-tables.ts";
import type { OrderState } from "../../contract/order.ts";
import type { CheckInRecord } from "../models/check-in.ts";
import type { MessageRecord } from "../models/message.ts";
import type { OrderRecord } from "../models/order.ts";
import { isAnswer } from "../queries/answers.ts";
import { type Facts, wroteAt } from "./facts.ts";
import type { Rules } from "./rules.ts";
import { askedToStop } from "./stop-words.ts";

/** What a look at the subject says before a message is sent. */
export type Fit = { fits: true } | { fits: false; reason: Reason } | { fits: false; reason: Reason; until: Date };

const YES: Fit = { fits: true };
const no = (reason: Reason): Fit => ({ fits: false, reason });

/** Events that end a purchase otherwise than by keeping it. The platforms have no one name for them. */
const RETURNED =
  /^(return|refund|dispute|chargeback|claim)(ed|s|_(requested|created|opened|received|approved|started))?$|_(refunded|returned)$/;

type Fits = (facts: Facts, checkIn: Pick<CheckInRecord, "occurredAt" | "seq" | "depth">) => Promise<Fit>;

/** An order that is in one of these states, and neither returned nor refunded. */
function orderIn(states: readonly OrderState[], also: (order: OrderRecord, facts: Facts) => Fit = () => YES): Fits {
  return async (facts) => {
    const order = await facts.order();
    if (!order) return no("order_gone");
    if (order.timeline.some(({ type }) => RETURNED.test(type))) return no("order_returned");
    if (!states.includes(order.state)) {
      return no(order.state === "cancelled" || order.state === "lost" ? "order_ended" : "order_moved_on");
    }
    return also(order, facts);
  };
}

const OPEN: readonly OrderState[] = ["created", "paid", "shipped", "out_for_delivery"];
const THERE: readonly OrderState[] = ["delivered", "completed"];

/** A conversation that stands as it did when it triggered the rule. */
function conversationIs(
  wanted: (at: { status: string; waiting: boolean; last: number; wrote: boolean; seq: number }) => boolean,
): Fits {
  return async (facts, { occurredAt, seq = 0 }) => {
    const conversation = await facts.conversation();
    if (!conversation) return no("conversation_moved_on");
    const at = wroteAt(conversation);
    const wrote = at !== undefined && at > occurredAt;
    const { status, waitingSince, lastMessage } = conversation;
    const seen = { status, waiting: waitingSince !== undefined, last: lastMessage?.seq ?? 0, wrote, seq };
    if (wanted(seen)) return YES;
    return no(wrote ? "buyer_wrote" : "conversation_moved_on");
  };
}

const unanswered = conversationIs(
  ({ status, waiting, last, seq, wrote }) => status !== "resolved" && !waiting && !wrote && last === seq,
);

/** Whether what triggered a rule still stands when its time has come. A new trigger is an entry here and in the contract. */
const FITS: Record<TriggerName, Fits> = {
  "order.created": orderIn(OPEN.slice(0, 2)),
  "order.paid": orderIn(OPEN.slice(0, 3)),
  "order.shipped": orderIn(["shipped"]),
  "order.out_for_delivery": orderIn(["out_for_delivery"]),
  "order.delivered": orderIn(THERE),
  "order.completed": orderIn(THERE),
  "order.delayed": orderIn(OPEN, ({ delayed }) => (delayed ? YES : no("not_late"))),
  "order.overdue": orderIn(OPEN, ({ promisedAt }, { now }) => {
    if (!promisedAt) return no("not_late");
    // A new estimate: it is late only when that one has passed.
    return promisedAt <= now ? YES : { fits: false, reason: "not_late", until: promisedAt };
  }),
  "order.lost": orderIn(["lost"]),
  "order.cancelled": orderIn(["cancelled"]),
  "order.price_changed": orderIn([...OPEN, ...THERE]),
  "review.received": orderIn([...OPEN, ...THERE]),
  "conversation.created": async () => YES,
  "conversation.waiting": conversationIs(({ status, waiting }) => status === "open" && waiting),
  "conversation.resolved": conversationIs(({ status, wrote }) => status === "resolved" && !wrote),
  "conversation.no_reply": async (facts, checkIn) => {
    // What did not arrive needs no answer, and who waits for us is told nothing of theirs.
    const message = await facts.message();
    if (message && (message.status === "failed" || message.takenBack)) return no("conversation_moved_on");
    return unanswered(facts, checkIn);
  },
  "message.received": async () => YES,
  schedule: async () => YES,
};

export function stillFits(trigger: TriggerName, facts: Facts, checkIn: Parameters<Fits>[1]): Promise<Fit> {
  return FITS[trigger](facts, checkIn);
}

/** The shop begins: quiet hours, caps and opt-out count. */
export function isProactive(trigger: string): boolean {
  return trigger in TRIGGERS && TRIGGERS[trigger as TriggerName].proactive;
}
export const PROACTIVE = Object.keys(TRIGGERS).filter(isProactive);

/** Rules that an order event may trigger. */
export function triggersOfEvent({ type, promised }: { type: string; promised: boolean }): TriggerName[] {
  const own = type === "reviewed" ? "review.received" : `order.${type}`;
  const names: TriggerName[] = own in TRIGGERS ? [own as TriggerName] : [];
  if (promised) names.push("order.overdue");
  return names;
}

/** Rules that a message, or a line of a conversation's history, may trigger. */
export function triggersOfMessage(
  message: Pick<MessageRecord, "direction" | "automatic" | "activity"> & Parameters<typeof isAnswer>[0],
): TriggerName[] {
  const { direction, automatic, activity, automation } = message;
  // What a rule sends triggers no other, unless the rule says so.
  if (message.private || (automation && !automation.triggers)) return [];
  if (direction === "activity") {
    if (activity?.kind === "resolved") return ["conversation.resolved"];
    return activity?.kind === "handed_off" ? ["conversation.waiting"] : [];
  }
  if (direction === "incoming") {
    return automatic ? [] : ["message.received", "conversation.created", "conversation.waiting"];
  }
  return automation || isAnswer(message) ? ["conversation.no_reply"] : [];
}

/** Whether a message owes automation work: a rule waits for such a one, or it may be a word to stop. */
export function owesRules(rules: Rules, message: Parameters<typeof triggersOfMessage>[0] & { text: string }): boolean {
  if (message.direction === "incoming" && askedToStop(message.text) !== undefined) return true;
  return wanted(rules, triggersOfMessage(message));
}

/** Whether any rule of the hub waits for one of these. */
export function wanted(rules: Rules, names: readonly TriggerName[]): boolean {
  return names.some((name) => rules.wants(name));
}
