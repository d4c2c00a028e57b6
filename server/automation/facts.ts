import type { Types } from "mongoose";
import { countryLanguage } from "../../bot/language/countries.ts";
import { type Locale, nearestLocale } from "../../contract/locales.ts";
import { nextOpening } from "../business-hours.ts";
import type { Context } from "../context.ts";
import type { AutomationSettingsRecord } from "../models/automation.ts";
import { ContactModel, type ContactRecord } from "../models/contact.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import { OrderModel, type OrderRecord } from "../models/order.ts";
import type { WorkspaceRecord } from "../models/workspace.ts";
import { automationSettings } from "../queries/automations.ts";
import { findWorkspace } from "../queries/workspace.ts";

/** Conversations of a buyer that are looked at, the newest. */
const LOOK_BACK = 20;

/** What a rule is asked about: ids, and what only the event told. */
export interface Subject {
  workspaceId: Types.ObjectId;
  orderId?: string | undefined;
  contactId?: Types.ObjectId | undefined;
  conversationId?: Types.ObjectId | undefined;
  messageId?: Types.ObjectId | undefined;
  review?: { rating?: number; text?: string } | undefined;
}

/** Facts that are known already, so that they are not asked for again. */
export interface Given {
  now?: Date;
  order?: OrderRecord | null;
  conversation?: ConversationRecord | null;
  message?: MessageRecord | null;
  contact?: ContactRecord | null;
}

/** Everything about a subject, each asked for once and only when a rule wants it. */
export class Facts {
  readonly ctx: Context;
  readonly subject: Subject;
  /** One moment for all that is asked: a clock that runs on would always find the next allowed time still to come. */
  readonly now: Date;
  readonly #given: Given;
  readonly #known = new Map<string, Promise<unknown>>();

  constructor(ctx: Context, subject: Subject, given: Given = {}) {
    this.ctx = ctx;
    this.subject = subject;
    this.#given = given;
    this.now = given.now ?? ctx.clock.now();
  }

  workspace(): Promise<WorkspaceRecord | null> {
    return this.#once("workspace", () => findWorkspace(this.subject.workspaceId));
  }

  settings(): Promise<AutomationSettingsRecord> {
    return this.#once("settings", () => automationSettings(this.subject.workspaceId));
  }

  async order(): Promise<OrderRecord | null> {
    if (this.#given.order !== undefined) return this.#given.order;
    const orderId = this.subject.orderId ?? (await this.conversation())?.orderId;
    if (orderId === undefined) return null;
    const { workspaceId } = this.subject;
    return this.#once("order", () => OrderModel.findOne({ workspaceId, orderId }).lean<OrderRecord>());
  }

  async conversation(): Promise<ConversationRecord | null> {
    if (this.#given.conversation !== undefined) return this.#given.conversation;
    const { conversationId } = this.subject;
    if (!conversationId) return null;
    return this.#once("conversation", () => ConversationModel.findById(conversationId).lean<ConversationRecord>());
  }

  async message(): Promise<MessageRecord | null> {
    if (this.#given.message !== undefined) return this.#given.message;
    const { messageId } = this.subject;
    if (!messageId) return null;
    return this.#once("message", () => MessageModel.findById(messageId).lean<MessageRecord>());
  }

  async contact(): Promise<ContactRecord | null> {
    if (this.#given.contact !== undefined) return this.#given.contact;
    // A merge moves what belongs to a contact: the order and conversation name the one that is.
    const id = (await this.order())?.contactId ?? (await this.conversation())?.contactId ?? this.subject.contactId;
    return id ? this.#once("contact", () => ContactModel.findById(id).lean<ContactRecord>()) : null;
  }

  /** The buyer's conversations, the newest first. */
  async conversations(): Promise<ConversationRecord[]> {
    const contact = await this.contact();
    if (!contact) return [];
    return this.#once("conversations", async () => {
      const found = await ConversationModel.find({ contactId: contact._id })
        .sort({ _id: -1 })
        .limit(LOOK_BACK)
        .lean<ConversationRecord[]>();
      const then = this.#given.now;
      return then
        ? Promise.all(found.filter(({ createdAt }) => createdAt <= then).map((one) => asOf(one, then)))
        : found;
    });
  }

  /** When the buyer last wrote, anywhere; undefined when they never did. */
  async lastWrote(): Promise<Date | undefined> {
    const times = (await this.conversations()).map(wroteAt).filter((at) => at !== undefined);
    return times.sort((a, b) => b.getTime() - a.getTime())[0];
  }

  /** The language the buyer reads: what they wrote in, else what the shop or their browser says, else their country's. */
  async locale(): Promise<Locale | undefined> {
    const [conversations, own, contact, order] = await Promise.all([
      this.conversations(),
      this.conversation(),
      this.contact(),
      this.order(),
    ]);
    const country = order?.buyer.country ?? contact?.country;
    const tags = [
      own?.locale,
      conversations.find(({ locale }) => locale)?.locale,
      contact?.locale,
      order?.buyer.locale,
    ];
    return [...tags, countryLanguage(country)].map((tag) => nearestLocale(tag)).find((tag) => tag !== undefined);
  }

  /** When the team is back; undefined while it is there, null when that is not near. */
  async back(): Promise<Date | null | undefined> {
    const hours = (await this.workspace())?.businessHours;
    return hours ? nextOpening(hours, this.now) : undefined;
  }

  /** The FAQ entry that the message asks for: its id and externalId; none below the inbox's confidence. */
  async question(): Promise<string[]> {
    const [message, conversation, workspace] = await Promise.all([
      this.message(),
      this.conversation(),
      this.workspace(),
    ]);
    if (!message?.text) return [];
    return this.#once("question", async () => {
      const bot = await this.ctx.knowledge.botFor(this.subject.workspaceId.toHexString());
      const result = await bot.decide({
        turns: [{ seq: 1, author: "contact", text: message.text, attachments: [], at: message.createdAt }],
        hints: {
          workspaceLocale: workspace?.locale ?? "en",
          ...(conversation?.locale && { conversationLocale: conversation.locale }),
        },
        threshold: 0,
        say: (locale, key, params) => this.ctx.translate(locale, `bot:${key}`, params),
      });
      const source = result.sources[0];
      if (!source || result.confidence < MIN_CONFIDENCE) return [];
      return [source.faqId, source.externalId].filter((id) => id !== undefined);
    });
  }

  async #once<T>(name: string, load: () => Promise<T>): Promise<T> {
    let known = this.#known.get(name) as Promise<T> | undefined;
    if (!known) {
      // A query of Mongoose's is asked anew by everybody who waits for it.
      known = Promise.resolve().then(load);
      this.#known.set(name, known);
    }
    return known;
  }
}

/** An answer by rule wants to be sure: as sure as the bot of a cautious inbox. */
const MIN_CONFIDENCE = 0.5;

/** When the buyer last wrote into a conversation. */
export function wroteAt({ lastIncomingAt, lastMessage }: ConversationRecord): Date | undefined {
  return lastIncomingAt ?? (lastMessage?.author === "contact" ? lastMessage.at : undefined);
}

/** A conversation without what the buyer wrote after a time. */
async function asOf(conversation: ConversationRecord, then: Date): Promise<ConversationRecord> {
  const at = wroteAt(conversation);
  if (!at || at <= then) return conversation;
  const { lastMessage: _last, lastIncomingAt: _at, ...rest } = conversation;
  const earlier = await MessageModel.findOne({
    conversationId: conversation._id,
    direction: "incoming",
    automatic: false,
    createdAt: { $lte: then },
  })
    .sort({ seq: -1 })
    .lean<MessageRecord>();
  return { ...rest, ...(earlier && { lastIncomingAt: earlier.createdAt }) };
}
