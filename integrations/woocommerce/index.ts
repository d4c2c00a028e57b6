import { createHash } from "node:crypto";
import { z } from "zod";
import { isNobody } from "../../contract/buyer-id.ts";
import type { Delivery, Integration, Mapped, PlatformOrderEvent } from "../integration.ts";
import { Refusal } from "../integration.ts";
import { requireHmac } from "../signature.ts";
import { amount, country, currency, email, instant, link, prefixSchema, present, sumOf, text } from "../values.ts";

const settingsSchema = z
  .object({
    /** The shop's address: what comes from another one is refused, and its host keeps its numbers apart from others'. */
    shop: z.url({ protocol: /^https?$/ }).max(500),
    /** Instead of the host. */
    prefix: prefixSchema.optional(),
  })
  .strict();
type Settings = z.output<typeof settingsSchema>;

const metaSchema = z.array(z.looseObject({ key: text, value: z.unknown() })).nullish();
const addressSchema = z.looseObject({ first_name: text, last_name: text, email: text, country: text }).nullish();
const orderSchema = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String),
  number: text,
  status: text,
  currency: text,
  total: amount,
  total_tax: amount,
  shipping_total: amount,
  discount_total: amount,
  date_created_gmt: text,
  date_modified_gmt: text,
  date_paid_gmt: text,
  date_completed_gmt: text,
  customer_id: text,
  billing: addressSchema,
  shipping: addressSchema,
  line_items: z
    .array(
      z.looseObject({
        name: text,
        sku: text,
        quantity: z.number().nullish(),
        price: amount,
        image: z.looseObject({ src: text }).nullish(),
      }),
    )
    .nullish(),
  /** Amounts below zero. */
  refunds: z.array(z.looseObject({ total: amount })).nullish(),
  meta_data: metaSchema,
});
type Order = z.output<typeof orderSchema>;

/** A status → what happened last. `completed` is WooCommerce's word for sent off, where nothing more is known of it. */
const STATUS: Record<string, string> = {
  "on-hold": "created",
  pending: "created",
  processing: "paid",
  completed: "shipped",
  shipped: "shipped",
  delivered: "delivered",
  cancelled: "cancelled",
  failed: "payment_failed",
  refunded: "refunded",
};

/** Order webhooks of a WooCommerce shop. */
export const woocommerce: Integration<Settings> = {
  info: {
    platform: "woocommerce",
    name: "WooCommerce",
    secretFrom: "hub",
    brings: ["orders"],
    sends: false,
    topics: ["order.created", "order.updated", "order.deleted", "order.restored"],
    fields: [
      { name: "shop", kind: "url", required: true, secret: false, example: "https://shop.example" },
      { name: "prefix", kind: "text", required: false, secret: false, example: "shop1:" },
    ],
    documentation: "https://woocommerce.com/document/webhooks/",
  },
  settings: settingsSchema,
  source: sourceOf,

  verify({ headers, rawBody }, { secret, settings }): Delivery {
    const signature = headers["x-wc-webhook-signature"];
    // The ping that a new webhook begins with: a form with the webhook's id. Before the secret was saved it is unsigned.
    if (/^webhook_id=\d+$/.test(rawBody.toString("utf8").trim())) {
      if (signature !== undefined) requireHmac(signature, { secret, bytes: rawBody });
      return { deliveryId: `ping:${rawBody.toString("utf8").trim()}`, topic: "ping" };
    }
    requireHmac(signature, { secret, bytes: rawBody });
    const source = headers["x-wc-webhook-source"];
    if (source && hostOf(source) !== hostOf(settings.shop)) throw new Refusal("invalid_signature");
    const topic = headers["x-wc-webhook-topic"];
    if (!topic) throw new Refusal("invalid_request");
    // The delivery id is unique for a webhook; the same state told by two webhooks is the same order event.
    const id = headers["x-wc-webhook-delivery-id"];
    const hash = createHash("sha256").update(rawBody).digest("hex").slice(0, 32);
    return { deliveryId: id ? `${headers["x-wc-webhook-id"] ?? ""}:${id}` : hash, topic };
  },

  map({ topic }, payload, { settings }): Mapped | undefined {
    if (topic !== "order.created" && topic !== "order.updated" && topic !== "order.restored") return undefined;
    return { orders: orderEvents(orderSchema.parse(payload), settings), messages: [] };
  },
};

/** Two shops both have an order 10. */
function sourceOf({ prefix, shop }: Settings): string {
  return prefix ?? `${hostOf(shop)}:`;
}

function orderEvents(order: Order, settings: Settings): PlatformOrderEvent[] {
  const prefix = sourceOf(settings);
  const orderId = prefix + order.id;
  const changed = instant(order.date_modified_gmt) ?? instant(order.date_created_gmt);
  const tracking = trackingOf(order);
  const facts = {
    order: present({
      number: order.number ?? order.id,
      total: order.total,
      tax: order.total_tax,
      shipping: order.shipping_total,
      discount: order.discount_total,
      refunded: order.refunds?.length ? Math.abs(sumOf(order.refunds.map(({ total }) => total))) : undefined,
      currency: currency(order.currency),
      items: order.line_items?.flatMap(({ name, sku, quantity, price, image }) =>
        (quantity ?? 0) > 0
          ? [
              present({
                name: name ?? sku ?? "",
                sku,
                quantity: Math.round(quantity ?? 1),
                price,
                image: link(image?.src),
              }),
            ]
          : [],
      ),
    }),
    buyer: buyerOf(order, prefix),
    ...(tracking && { tracking }),
  };
  const event = (type: string, at: string | undefined): PlatformOrderEvent[] =>
    at === undefined
      ? []
      : [{ eventId: `woocommerce:${orderId}:${type}:${changed}`, type, occurredAt: at, orderId, ...facts }];
  const last = STATUS[order.status ?? ""] ?? order.status ?? "updated";
  const shipped = last === "shipped" ? (instant(order.date_completed_gmt) ?? changed) : undefined;
  return [
    ...event("created", instant(order.date_created_gmt)),
    ...event("paid", instant(order.date_paid_gmt)),
    ...event("shipped", shipped),
    ...(["created", "paid", "shipped"].includes(last) ? [] : event(last, changed)),
  ];
}

function buyerOf(order: Order, prefix: string) {
  const address = email(order.billing?.email);
  const who = order.billing?.first_name || order.billing?.last_name ? order.billing : order.shipping;
  return present({
    // Guests have the number 0.
    externalId: order.customer_id && !isNobody(order.customer_id) ? prefix + order.customer_id : address,
    name: [who?.first_name, who?.last_name].filter(Boolean).join(" ") || undefined,
    email: address,
    country: country(order.shipping?.country ?? order.billing?.country),
  });
}

/** As the Shipment Tracking extension keeps it. */
function trackingOf(order: Order) {
  const kept = order.meta_data?.find(({ key }) => key === "_wc_shipment_tracking_items")?.value;
  const [first] = Array.isArray(kept) ? (kept as unknown[]) : [];
  const item = z
    .looseObject({
      tracking_provider: text,
      custom_tracking_provider: text,
      tracking_number: text,
      custom_tracking_link: text,
    })
    .safeParse(first);
  if (!item.success || !item.data.tracking_number) return undefined;
  const { tracking_provider, custom_tracking_provider, tracking_number, custom_tracking_link } = item.data;
  return present({
    carrier: tracking_provider ?? custom_tracking_provider,
    number: tracking_number,
    url: link(custom_tracking_link),
  });
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host.toLowerCase() : url;
}
