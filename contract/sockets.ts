import { z } from "zod";
import { attachmentIdsSchema } from "./attachment.ts";
import { echoIdSchema, idSchema, messageTextSchema, oneLineSchema } from "./common.ts";
import type { Conversation } from "./conversation.ts";
import type { ErrorBody } from "./errors.ts";
import type { Localized } from "./locales.ts";
import type { Message, MessageStatus } from "./message.ts";

/** Every acknowledgement: the result with `ok: true`, or the one error form. */
export type Ack<T> = (result: ({ ok: true } & T) | { ok: false; error: ErrorBody }) => void;

/** Who the shop says this is: a JWT that covers every claim (`server/shop-tokens.ts` says which). */
export const tokenIdentitySchema = z.object({ token: z.string().min(1).max(4_000) });
/**
 * The form of before. `hash`: hex HMAC-SHA256 of externalId under the inbox's identity secret. It vouches for the id alone;
 * name and email are what the page claims.
 */
export const hashIdentitySchema = z.object({
  externalId: oneLineSchema.min(1).max(200),
  name: oneLineSchema.max(200).optional(),
  email: z.email().max(254).optional(),
  hash: z.string().max(128),
});

export const widgetAuthSchema = z.object({
  inboxKey: z.string().min(1).max(64),
  visitorToken: z.string().max(2_000).optional(),
  /** With a token, nothing else of it counts. */
  identity: z.union([tokenIdentitySchema, hashIdentitySchema]).optional(),
  locale: z.string().max(35).optional(),
  /** IANA name of the browser's time zone. */
  timeZone: z.string().max(64).optional(),
});
export type WidgetAuth = z.infer<typeof widgetAuthSchema>;

/** The shopper's side of a conversation: what a shopper may see of a message. */
export type PublicMessage = Omit<
  Message,
  "bot" | "private" | "failure" | "problem" | "original" | "translations" | "sentIn" | "translationFailed"
>;

/** First thing the server sends. `lastSeq` is 0 before the first message. */
export interface WidgetSession {
  /** Keep the newest one: it is a new one whenever a customer's session begins or the browser starts afresh. */
  visitorToken: string;
  /** Of a customer whom the shop vouches for: until when the browser is known as theirs without identifying again. */
  identifiedUntil?: string;
  conversationId?: string;
  lastSeq: number;
  /** Up to which seq the agents have read, and the shopper. */
  agentReadSeq: number;
  contactReadSeq: number;
  /** The person the shopper is with, if any. */
  assignee?: { name: string };
  status?: PublicConversation["status"];
  /** As of a conversation. */
  askEmail?: boolean;
  /** The shop's people are not there at this hour. */
  away?: boolean;
}

/** What a shopper learns when their conversation changes. */
export interface PublicConversation {
  id: string;
  status: "pending" | "open" | "snoozed" | "resolved";
  lastSeq: number;
  agentReadSeq: number;
  contactReadSeq: number;
  assignee?: { name: string };
  /** They wait for a person, who knows no address of theirs to answer to once they have left, and they were not asked yet. */
  askEmail?: boolean;
}

export const widgetSendSchema = z.object({
  echoId: echoIdSchema,
  text: messageTextSchema.default(""),
  attachments: attachmentIdsSchema.optional(),
  /** Set when the shopper presses "talk to a person". */
  human: z.boolean().optional(),
});
export const historySchema = z.object({
  afterSeq: z.number().int().nonnegative().optional(),
  beforeSeq: z.number().int().positive().optional(),
  limit: z.number().int().min(1).max(200).optional(),
});
export const typingSchema = z.object({ on: z.boolean() });
/** Where answers go once the shopper has left; without an address, the shopper would rather not say. */
export const leaveEmailSchema = z.object({ email: z.email().max(254).optional() });
export const readSchema = z.object({ seq: z.number().int().nonnegative() });

export interface HistoryResult {
  messages: PublicMessage[];
  /** The conversation's last seq: nothing the caller may see lies between the last message given and this, if `more` is false. */
  lastSeq: number;
  more: boolean;
}

export interface WidgetClientEvents {
  "message:send": (payload: z.input<typeof widgetSendSchema>, ack: Ack<{ message: PublicMessage }>) => void;
  history: (payload: z.input<typeof historySchema>, ack: Ack<HistoryResult>) => void;
  typing: (payload: z.input<typeof typingSchema>) => void;
  read: (payload: z.input<typeof readSchema>) => void;
  /** An address that nobody has proven: it receives what is written in this conversation, and is no key to anything. */
  email: (payload: z.input<typeof leaveEmailSchema>, ack?: Ack<object>) => void;
  /** Ends the customer's session on all connections of this browser; the connection is cut after the answer. */
  logout: (ack?: Ack<object>) => void;
}
export interface WidgetServerEvents {
  session: (session: WidgetSession) => void;
  "message:new": (message: PublicMessage) => void;
  "message:updated": (change: { id: string; seq: number; status: MessageStatus }) => void;
  "conversation:updated": (conversation: PublicConversation) => void;
  typing: (typing: { on: boolean; author: "user" | "bot"; name?: string }) => void;
  /** A refusal that is not the answer to one request, such as a flood. */
  problem: (error: ErrorBody) => void;
}

export const watchSchema = z.object({ id: idSchema, afterSeq: z.number().int().nonnegative().optional() });
export const unwatchSchema = z.object({ id: idSchema });
export const agentTypingSchema = z.object({ id: idSchema, on: z.boolean() });
export const agentReadSchema = z.object({ id: idSchema, seq: z.number().int().nonnegative() });

export interface AgentClientEvents {
  /** Messages after `afterSeq` (the latest 50 without it), then live ones until unwatch. */
  "conversation:watch": (
    payload: z.input<typeof watchSchema>,
    ack: Ack<{ conversation: Conversation; messages: Message[]; more: boolean }>,
  ) => void;
  "conversation:unwatch": (payload: z.input<typeof unwatchSchema>) => void;
  typing: (payload: z.input<typeof agentTypingSchema>) => void;
  read: (payload: z.input<typeof agentReadSchema>) => void;
}
export interface AgentServerEvents {
  "conversation:new": (conversation: Conversation) => void;
  "conversation:updated": (conversation: Conversation) => void;
  "message:new": (message: Message) => void;
  "message:updated": (message: Message) => void;
  typing: (typing: {
    conversationId: string;
    on: boolean;
    author: "contact" | "user" | "bot";
    name?: string;
    userId?: string;
  }) => void;
  /** Who else is viewing a conversation. */
  presence: (presence: { conversationId: string; viewers: { id: string; name: string }[] }) => void;
  /** A rule was made, changed, turned on or off, or removed. */
  "automation:changed": (change: { id: string }) => void;
  /** A rule failed too often and stopped itself. `reason`: one of a check-in's, with what it is about after a colon. */
  "automation:paused": (paused: { id: string; key?: string; name: string; reason: string }) => void;
  problem: (error: ErrorBody) => void;
}

/** `GET /api/v1/widget/config?inbox=KEY`: what the widget needs before it connects. */
export interface WidgetConfig {
  inboxKey: string;
  shopName: string;
  accent: string;
  greeting: Localized;
  maxLength: number;
  attachments: { types: readonly string[]; maxBytes: number };
}
