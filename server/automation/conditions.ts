import type { Condition, Definition } from "../../contract/automation.ts";
import type { FieldName } from "../../contract/automation-tables.ts";
import { priorityOf } from "../models/conversation.ts";
import type { Facts } from "./facts.ts";
import { wroteAt } from "./facts.ts";
import { daysLate } from "./variables.ts";

type Value = string | number | boolean | readonly string[] | undefined;
type Read = (facts: Facts) => Promise<Value> | Value;

const order =
  (read: (order: NonNullable<Awaited<ReturnType<Facts["order"]>>>, facts: Facts) => Value): Read =>
  async (facts) => {
    const found = await facts.order();
    return found ? read(found, facts) : undefined;
  };
const conversation =
  (read: (conversation: NonNullable<Awaited<ReturnType<Facts["conversation"]>>>) => Value): Read =>
  async (facts) => {
    const found = await facts.conversation();
    return found ? read(found) : undefined;
  };

/** Where each field's value comes from; undefined when it is not known. */
const FIELDS: Record<FieldName, Read> = {
  "order.total": order(({ total }) => total),
  "order.currency": order(({ currency }) => currency),
  "order.state": order(({ state }) => state),
  "order.delayed": order(({ delayed }) => delayed),
  "order.days_late": order((found, { now }) => daysLate(found, now)),
  "order.items": order(({ items }) => items.reduce((sum, { quantity }) => sum + quantity, 0)),
  "order.categories": order(({ items }) => items.flatMap(({ category }) => (category ? [category] : []))),
  "order.products": order(({ items }) => items.flatMap(({ sku, name }) => (sku ? [sku, name] : [name]))),
  "order.carrier": order(({ tracking }) => tracking?.carrier),
  "order.tracked": order(({ tracking }) => Boolean(tracking?.number || tracking?.url)),
  "review.rating": ({ subject }) => subject.review?.rating,
  "review.text": ({ subject }) => subject.review?.text,
  "buyer.country": async (facts) => (await facts.order())?.buyer.country ?? (await facts.contact())?.country,
  "buyer.language": (facts) => facts.locale(),
  "buyer.has_email": async (facts) => Boolean((await facts.contact())?.email ?? (await facts.order())?.buyer.email),
  "buyer.had_contact": async (facts) => {
    const since = (await facts.order())?.timeline[0]?.occurredAt;
    return (await facts.conversations()).some((one) => {
      const at = wroteAt(one);
      return at !== undefined && (since === undefined || at >= since);
    });
  },
  "conversation.channel": conversation(({ channel }) => channel),
  "conversation.status": conversation(({ status }) => status),
  "conversation.priority": conversation(priorityOf),
  "conversation.labels": conversation(({ labels }) => labels),
  "conversation.assigned": conversation(({ assigneeId }) => assigneeId !== null),
  "conversation.has_order": conversation(({ orderId }) => orderId !== undefined),
  "message.text": async (facts) => (await facts.message())?.text,
  "message.has_files": async (facts) => ((await facts.message())?.attachments.length ?? 0) > 0,
  "message.question": (facts) => facts.question(),
  "time.business_hours": async (facts) => (await facts.back()) === undefined,
};

const plain = (text: string) => text.normalize("NFKC").toLocaleLowerCase();
const texts = (value: unknown) => (Array.isArray(value) ? value : [value]).map((one) => plain(String(one)));
const any = (has: Value, wanted: unknown) => {
  const own = texts(has);
  return texts(wanted).some((one) => own.includes(one));
};
const contains = (has: Value, wanted: unknown) => {
  const own = plain(String(has));
  return texts(wanted).some((one) => own.includes(one));
};

/** What each operator asks of a known value. */
const OPERATORS: Record<string, (has: Value, wanted: Condition["value"]) => boolean> = {
  is: (has, wanted) => (typeof wanted === "boolean" ? has === wanted : any(has, wanted)),
  is_not: (has, wanted) => !any(has, wanted),
  any_of: any,
  none_of: (has, wanted) => !any(has, wanted),
  has_any: any,
  has_none: (has, wanted) => !any(has, wanted),
  has_all: (has, wanted) => texts(wanted).every((one) => texts(has).includes(one)),
  contains_any: contains,
  contains_none: (has, wanted) => !contains(has, wanted),
  equals: (has, wanted) => has === wanted,
  more_than: (has, wanted) => Number(has) > Number(wanted),
  at_least: (has, wanted) => Number(has) >= Number(wanted),
  less_than: (has, wanted) => Number(has) < Number(wanted),
  at_most: (has, wanted) => Number(has) <= Number(wanted),
};

/** What says no is true of what is not known; everything else is not. */
const NEGATIVE = new Set(["is_not", "none_of", "has_none", "contains_none"]);

async function holds({ field, operator, value }: Condition, facts: Facts): Promise<boolean> {
  const has = await FIELDS[field](facts);
  if (has === undefined) return NEGATIVE.has(operator);
  return OPERATORS[operator]?.(has, value) ?? false;
}

/** Whether a rule's conditions hold. Those that cost nothing stop the rest from being asked. */
export async function conditionsHold({ match, items }: Definition["conditions"], facts: Facts): Promise<boolean> {
  if (items.length === 0) return true;
  for (const condition of items) {
    const held = await holds(condition, facts);
    if (held === (match === "any")) return held;
  }
  return match === "all";
}
