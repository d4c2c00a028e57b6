import { z } from "zod";
import { attachmentSchema } from "./attachment.ts";
import { idSchema, instantSchema, messageTextSchema } from "./common.ts";
import { buyerSchema } from "./order.ts";

/** A file inside a message, as base64. */
const insiteFileSchema = z.object({
  name: z.string().min(1).max(255),
  type: z.string().max(100),
  content: z.base64().meta({ format: "base64", contentEncoding: "base64" }),
});

/** A message that a marketplace or shop message centre passes on. */
export const insiteMessageSchema = z
  .object({
    /** The platform's id of the message: counts once per inbox. */
    messageId: z.string().min(1).max(200),
    threadId: z.string().min(1).max(200),
    buyer: buyerSchema,
    orderId: z.string().min(1).max(200).optional(),
    text: messageTextSchema,
    attachments: z.array(insiteFileSchema).max(10).optional(),
    sentAt: z.iso.datetime({ offset: true }),
  })
  .strict();
export type InsiteMessage = z.output<typeof insiteMessageSchema>;

export const insiteReceiptSchema = z.object({ conversationId: idSchema, messageId: idSchema, duplicate: z.boolean() });
export type InsiteReceipt = z.infer<typeof insiteReceiptSchema>;

/** What a platform that can not receive webhooks polls. */
export const outboxItemSchema = z.object({
  id: idSchema,
  conversationId: idSchema,
  threadId: z.string(),
  /** The order it is about, by the platform's id: says whose a thread is that the shop began. */
  orderId: z.string().optional(),
  text: z.string(),
  automatic: z.boolean(),
  attachments: z.array(attachmentSchema),
  createdAt: instantSchema,
});
