import { createHash } from "node:crypto";
import { z } from "zod";
import type { Delivery, Integration, Mapped, PlatformOrderEvent } from "../integration.ts";
import { Refusal } from "../integration.ts";
import { parseBody, requireFresh, requireHmac } from "../signature.ts";
import { email, instant, link, prefixSchema, present, text } from "../values.ts";

const settingsSchema = z
  .object({
    /** What an order is named by at AfterShip. */
    orders: z.enum(["order_number", "order_id"]).default("order_number"),
    prefix: prefixSchema.default(""),
  })
  .strict();
type Settings = z.output<typeof settingsSchema>;

/** Accounts of different age and product sign under different names; the last puts `hmac-sha256=` before. */
const SIGNATURE_HEADERS = ["aftership-hmac-sha256", "as-signature-hmac-sha256", "am-webhook-signature"];
/** AfterShip tries a delivery again for up to three days. */
const TRIED_FOR_MS = 4 * 24 * 3_600_000;
const PLACE_PARTS = ["city", "state", "country_region"] as const;

const checkpointSchema = z.looseObject({
  checkpoint_time: text,
  created_at: text,
  tag: text,
  subtag: text,
  message: text,
  location: text,
  city: text,
  state: text,
  country_region: text,
  country_name: text,
});
type Checkpoint = z.output<typeof checkpointSchema>;
const estimateSchema = z.looseObject({ datetime: text, datetime_max: text, estimated_delivery_date: text }).nullish();
const envelopeSchema = z.looseObject({
  event_id: text,
  event: text,
  ts: z.number().nullish(),
  msg: z.looseObject({
    id: text,
    tracking_number: text,
    slug: text,
    tag: text,
    subtag: text,
    subtag_message: text,
    order_id: text,
    order_number: text,
    customer_name: text,
    customers: z.array(z.looseObject({ name: text, email: text })).nullish(),
    emails: z.array(z.string()).nullish(),
    expected_delivery: text,
    promised_delivery_date: text,
    order_promised_delivery_date: text,
    latest_estimated_delivery: estimateSchema,
    courier_estimated_delivery_date: estimateSchema,
    courier_tracking_link: text,
    updated_at: text,
    checkpoints: z.array(checkpointSchema).nullish(),
  }),
});

/** A delivery status → what happened to the order. */
const TAG: Record<string, string> = {
  InfoReceived: "label_created",
  InTransit: "shipped",
  OutForDelivery: "out_for_delivery",
  AvailableForPickup: "ready_for_pickup",
  AttemptFail: "delivery_attempted",
  Delivered: "delivered",
  Exception: "delayed",
  Expired: "tracking_expired",
};
/** Sub-statuses that say more than their status: https://www.aftership.com/docs/tracking/enum/delivery-sub-statuses */
const SUBTAG: Record<string, string> = {
  Exception_003: "refused",
  Exception_010: "returning",
  Exception_011: "returned",
  Exception_012: "damaged",
  Exception_013: "lost",
};

/** Tracking updates of parcels, whatever shop they come from. */
export const aftership: Integration<Settings> = {
  info: {
    platform: "aftership",
    name: "AfterShip",
    secretFrom: "platform",
    brings: ["orders"],
    sends: false,
    topics: ["tracking_update", "edd_revise"],
    fields: [
      { name: "orders", kind: "choice", required: false, secret: false, choices: ["order_number", "order_id"] },
      { name: "prefix", kind: "text", required: false, secret: false, example: "shop1:" },
    ],
    documentation: "https://www.aftership.com/docs/tracking/webhook/webhook-overview",
  },
  settings: settingsSchema,

  verify({ headers, rawBody, now }, { secret }): Delivery {
    const given = SIGNATURE_HEADERS.map((name) => headers[name]).find((value) => value !== undefined);
    requireHmac(given?.replace(/^hmac-sha256=/, ""), { secret, bytes: rawBody });
    const parsed = envelopeSchema.safeParse(parseBody(rawBody));
    if (!parsed.success) throw new Refusal("invalid_request");
    const { event_id, event, ts } = parsed.data;
    // The moment is inside what is signed.
    if (ts) requireFresh(new Date(ts * 1_000), now, TRIED_FOR_MS);
    const hash = createHash("sha256").update(rawBody).digest("hex").slice(0, 32);
    return { deliveryId: event_id ?? hash, topic: event ?? "tracking_update" };
  },

  map({ topic }, payload, { settings }): Mapped | undefined {
    if (topic !== "tracking_update" && topic !== "edd_revise") return undefined;
    const { msg, ts } = envelopeSchema.parse(payload);
    const named =
      settings.orders === "order_id" ? (msg.order_id ?? msg.order_number) : (msg.order_number ?? msg.order_id);
    if (!named) return { orders: [], messages: [] };
    const orderId = settings.prefix + named;
    const parcel = `${msg.slug ?? ""}:${msg.tracking_number ?? msg.id ?? ""}`;
    const promisedAt =
      instant(msg.order_promised_delivery_date ?? msg.promised_delivery_date) ??
      instant(msg.latest_estimated_delivery?.datetime_max ?? msg.latest_estimated_delivery?.datetime) ??
      instant(msg.courier_estimated_delivery_date?.estimated_delivery_date ?? msg.expected_delivery);
    const facts = {
      orderId,
      byNumber: named,
      tracking: present({ carrier: msg.slug, number: msg.tracking_number, url: link(msg.courier_tracking_link) }),
      buyer: present({
        name: msg.customers?.[0]?.name ?? msg.customer_name,
        email: email(msg.customers?.[0]?.email ?? msg.emails?.[0]),
      }),
      ...(promisedAt && { order: { promisedAt } }),
    };
    const orders = (msg.checkpoints ?? []).flatMap((checkpoint): PlatformOrderEvent[] => {
      const at = instant(checkpoint.checkpoint_time ?? checkpoint.created_at);
      if (!at) return [];
      const type = typeOf(checkpoint.tag, checkpoint.subtag);
      const where = placeOf(checkpoint);
      return [
        {
          eventId: `aftership:${parcel}:${at}:${checkpoint.subtag ?? checkpoint.tag ?? ""}`,
          type,
          occurredAt: at,
          ...facts,
          ...(checkpoint.message && { description: checkpoint.message.slice(0, 500) }),
          ...(where && { location: where }),
        },
      ];
    });
    if (orders.length > 0 && topic === "tracking_update") return { orders, messages: [] };
    // Nothing seen yet, or only the date is another.
    const at = ts ? new Date(ts * 1_000).toISOString() : (instant(msg.updated_at) ?? new Date(0).toISOString());
    const type = topic === "edd_revise" ? "estimate_changed" : typeOf(msg.tag, msg.subtag);
    const description = msg.subtag_message?.slice(0, 500);
    return {
      orders: [
        {
          eventId: `aftership:${parcel}:${at}:${type}`,
          type,
          occurredAt: at,
          ...facts,
          ...(description && topic !== "edd_revise" && { description }),
        },
      ],
      messages: [],
    };
  },
};

function typeOf(tag: string | undefined, subtag: string | undefined): string {
  return SUBTAG[subtag ?? ""] ?? TAG[tag ?? ""] ?? "tracking";
}

function placeOf(checkpoint: Checkpoint): string | undefined {
  if (checkpoint.location) return checkpoint.location.slice(0, 200);
  const parts = PLACE_PARTS.map((part) => checkpoint[part]).filter(Boolean);
  return parts.length > 0 ? parts.join(", ").slice(0, 200) : undefined;
}
