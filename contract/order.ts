import { z } from "zod";
import { idSchema, instantSchema, webUrlSchema } from "./common.ts";

/** The person a platform names, by the platform's own id. `0`, `guest` and the like are no id: such buyers are told apart by
 * email, else phone, else the order. */
export const buyerSchema = z.object({
  externalId: z.string().min(1).max(200),
  name: z.string().max(200).optional(),
  /** BCP 47 tag. */
  locale: z.string().max(35).optional(),
  /** ISO 3166-1 alpha-2. */
  country: z
    .string()
    .regex(/^[A-Za-z]{2}$/, "must be a country code such as MX")
    .transform((code) => code.toUpperCase())
    .optional(),
  email: z.email().max(254).optional(),
  phone: z.string().max(40).optional(),
});
export type Buyer = z.output<typeof buyerSchema>;

export const ORDER_EVENT_TYPES = [
  "created",
  "paid",
  "shipped",
  "out_for_delivery",
  "delivered",
  "delayed",
  "lost",
  "cancelled",
  "completed",
  "reviewed",
  "price_changed",
] as const;
export type OrderEventType = (typeof ORDER_EVENT_TYPES)[number];

/** An amount in the currency's main unit, such as 12.5. */
const amountSchema = z.number().finite();
const momentSchema = z.iso.datetime({ offset: true });

export const orderItemSchema = z.looseObject({
  sku: z.string().max(200).optional(),
  name: z.string().max(500),
  quantity: z.number().int().positive().default(1),
  price: amountSchema.optional(),
  category: z.string().max(200).optional(),
  /** A picture of it. */
  image: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .optional(),
});
/** What an event tells of the order. Fields we do not know are kept. */
export const orderFactsSchema = z.looseObject({
  number: z.string().max(100).optional(),
  items: z.array(orderItemSchema).max(500).optional(),
  /** What the buyer pays in all; the parts of it below where they are known. */
  total: amountSchema.optional(),
  shipping: amountSchema.optional(),
  tax: amountSchema.optional(),
  discount: amountSchema.optional(),
  refunded: amountSchema.optional(),
  /** ISO 4217. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, "must be a currency code such as EUR")
    .optional(),
  promisedAt: momentSchema.optional(),
});
export type OrderFactsInput = z.output<typeof orderFactsSchema>;
export const trackingSchema = z.looseObject({
  carrier: z.string().max(200).optional(),
  number: z.string().max(200).optional(),
  url: webUrlSchema.optional(),
});

/** A line of the timeline: what happened, where, in the carrier's own words where it says so. */
export const timelineEntrySchema = z.object({
  type: z.string(),
  occurredAt: instantSchema,
  description: z.string().optional(),
  location: z.string().optional(),
});

/** What a shop or platform reports. An unknown type is recorded and changes nothing else. */
export const orderEventSchema = z.looseObject({
  eventId: z.string().min(1).max(200),
  type: z.string().min(1).max(60),
  occurredAt: momentSchema,
  orderId: z.string().min(1).max(200),
  buyer: buyerSchema,
  order: orderFactsSchema.optional(),
  tracking: trackingSchema.optional(),
  /** In words, such as a carrier's: "Arrived at sorting centre". */
  description: z.string().max(500).optional(),
  /** Where it happened: "Madrid, ES". */
  location: z.string().max(200).optional(),
});
export type OrderEventInput = z.output<typeof orderEventSchema>;

/** An order entered by hand: what its first event tells. */
export const createOrderSchema = z
  .object({
    orderId: z.string().min(1).max(200),
    buyer: buyerSchema,
    order: orderFactsSchema.optional(),
    tracking: trackingSchema.optional(),
  })
  .strict();
/** Facts that are corrected; what is not named stays. */
export const updateOrderSchema = z
  .object({
    buyer: buyerSchema.omit({ externalId: true }).partial().optional(),
    order: orderFactsSchema.optional(),
    tracking: trackingSchema.optional(),
    description: z.string().max(500).optional(),
  })
  .strict();

/** The same from a source that may not know who bought, such as a carrier's. */
export interface ReportedOrderEvent extends Pick<OrderEventInput, "eventId" | "type" | "occurredAt" | "orderId"> {
  buyer?: Partial<Buyer>;
  order?: OrderFactsInput | undefined;
  tracking?: z.output<typeof trackingSchema> | undefined;
  description?: string | undefined;
  location?: string | undefined;
  /** Fields we do not know are kept. */
  [field: string]: unknown;
}

export const orderStateSchema = z.enum([
  "created",
  "paid",
  "shipped",
  "out_for_delivery",
  "delivered",
  "completed",
  "lost",
  "cancelled",
]);
export type OrderState = z.infer<typeof orderStateSchema>;

export const orderSchema = z.object({
  id: idSchema,
  /** The shop's id of it. */
  orderId: z.string(),
  /** What people call it; the shop's id where there is no number. */
  number: z.string(),
  state: orderStateSchema,
  /** Reported late and not yet there. */
  delayed: z.boolean(),
  buyer: z.object({ externalId: z.string(), name: z.string().optional(), country: z.string().optional() }),
  contactId: idSchema.optional(),
  items: z.array(orderItemSchema),
  total: z.number().optional(),
  shipping: z.number().optional(),
  tax: z.number().optional(),
  discount: z.number().optional(),
  refunded: z.number().optional(),
  currency: z.string().optional(),
  createdAt: instantSchema.optional(),
  shippedAt: instantSchema.optional(),
  /** What was promised to the buyer, and when it really came. */
  promisedAt: instantSchema.optional(),
  deliveredAt: instantSchema.optional(),
  tracking: trackingSchema.optional(),
  /** What the shop told beside, under its own names. */
  extra: z.record(z.string(), z.unknown()).optional(),
  /** Oldest first. */
  timeline: z.array(timelineEntrySchema),
  updatedAt: instantSchema,
});
export type Order = z.infer<typeof orderSchema>;

/** What was reported, as it was: also fields and types that we do not know. */
export const recordedOrderEventSchema = z.object({
  id: idSchema,
  eventId: z.string(),
  type: z.string(),
  occurredAt: instantSchema,
  receivedAt: instantSchema,
  payload: z.record(z.string(), z.unknown()),
});
export type RecordedOrderEvent = z.infer<typeof recordedOrderEventSchema>;
