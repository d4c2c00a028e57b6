import { ATTACHMENT_MAX_BYTES, ATTACHMENT_TYPES } from "../../contract/attachment.ts";
import { addressesOf, guestId, isNobody } from "../../contract/buyer-id.ts";
import { type InsiteMessage, insiteMessageSchema } from "../../contract/insite.ts";
import type { InboundMessage } from "../../contract/message.ts";
import type { Channel, OutboundMessage, SendResult } from "../channel.ts";

/** What a platform posted, its files already stored. */
export interface InsiteRaw {
  payload: InsiteMessage;
  attachmentIds: string[];
  /** The inbox's key. */
  inbox: string;
  /** The platform whose ids of buyers and orders these are; the shop's own without one. */
  source?: string | undefined;
}

/** A platform's message in the hub's form: its ids of message and thread stay what tells them apart. */
export function receiveInsite({ payload, attachmentIds, inbox, source }: InsiteRaw): InboundMessage {
  const message = insiteMessageSchema.parse(payload);
  const { externalId, phone: _phone, ...known } = message.buyer;
  const ours = (id: string) => (source === undefined ? id : `${source}:${id}`);
  // Whoever has no account is known by address or number; without those, each thread is somebody else's.
  const buyer = isNobody(externalId)
    ? (guestId(addressesOf(message.buyer)) ?? `thread:${inbox}:${message.threadId}`)
    : externalId;
  return {
    sourceId: message.messageId,
    threadId: message.threadId,
    from: { key: `customer:${ours(buyer)}`, ...known },
    text: message.text,
    attachmentIds,
    sentAt: new Date(message.sentAt),
    ...(message.orderId !== undefined && { orderId: ours(message.orderId) }),
  };
}

/**
 * Message centres of marketplaces and shops, through the API. A stored reply stands in the outbox for the platform to take.
 * @param deliver hands a reply to a connected platform that takes it; undefined where none does
 */
export function createInsiteChannel({
  deliver = async () => undefined,
}: {
  deliver?: (message: OutboundMessage) => Promise<SendResult | undefined>;
} = {}): Channel<InsiteRaw> {
  return {
    name: "insite",
    capabilities: {
      html: false,
      attachments: { types: ATTACHMENT_TYPES, maxBytes: ATTACHMENT_MAX_BYTES },
      typing: false,
      readReceipts: false,
      proactive: true,
      maxLength: 4_000,
      live: false,
    },
    receive: receiveInsite,
    send: async (message) => (await deliver(message)) ?? { status: "sent" },
  };
}
