import { createHash } from "node:crypto";
import { z } from "zod";
import { isNobody } from "../../contract/buyer-id.ts";
import { insiteMessageSchema } from "../../contract/insite.ts";
import { orderEventSchema } from "../../contract/order.ts";
import type { Delivery, Integration, Mapped, PlatformOrderEvent, PlatformRequest } from "../integration.ts";
import { Refusal } from "../integration.ts";
import { parseBody, requireFresh, requireHmac, STALE_AFTER_MS } from "../signature.ts";
import { instant, prefixSchema, present } from "../values.ts";
import { itemsAt, listAt, momentAt, numberAt, pathSchema, textAt } from "./paths.ts";

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,100}$/, "must be the name of a header")
  .toLowerCase();

const signatureSchema = z
  .object({
    header: headerName.default("x-signature"),
    algorithm: z.enum(["sha256", "sha512", "sha1"]).default("sha256"),
    encoding: z.enum(["hex", "base64"]).default("hex"),
    /** What stands before the signature in its header, such as `sha256=`. */
    prefix: z.string().max(40).default(""),
    /** A header with the moment (seconds, milliseconds or ISO 8601): then `moment.body` is what is signed. */
    timestampHeader: headerName.optional(),
  })
  .strict();

const orderMappingSchema = z
  .object({
    /** Where the list is, if a request holds several. */
    each: pathSchema.optional(),
    eventId: pathSchema.optional(),
    orderId: pathSchema,
    type: pathSchema,
    occurredAt: pathSchema.optional(),
    /** Their word for what happened → ours. What is not listed is taken as it is. */
    types: z.record(z.string().max(100), z.string().max(60)).default({}),
    number: pathSchema.optional(),
    total: pathSchema.optional(),
    currency: pathSchema.optional(),
    promisedAt: pathSchema.optional(),
    buyerId: pathSchema.optional(),
    buyerName: pathSchema.optional(),
    buyerEmail: pathSchema.optional(),
    buyerCountry: pathSchema.optional(),
    buyerLocale: pathSchema.optional(),
    carrier: pathSchema.optional(),
    trackingNumber: pathSchema.optional(),
    trackingUrl: pathSchema.optional(),
    items: pathSchema.optional(),
    itemName: pathSchema.optional(),
    itemSku: pathSchema.optional(),
    itemQuantity: pathSchema.optional(),
    itemPrice: pathSchema.optional(),
  })
  .strict();

const messageMappingSchema = z
  .object({
    each: pathSchema.optional(),
    messageId: pathSchema,
    threadId: pathSchema,
    text: pathSchema,
    sentAt: pathSchema.optional(),
    buyerId: pathSchema,
    buyerName: pathSchema.optional(),
    buyerEmail: pathSchema.optional(),
    buyerCountry: pathSchema.optional(),
    buyerLocale: pathSchema.optional(),
    orderId: pathSchema.optional(),
  })
  .strict();

const settingsSchema = z
  .object({
    signature: signatureSchema.prefault({}),
    /** Where the delivery's id and topic stand: `header:NAME`, or a path in the body. Without an id the bytes are one. */
    deliveryId: pathSchema.optional(),
    topic: pathSchema.optional(),
    orders: orderMappingSchema.optional(),
    messages: messageMappingSchema.optional(),
    /** Topics that tell of orders and of messages; every one when absent. */
    orderTopics: z.array(z.string().max(100)).max(50).optional(),
    /** Stands before the ids of its buyers, orders and events. */
    prefix: prefixSchema.default(""),
    messageTopics: z.array(z.string().max(100)).max(50).optional(),
  })
  .strict()
  .refine(({ orders, messages }) => orders || messages, { error: "must map orders, messages or both" });
type Settings = z.output<typeof settingsSchema>;

/** Any system that signs its webhooks with an HMAC, described by where in its JSON things stand. */
export const generic: Integration<Settings> = {
  info: {
    platform: "generic",
    name: "Webhook",
    secretFrom: "hub",
    brings: ["orders", "messages"],
    sends: false,
    topics: [],
    fields: [
      {
        name: "signature",
        kind: "mapping",
        required: false,
        secret: false,
        example: '{"header": "X-Signature", "encoding": "hex"}',
      },
      { name: "deliveryId", kind: "text", required: false, secret: false, example: "header:X-Delivery-Id" },
      { name: "topic", kind: "text", required: false, secret: false, example: "event" },
      {
        name: "orders",
        kind: "mapping",
        required: false,
        secret: false,
        example: '{"orderId": "order.id", "type": "order.status"}',
      },
      {
        name: "messages",
        kind: "mapping",
        required: false,
        secret: false,
        example: '{"messageId": "id", "threadId": "thread", "text": "body", "buyerId": "from.id"}',
      },
      { name: "orderTopics", kind: "mapping", required: false, secret: false, example: '["order.updated"]' },
      { name: "messageTopics", kind: "mapping", required: false, secret: false, example: '["message.created"]' },
      { name: "prefix", kind: "text", required: false, secret: false, example: "shop1:" },
    ],
    documentation: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
  },
  settings: settingsSchema,
  // From before it had one, it has none.
  source: ({ prefix = "" }) => prefix,
  newSource: () => "webhook",

  verify(request, { secret, settings }): Delivery {
    const { headers, rawBody, now } = request;
    const { header, algorithm, encoding, prefix, timestampHeader } = settings.signature;
    const given = headers[header];
    if (given === undefined || !given.startsWith(prefix)) throw new Refusal("invalid_signature");
    const moment = timestampHeader && headers[timestampHeader];
    const bytes = timestampHeader ? Buffer.concat([Buffer.from(`${moment ?? ""}.`), rawBody]) : rawBody;
    requireHmac(given.slice(prefix.length), { secret, bytes, algorithm, encoding });
    if (timestampHeader) requireFresh(momentOf(moment), now, STALE_AFTER_MS);
    const body = parseBody(rawBody);
    const hash = createHash("sha256").update(rawBody).digest("hex").slice(0, 32);
    return {
      deliveryId: (valueAt(settings.deliveryId, request, body) ?? hash).slice(0, 200),
      topic: (valueAt(settings.topic, request, body) ?? "event").slice(0, 100),
    };
  },

  map({ topic, deliveryId }, payload, { id, settings }): Mapped | undefined {
    const { orders, messages, orderTopics, messageTopics, prefix = "" } = settings;
    const ofOrders = orders && (orderTopics?.includes(topic) ?? true);
    const ofMessages = messages && (messageTopics?.includes(topic) ?? true);
    if (!ofOrders && !ofMessages) return undefined;
    return {
      orders: ofOrders
        ? listAt(payload, orders.each).flatMap((one, at) =>
            orderEvent(one, orders, { prefix, fallbackId: `generic:${id}:${deliveryId}:${at}` }),
          )
        : [],
      messages: ofMessages ? listAt(payload, messages.each).flatMap((one) => messageOf(one, messages, prefix)) : [],
    };
  },
};

/** Nothing where a request holds no order at all; an order that is not well formed is an error. @throws ZodError */
function orderEvent(
  value: unknown,
  mapping: z.output<typeof orderMappingSchema>,
  { prefix, fallbackId }: { prefix: string; fallbackId: string },
): PlatformOrderEvent[] {
  const id = textAt(value, mapping.orderId);
  if (id === undefined) return [];
  const orderId = prefix + id;
  const word = textAt(value, mapping.type) ?? "";
  const eventId = textAt(value, mapping.eventId);
  const event = {
    eventId: eventId === undefined ? fallbackId : prefix + eventId,
    orderId,
    type: mapping.types[word] ?? word,
    occurredAt: momentAt(value, mapping.occurredAt) ?? new Date().toISOString(),
    order: present({
      // People call it by the number alone.
      number: textAt(value, mapping.number) ?? (prefix === "" ? undefined : id),
      total: numberAt(value, mapping.total),
      currency: textAt(value, mapping.currency)?.toUpperCase(),
      promisedAt: momentAt(value, mapping.promisedAt),
      items: itemsAt(value, mapping),
    }),
    tracking: present({
      carrier: textAt(value, mapping.carrier),
      number: textAt(value, mapping.trackingNumber),
      url: textAt(value, mapping.trackingUrl),
    }),
  };
  const buyer = buyerAt(value, mapping, prefix);
  const externalId = buyer.externalId ?? buyer.email ?? `order:${orderId}`;
  const parsed = orderEventSchema.parse({ ...event, buyer: { ...buyer, externalId } });
  return [buyer.externalId || buyer.email ? parsed : { ...parsed, buyer }];
}

function messageOf(value: unknown, mapping: z.output<typeof messageMappingSchema>, prefix: string) {
  const messageId = textAt(value, mapping.messageId);
  if (messageId === undefined) return [];
  const orderId = textAt(value, mapping.orderId);
  const buyer = buyerAt(value, mapping, prefix);
  return [
    insiteMessageSchema.parse({
      messageId,
      threadId: textAt(value, mapping.threadId) ?? messageId,
      buyer: { ...buyer, externalId: buyer.externalId ?? NOBODY },
      text: textAt(value, mapping.text) ?? "",
      sentAt: momentAt(value, mapping.sentAt) ?? new Date().toISOString(),
      ...present({ orderId: orderId === undefined ? undefined : prefix + orderId }),
    }),
  ];
}

/** Who has no id is told from others by address, number or thread. */
const NOBODY = "guest";

type BuyerMapping = Pick<
  z.output<typeof orderMappingSchema>,
  "buyerId" | "buyerName" | "buyerEmail" | "buyerCountry" | "buyerLocale"
>;

function buyerAt(value: unknown, mapping: BuyerMapping, prefix: string) {
  const id = textAt(value, mapping.buyerId);
  return present({
    externalId: id === undefined || isNobody(id) ? undefined : prefix + id,
    name: textAt(value, mapping.buyerName),
    email: textAt(value, mapping.buyerEmail),
    country: textAt(value, mapping.buyerCountry),
    locale: textAt(value, mapping.buyerLocale),
  });
}

function valueAt(place: string | undefined, { headers }: PlatformRequest, body: unknown): string | undefined {
  if (place === undefined) return undefined;
  return place.startsWith("header:") ? headers[place.slice(7).toLowerCase()] : textAt(body, place);
}

function momentOf(header: string | undefined): Date | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header)) return new Date(Number(header) * (header.length > 11 ? 1 : 1_000));
  const at = instant(header);
  return at === undefined ? undefined : new Date(at);
}
