import type { ListSpec } from "../sync/conversation-list.ts";

/** The query cache's keys, in one place so that live events and mutations name the same entries. */
export const keys = {
  session: ["session"] as const,
  workspace: ["workspace"] as const,
  databaseHealth: ["database-health"] as const,
  users: ["users"] as const,
  apiKeys: ["api-keys"] as const,
  inboxes: ["inboxes"] as const,
  mailbox: (inboxId: string) => ["mailbox", inboxId] as const,
  lists: ["conversations"] as const,
  list: (spec: ListSpec) => ["conversations", spec] as const,
  conversations: ["conversation"] as const,
  conversation: (id: string) => ["conversation", id] as const,
  contact: (id: string) => ["contact", id] as const,
  faqs: ["faqs"] as const,
  faqList: (q: string) => ["faqs", "list", q] as const,
  faq: (id: string) => ["faqs", "entry", id] as const,
  suggestions: ["suggestions"] as const,
  documents: ["documents"] as const,
  cannedResponses: ["canned-responses"] as const,
  botRules: ["bot-rules"] as const,
  botUsage: ["bot-usage"] as const,
};
