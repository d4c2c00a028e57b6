import { z } from "zod";
import { idSchema, instantSchema, pageQuerySchema } from "./common.ts";

/**
 * What stored data may have mixed up and only a person can judge:
 * - `unsigned_address`: an address that nobody signed for joined contacts
 * - `mixed_thread`: an in-site thread with messages of several buyers
 * - `mixed_order`: an order with events of several buyers
 * - `mixed_guests`: buyers without an account who were taken for one person
 * - `platform_conflict`: a connected platform told of an order or thread that is another buyer's; it was not taken in
 */
export const REVIEW_KINDS = [
  "unsigned_address",
  "mixed_thread",
  "mixed_order",
  "mixed_guests",
  "platform_conflict",
] as const;
export type ReviewKind = (typeof REVIEW_KINDS)[number];

export const reviewItemSchema = z.object({
  id: idSchema,
  kind: z.enum(REVIEW_KINDS),
  contactIds: z.array(idSchema),
  conversationIds: z.array(idSchema),
  /** The shop's own number. */
  orderId: z.string().optional(),
  /** What was found, by name, such as `address` or `threadId`. */
  facts: z.record(z.string(), z.string()),
  createdAt: instantSchema,
  /** Who has looked at it, and when. */
  done: z.object({ at: instantSchema, name: z.string() }).optional(),
});
export type ReviewItem = z.infer<typeof reviewItemSchema>;

export const reviewQuerySchema = pageQuerySchema.extend({ state: z.enum(["open", "done"]).default("open") });
