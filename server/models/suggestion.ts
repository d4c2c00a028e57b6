import { model, Schema, type Types } from "mongoose";
import type { Locale, Localized } from "../../contract/locales.ts";
import type { Versioned } from "./version.ts";

/** A buyer's question that the bot handed over for want of knowledge, with what an agent answered. */
export interface OpenQuestionRecord {
  /** The buyer's message. */
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  conversationId: Types.ObjectId;
  /** Place of the buyer's last message. */
  seq: number;
  text: string;
  locale: Locale;
  /** waiting: no agent has answered yet; answered; used: it is in a suggestion; done: that was accepted or dismissed. */
  state: "waiting" | "answered" | "used" | "done";
  reply?: string;
  replyLocale?: Locale;
  suggestionId?: Types.ObjectId;
  at: Date;
  /** When it is forgotten. */
  expiresAt: Date;
}

const questionSchema = new Schema<OpenQuestionRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    conversationId: { type: Schema.Types.ObjectId, required: true },
    seq: { type: Number, required: true },
    text: { type: String, required: true },
    locale: { type: String, required: true },
    state: { type: String, required: true },
    reply: String,
    replyLocale: String,
    suggestionId: Schema.Types.ObjectId,
    at: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { autoIndex: false },
);
questionSchema.index({ workspaceId: 1, state: 1, _id: 1 });
questionSchema.index({ state: 1, _id: 1 });
questionSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
export const OpenQuestionModel = model("openQuestion", questionSchema, "open_questions");

/** Questions that ask the same, with the reply that stands for the agents': an entry in the making. */
export interface SuggestionRecord extends Versioned {
  /** That of its earliest question, so that two nodes that find it make one. */
  _id: Types.ObjectId;
  workspaceId: Types.ObjectId;
  questions: Localized<string[]>;
  answers: Localized;
  questionIds: Types.ObjectId[];
  conversationIds: Types.ObjectId[];
  state: "open" | "accepted" | "dismissed";
  /** The entry it became. */
  faqId?: Types.ObjectId;
  count: number;
  lastAskedAt: Date;
  createdAt: Date;
}

const suggestionSchema = new Schema<SuggestionRecord>(
  {
    workspaceId: { type: Schema.Types.ObjectId, required: true },
    questions: { type: Schema.Types.Mixed, required: true },
    answers: { type: Schema.Types.Mixed, required: true },
    questionIds: { type: [Schema.Types.ObjectId], required: true } as never,
    conversationIds: { type: [Schema.Types.ObjectId], required: true } as never,
    state: { type: String, required: true },
    faqId: Schema.Types.ObjectId,
    count: { type: Number, required: true },
    lastAskedAt: { type: Date, required: true },
    createdAt: { type: Date, required: true },
    version: Number,
  },
  { minimize: false, autoIndex: false },
);
suggestionSchema.index({ workspaceId: 1, state: 1, count: -1, _id: 1 });
export const SuggestionModel = model("suggestion", suggestionSchema, "suggestions");
