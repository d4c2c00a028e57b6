import { z } from "zod";
import type { InsiteMessage } from "../../contract/insite.ts";
import type { Connection, Delivery, Integration, Mapped, PlatformReply } from "../integration.ts";
import { PlatformError, Refusal } from "../integration.ts";
import { parseBody, requireFresh } from "../signature.ts";
import { instant, link, text } from "../values.ts";
import { callEbay } from "./api.ts";
import { EBAY, ebayBuyer, ebayOrderEvents } from "./orders.ts";
import { challengeResponse, verifySignature } from "./verify.ts";

const settingsSchema = z
  .object({
    environment: z.enum(["production", "sandbox"]).default("production"),
    clientId: z.string().min(1).max(200),
    clientSecret: z.string().min(1).max(200),
    /** Of the seller's consent, with the scopes commerce.message and sell.fulfillment.readonly. */
    refreshToken: z.string().min(1).max(5_000),
    /** The seller's own name: what they write at eBay itself is not taken for a buyer's. */
    username: z.string().min(1).max(100),
  })
  .strict();
type Settings = z.output<typeof settingsSchema>;

/** eBay publishes a notification anew for each try and signs when. */
const TRIED_FOR_MS = 24 * 3_600_000;
/** https://developer.ebay.com/api-docs/commerce/message/resources/conversation/methods/sendMessage */
const MOST_CHARACTERS = 2_000;

const envelopeSchema = z.looseObject({
  metadata: z.looseObject({ topic: z.string().min(1).max(100) }),
  notification: z.looseObject({
    notificationId: z.string().min(1).max(200),
    eventDate: text,
    publishDate: text,
    data: z.looseObject({}).nullish(),
  }),
});
const messageSchema = z.looseObject({
  conversationId: z.string().min(1).max(150),
  messageId: z.string().min(1).max(150),
  conversationType: text,
  messageBody: text,
  senderUserName: z.string().min(1).max(150),
  createdDate: text,
  messageMedia: z.array(z.looseObject({ mediaName: text, mediaUrl: text })).nullish(),
});
const orderDataSchema = z.looseObject({ orderId: text, order: z.looseObject({ orderId: text }).nullish() });
const ORDER_TOPICS = new Set(["ORDER_CONFIRMATION", "ORDER_CHANGE", "ITEM_MARKED_SHIPPED"]);

/** Buyers' messages and orders of an eBay account, and the seller's answers. */
export const ebay: Integration<Settings> = {
  info: {
    platform: "ebay",
    name: "eBay",
    secretFrom: "hub",
    brings: ["orders", "messages"],
    sends: true,
    topics: ["NEW_MESSAGE", "ORDER_CONFIRMATION", "MARKETPLACE_ACCOUNT_DELETION"],
    fields: [
      { name: "clientId", kind: "text", required: true, secret: false, example: "Shop-App-PRD-0a1b2c3d4" },
      { name: "clientSecret", kind: "text", required: true, secret: true },
      { name: "refreshToken", kind: "text", required: true, secret: true },
      { name: "username", kind: "text", required: true, secret: false, example: "my-shop" },
      { name: "environment", kind: "choice", required: false, secret: false, choices: ["production", "sandbox"] },
    ],
    documentation: "https://developer.ebay.com/api-docs/commerce/notification/overview.html",
  },
  settings: settingsSchema,
  source: () => EBAY,

  async verify({ headers, rawBody, now }, connection): Promise<Delivery> {
    const parsed = envelopeSchema.safeParse(parseBody(rawBody));
    if (!parsed.success) throw new Refusal("invalid_request");
    await verifySignature(headers["x-ebay-signature"], rawBody, connection);
    const { metadata, notification } = parsed.data;
    requireFresh(new Date(notification.publishDate ?? notification.eventDate ?? ""), now, TRIED_FOR_MS);
    return { deliveryId: notification.notificationId, topic: metadata.topic };
  },

  handshake(query, connection) {
    const { challenge_code: code } = query;
    return typeof code === "string" && code !== ""
      ? { challengeResponse: challengeResponse(code, connection) }
      : undefined;
  },

  async map({ topic }, payload, connection): Promise<Mapped | undefined> {
    const { notification } = envelopeSchema.parse(payload);
    if (topic === "NEW_MESSAGE") {
      const message = messageOf(notification.data, notification.eventDate, connection.settings.username);
      return { orders: [], messages: message ? [message] : [] };
    }
    if (!ORDER_TOPICS.has(topic)) return undefined;
    // The notification names the order alone.
    const data = orderDataSchema.parse(notification.data);
    const orderId = data.orderId ?? data.order?.orderId;
    if (!orderId) return { orders: [], messages: [] };
    const path = `/sell/fulfillment/v1/order/${encodeURIComponent(orderId)}`;
    return { orders: ebayOrderEvents(await callEbay(connection, { as: "user", path })), messages: [] };
  },

  async send({ threadId, text: words, attachments }: PlatformReply, connection: Connection<Settings>): Promise<void> {
    if (attachments > 0)
      throw new PlatformError("eBay takes text alone here", { retry: false, reason: "platform_text_only" });
    if (words.length > MOST_CHARACTERS) {
      throw new PlatformError(`eBay takes ${MOST_CHARACTERS} characters at most`, {
        retry: false,
        reason: "platform_too_long",
      });
    }
    await callEbay(connection, {
      as: "user",
      path: "/commerce/message/v1/send_message",
      body: { conversationId: threadId, messageText: words },
    });
  },
};

/** Undefined for what the seller wrote, and for eBay's own notices. */
function messageOf(data: unknown, eventDate: string | undefined, seller: string): InsiteMessage | undefined {
  const message = messageSchema.parse(data);
  const { senderUserName, conversationType } = message;
  if (senderUserName.toLowerCase() === seller.toLowerCase() || conversationType === "FROM_EBAY") return undefined;
  const media = (message.messageMedia ?? []).flatMap(({ mediaUrl }) => link(mediaUrl) ?? []);
  const sentAt = instant(message.createdDate) ?? instant(eventDate) ?? new Date().toISOString();
  return {
    messageId: message.messageId,
    threadId: message.conversationId,
    buyer: { externalId: ebayBuyer(senderUserName), name: senderUserName },
    text: [message.messageBody ?? "", ...media].filter(Boolean).join("\n").slice(0, 10_000).toWellFormed(),
    sentAt,
  };
}
