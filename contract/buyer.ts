import { z } from "zod";
import { attachmentIdsSchema } from "./attachment.ts";
import { isNobody } from "./buyer-id.ts";
import { echoIdSchema, idSchema, instantSchema, localeSchema, messageTextSchema, oneLineSchema } from "./common.ts";
import { conversationStatusSchema } from "./conversation.ts";
import type { ErrorBody } from "./errors.ts";
import { orderItemSchema, orderStateSchema, trackingSchema } from "./order.ts";
import type { PublicConversation, PublicMessage, WidgetClientEvents, WidgetSession } from "./sockets.ts";

const externalIdSchema = oneLineSchema
  .min(1)
  .max(200)
  .refine((id) => !isNobody(id), { error: "must be one customer's: this stands for everybody without an account" });
const nameSchema = oneLineSchema.max(200);

/** All that a link opens, where it does not open everything: one conversation, or one order with what was written about it. */
export const buyerScopeSchema = z.object({
  conversationId: idSchema.optional(),
  /** The shop's id of the order. */
  orderId: z.string().min(1).max(200).optional(),
});
export type BuyerScope = z.output<typeof buyerScopeSchema>;

/** Seconds: a minute to 30 days. */
const lifetimeSchema = z
  .number()
  .int()
  .min(60)
  .max(30 * 24 * 3600);

/** Whom a shop vouches for when it asks for a link to the message centre: its customer number, an address, or both. */
export const buyerLinkInputSchema = z
  .object({
    externalId: externalIdSchema.optional(),
    email: z.email().max(254).optional(),
    name: nameSchema.optional(),
    /** The language to open in; the browser's without it. */
    locale: localeSchema.optional(),
    /** Seconds until the link no longer opens; seven days without it. */
    expiresIn: lifetimeSchema.optional(),
    /** It opens this conversation alone. */
    conversationId: buyerScopeSchema.shape.conversationId,
    /** It opens this order alone, by the shop's id, with the conversations about it. */
    orderId: buyerScopeSchema.shape.orderId,
  })
  .strict()
  .refine(({ externalId, email }) => externalId !== undefined || email !== undefined, {
    error: "externalId or email is needed",
    path: ["externalId"],
  })
  .refine(({ conversationId, orderId }) => conversationId === undefined || orderId === undefined, {
    error: "name either a conversation or an order",
    path: ["orderId"],
  });
export type BuyerLinkInput = z.output<typeof buyerLinkInputSchema>;
export const buyerLinkSchema = z.object({ url: z.string(), expiresAt: instantSchema });

/**
 * What a shop's own server puts in a link that it signs itself: a JWT (`server/shop-tokens.ts` says which) with the
 * audience `parley-messages`.
 */
export const tokenLinkSchema = z.object({ inbox: z.string().min(1).max(64), identity: z.string().min(1).max(4_000) });

/**
 * The same in the form of before, which stays good:
 * `/messages?inbox=KEY&externalId=…&email=…&name=…&expires=SECONDS&signature=HEX`. The signature is the hex HMAC-SHA256,
 * under the inbox's identity secret, of `messages`, externalId, email, name and expires, joined by line ends, empty
 * where absent. `expires` in seconds since 1970, at most 30 days ahead.
 */
export const signedLinkSchema = z
  .object({
    inbox: z.string().min(1).max(64),
    externalId: externalIdSchema.optional(),
    email: z.email().max(254).optional(),
    name: nameSchema.optional(),
    locale: z.string().max(35).optional(),
    expires: z.string().regex(/^\d{1,12}$/),
    signature: z.string().max(128),
  })
  .refine(({ externalId, email }) => externalId !== undefined || email !== undefined);
export type SignedLink = z.output<typeof signedLinkSchema>;

/** What the message centre's pages show before anybody is known. */
export const buyerShopSchema = z.object({ shopName: z.string(), accent: z.string() });
export type BuyerShop = z.infer<typeof buyerShopSchema>;

/** Who the browser's cookie stands for, with what the pages need to start. */
export const buyerSessionSchema = buyerShopSchema.extend({
  /** Tells buyers apart in the browser's storage. */
  key: z.string(),
  name: z.string().optional(),
  locale: localeSchema.optional(),
  /** All that is open in this browser, where it is not everything: the rest needs a code. */
  scope: buyerScopeSchema.optional(),
  /** Where a code would go, so far as it may be shown: `a•••@example.com`. */
  codeTo: z.string().optional(),
  /** Characters of one message. */
  maxLength: z.number().int(),
  attachments: z.object({ types: z.array(z.string()), maxBytes: z.number().int() }),
});
export type BuyerSession = z.infer<typeof buyerSessionSchema>;

export const buyerOrderSchema = z.object({
  orderId: z.string(),
  number: z.string(),
  state: orderStateSchema,
  delayed: z.boolean(),
  items: z.array(orderItemSchema.pick({ name: true, quantity: true, price: true })),
  total: z.number().optional(),
  currency: z.string().optional(),
  promisedAt: instantSchema.optional(),
  deliveredAt: instantSchema.optional(),
  tracking: trackingSchema.pick({ carrier: true, number: true, url: true }).optional(),
  orderedAt: instantSchema,
});
export type BuyerOrder = z.infer<typeof buyerOrderSchema>;

export const buyerThreadSchema = z.object({
  id: idSchema,
  /** The shop's id of the order it is about. */
  orderId: z.string().optional(),
  subject: z.string().optional(),
  status: conversationStatusSchema,
  /** The shop wrote what the buyer has not seen. */
  unread: z.boolean(),
  lastMessage: z
    .object({
      text: z.string(),
      at: instantSchema,
      /** The buyer wrote it. */
      own: z.boolean(),
      automatic: z.boolean(),
      attachments: z.number().int(),
    })
    .nullable(),
  lastActivityAt: instantSchema,
});
export type BuyerThread = z.infer<typeof buyerThreadSchema>;

export const buyerThreadsSchema = z.object({
  threads: z.array(buyerThreadSchema),
  /** The buyer's orders, newest first, those of the threads among them. */
  orders: z.array(buyerOrderSchema),
  nextCursor: z.string().nullable(),
});
export type BuyerThreads = z.infer<typeof buyerThreadsSchema>;

export const buyerStartSchema = z
  .object({
    echoId: echoIdSchema,
    orderId: z.string().min(1).max(200).optional(),
    text: messageTextSchema.default(""),
    attachments: attachmentIdsSchema.optional(),
  })
  .strict();
export type BuyerStart = z.input<typeof buyerStartSchema>;

/** The shop's published answers in the buyer's language. */
export const buyerPoliciesSchema = z.object({
  items: z.array(z.object({ id: idSchema, question: z.string(), answer: z.string() })),
});
export type BuyerPolicies = z.infer<typeof buyerPoliciesSchema>;

/** Without an address the code goes to the one that the browser's link speaks of. */
export const buyerCodeRequestSchema = z
  .object({ email: z.email().max(254).optional(), locale: localeSchema.optional() })
  .strict();
/** Six digits, as they were mailed. */
export const buyerCodeSchema = z.object({ code: z.string().regex(/^\d{6}$/, "must be six digits") }).strict();
/** What the mail's link "I did not ask for this" brings. */
export const buyerCodeRefusalSchema = z.object({ token: z.string().min(1).max(200) }).strict();

/** What a page of the message centre connects with; the cookie says who it is. Without a thread it hears of changes alone. */
export const buyerAuthSchema = z.object({
  conversationId: idSchema.optional(),
  locale: z.string().max(35).optional(),
});
export type BuyerAuth = z.infer<typeof buyerAuthSchema>;

/** One thread over a socket: the widget's events, for the thread that was named. */
export type BuyerClientEvents = WidgetClientEvents;
export interface BuyerServerEvents {
  session: (session: Omit<WidgetSession, "visitorToken">) => void;
  "message:new": (message: PublicMessage) => void;
  "conversation:updated": (conversation: PublicConversation) => void;
  typing: (typing: { on: boolean; author: "user" | "bot"; name?: string }) => void;
  /** Something in one of the buyer's threads is new: read the list again. */
  "threads:changed": (thread: { id: string }) => void;
  problem: (error: ErrorBody) => void;
}
