/**
 * What automation rules are made of, for the server and the screens alike: triggers, the fields that conditions look at, and
 * operators. A new trigger or field is an entry here and one in `server/automation`.
 */

import { PRIORITIES } from "./conversation.ts";

/** What a rule can know: its fields and template variables. */
export type About = "order" | "review" | "conversation" | "message";

export interface TriggerInfo {
  group: "order" | "review" | "conversation" | "message" | "schedule";
  about: readonly About[];
  /** The shop begins: quiet hours, caps and opt-out count. The others answer what the buyer just did. */
  proactive: boolean;
}

export const TRIGGERS = {
  "order.created": { group: "order", about: ["order"], proactive: true },
  "order.paid": { group: "order", about: ["order"], proactive: true },
  "order.shipped": { group: "order", about: ["order"], proactive: true },
  "order.out_for_delivery": { group: "order", about: ["order"], proactive: true },
  "order.delivered": { group: "order", about: ["order"], proactive: true },
  "order.completed": { group: "order", about: ["order"], proactive: true },
  /** The carrier or platform reported a delay. */
  "order.delayed": { group: "order", about: ["order"], proactive: true },
  /** The promised date passed and it is not there. */
  "order.overdue": { group: "order", about: ["order"], proactive: true },
  "order.lost": { group: "order", about: ["order"], proactive: true },
  "order.cancelled": { group: "order", about: ["order"], proactive: true },
  "order.price_changed": { group: "order", about: ["order"], proactive: true },
  "review.received": { group: "review", about: ["order", "review"], proactive: true },
  /** A buyer's first message of a new matter. */
  "conversation.created": { group: "conversation", about: ["order", "conversation", "message"], proactive: false },
  /** The buyer waits for a person: nobody has answered, and the bot does not. */
  "conversation.waiting": { group: "conversation", about: ["order", "conversation", "message"], proactive: false },
  "conversation.resolved": { group: "conversation", about: ["order", "conversation"], proactive: true },
  /** We wrote last, and the buyer has not answered. */
  "conversation.no_reply": { group: "conversation", about: ["order", "conversation"], proactive: true },
  "message.received": { group: "message", about: ["order", "conversation", "message"], proactive: false },
  schedule: { group: "schedule", about: ["order", "conversation"], proactive: true },
} as const satisfies Record<string, TriggerInfo>;
export type TriggerName = keyof typeof TRIGGERS;
export const TRIGGER_NAMES = Object.keys(TRIGGERS) as TriggerName[];

export type FieldType = "text" | "choice" | "number" | "boolean" | "list";

export interface FieldInfo {
  of: About | "buyer" | "time";
  type: FieldType;
  /** All values there can be, where they are few. */
  values?: readonly string[];
  /** What a number counts. */
  unit?: "days" | "stars" | "money";
}

const CHANNELS = ["chat", "email", "insite"] as const;

export const FIELDS = {
  "order.total": { of: "order", type: "number", unit: "money" },
  "order.currency": { of: "order", type: "choice" },
  "order.state": {
    of: "order",
    type: "choice",
    values: ["created", "paid", "shipped", "out_for_delivery", "delivered", "completed", "lost", "cancelled"],
  },
  "order.delayed": { of: "order", type: "boolean" },
  "order.days_late": { of: "order", type: "number", unit: "days" },
  "order.items": { of: "order", type: "number" },
  "order.categories": { of: "order", type: "list" },
  "order.products": { of: "order", type: "list" },
  "order.carrier": { of: "order", type: "text" },
  "order.tracked": { of: "order", type: "boolean" },
  "review.rating": { of: "review", type: "number", unit: "stars" },
  "review.text": { of: "review", type: "text" },
  "buyer.country": { of: "buyer", type: "choice" },
  "buyer.language": { of: "buyer", type: "choice" },
  "buyer.has_email": { of: "buyer", type: "boolean" },
  /** The buyer wrote to the shop since the order was made. */
  "buyer.had_contact": { of: "buyer", type: "boolean" },
  "conversation.channel": { of: "conversation", type: "choice", values: CHANNELS },
  "conversation.status": { of: "conversation", type: "choice", values: ["pending", "open", "snoozed", "resolved"] },
  "conversation.priority": { of: "conversation", type: "choice", values: PRIORITIES },
  "conversation.labels": { of: "conversation", type: "list" },
  "conversation.assigned": { of: "conversation", type: "boolean" },
  "conversation.has_order": { of: "conversation", type: "boolean" },
  "message.text": { of: "message", type: "text" },
  "message.has_files": { of: "message", type: "boolean" },
  /** The FAQ entry that the message asks for, as the bot understands it: its id, or its externalId. */
  "message.question": { of: "message", type: "choice" },
  "time.business_hours": { of: "time", type: "boolean" },
} as const satisfies Record<string, FieldInfo>;
export type FieldName = keyof typeof FIELDS;
export const FIELD_NAMES = Object.keys(FIELDS) as FieldName[];

/** Operators of each type of field, with the type of the value that they take. Texts are compared without case. */
export const OPERATORS = {
  text: { is: "string", is_not: "string", contains_any: "list", contains_none: "list" },
  choice: { is: "string", is_not: "string", any_of: "list", none_of: "list" },
  number: { equals: "number", more_than: "number", at_least: "number", less_than: "number", at_most: "number" },
  boolean: { is: "boolean" },
  list: { has_any: "list", has_all: "list", has_none: "list" },
} as const satisfies Record<FieldType, Record<string, "string" | "number" | "boolean" | "list">>;

/** Variables of templates, by what a rule knows; `buyer` and `shop` always. */
export const VARIABLES = {
  buyer: ["name", "first_name", "email", "country", "language"],
  shop: ["name"],
  agent: ["name"],
  order: [
    "number",
    "id",
    "state",
    "item",
    "item_count",
    "total",
    "currency",
    "promised_at",
    "created_at",
    "delivered_at",
    "days_late",
    "items",
  ],
  tracking: ["carrier", "number", "url"],
  review: ["rating", "text"],
  conversation: ["subject", "channel"],
  message: ["text"],
  compensation: ["amount", "currency", "credited", "recorded", "awaiting"],
  /** When the team is back, outside business hours. */
  hours: ["next"],
} as const;
export type VariableGroup = keyof typeof VARIABLES;
