import { ATTACHMENT_MAX_BYTES, ATTACHMENT_TYPES } from "../../contract/attachment.ts";
import { MESSAGE_MAX_LENGTH } from "../../contract/common.ts";
import type { Channel, OutboundMessage } from "../channel.ts";
import { type ChatRaw, receiveChat } from "./receive.ts";

export interface ChatDependencies {
  /** Whether the one whom a message is for has the widget open on any node. */
  isOnline(message: Pick<OutboundMessage, "conversationId" | "to">): Promise<boolean>;
}

/** Live chat in the shop's page. A stored message is pushed to open widgets by realtime, and read from history by the others. */
export function createChatChannel({ isOnline }: ChatDependencies): Channel<ChatRaw> {
  return {
    name: "chat",
    capabilities: {
      html: false,
      attachments: { types: ATTACHMENT_TYPES, maxBytes: ATTACHMENT_MAX_BYTES },
      typing: true,
      readReceipts: true,
      proactive: false,
      maxLength: MESSAGE_MAX_LENGTH,
      live: true,
    },
    receive: receiveChat,
    async send(message) {
      return { status: (await isOnline(message)) ? "delivered" : "sent" };
    },
  };
}
