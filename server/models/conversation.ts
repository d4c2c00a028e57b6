import { model, Schema, type Types } from "mongoose";
import type { DecisionSummary, HandoffReason } from "../../contract/bot.ts";
import {
  type ConversationKind,
  type ConversationStatus,
  PRIORITIES,
  type Priority,
} from "../../contract/conversation.ts";
import type { Author, ChannelName } from "../../contract/message.ts";
import { type Announcing, announcingFields } from "./announcement.ts";
import type { ContactRecord } from "./contact.ts";
import type { StoredAttachment } from "./message.ts";

export interface LastMessage {
  seq: number;
  text: string;
  direction: "incoming" | "outgoing" | "activity";
  author: Author["type"];
  attachments: number;
  at: Date;
}

export interface DraftRecord {
  id: Types.ObjectId;
  text: string;
  locale?: string;
  bot: DecisionSummary;
  /** Documents that go with it. */
  attachments?: StoredAttachment[];
  seq: number;
  createdAt: Date;
}

/**
 * A buyer's matter. Everything a list shows is kept here, so that a list is one index scan.
 * `lastSeq` and what follows from messages is a fold over them, in order of seq (`actions/append-message`).
 */
export interface ConversationRecord extends Announcing {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  inboxId: Types.ObjectId;
  contactId: Types.ObjectId;
  channel: ChannelName;
  /** Addresses that took part, lower case: only they may write into it from outside. */
  participants?: string[];
  /** Which of the contact's addresses it is answered at, where it is not the usual one. */
  answerTo?: string;
  /** Addresses that an agent said are not the contact's: what they write begins a conversation of its own. */
  refusedSenders?: string[];
  /** What it is about, as the buyer wrote it. */
  subject?: string;
  /** When the channel that follows a buyer who left takes over, and up to which seq it did. */
  continueAt?: Date;
  continuedSeq?: number;
  /** The last answer of what goes there now, and how often it was handed over without an answer of the other side. */
  continuing?: { seq: number; tries: number };
  /** The shopper was asked for an address, and gave one or would not. */
  askedEmail?: true;
  /** The buyer writes in it at the message centre, where answers wait for them. */
  hosted?: boolean;
  /** Where further messages of the same thread find it: `contact:ID`, or the channel's own thread id. */
  threadKey?: string;
  /** The channel's own id of the thread, kept when an old matter gives `threadKey` up. */
  threadId?: string;
  /** `channel:key` of the contact's address that it began from: it goes where that address goes. */
  identity?: string;
  /** The shop's id of the order it is about. */
  orderId?: string;
  status: ConversationStatus;
  /** `automatic` sorts before `person`, and that before `spam`: a person's message raises it by `$max`. */
  kind: ConversationKind;
  /** Not resolved. */
  active: boolean;
  /** The seq after which the status last changed: an older message never reopens what was resolved later. */
  statusSeq: number;
  contact: Pick<ContactRecord, "name" | "email" | "emailHint" | "locale" | "country" | "timeZone" | "verified">;
  assigneeId: Types.ObjectId | null;
  assigneeName?: string;
  locale?: string;
  labels: string[];
  lastSeq: number;
  lastMessage?: LastMessage;
  /** When the buyer last wrote, in person. */
  lastIncomingAt?: Date;
  /** When a rule last wrote into it. */
  lastRuleAt?: Date;
  /** How urgent it is, the most urgent first: `PRIORITY_RANKS`. */
  priorityRank: number;
  /** Absent when nobody waits. */
  waitingSince?: Date;
  /**
   * Order of the lists, ascending: for waiting buyers the time since when (ms), for the others
   * `NOT_WAITING - lastActivity`, so that those who wait longest come first and the rest by recency.
   */
  queueOrder: number;
  unread: number;
  handoffReason?: HandoffReason;
  snoozedUntil?: Date;
  draft?: DraftRecord;
  contactReadSeq: number;
  agentReadSeq: number;
  createdAt: Date;
  lastActivityAt: Date;
}

/** 0 for urgent. */
export const PRIORITY_RANKS = Object.fromEntries(
  PRIORITIES.toReversed().map((priority, rank) => [priority, rank]),
) as Record<Priority, number>;

export function priorityOf({ priorityRank }: Pick<ConversationRecord, "priorityRank">): Priority {
  return PRIORITIES.find((priority) => PRIORITY_RANKS[priority] === priorityRank) ?? "normal";
}

/** Larger than any time in milliseconds that will be seen. */
export const NOT_WAITING = 1e15;

const schema = new Schema<ConversationRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    inboxId: { type: Schema.Types.ObjectId, required: true },
    contactId: { type: Schema.Types.ObjectId, required: true },
    channel: { type: String, required: true },
    hosted: Boolean,
    threadKey: String,
    threadId: String,
    identity: String,
    orderId: String,
    participants: { type: [String], default: undefined },
    answerTo: String,
    refusedSenders: { type: [String], default: undefined },
    subject: String,
    continueAt: Date,
    continuedSeq: Number,
    continuing: Schema.Types.Mixed,
    askedEmail: Boolean,
    status: { type: String, required: true },
    kind: { type: String, default: "person" },
    active: { type: Boolean, required: true },
    statusSeq: { type: Number, default: 0 },
    contact: { type: Schema.Types.Mixed, required: true },
    assigneeId: { type: Schema.Types.ObjectId, default: null },
    assigneeName: String,
    locale: String,
    labels: { type: [String], default: [] },
    lastSeq: { type: Number, default: 0 },
    lastMessage: { type: Schema.Types.Mixed },
    lastIncomingAt: Date,
    lastRuleAt: Date,
    priorityRank: { type: Number, default: PRIORITY_RANKS.normal },
    waitingSince: Date,
    queueOrder: { type: Number, required: true },
    unread: { type: Number, default: 0 },
    handoffReason: String,
    snoozedUntil: Date,
    draft: { type: Schema.Types.Mixed },
    contactReadSeq: { type: Number, default: 0 },
    agentReadSeq: { type: Number, default: 0 },
    createdAt: { type: Date, required: true },
    lastActivityAt: { type: Date, required: true },
    ...announcingFields,
  },
  { minimize: false, autoIndex: false },
);
schema.index({ workspaceId: 1, kind: 1, active: 1, queueOrder: 1, _id: 1 });
schema.index({ workspaceId: 1, kind: 1, status: 1, queueOrder: 1, _id: 1 });
schema.index({ workspaceId: 1, kind: 1, assigneeId: 1, active: 1, queueOrder: 1, _id: 1 });
schema.index({ workspaceId: 1, kind: 1, active: 1, priorityRank: 1, queueOrder: 1, _id: 1 });
schema.index({ contactId: 1, _id: -1 });
schema.index(
  { workspaceId: 1, threadKey: 1 },
  { unique: true, partialFilterExpression: { threadKey: { $exists: true } } },
);
schema.index({ workspaceId: 1, lastIncomingAt: 1 }, { partialFilterExpression: { lastRuleAt: { $exists: true } } });
schema.index({ snoozedUntil: 1 }, { sparse: true });
schema.index({ continueAt: 1 }, { sparse: true });
schema.index({ announceAt: 1 }, { sparse: true });

export const ConversationModel = model("conversation", schema, "conversations");
