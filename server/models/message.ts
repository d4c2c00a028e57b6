import { model, Schema, type Types } from "mongoose";
import type { DecisionSummary } from "../../contract/bot.ts";
import type { Locale } from "../../contract/locales.ts";
import type {
  Activity,
  Author,
  ChannelName,
  DeliveryProblem,
  MessageOriginal,
  MessageStatus,
  Translations,
} from "../../contract/message.ts";
import { type Announcing, announcingFields } from "./announcement.ts";

/** A file of a message, as kept on it; the bytes are in GridFS. */
export interface StoredAttachment {
  id: Types.ObjectId;
  name: string;
  type: string;
  size: number;
  width?: number;
  height?: number;
}

/** Work that a message still owes after it was stored; `jobs/owed` does it, a crash leaves it for the sweeper. */
export type OwedWork = "bot" | "deliver" | "summarize" | "automation";

/** Beside what is shown: where the raw form lies, and how the channel threads it. */
export interface StoredOriginal extends MessageOriginal {
  mailId?: Types.ObjectId;
  /** The provider's id and those it answers, oldest first. */
  externalId?: string;
  references?: string[];
}

/** The rule that sent a message. */
export interface SentByRule {
  id: Types.ObjectId;
  name: string;
  checkInId: Types.ObjectId;
  /** How many rules caused it, one after the other. */
  depth: number;
  /** The shop began: the buyer can stop such messages. */
  proactive: boolean;
  /** Other rules may act on it. */
  triggers: boolean;
}

export interface MessageRecord extends Announcing {
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  conversationId: Types.ObjectId;
  inboxId: Types.ObjectId;
  seq: number;
  /** Where it came from, unique per inbox: the provider's id, or ours for what the hub writes. */
  sourceId?: string;
  echoId?: string;
  /** The provider's thread that it came in, and its sender's address there. */
  thread?: { id: string; from: string };
  channel: ChannelName;
  direction: "incoming" | "outgoing" | "activity";
  private: boolean;
  author: Author;
  text: string;
  attachments: StoredAttachment[];
  status: MessageStatus;
  failure?: string;
  /** Beside the reason: what the other side said of it. */
  problem?: Omit<DeliveryProblem, "code">;
  /** Sending tries so far. */
  attempts?: number;
  activity?: Activity;
  bot?: DecisionSummary;
  automatic: boolean;
  /** The shopper pressed "talk to a person" with this message. */
  wantsHuman?: boolean;
  locale?: string;
  translations?: Translations;
  /** The language the buyer gets it in, from `translations`. */
  sentIn?: Locale;
  translationFailed?: boolean;
  original?: StoredOriginal;
  /** Rich text as the agent wrote it. */
  html?: string;
  /** Passed on to somebody else instead of answered. */
  forwardTo?: string;
  /** Place of the message that is passed on. */
  forwards?: number;
  automation?: SentByRule;
  /**
   * A reply that its author may still take back: stored as a note is, until its time comes or it is sent later. `by`: the
   * user who sent it.
   */
  held?: { until: Date; by: string };
  /** When a reply that was held became the buyer's to see. */
  leftAt?: Date;
  /** A reply that its author, or who leads them, took back before it left; its words stay for who takes it back again. */
  takenBack?: { by: string; at: Date };
  owed?: OwedWork[];
  /** When what is owed is due; while a node works on it, when that node's claim ends. Absent when nothing is owed. */
  owedAt?: Date;
  claimedBy?: string;
  /** It is being handed over: set right before, gone with the answer. Who finds it set knows that no answer was seen. */
  sendingAt?: Date;
  /** A try ended without an answer, and it was sent again: it may have arrived twice. */
  mayBeTwice?: boolean;
  createdAt: Date;
}

const schema = new Schema<MessageRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    conversationId: { type: Schema.Types.ObjectId, required: true },
    inboxId: { type: Schema.Types.ObjectId, required: true },
    seq: { type: Number, required: true },
    sourceId: String,
    echoId: String,
    thread: Schema.Types.Mixed,
    channel: { type: String, required: true },
    direction: { type: String, required: true },
    private: { type: Boolean, required: true },
    author: { type: Schema.Types.Mixed, required: true },
    text: { type: String, default: "" },
    attachments: { type: [Schema.Types.Mixed], default: [] } as never,
    status: { type: String, required: true },
    failure: String,
    problem: Schema.Types.Mixed,
    attempts: Number,
    activity: Schema.Types.Mixed,
    bot: Schema.Types.Mixed,
    automatic: { type: Boolean, default: false },
    wantsHuman: Boolean,
    locale: String,
    translations: Schema.Types.Mixed,
    sentIn: String,
    translationFailed: Boolean,
    original: Schema.Types.Mixed,
    html: String,
    forwardTo: String,
    forwards: Number,
    automation: Schema.Types.Mixed,
    held: Schema.Types.Mixed,
    leftAt: Date,
    takenBack: Schema.Types.Mixed,
    owed: { type: [String], default: undefined },
    owedAt: Date,
    claimedBy: String,
    sendingAt: Date,
    mayBeTwice: Boolean,
    ...announcingFields,
    createdAt: { type: Date, required: true },
  },
  { autoIndex: false },
);
schema.index({ conversationId: 1, seq: 1 }, { unique: true });
schema.index({ inboxId: 1, sourceId: 1 }, { unique: true, partialFilterExpression: { sourceId: { $exists: true } } });
schema.index({ inboxId: 1, _id: 1 }, { partialFilterExpression: { direction: "outgoing" } });
schema.index({ inboxId: 1, "held.until": 1 }, { partialFilterExpression: { held: { $exists: true } } });
schema.index({ owedAt: 1 }, { sparse: true });
schema.index({ announceAt: 1 }, { sparse: true });
schema.index({ conversationId: 1, announceAt: 1 }, { partialFilterExpression: { announceAt: { $exists: true } } });

export const MessageModel = model("message", schema, "messages");
