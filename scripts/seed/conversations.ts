import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Types } from "mongoose";
import type { FaqInput } from "../../contract/faq.ts";
import type { Locale } from "../../contract/locales.ts";
import { contactSnapshot } from "../../server/actions/contacts.ts";
import { ContactIdentityModel, ContactModel, type ContactRecord, searchWords } from "../../server/models/contact.ts";
import { ConversationModel, type ConversationRecord, NOT_WAITING } from "../../server/models/conversation.ts";
import type { InboxRecord } from "../../server/models/inbox.ts";
import { MessageModel, type MessageRecord } from "../../server/models/message.ts";

const BATCH = 500;
const DAY_MS = 86_400_000;
const NAMES: readonly (readonly [string, Locale, string])[] = [
  ["Ana Ruiz", "es", "MX"],
  ["João Silva", "pt-BR", "BR"],
  ["Claire Martin", "fr", "FR"],
  ["Jonas Weber", "de", "DE"],
  ["Giulia Rossi", "it", "IT"],
  ["Иван Петров", "ru", "KZ"],
  ["佐藤 美咲", "ja", "JP"],
  ["김민준", "ko", "KR"],
  ["王芳", "zh-CN", "CN"],
  ["林志明", "zh-TW", "TW"],
  ["أحمد علي", "ar", "SA"],
  ["Anna Kowalska", "pl", "PL"],
  ["Sanne de Vries", "nl", "NL"],
  ["Elif Yılmaz", "tr", "TR"],
  ["สมชาย ใจดี", "th", "TH"],
  ["Nguyễn Văn An", "vi", "VN"],
  ["Budi Santoso", "id", "ID"],
  ["Emma Clark", "en", "US"],
];

/** What buyers ask and get told, by language: the sample FAQ's own questions and answers. */
function talk(locale: Locale): { question: string; answer: string }[] {
  const directory = join(import.meta.dirname, "..", "..", "templates", "faq");
  return readdirSync(directory)
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => {
      const { questions, answers } = JSON.parse(readFileSync(join(directory, name), "utf8")) as FaqInput;
      const answer = answers[locale];
      return answer === undefined ? [] : (questions[locale] ?? []).map((question) => ({ question, answer }));
    });
}

/**
 * Puts made-up conversations into a workspace, for demos and benches: buyers of all languages, some who wait, some with
 * the bot, most resolved long ago. Numbers, not chance, decide who is who, so that two runs look alike.
 * @param progress told after every batch how many there are
 */
export async function seedConversations(options: {
  inboxes: readonly InboxRecord[];
  count: number;
  now: Date;
  progress?: (made: number) => void;
}): Promise<void> {
  const { inboxes, count, now } = options;
  const talks = new Map(NAMES.map(([, locale]) => [locale, talk(locale)]));
  for (let start = 0; start < count; start += BATCH) {
    const made = Array.from({ length: Math.min(BATCH, count - start) }, (_, offset) => {
      const index = start + offset;
      const [name, locale, country] = NAMES[index % NAMES.length] ?? NAMES[0]!;
      const texts = talks.get(locale) ?? [];
      const inbox = inboxes[index % inboxes.length];
      const said = texts[(index * 7) % texts.length];
      if (!inbox || !said) throw new Error("there is no inbox or no sample text to seed with");
      return conversationOf({ index, inbox, name, locale, country, said, now });
    });
    await ContactModel.collection.insertMany(made.map(({ contact }) => contact));
    await ContactIdentityModel.collection.insertMany(made.map(({ identity }) => identity));
    await MessageModel.collection.insertMany(made.flatMap(({ messages }) => messages));
    await ConversationModel.collection.insertMany(made.map(({ conversation }) => conversation));
    options.progress?.(start + made.length);
  }
}

interface Sketch {
  index: number;
  inbox: InboxRecord;
  name: string;
  locale: Locale;
  country: string;
  said: { question: string; answer: string };
  now: Date;
}

function conversationOf({ index, inbox, name, locale, country, said, now }: Sketch) {
  // Of a hundred, ten wait for a person, ten are with the bot, ten are answered but open; the others are done with.
  const kind = index % 100 < 10 ? "waiting" : index % 100 < 20 ? "bot" : index % 100 < 30 ? "open" : "resolved";
  const age = kind === "resolved" ? ((index * 37) % 90) * DAY_MS : ((index * 13) % 48) * 1_800_000;
  const askedAt = new Date(now.getTime() - age - 60_000);
  const answeredAt = new Date(askedAt.getTime() + 4_000);
  const { workspaceId } = inbox;
  const email = `buyer${index}@example.com`;
  const contact: ContactRecord = {
    _id: new Types.ObjectId(),
    workspaceId,
    name,
    email,
    locale,
    country,
    searchWords: searchWords(name, email),
    verified: index % 3 > 0,
    createdAt: askedAt,
  };
  const key = inbox.channel === "email" ? email : `customer:seed-${contact._id.toHexString()}`;
  const identity = {
    _id: new Types.ObjectId(),
    workspaceId,
    contactId: contact._id,
    channel: inbox.channel,
    key: inbox.channel === "email" ? `${contact._id.toHexString()}.${key}` : key,
    verified: contact.verified,
    createdAt: askedAt,
  };
  const conversationId = new Types.ObjectId();
  const common = { workspaceId, conversationId, inboxId: inbox._id, channel: inbox.channel, attachments: [], locale };
  const asked: MessageRecord = {
    ...common,
    _id: new Types.ObjectId(),
    seq: 1,
    direction: "incoming",
    private: false,
    author: { type: "contact", id: contact._id.toHexString(), name },
    text: said.question,
    status: "sent",
    automatic: false,
    createdAt: askedAt,
  };
  const answered: MessageRecord = {
    ...common,
    _id: new Types.ObjectId(),
    seq: 2,
    direction: "outgoing",
    private: false,
    author: { type: "bot" },
    text: said.answer,
    status: "delivered",
    automatic: true,
    createdAt: answeredAt,
  };
  const waiting = kind === "waiting";
  const messages = waiting ? [asked] : [asked, answered];
  const last = messages.at(-1) ?? asked;
  const conversation: ConversationRecord = {
    _id: conversationId,
    workspaceId,
    inboxId: inbox._id,
    contactId: contact._id,
    channel: inbox.channel,
    status: waiting || kind === "open" ? "open" : kind === "bot" ? "pending" : "resolved",
    active: kind !== "resolved",
    statusSeq: 0,
    contact: contactSnapshot(contact),
    assigneeId: null,
    locale,
    labels: [],
    lastSeq: last.seq,
    lastMessage: {
      seq: last.seq,
      text: last.text.slice(0, 200).toWellFormed(),
      direction: last.direction,
      author: last.author.type,
      attachments: 0,
      at: last.createdAt,
    },
    queueOrder: waiting ? askedAt.getTime() : NOT_WAITING - last.createdAt.getTime(),
    unread: waiting ? 1 : 0,
    ...(waiting && { waitingSince: askedAt, handoffReason: "missing_knowledge" as const }),
    contactReadSeq: last.seq,
    agentReadSeq: waiting ? 0 : last.seq,
    createdAt: askedAt,
    lastActivityAt: last.createdAt,
  };
  return { contact, identity, messages, conversation };
}
