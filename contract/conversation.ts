import { z } from "zod";
import { draftSchema, handoffReasonSchema } from "./bot.ts";
import { idSchema, instantSchema, pageQuerySchema } from "./common.ts";
import { channelSchema, directionSchema, postMessageSchema } from "./message.ts";

/** pending: with the bot; open: waiting for or with a person. */
export const conversationStatusSchema = z.enum(["pending", "open", "snoozed", "resolved"]);
export type ConversationStatus = z.infer<typeof conversationStatusSchema>;

/**
 * person: a person wrote in it. automatic: programs alone did, nobody waits for an answer. spam: an agent said so. Beside
 * the status, and the lists show people's unless asked for another.
 */
export const CONVERSATION_KINDS = ["person", "automatic", "spam"] as const;
export const conversationKindSchema = z.enum(CONVERSATION_KINDS);
export type ConversationKind = z.infer<typeof conversationKindSchema>;

export const PRIORITIES = ["low", "normal", "high", "urgent"] as const;
export const prioritySchema = z.enum(PRIORITIES);
export type Priority = z.infer<typeof prioritySchema>;

export const personSchema = z.object({ id: idSchema, name: z.string() });

export const contactSummarySchema = z.object({
  id: idSchema,
  name: z.string(),
  email: z.string().optional(),
  /** An address that somebody merely claimed, where no other is known. Unconfirmed: it proves nothing. */
  emailHint: z.string().optional(),
  locale: z.string().optional(),
  country: z.string().optional(),
  /** IANA name, where known. */
  timeZone: z.string().optional(),
  /** The shop vouched for who this is. */
  verified: z.boolean(),
  /** Counts changes, where the contact itself is shown: send it as `If-Match: "version"`. */
  version: z.number().int().optional(),
});
export type ContactSummary = z.infer<typeof contactSummarySchema>;

export const lastMessageSchema = z.object({
  seq: z.number().int(),
  text: z.string(),
  direction: directionSchema,
  author: z.enum(["contact", "user", "bot", "system"]),
  attachments: z.number().int(),
  at: instantSchema,
});

export const conversationSchema = z.object({
  id: idSchema,
  inboxId: idSchema,
  channel: channelSchema,
  status: conversationStatusSchema,
  kind: conversationKindSchema,
  contact: contactSummarySchema,
  assignee: personSchema.nullable(),
  /** The buyer's language as last detected. */
  locale: z.string().optional(),
  /** The shop's id of the order it is about. */
  orderId: z.string().optional(),
  /** Of channels with threads. */
  subject: z.string().optional(),
  /** Which of the buyer's addresses answers go to, where it is not the contact's own. */
  answerTo: z.string().optional(),
  labels: z.array(z.string()),
  /** Set by a person or a rule. */
  priority: prioritySchema,
  lastSeq: z.number().int(),
  /** The last public message; notes and activity do not count. */
  lastMessage: lastMessageSchema.nullable(),
  /** Since when the buyer waits for a person or the bot; null when nobody waits. */
  waitingSince: instantSchema.nullable(),
  /** Incoming messages no agent has seen. */
  unread: z.number().int(),
  handoffReason: handoffReasonSchema.optional(),
  snoozedUntil: instantSchema.nullable(),
  draft: draftSchema.nullable(),
  /** Up to which seq the contact and the agents have read. */
  contactReadSeq: z.number().int(),
  agentReadSeq: z.number().int(),
  createdAt: instantSchema,
  lastActivityAt: instantSchema,
});
export type Conversation = z.infer<typeof conversationSchema>;

export const conversationQuerySchema = pageQuerySchema.extend({
  /** One or several, comma separated; all but resolved when absent. */
  status: z.string().max(60).optional(),
  /** One or several of `person`, `automatic` and `spam`, comma separated; people's when absent. */
  kind: z.string().max(60).optional(),
  /** A user id, `me`, or `none`. */
  assignee: z.string().max(30).optional(),
  label: z.string().max(60).optional(),
  /** One or several, comma separated. */
  priority: z.string().max(60).optional(),
  /** `waiting`: the longest waiting first; `priority`: the most urgent first, among those the longest waiting. */
  sort: z.enum(["waiting", "priority"]).default("waiting"),
  inbox: idSchema.optional(),
  q: z.string().max(200).optional(),
});

export const messagesQuerySchema = z.object({
  afterSeq: z.coerce.number().int().nonnegative().optional(),
  beforeSeq: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** An agent writes first. */
export const startConversationSchema = z
  .object({
    inboxId: idSchema,
    to: z.object({ email: z.email().max(254), name: z.string().max(100).optional() }).strict(),
    subject: z.string().min(1).max(500),
    message: postMessageSchema,
  })
  .strict();

export const assignSchema = z.object({ userId: idSchema.nullable() }).strict();
export const handoffSchema = z
  .object({ to: z.enum(["human", "bot"]).default("bot"), reason: handoffReasonSchema.optional() })
  .strict();
export const statusSchema = z.object({ status: z.enum(["open", "resolved"]) }).strict();
export const setKindSchema = z.object({ kind: conversationKindSchema }).strict();
export const snoozeSchema = z.object({ until: z.iso.datetime({ offset: true }) }).strict();
export const approveDraftSchema = z
  .object({ text: z.string().min(1).max(10_000).optional(), undo: z.boolean().optional() })
  .strict();
export const setPrioritySchema = z.object({ priority: prioritySchema }).strict();
export const labelsSchema = z.object({ labels: z.array(z.string().min(1).max(60)).max(20) }).strict();
