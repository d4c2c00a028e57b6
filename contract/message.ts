import { z } from "zod";
import { attachmentIdsSchema, attachmentSchema } from "./attachment.ts";
import { decisionSummarySchema, handoffReasonSchema, handoffSummarySchema } from "./bot.ts";
import { echoIdSchema, idSchema, instantSchema, localeSchema, messageTextSchema } from "./common.ts";

export const CHANNELS = ["chat", "email", "insite"] as const;
export const channelSchema = z.enum(CHANNELS);
export type ChannelName = z.infer<typeof channelSchema>;

export const directionSchema = z.enum(["incoming", "outgoing", "activity"]);
export const messageStatusSchema = z.enum(["pending", "sent", "delivered", "read", "failed"]);
export type MessageStatus = z.infer<typeof messageStatusSchema>;

export const authorSchema = z.object({
  type: z.enum(["contact", "user", "bot", "system"]),
  id: idSchema.optional(),
  name: z.string().optional(),
});
export type Author = z.infer<typeof authorSchema>;

/** What an activity line says; clients put it in words in the reader's language (`activity.<kind>`). */
export const activitySchema = z.object({
  kind: z.enum([
    "claimed",
    "assigned",
    "released",
    "handed_off",
    "handed_to_bot",
    "snoozed",
    "woken",
    "resolved",
    "reopened",
    /** Two contacts became one, or one became two: `name` is the other one's. */
    "merged",
    "split",
    /** A reply was taken back before it left: `name` is who did. Buyers never see it. */
    "taken_back",
    /** Somebody said of the conversation what it is. */
    "marked_person",
    "marked_automatic",
    "marked_spam",
    /** Whoever reads the address that was given in the chat, `name`, did not give it. Buyers never see it. */
    "address_refused",
  ]),
  /** Name of the user, or of the contact, it is about, where there is one. */
  name: z.string().optional(),
  reason: handoffReasonSchema.optional(),
  until: instantSchema.optional(),
  /** For agents: what the bot tells whoever takes over. */
  summary: handoffSummarySchema.optional(),
});
export type Activity = z.infer<typeof activitySchema>;

export const mailAddressSchema = z.object({ address: z.string(), name: z.string() });

/**
 * Whether a mail comes from the address in its From (SPF, DKIM, DMARC). fail: that domain says that it does not.
 * unknown: nothing proves it, or the checks have no answer yet.
 */
export const senderProofSchema = z.enum(["pass", "fail", "unknown"]);
export type SenderProof = z.infer<typeof senderProofSchema>;

/**
 * Who wrote a mail that is not from the contact's own address. another_address: it answers to the conversation's signed
 * address; somebody should confirm that it is the contact. copied: of those in its Cc. refused: an agent said that it is
 * not the contact.
 */
export const senderRoleSchema = z.enum(["another_address", "copied", "refused"]);
export type SenderRole = z.infer<typeof senderRoleSchema>;

/** What a message was before the hub showed its text: who else got it, what it was about, what a person should know. */
export const originalSchema = z.object({
  subject: z.string(),
  from: mailAddressSchema.optional(),
  to: z.array(mailAddressSchema),
  cc: z.array(mailAddressSchema),
  bcc: z.array(mailAddressSchema).optional(),
  /** It has a designed form and headers, at `…/messages/:id/original`. */
  stored: z.boolean(),
  /** auto_reply, bulk, notification, bounce, complaint, receipt: no person wrote it (`email:kinds.<kind>`). */
  kind: z.string().optional(),
  /** What the reader should know: `email:notes.<note>`. */
  notes: z.array(z.string()),
  /** Absent for what came before the hub checked. */
  proof: senderProofSchema.optional(),
  role: senderRoleSchema.optional(),
  /** The conversation that it claims to belong to, where it is kept apart from it. */
  claims: idSchema.optional(),
});
export type MessageOriginal = z.infer<typeof originalSchema>;

/** Why a message did not reach its reader, for clients that put it in words themselves. */
export const deliveryProblemSchema = z.object({
  /** Such as `mailbox_full`; its text is `failures.<code>` of the channel's locale file. */
  code: z.string(),
  /** hard: this address will not work. soft: it may work later or another way. */
  kind: z.enum(["hard", "soft"]),
  /** Whose copy it was. */
  address: z.string().optional(),
  /** RFC 3463, such as 5.1.1. */
  status: z.string().optional(),
  /** The other server's own words. */
  said: z.string().optional(),
});
export type DeliveryProblem = z.infer<typeof deliveryProblemSchema>;

/** A text in further languages, by language. */
export const translationsSchema = z.partialRecord(
  localeSchema,
  z.object({ text: z.string(), model: z.string().optional() }),
);
export type Translations = z.infer<typeof translationsSchema>;

export const messageSchema = z.object({
  id: idSchema,
  conversationId: idSchema,
  /** Gapless per conversation, from 1. Private notes have one too, so a shopper may see jumps. */
  seq: z.number().int().positive(),
  channel: channelSchema,
  direction: directionSchema,
  /** An internal note, never shown to the contact. */
  private: z.boolean(),
  author: authorSchema,
  text: z.string(),
  attachments: z.array(attachmentSchema),
  status: messageStatusSchema,
  /** Why sending failed, in words: of the reader's language over HTTP, in English on sockets and webhooks. */
  failure: z.string().optional(),
  problem: deliveryProblemSchema.optional(),
  /** The answer to a try was never seen, and it was sent once more: the buyer may have it twice. */
  mayBeTwice: z.boolean().optional(),
  activity: activitySchema.optional(),
  /** For agents: what the bot based this on. Shoppers get only `automatic`. */
  bot: decisionSummarySchema.optional(),
  /** Written by the bot, sent without a person having read it. */
  automatic: z.boolean(),
  /** The rule that sent it, for agents. */
  automation: z.object({ id: idSchema, name: z.string() }).optional(),
  original: originalSchema.optional(),
  locale: z.string().optional(),
  /** The text in other languages, kept beside it. */
  translations: translationsSchema.optional(),
  /** An agent's message the buyer gets in this language, from `translations`; `text` is what the agent wrote. */
  sentIn: localeSchema.optional(),
  /** It was to be translated for the buyer, could not be, and went out as it was written. */
  translationFailed: z.boolean().optional(),
  /** A reply that has not left: when it will, and until when it can be taken back. Buyers do not see it. */
  sendAt: instantSchema.optional(),
  echoId: z.string().optional(),
  createdAt: instantSchema,
});
export type Message = z.infer<typeof messageSchema>;

/** A message an agent posts. */
export const postMessageSchema = z
  .object({
    text: messageTextSchema.default(""),
    private: z.boolean().optional(),
    channel: channelSchema.optional(),
    attachments: attachmentIdsSchema.optional(),
    /** Rich text, for channels that show it; cleaned before it is sent. `text` may then be empty. */
    html: z.string().max(200_000).optional(),
    cc: z.array(z.email().max(254)).max(20).optional(),
    bcc: z.array(z.email().max(254)).max(20).optional(),
    /** Somebody else than the buyer, to pass a message on to: `forwards`, or else the buyer's last one. */
    forwardTo: z.email().max(254).optional(),
    /** The message that is passed on, with its files. */
    forwards: idSchema.optional(),
    subject: z.string().max(500).optional(),
    /** The buyer gets it in this language; when it can not be translated in time, as it was written. */
    translateTo: localeSchema.optional(),
    /**
     * From a logged-in person: the reply waits as long as its inbox says (`undoSeconds`) and can be taken back until then.
     * Replies by API key leave at once.
     */
    undo: z.boolean().optional(),
    echoId: echoIdSchema.optional(),
  })
  .strict();
export type PostMessage = z.infer<typeof postMessageSchema>;

/** A reply that was taken back: the line that stands in its place, and what was written, for the one who goes on writing. */
export const undoneReplySchema = z.object({
  message: messageSchema,
  reply: z.object({
    text: z.string(),
    channel: channelSchema,
    attachments: z.array(attachmentSchema),
    cc: z.array(z.string()),
    bcc: z.array(z.string()),
    html: z.string().optional(),
    subject: z.string().optional(),
    forwardTo: z.string().optional(),
    translateTo: localeSchema.optional(),
  }),
});
export type UndoneReply = z.infer<typeof undoneReplySchema>;

/** Sending a failed message again, to a corrected address where one is given. */
export const retryMessageSchema = z.object({ to: z.email().max(254).optional() }).strict();

/** What a channel's receive step hands to the hub, whatever the provider's form was. */
export interface InboundMessage {
  /** The provider's id of the message: counts once per inbox. */
  sourceId: string;
  /** The thread the provider says it belongs to, where it has threads. */
  threadId?: string;
  from: InboundSender;
  /** The shop's id of the order it is about. */
  orderId?: string;
  text: string;
  attachmentIds: string[];
  /** The client's idempotency key, echoed back to it. */
  echoId?: string;
  sentAt?: Date;
}
export interface InboundSender {
  /** The address on that channel: visitor id, external id, email address. */
  key: string;
  name?: string;
  email?: string;
  /** An address that somebody merely claimed: shown to agents, never a key. */
  emailHint?: string;
  locale?: string;
  country?: string;
}
