import type { Attachment } from "../../../contract/attachment.ts";
import type { BotDecision, HandoffReason } from "../../../contract/bot.ts";
import type { Page } from "../../../contract/common.ts";
import type { ContactSummary, Conversation, ConversationKind, Priority } from "../../../contract/conversation.ts";
import type { DatabaseHealth } from "../../../contract/database.ts";
import type { Faq, FaqInput } from "../../../contract/faq.ts";
import type { BusinessHours } from "../../../contract/hours.ts";
import type { Locale, Localized } from "../../../contract/locales.ts";
import type { ChannelName, Message, PostMessage, UndoneReply } from "../../../contract/message.ts";
import type { ApiKey, Inbox, Role, Session, User } from "../../../contract/settings.ts";
import { request, upload } from "../../ui/http.ts";
import type { ListQuery } from "../sync/conversation-list.ts";

/** Every call the console makes, one line each; the shapes are the contract's. */

export const login = (email: string, password: string) =>
  request<Session>("POST", "/auth/login", { json: { email, password } });
export const logout = () => request<void>("POST", "/auth/logout");
export const getSession = (signal?: AbortSignal) => request<Session>("GET", "/auth/session", { signal });
export const changePassword = (current: string, next: string) =>
  request<Session>("POST", "/auth/password", { json: { current, next } });

export interface Workspace {
  id: string;
  name: string;
  locale: Locale;
  businessHours?: BusinessHours | null;
}
export const getWorkspace = () => request<Workspace>("GET", "/workspace");
export const updateWorkspace = (change: Partial<Pick<Workspace, "name" | "locale">>) =>
  request<Workspace>("PATCH", "/workspace", { json: change });

export const getDatabaseHealth = () => request<DatabaseHealth>("GET", "/database/health");

export const listUsers = () => request<User[]>("GET", "/users");
export interface NewUser {
  name: string;
  email: string;
  role: Role;
  password?: string;
}
/** The server answers with a one-time password when none was given. */
export const createUser = (user: NewUser) => request<User & { password?: string }>("POST", "/users", { json: user });
export const updateUser = (
  id: string,
  change: Partial<Pick<User, "name" | "role" | "locale" | "disabled"> & { readsIn: Locale | null }>,
) => request<User>("PATCH", `/users/${id}`, { json: change });

export const listApiKeys = () => request<ApiKey[]>("GET", "/api-keys");
export const createApiKey = (key: {
  name: string;
  role: Role;
  scopes?: string[];
  inboxKey?: string;
  expiresAt?: string;
}) => request<{ key: string; apiKey: ApiKey }>("POST", "/api-keys", { json: key });
export const revokeApiKey = (id: string) => request<void>("DELETE", `/api-keys/${id}`);

export const listInboxes = () => request<Inbox[]>("GET", "/inboxes");
export const createInsiteInbox = (inbox: { name: string }) =>
  request<Inbox>("POST", "/inboxes", { json: { channel: "insite", ...inbox } });
export interface InboxChange {
  name?: string;
  enabled?: boolean;
  greeting?: Localized;
  bot?: Partial<Inbox["bot"]>;
  accent?: string;
  allowedOrigins?: string[];
  undoSeconds?: number;
}
export const updateInbox = (id: string, change: InboxChange) =>
  request<Inbox>("PATCH", `/inboxes/${id}`, { json: change });
export const getIdentitySecret = (id: string) => request<{ secret: string }>("GET", `/inboxes/${id}/identity-secret`);
export const rotateIdentitySecret = (id: string) =>
  request<{ secret: string }>("POST", `/inboxes/${id}/identity-secret`);

export const listConversations = (query: ListQuery, cursor: string | null, signal?: AbortSignal) =>
  request<Page<Conversation>>("GET", "/conversations", { query: { ...query, cursor, limit: 50 }, signal });
export const getConversation = (id: string, signal?: AbortSignal) =>
  request<Conversation>("GET", `/conversations/${id}`, { signal });
export const listMessages = (id: string, query: { afterSeq?: number; beforeSeq?: number }) =>
  request<{ items: Message[]; more: boolean }>("GET", `/conversations/${id}/messages`, {
    query: { ...query, limit: 50 },
  });
export const postMessage = (id: string, message: PostMessage) =>
  request<Message>("POST", `/conversations/${id}/messages`, { json: message });

/** Takes a reply back that has not left. */
export const takeBack = (id: string, seq: number) =>
  request<UndoneReply>("POST", `/conversations/${id}/messages/${seq}/undo`);

const act = (verb: string) => (id: string, json?: unknown) =>
  request<Conversation>("POST", `/conversations/${id}/${verb}`, { json: json ?? {} });
export const claim = act("claim");
export const release = act("release");
export const assign = (id: string, userId: string | null) => act("assign")(id, { userId });
export const handOff = (id: string, to: "bot" | "human", reason?: HandoffReason) => act("handoff")(id, { to, reason });
export const setStatus = (id: string, status: "open" | "resolved") => act("status")(id, { status });
export const snooze = (id: string, until: Date) => act("snooze")(id, { until: until.toISOString() });
export const setKind = (id: string, kind: ConversationKind) => act("kind")(id, { kind });
export const setPriority = (id: string, priority: Priority) => act("priority")(id, { priority });
export const setLabels = (id: string, labels: string[]) =>
  request<Conversation>("PUT", `/conversations/${id}/labels`, { json: { labels } });
export const approveDraft = (id: string, text?: string) =>
  request<Message>("POST", `/conversations/${id}/draft/approve`, {
    json: { undo: true, ...(text !== undefined && { text }) },
  });
export const discardDraft = (id: string) => request<Conversation>("DELETE", `/conversations/${id}/draft`);

export interface ContactIdentity {
  id: string;
  channel: ChannelName;
  key: string;
  verified: boolean;
}
export interface ContactDetails {
  contact: ContactSummary;
  identities: ContactIdentity[];
  conversations: Conversation[];
}
export const getContact = (id: string, signal?: AbortSignal) =>
  request<ContactDetails>("GET", `/contacts/${id}`, { signal });
export type ContactChange = Partial<Pick<ContactSummary, "name" | "email" | "locale" | "country">>;
export const updateContact = (id: string, change: ContactChange) =>
  request<unknown>("PATCH", `/contacts/${id}`, { json: change });

export const listFaqs = (q: string, cursor: string | null, signal?: AbortSignal) =>
  request<Page<Faq>>("GET", "/faqs", { query: { q, cursor, limit: 50 }, signal });
export const getFaq = (id: string, signal?: AbortSignal) => request<Faq>("GET", `/faqs/${id}`, { signal });
export const createFaq = (faq: FaqInput) => request<Faq>("POST", "/faqs", { json: faq });
export const updateFaq = (id: string, change: Partial<FaqInput>) =>
  request<Faq>("PATCH", `/faqs/${id}`, { json: change });
export const deleteFaq = (id: string) => request<void>("DELETE", `/faqs/${id}`);
export const importFaqs = (entries: FaqInput[]) =>
  request<{ created: number; updated: number; unchanged: number }>("POST", "/faqs/import", { json: entries });

export const previewBot = (question: { text: string; locale?: string; inboxKey?: string }) =>
  request<BotDecision>("POST", "/bot/preview", { json: question });

export const uploadAttachment = (file: File, onProgress: (share: number) => void, signal?: AbortSignal) =>
  upload<Attachment>("/attachments", { name: file.name }, file, onProgress, signal);
