import { z } from "zod";
import { idSchema, instantSchema, webUrlSchema } from "./common.ts";
import { contactSummarySchema, conversationSchema } from "./conversation.ts";
import { messageSchema } from "./message.ts";
import { orderSchema } from "./order.ts";

export const WEBHOOK_EVENTS = [
  "conversation.created",
  "conversation.updated",
  "conversation.resolved",
  "message.created",
  "message.updated",
  "order.updated",
  "contact.merged",
  "contact.split",
] as const;
export const webhookEventSchema = z.enum(WEBHOOK_EVENTS);
export type WebhookEvent = z.infer<typeof webhookEventSchema>;

const addressSchema = webUrlSchema;
const eventsSchema = z
  .array(webhookEventSchema)
  .min(1)
  .max(WEBHOOK_EVENTS.length)
  .transform((events) => [...new Set(events)]);

export const createWebhookSchema = z
  .object({
    url: addressSchema,
    /** All of them when absent. */
    events: eventsSchema.optional(),
    name: z.string().max(100).optional(),
  })
  .strict();
export const updateWebhookSchema = z
  .object({ url: addressSchema, events: eventsSchema, name: z.string().max(100), enabled: z.boolean() })
  .partial()
  .strict();

export const webhookSchema = z.object({
  id: idSchema,
  name: z.string(),
  url: z.string(),
  events: z.array(webhookEventSchema),
  enabled: z.boolean(),
  createdAt: instantSchema,
  updatedAt: instantSchema,
  /** Since when every try has failed; null while all is well. */
  failingSince: instantSchema.nullable(),
  /** Deliveries given up after a day, which wait for a replay. */
  parked: z.number().int(),
});
export type Webhook = z.infer<typeof webhookSchema>;

/** `secret` signs deliveries; it is shown once. */
export const webhookWithSecretSchema = webhookSchema.extend({ secret: z.string() });

export const deliveryStateSchema = z.enum(["pending", "delivered", "parked"]);
export type DeliveryState = z.infer<typeof deliveryStateSchema>;

export const deliveryAttemptSchema = z.object({
  at: instantSchema,
  /** The receiver's HTTP status; absent when there was no answer. */
  status: z.number().int().optional(),
  /** Why there was none: timeout, refused_address, unknown_host, connection_failed … */
  error: z.string().optional(),
  /** The beginning of what it answered. */
  response: z.string().optional(),
  milliseconds: z.number().int(),
});

export const webhookDeliverySchema = z.object({
  /** X-Parley-Delivery: the same in every try. */
  id: idSchema,
  webhookId: idSchema,
  eventId: idSchema,
  type: webhookEventSchema,
  state: deliveryStateSchema,
  /** The body, byte for byte as it is sent. */
  body: z.string(),
  tries: z.number().int(),
  /** The latest ones, oldest first. */
  attempts: z.array(deliveryAttemptSchema),
  createdAt: instantSchema,
  deliveredAt: instantSchema.nullable(),
});
export type WebhookDelivery = z.infer<typeof webhookDeliverySchema>;

const bodyOf = <Type extends WebhookEvent, Data extends z.ZodType>(type: Type, data: Data) =>
  z.object({
    /** The event's id, the same for every receiver. */
    id: idSchema,
    type: z.literal(type),
    occurredAt: instantSchema,
    workspace: idSchema,
    data,
  });
const conversationData = z.object({ conversation: conversationSchema });
const messageData = z.object({
  message: messageSchema,
  conversation: conversationSchema,
  /** The platform's thread, for in-site messages. */
  threadId: z.string().optional(),
});

const contactMoveData = z.object({
  /** Who has the addresses now, with the conversations and orders that belong to them. */
  contact: contactSummarySchema,
  /** Who had them before. After a merge this one is no more: its id leads to the other. */
  from: z.object({ id: idSchema, name: z.string() }),
  identityIds: z.array(idSchema),
});

/** What a receiver gets. Objects are as they were when the event was put down, at or shortly after `occurredAt`. */
export const webhookBodySchema = z.discriminatedUnion("type", [
  bodyOf("conversation.created", conversationData),
  bodyOf("conversation.updated", conversationData),
  bodyOf("conversation.resolved", conversationData),
  bodyOf("message.created", messageData),
  bodyOf("message.updated", messageData),
  bodyOf("order.updated", z.object({ order: orderSchema })),
  bodyOf("contact.merged", contactMoveData),
  bodyOf("contact.split", contactMoveData),
]);
export type WebhookBody = z.infer<typeof webhookBodySchema>;
