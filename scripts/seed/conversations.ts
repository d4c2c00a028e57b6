import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Types } from "mongoose";
import type { FaqInput } from "../../contract/faq.ts";
import { LOCALES, type Locale } from "../../contract/locales.ts";
import { contactSnapshot } from "../../server/actions/contacts.ts";
import { ContactIdentityModel, ContactModel, type ContactRecord, searchWords } from "../../server/models/contact.ts";
import {
  ConversationModel,
  type ConversationRecord,
  NOT_WAITING,
  PRIORITY_RANKS,
} from "../../server/models/conversation.ts";
import type { InboxRecord } from "../../server/models/inbox.ts";
import { MessageModel, type MessageRecord } from "../../server/models/message.ts";
import { OrderEventModel, OrderModel } from "../../server/models/order.ts";
import { orderOf } from "./orders.ts";
import { type Person, personOf } from "./people.ts";

const BATCH = 500;
const DAY_MS = 86_400_000;
const THANKS: Record<Locale, string> = {
  en: "Great, thank you!",
  "zh-CN": "好的，谢谢！",
  "zh-TW": "好的，謝謝！",
  es: "Perfecto, ¡muchas gracias!",
  fr: "Parfait, merci beaucoup !",
  de: "Super, vielen Dank!",
  it: "Perfetto, grazie mille!",
  "pt-BR": "Perfeito, muito obrigado!",
  ru: "Отлично, большое спасибо!",
  ja: "わかりました。ありがとうございます！",
  ko: "네, 감사합니다!",
  ar: "ممتاز، شكرًا جزيلًا!",
  pl: "Świetnie, dziękuję bardzo!",
  nl: "Fijn, dank je wel!",
  tr: "Harika, çok teşekkürler!",
  th: "เข้าใจแล้ว ขอบคุณมาก",
  vi: "Tuyệt vời, cảm ơn bạn!",
  id: "Baik, terima kasih banyak!",
};

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
  /** Two of three buyers have an order too; without it none has. */
  orders?: boolean;
  progress?: (made: number) => void;
}): Promise<void> {
  const { inboxes, count, now } = options;
  const talks = new Map(LOCALES.map((locale) => [locale, talk(locale)]));
  for (let start = 0; start < count; start += BATCH) {
    const made = Array.from({ length: Math.min(BATCH, count - start) }, (_, offset) => {
      const index = start + offset;
      const person = personOf(index);
      const texts = talks.get(person.locale) ?? [];
      const inbox = inboxes[index % inboxes.length];
      const said = [7, 11].flatMap((step) => texts[(index * step) % texts.length] ?? []);
      if (!inbox || said.length === 0) throw new Error("there is no inbox or no sample text to seed with");
      return conversationOf({ index, inbox, person, said, now });
    });
    const orders = made.flatMap(({ contact }, offset) =>
      options.orders && (start + offset) % 3 > 0 ? [orderOf({ index: start + offset, contact, now })] : [],
    );
    await ContactModel.collection.insertMany(made.map(({ contact }) => contact));
    await ContactIdentityModel.collection.insertMany(made.map(({ identity }) => identity));
    await MessageModel.collection.insertMany(made.flatMap(({ messages }) => messages));
    await ConversationModel.collection.insertMany(made.map(({ conversation }) => conversation));
    if (orders.length > 0) {
      await OrderEventModel.collection.insertMany(orders.flatMap(({ events }) => events));
      await OrderModel.collection.insertMany(orders.map(({ order }) => order));
    }
    options.progress?.(start + made.length);
  }
}

interface Sketch {
  index: number;
  inbox: InboxRecord;
  person: Person;
  /** What may be asked and answered, one after the other. */
  said: { question: string; answer: string }[];
  now: Date;
}

function conversationOf({ index, inbox, person: { name, locale, country }, said, now }: Sketch) {
  // Of a hundred, ten wait for a person, ten are with the bot, ten are answered but open; the others are done with.
  const kind = index % 100 < 10 ? "waiting" : index % 100 < 20 ? "bot" : index % 100 < 30 ? "open" : "resolved";
  const age = kind === "resolved" ? ((index * 37) % 90) * DAY_MS : ((index * 13) % 48) * 1_800_000;
  const askedAt = new Date(now.getTime() - age - 60_000);
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
  const waiting = kind === "waiting";
  const messages: MessageRecord[] = [];
  const say = (from: "contact" | "bot", text: string) => {
    const seq = messages.length + 1;
    messages.push({
      ...common,
      _id: new Types.ObjectId(),
      seq,
      direction: from === "contact" ? "incoming" : "outgoing",
      private: false,
      author: from === "contact" ? { type: "contact", id: contact._id.toHexString(), name } : { type: "bot" },
      text,
      status: from === "contact" ? "sent" : "delivered",
      automatic: from === "bot",
      createdAt: new Date(askedAt.getTime() + (seq - 1) * 14_000),
    });
  };
  // Some ask a second time; some of those who are done say thank you; who waits spoke last.
  for (const { question, answer } of said.slice(0, index % 4 === 0 ? 2 : 1)) {
    say("contact", question);
    say("bot", answer);
  }
  if (waiting) messages.pop();
  if (kind === "resolved" && index % 5 === 0) say("contact", THANKS[locale]);
  const last = messages.at(-1)!;
  const conversation: ConversationRecord = {
    _id: conversationId,
    workspaceId,
    inboxId: inbox._id,
    contactId: contact._id,
    channel: inbox.channel,
    kind: "person",
    status: waiting || kind === "open" ? "open" : kind === "bot" ? "pending" : "resolved",
    active: kind !== "resolved",
    statusSeq: 0,
    contact: contactSnapshot(contact),
    assigneeId: null,
    locale,
    priorityRank: PRIORITY_RANKS.normal,
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
    queueOrder: waiting ? last.createdAt.getTime() : NOT_WAITING - last.createdAt.getTime(),
    unread: waiting ? 1 : 0,
    ...(waiting && { waitingSince: last.createdAt, handoffReason: "missing_knowledge" as const }),
    contactReadSeq: last.seq,
    agentReadSeq: waiting ? 0 : last.seq,
    createdAt: askedAt,
    lastActivityAt: last.createdAt,
  };
  return { contact, identity, messages, conversation };
}
