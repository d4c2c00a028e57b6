import { VARIABLES } from "../../contract/automation-tables.ts";
import { webUrlOf } from "../../contract/common.ts";
import type { ContactRecord, ConversationRecord, MessageRecord, OrderRecord } from "../records.ts";
import { moment, money, type Reader, type Scope, Written } from "./liquid.ts";

/** What a message is filled with, as far as the rule knows it. */
export interface Known {
  shopName: string;
  agentName?: string | undefined;
  contact?: Pick<ContactRecord, "name" | "email" | "country" | "locale"> | undefined;
  order?: Omit<OrderRecord, "_id" | "workspaceId" | "eventCount" | "updatedAt"> | undefined;
  review?: { rating?: number; text?: string } | undefined;
  conversation?: Pick<ConversationRecord, "subject" | "channel"> | undefined;
  message?: Pick<MessageRecord, "text"> | undefined;
  compensation?: { amount: number; currency: string; state: "credited" | "recorded" | "awaiting" } | undefined;
  /** When the team is back. */
  backAt?: Date | undefined;
  now: Date;
}

const DAY_MS = 86_400_000;

/** Whole days since the promised date, while it is not there or until it came; 0 when it is not late. */
export function daysLate(order: Pick<OrderRecord, "promisedAt" | "deliveredAt">, now: Date): number {
  if (!order.promisedAt) return 0;
  const until = order.deliveredAt ?? now;
  return Math.max(0, Math.ceil((until.getTime() - order.promisedAt.getTime()) / DAY_MS));
}

/** The variables of a template. What is not known, or empty, is not there. */
export function scopeOf(known: Known): Scope {
  const { contact, order, review, conversation, message, compensation, backAt, now } = known;
  const name = contact?.name || order?.buyer.name || "";
  const country = contact?.country ?? order?.buyer.country;
  return {
    shop: { name: known.shopName },
    agent: { name: known.agentName },
    buyer: {
      name,
      first_name: firstName(name),
      email: contact?.email ?? order?.buyer.email,
      language: contact?.locale,
      ...(country && {
        country: new Written(
          0,
          ({ locale }) => new Intl.DisplayNames(locale, { type: "region" }).of(country) ?? country,
        ),
      }),
    },
    order: order && {
      number: order.number,
      id: order.orderId,
      state: order.state,
      item: order.items[0]?.name,
      item_count: order.items.reduce((sum, { quantity }) => sum + quantity, 0) || undefined,
      items: order.items.map((item) => ({
        name: item.name,
        quantity: item.quantity,
        sku: item.sku,
        ...(item.price !== undefined && { price: money(item.price, order.currency) }),
      })),
      currency: order.currency,
      days_late: daysLate(order, now) || undefined,
      ...(order.total !== undefined && { total: money(order.total, order.currency) }),
      ...(order.promisedAt && { promised_at: moment(order.promisedAt) }),
      ...(order.timeline[0] && { created_at: moment(order.timeline[0].occurredAt) }),
      ...(order.deliveredAt && { delivered_at: moment(order.deliveredAt) }),
    },
    tracking: {
      carrier: order?.tracking?.carrier,
      number: order?.tracking?.number,
      url: webUrlOf(order?.tracking?.url),
    },
    review: { rating: review?.rating, text: review?.text },
    conversation: { subject: conversation?.subject, channel: conversation?.channel },
    message: { text: message?.text },
    compensation: compensation && {
      amount: money(compensation.amount, compensation.currency),
      currency: compensation.currency,
      [compensation.state]: true,
    },
    hours: backAt && {
      next: new Written(backAt.getTime(), ({ locale, timeZone }) =>
        new Intl.DateTimeFormat(`${locale}-u-ca-gregory-nu-latn`, {
          weekday: "long",
          hour: "numeric",
          minute: "2-digit",
          timeZone,
          timeZoneName: "short",
        }).format(backAt),
      ),
    },
  };
}

/**
 * The name to greet by, where it is safe to tell: the first of two or more words in scripts that put it first. Chinese, Japanese and
 * Korean names are left whole.
 */
function firstName(name: string): string {
  const words = name.trim().split(/\s+/);
  if (words.length < 2 || /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(name))
    return name;
  return words[0] ?? name;
}

/** A made-up order, for previews: everything is known. */
export function exampleKnown(now: Date, shopName: string): Known {
  const day = (days: number) => new Date(now.getTime() + days * DAY_MS);
  return {
    shopName,
    agentName: "Mia",
    now,
    contact: { name: "Ana Ruiz", email: "ana.ruiz@example.com", country: "ES", locale: "es" },
    order: {
      orderId: "10482",
      number: "10482",
      state: "shipped",
      delayed: true,
      buyer: { externalId: "b-1", name: "Ana Ruiz", country: "ES" },
      items: [
        { name: "Ceramic tea set", quantity: 1, price: 48 },
        { name: "Linen napkin", quantity: 2, price: 8 },
      ],
      total: 64,
      currency: "EUR",
      promisedAt: day(-2),
      tracking: { carrier: "DHL", number: "JD014600003SE", url: "https://track.example/JD014600003SE" },
      timeline: [{ type: "created", occurredAt: day(-9) }],
      deliveredAt: day(0),
      createdAt: day(-9),
    },
    review: { rating: 2, text: "The lid was cracked." },
    conversation: { subject: "Order 10482", channel: "email" },
    message: { text: "How do I put it together?" },
    compensation: { amount: 5, currency: "EUR", state: "credited" },
    backAt: day(1),
  };
}

/** Which buyers and orders may lack. */
const ALWAYS = new Set([
  "shop.name",
  "order.number",
  "order.id",
  "order.state",
  "message.text",
  "conversation.channel",
]);

/** All variables with an example in a language. */
export function listVariables(now: Date, shopName: string, reader: Reader) {
  const scope = scopeOf(exampleKnown(now, shopName)) as Record<string, Record<string, unknown>>;
  return Object.entries(VARIABLES).flatMap(([group, names]) =>
    names.map((name) => {
      const value = scope[group]?.[name];
      const example = value instanceof Written ? value.in(reader) : Array.isArray(value) ? "" : String(value ?? "");
      return { name: `${group}.${name}`, group, example, optional: !ALWAYS.has(`${group}.${name}`) };
    }),
  );
}
