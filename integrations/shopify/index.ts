import { z } from "zod";
import { isNobody } from "../../contract/buyer-id.ts";
import type { OrderFactsInput } from "../../contract/order.ts";
import type { Delivery, Integration, Mapped, PlatformOrderEvent } from "../integration.ts";
import { Refusal } from "../integration.ts";
import { requireFresh, requireHmac } from "../signature.ts";
import { amount, country, currency, email, instant, link, prefixSchema, present, sumOf, text } from "../values.ts";

const settingsSchema = z
  .object({
    /** The shop's name at Shopify: what comes from another shop is refused. */
    shop: z
      .string()
      .toLowerCase()
      .regex(/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/, "must be such as my-shop.myshopify.com")
      .optional(),
    prefix: prefixSchema.default(""),
  })
  .strict();
type Settings = z.output<typeof settingsSchema>;

/**
 * Shopify gives up on a delivery after 4 hours and says when it was triggered; the header is not part of what is signed,
 * so it only keeps out what was recorded and is replayed as it was.
 */
const TRIED_FOR_MS = 48 * 3_600_000;

const addressSchema = z.looseObject({ name: text, country_code: text }).nullish();
const customerSchema = z.looseObject({ id: text, email: text, first_name: text, last_name: text }).nullish();
const fulfillmentSchema = z.looseObject({
  id: text,
  order_id: text,
  status: text,
  shipment_status: text,
  created_at: text,
  updated_at: text,
  tracking_company: text,
  tracking_number: text,
  tracking_url: text,
  estimated_delivery_at: text,
});
const refundSchema = z.looseObject({
  id: text,
  order_id: text,
  created_at: text,
  processed_at: text,
  note: text,
  transactions: z.array(z.looseObject({ kind: text, status: text, amount })).nullish(),
});
type Refund = z.output<typeof refundSchema>;
const orderSchema = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String),
  name: text,
  email: text,
  created_at: z.string(),
  updated_at: text,
  processed_at: text,
  cancelled_at: text,
  closed_at: text,
  financial_status: text,
  fulfillment_status: text,
  currency: text,
  total_price: amount,
  current_total_price: amount,
  total_tax: amount,
  total_discounts: amount,
  customer_locale: text,
  total_shipping_price_set: z.looseObject({ shop_money: z.looseObject({ amount }).nullish() }).nullish(),
  line_items: z
    .array(z.looseObject({ sku: text, title: text, name: text, quantity: z.number().nullish(), price: amount }))
    .nullish(),
  customer: customerSchema,
  shipping_address: addressSchema,
  billing_address: addressSchema,
  fulfillments: z.array(fulfillmentSchema).nullish(),
  refunds: z.array(refundSchema).nullish(),
});
type Order = z.output<typeof orderSchema>;
type Fulfillment = z.output<typeof fulfillmentSchema>;

/** A fulfilment's shipment_status → what happened. Others say nothing new. */
const SHIPMENT: Record<string, string> = {
  confirmed: "shipped",
  in_transit: "shipped",
  out_for_delivery: "out_for_delivery",
  attempted_delivery: "delivery_attempted",
  ready_for_pickup: "ready_for_pickup",
  delivered: "delivered",
  failure: "delayed",
};

/** Order and fulfilment webhooks of a Shopify shop. */
export const shopify: Integration<Settings> = {
  info: {
    platform: "shopify",
    name: "Shopify",
    secretFrom: "platform",
    brings: ["orders"],
    sends: false,
    topics: [
      "orders/create",
      "orders/updated",
      "orders/paid",
      "orders/cancelled",
      "orders/fulfilled",
      "orders/partially_fulfilled",
      "orders/edited",
      "fulfillments/create",
      "fulfillments/update",
      "refunds/create",
    ],
    fields: [
      { name: "shop", kind: "text", required: false, secret: false, example: "my-shop.myshopify.com" },
      { name: "prefix", kind: "text", required: false, secret: false, example: "shop1:" },
    ],
    documentation: "https://shopify.dev/docs/apps/build/webhooks",
  },
  settings: settingsSchema,
  source: ({ prefix = "" }) => prefix,
  newSource: ({ shop }) => shop?.replace(/\.myshopify\.com$/, "") ?? "shopify",

  verify({ headers, rawBody, now }, { secret, settings }): Delivery {
    requireHmac(headers["x-shopify-hmac-sha256"], { secret, bytes: rawBody });
    if (settings.shop && headers["x-shopify-shop-domain"]?.toLowerCase() !== settings.shop) {
      throw new Refusal("invalid_signature");
    }
    const triggered = headers["x-shopify-triggered-at"];
    if (triggered !== undefined) requireFresh(new Date(triggered), now, TRIED_FOR_MS);
    const topic = headers["x-shopify-topic"];
    // The same in every try of a delivery.
    const deliveryId = headers["x-shopify-webhook-id"] ?? headers["x-shopify-event-id"];
    if (!topic || !deliveryId) throw new Refusal("invalid_request");
    return { deliveryId, topic };
  },

  map({ topic }, payload, { settings }): Mapped | undefined {
    if (topic === "orders/edited") return undefined;
    if (topic.startsWith("orders/")) return { orders: orderEvents(orderSchema.parse(payload), settings), messages: [] };
    if (topic === "fulfillments/create" || topic === "fulfillments/update") {
      const fulfillment = fulfillmentSchema.parse(payload);
      const orderId = fulfillment.order_id;
      return { orders: orderId ? shipmentEvents(fulfillment, settings.prefix + orderId) : [], messages: [] };
    }
    if (topic === "refunds/create") {
      const refund = refundSchema.parse(payload);
      return { orders: refund.order_id ? refundEvents(refund, settings.prefix + refund.order_id) : [], messages: [] };
    }
    return undefined;
  },
};

function orderEvents(order: Order, { prefix }: Settings): PlatformOrderEvent[] {
  const orderId = prefix + order.id;
  const changed = instant(order.updated_at) ?? instant(order.created_at) ?? new Date(0).toISOString();
  const facts = { order: factsOf(order), buyer: buyerOf(order, prefix) };
  const event = (type: string, at: string | undefined): PlatformOrderEvent[] =>
    at === undefined
      ? []
      : [{ eventId: `shopify:${orderId}:${type}:${changed}`, type, occurredAt: at, orderId, ...facts }];
  // Payment is processed a moment before the order is made of it.
  const created = instant(order.created_at);
  const processed = instant(order.processed_at) ?? changed;
  const paidAt = created !== undefined && processed < created ? created : processed;
  const paid = ["paid", "partially_refunded", "refunded"].includes(order.financial_status ?? "");
  return [
    ...event("created", created),
    ...(paid ? event("paid", paidAt) : []),
    ...(order.refunds ?? []).flatMap((one) => refundEvents(one, orderId)),
    ...event("cancelled", instant(order.cancelled_at)),
    ...(order.fulfillments ?? []).flatMap((one) => shipmentEvents(one, orderId)),
  ];
}

function shipmentEvents(fulfillment: Fulfillment, orderId: string): PlatformOrderEvent[] {
  const changed = instant(fulfillment.updated_at) ?? instant(fulfillment.created_at);
  const shipped = instant(fulfillment.created_at);
  const promisedAt = instant(fulfillment.estimated_delivery_at);
  const tracking = present({
    carrier: fulfillment.tracking_company,
    number: fulfillment.tracking_number,
    url: link(fulfillment.tracking_url),
  });
  const event = (type: string, at: string | undefined): PlatformOrderEvent[] =>
    at === undefined
      ? []
      : [
          {
            eventId: `shopify:${orderId}:${fulfillment.id ?? ""}:${type}:${changed}`,
            type,
            occurredAt: at,
            orderId,
            tracking,
            ...(promisedAt && { order: { promisedAt } }),
          },
        ];
  if (["cancelled", "error", "failure"].includes(fulfillment.status ?? "")) return [];
  const type = SHIPMENT[fulfillment.shipment_status ?? ""];
  return [...event("shipped", shipped), ...(type && type !== "shipped" ? event(type, changed) : [])];
}

/** How much came back in all, the order itself says: a refund alone knows no other. */
function refundEvents(refund: Refund, orderId: string): PlatformOrderEvent[] {
  const at = instant(refund.processed_at) ?? instant(refund.created_at);
  if (at === undefined || !refund.id) return [];
  return [
    {
      eventId: `shopify:${orderId}:refunded:${refund.id}`,
      type: "refunded",
      occurredAt: at,
      orderId,
      ...(refund.note && { description: refund.note.slice(0, 500) }),
    },
  ];
}

/** What was paid back; undefined while nothing was. */
function refundedOf(refunds: Order["refunds"]): number | undefined {
  const paid = (refunds ?? [])
    .flatMap(({ transactions }) => transactions ?? [])
    .filter(({ kind, status }) => kind === "refund" && status === "success");
  return paid.length > 0 ? sumOf(paid.map(({ amount: one }) => one)) : undefined;
}

function factsOf(order: Order): OrderFactsInput {
  return present({
    number: order.name ?? order.id,
    total: order.current_total_price ?? order.total_price,
    tax: order.total_tax,
    discount: order.total_discounts,
    shipping: order.total_shipping_price_set?.shop_money?.amount,
    refunded: refundedOf(order.refunds),
    currency: currency(order.currency),
    items: order.line_items?.flatMap(({ sku, title, name, quantity, price }) =>
      (quantity ?? 0) > 0 ? [present({ sku, name: title ?? name ?? sku ?? "", quantity: quantity ?? 1, price })] : [],
    ),
  });
}

function buyerOf(order: Order, prefix: string) {
  const { customer } = order;
  const address = email(order.email) ?? email(customer?.email);
  const name = [customer?.first_name, customer?.last_name].filter(Boolean).join(" ");
  return present({
    externalId: customer?.id && !isNobody(customer.id) ? prefix + customer.id : address,
    name: name || (order.shipping_address?.name ?? order.billing_address?.name),
    email: address,
    country: country(order.shipping_address?.country_code ?? order.billing_address?.country_code),
    locale: order.customer_locale,
  });
}
