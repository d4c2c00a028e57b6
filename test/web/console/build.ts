import type { Conversation } from "../../../contract/conversation.ts";
import type { Message } from "../../../contract/message.ts";

const hex = (value: number) => value.toString(16).padStart(24, "0");

export const CONVERSATION_ID = hex(1);

export function buildMessage(seq: number, overrides: Partial<Message> = {}): Message {
  return {
    id: hex(1_000 + seq),
    conversationId: CONVERSATION_ID,
    seq,
    channel: "chat",
    direction: "incoming",
    private: false,
    author: { type: "contact", id: hex(9), name: "Ana" },
    text: `message ${seq}`,
    attachments: [],
    status: "delivered",
    automatic: false,
    createdAt: new Date(Date.UTC(2026, 0, 1, 0, seq)).toISOString(),
    ...overrides,
  };
}

export function buildConversation(number: number, overrides: Partial<Conversation> = {}): Conversation {
  return {
    id: hex(number),
    inboxId: hex(77),
    channel: "chat",
    status: "open",
    kind: "person",
    contact: { id: hex(500 + number), name: `Buyer ${number}`, verified: false },
    assignee: null,
    labels: [],
    priority: "normal",
    lastSeq: 1,
    lastMessage: null,
    waitingSince: null,
    unread: 0,
    snoozedUntil: null,
    draft: null,
    contactReadSeq: 0,
    agentReadSeq: 0,
    createdAt: "2026-01-01T00:00:00.000Z",
    lastActivityAt: "2026-01-01T00:00:00.000Z",
    ...overrides,
  };
}
