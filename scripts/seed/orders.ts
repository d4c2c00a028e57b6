import { Types } from "mongoose";
import { foldOrder } from "../../server/actions/record-order-event.ts";
import type { ContactRecord } from "../../server/models/contact.ts";
import type { OrderEventRecord, OrderRecord } from "../../server/models/order.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const ITEMS: readonly (readonly [sku: string, name: string, price: number])[] = [
  ["CUP-BL", "Ceramic cup, blue", 14.9],
  ["TEA-6", "Tea set for six", 64],
  ["LAMP-W", "Wooden desk lamp", 39.5],
  ["SCARF-G", "Wool scarf, green", 27.25],
  ["BAG-C", "Canvas backpack", 52],
  ["KNIFE-3", "Kitchen knives, set of three", 45.8],
  ["MUG-T", "Travel mug, 400 ml", 19.99],
  ["RUG-S", "Cotton rug, 60 × 90 cm", 33],
];
/** Where not in dollars: the currency, what a dollar is in it, and its decimals. */
const EURO = ["EUR", 0.92, 2] as const;
const MONEY: Record<string, readonly [currency: string, rate: number, decimals: number]> = {
  MX: ["MXN", 18.5, 2],
  BR: ["BRL", 5.4, 2],
  GB: ["GBP", 0.79, 2],
  JP: ["JPY", 150, 0],
  KR: ["KRW", 1_380, 0],
  CN: ["CNY", 7.2, 2],
  TW: ["TWD", 32, 0],
  PL: ["PLN", 3.95, 2],
  CH: ["CHF", 0.89, 2],
  TR: ["TRY", 41, 2],
  AE: ["AED", 3.67, 2],
  ...Object.fromEntries(["ES", "FR", "BE", "DE", "AT", "IT", "NL"].map((country) => [country, EURO])),
};
/** What happens to an order, and hours after the one before. */
const STEPS: readonly (readonly [type: string, hours: number])[] = [
  ["created", 0],
  ["paid", 1],
  ["shipped", 26],
  ["out_for_delivery", 120],
  ["delivered", 7],
];
const CARRIERS = ["DHL", "UPS", "YunExpress", "Cainiao"];

/** A made-up order of a buyer's, told by the events that a shop would have sent; most of them have arrived. */
export function orderOf({ index, contact, now }: { index: number; contact: ContactRecord; now: Date }) {
  const { workspaceId } = contact;
  const orderId = `seed-${contact._id.toHexString()}`;
  const [currency, rate, decimals] = MONEY[contact.country ?? ""] ?? (["USD", 1, 2] as const);
  const amount = (dollars: number) => Number((dollars * rate).toFixed(decimals));
  const items = [0, 1].slice(0, 1 + (index % 2)).map((more) => {
    const [sku, name, price] = ITEMS[(index + more * 3) % ITEMS.length] ?? ITEMS[0]!;
    return { sku, name, quantity: 1 + (index % 7 === 0 ? 1 : 0), price: amount(price) };
  });
  const goods = items.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
  const late = index % 17 === 0;
  const done = index % 10 < 7 ? STEPS.length : 1 + (Math.floor(index / 10) % STEPS.length);
  let at = now.getTime() - (3 + ((index * 11) % 60)) * DAY_MS - 7 * DAY_MS;
  const events = STEPS.slice(0, done).map(([type, hours], step): OrderEventRecord => {
    at += (hours + (late && type === "out_for_delivery" ? 96 : 0)) * HOUR_MS;
    const occurredAt = new Date(at);
    const eventId = `${orderId}:${type}`;
    const payload = {
      eventId,
      type,
      occurredAt: occurredAt.toISOString(),
      orderId,
      buyer: { externalId: orderId, name: contact.name, ...(contact.country && { country: contact.country }) },
      ...(step === 0 && {
        order: {
          number: String(10_000 + index),
          items,
          total: Number((goods + amount(4.9)).toFixed(decimals)),
          shipping: amount(4.9),
          currency,
          promisedAt: new Date(at + 8 * DAY_MS).toISOString(),
        },
      }),
      ...(type === "shipped" && {
        tracking: { carrier: CARRIERS[index % CARRIERS.length], number: `JD${1_460_000_000 + index}` },
      }),
    };
    return {
      _id: new Types.ObjectId(),
      workspaceId,
      eventId,
      orderId,
      type,
      occurredAt,
      payload,
      createdAt: occurredAt,
    };
  });
  const order: OrderRecord = {
    ...foldOrder(orderId, events),
    _id: new Types.ObjectId(),
    workspaceId,
    orderId,
    contactId: contact._id,
    eventCount: events.length,
    createdAt: events[0]?.occurredAt ?? now,
    updatedAt: new Date(at),
  };
  return { order, events };
}
