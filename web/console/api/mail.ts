import type { Conversation } from "../../../contract/conversation.ts";
import type { Locale } from "../../../contract/locales.ts";
import type { Message, PostMessage } from "../../../contract/message.ts";
import type { Inbox } from "../../../contract/settings.ts";
import { apiUrl, request } from "../../ui/http.ts";

/** Calls about mail: originals, retries with another address, writing first, mailboxes. */

/** Where a message's designed form lies; `/raw` behind it gives the bytes. */
export const originalUrl = (conversationId: string, messageId: string) =>
  apiUrl(`/conversations/${conversationId}/messages/${messageId}/original`);
export const getOriginalHeaders = (conversationId: string, messageId: string, signal?: AbortSignal) =>
  request<{ name: string; value: string }[]>(
    "GET",
    `/conversations/${conversationId}/messages/${messageId}/original/headers`,
    { signal },
  );
export const retryMessage = (conversationId: string, messageId: string, to?: string) =>
  request<Message>("POST", `/conversations/${conversationId}/messages/${messageId}/retry`, { json: to ? { to } : {} });

/** Whether whoever wrote from another address is the buyer. */
export const judgeSender = (conversationId: string, messageId: string, isBuyer: boolean) =>
  request<Message>(
    "POST",
    `/conversations/${conversationId}/messages/${messageId}/${isBuyer ? "confirm" : "refuse"}-sender`,
  );

export interface FirstMessage {
  inboxId: string;
  to: { email: string; name?: string };
  subject: string;
  message: PostMessage;
}
export const startConversation = (first: FirstMessage) =>
  request<Conversation>("POST", "/conversations", { json: first });

export type Security = "tls" | "starttls" | "auto" | "none";
interface Account {
  host: string;
  port: number;
  security: Security;
  user: string;
  passwordSet: boolean;
}
/** How a mailbox receives and sends; secrets are only known to be set. */
export interface Mailbox {
  senderName: string;
  signature: string;
  signatures: Partial<Record<Locale, string>>;
  addressPattern: "plus" | "plain";
  trustedRelays: string[];
  trustedResults: string[];
  imap: (Account & { folder: string; pollSeconds: number }) | null;
  smtp: Account | null;
  dkim: { domain: string; selector: string; record: { name: string; value: string } } | null;
  /** The built-in SMTP receiver, where it is on. */
  receiver: { port: number; taken: boolean } | null;
  /** Under the hub's own address. */
  webhookPath: string;
  /** Without a server to send by, mails stay in the demo mailbox. */
  local: boolean;
  /** How fetching goes. */
  state: {
    connected: boolean;
    at: string;
    fetchedAt: string | null;
    message?: string;
    detail?: string;
  } | null;
}
type Change<T> = Omit<T, "passwordSet"> & { password?: string };
export interface MailboxChange {
  senderName?: string;
  signature?: string;
  signatures?: Partial<Record<Locale, string>>;
  addressPattern?: "plus" | "plain";
  trustedRelays?: string[];
  trustedResults?: string[];
  imap?: Change<NonNullable<Mailbox["imap"]>> | null;
  smtp?: Change<NonNullable<Mailbox["smtp"]>> | null;
  dkim?: { domain: string; selector: string; privateKey?: string } | null;
}
export interface ConnectionTest {
  ok: boolean;
  message: string;
  detail?: string;
}
export const createMailbox = (mailbox: { name: string; address: string }) =>
  request<Inbox>("POST", "/inboxes", { json: mailbox });
export const getMailbox = (inboxId: string, signal?: AbortSignal) =>
  request<Mailbox>("GET", `/inboxes/${inboxId}/mailbox`, { signal });
export const updateMailbox = (inboxId: string, change: MailboxChange) =>
  request<Mailbox>("PATCH", `/inboxes/${inboxId}/mailbox`, { json: change });
export const renewWebhook = (inboxId: string) => request<Mailbox>("POST", `/inboxes/${inboxId}/mailbox/webhook`);
export const testMailbox = (inboxId: string, which: "imap" | "smtp", settings: MailboxChange) =>
  request<ConnectionTest>("POST", `/inboxes/${inboxId}/mailbox/test`, { json: { which, settings } });
