import { Types } from "mongoose";
import type { InboundMessage } from "../../contract/message.ts";
import type { Context } from "../context.ts";
import { findTogether, insertTogether, UNJOURNALED } from "../database/together.ts";
import { AppError } from "../errors.ts";
import type { ContactRecord } from "../models/contact.ts";
import { ConversationModel, type ConversationRecord, NOT_WAITING, PRIORITY_RANKS } from "../models/conversation.ts";
import type { InboxRecord } from "../models/inbox.ts";
import type { MessageRecord } from "../models/message.ts";
import { announcing } from "./announce.ts";
import { appendMessage, duplicateKeyOf } from "./append-message.ts";
import { takeAttachments } from "./attachments.ts";
import { contactSnapshot, ensureContact } from "./contacts.ts";
import { presentContactId } from "./order-buyers.ts";

/** After this long, what a buyer writes is a new matter and starts a new conversation. */
const NEW_MATTER_AFTER_MS = 30 * 24 * 3600 * 1000;

export interface ReceiveOptions {
  inbox: InboxRecord;
  inbound: InboundMessage & { wantsHuman?: boolean };
  verified: boolean;
  timeZone?: string;
  /** Who may have uploaded the attachments; the sender when absent. */
  uploader?: string | readonly string[];
  /** The socket it came by. */
  origin?: string;
  /** The sender is a browser that nobody vouched for: it goes on only with what it began itself. */
  own?: boolean;
  /** From the same sender's last message on this connection: saves looking them up again. */
  known?: KnownSender | undefined;
}
export interface KnownSender {
  contactId: Types.ObjectId;
  contactName: string;
  conversationId: Types.ObjectId;
}
export interface Received {
  message: MessageRecord;
  duplicate: boolean;
  known: KnownSender;
}

/**
 * A buyer's message into the store: contact, conversation, then the message, once per (inbox, sourceId).
 * When it returns, the message is on disk together with what it owes (the bot's answer).
 * @throws AppError empty_message, unknown_attachment, thread_of_another_buyer
 */
export async function receiveMessage(ctx: Context, options: ReceiveOptions): Promise<Received> {
  const { inbox, inbound } = options;
  if (inbound.text.trim() === "" && inbound.attachmentIds.length === 0) throw new AppError("empty_message");
  const attachments = await takeAttachments(ctx, {
    workspaceId: inbox.workspaceId,
    ids: inbound.attachmentIds,
    owner: options.uploader ?? inbound.from.key,
  });
  const known = options.known ?? (await findSender(ctx, options));
  const { message, duplicate } = await appendMessage(
    ctx,
    {
      workspaceId: inbox.workspaceId,
      conversationId: known.conversationId,
      inboxId: inbox._id,
      sourceId: inbound.sourceId,
      echoId: inbound.echoId,
      ...(inbound.threadId !== undefined && { thread: { id: inbound.threadId, from: inbound.from.key } }),
      channel: inbox.channel,
      direction: "incoming",
      private: false,
      author: {
        type: "contact",
        id: known.contactId.toHexString(),
        ...(known.contactName && { name: known.contactName }),
      },
      text: inbound.text,
      attachments,
      status: "sent",
      automatic: false,
      ...(inbound.wantsHuman && { wantsHuman: true }),
    },
    { owed: inbox.bot.mode === "off" ? [] : ["bot"], ...(options.origin && { origin: options.origin }) },
  );
  return { message, duplicate, known };
}

async function findSender(ctx: Context, options: ReceiveOptions): Promise<KnownSender> {
  const { inbox, inbound, verified, timeZone } = options;
  const known = knownThread(ctx, options);
  if (known) return known;
  const contact = await ensureContact(ctx, {
    workspaceId: inbox.workspaceId,
    channel: inbox.channel,
    sender: inbound.from,
    verified,
    timeZone,
  });
  const conversation = await ensureConversation(ctx, {
    inbox,
    contact,
    identity: inbound.from.key,
    threadId: inbound.threadId,
    orderId: inbound.orderId,
    ...(options.own && { own: true }),
  });
  // Of two buyers who begin the same thread at once, one does.
  const owner = conversation.contactId.equals(contact._id) || (await presentContactId(conversation.contactId));
  if (owner !== true && !owner?.equals(contact._id)) {
    throw new AppError("thread_of_another_buyer", { threadId: inbound.threadId });
  }
  const found = { contactId: contact._id, contactName: contact.name, conversationId: conversation._id };
  const key = threadCacheKey(options);
  if (key !== undefined) ctx.caches.threads.set(key, { ...found, aboutOrder: conversation.orderId !== undefined });
  return found;
}

/** Where a thread of a sender's went on a moment ago. */
export function knownThread(ctx: Context, options: Pick<ReceiveOptions, "inbox" | "inbound">): KnownSender | undefined {
  const key = threadCacheKey(options);
  const known = key === undefined ? undefined : ctx.caches.threads.get(key);
  return known && (known.aboutOrder || options.inbound.orderId === undefined) ? known : undefined;
}

/** Only a thread that the provider names is the same one until somebody says otherwise. */
function threadCacheKey({ inbox, inbound }: Pick<ReceiveOptions, "inbox" | "inbound">): string | undefined {
  return inbound.threadId && JSON.stringify([inbox._id.toHexString(), inbound.from.key, inbound.threadId]);
}

/**
 * The conversation a message belongs to: the provider's thread where there is one, else the contact's
 * present matter, else a new one. The unique thread key lets only one of two racing first messages make it.
 */
export async function ensureConversation(
  ctx: Context,
  {
    inbox,
    contact,
    identity,
    threadId,
    orderId,
    about,
    own = false,
  }: {
    inbox: InboxRecord;
    contact: ContactRecord;
    /** The address that it begins from. */
    identity?: string;
    threadId?: string | undefined;
    orderId?: string | undefined;
    /** What a new conversation is about and who takes part, where the channel knows. */
    about?: Pick<ConversationRecord, "subject" | "participants"> & Partial<Pick<ConversationRecord, "kind">>;
    /** Only what began from this address counts. */
    own?: boolean;
  },
): Promise<ConversationRecord> {
  const now = ctx.clock.now();
  const from = identity === undefined ? undefined : `${inbox.channel}:${identity}`;
  const threadKey = threadId
    ? `${inbox._id.toHexString()}:${threadId}`
    : own && from !== undefined
      ? `${contact._id.toHexString()}:${from}`
      : `contact:${contact._id.toHexString()}`;
  const current =
    own && from !== undefined && !threadId
      ? await ConversationModel.findOne({ contactId: contact._id, identity: from })
          .sort({ _id: -1 })
          .lean<ConversationRecord>()
      : await currentConversation(inbox.workspaceId, contact._id, threadId ? threadKey : undefined);
  if (current && isPresent(ctx, current)) {
    return orderId !== undefined && current.orderId === undefined ? nameOrder(current, orderId) : current;
  }
  // An old matter gives its thread key up, so that the new one can have it.
  if (current || !threadId) {
    await ConversationModel.updateOne(
      { workspaceId: inbox.workspaceId, threadKey, active: false },
      { $unset: { threadKey: "" } },
    );
  }
  const record: ConversationRecord = {
    _id: new Types.ObjectId(),
    workspaceId: inbox.workspaceId,
    inboxId: inbox._id,
    contactId: contact._id,
    channel: inbox.channel,
    threadKey,
    ...(threadId && { threadId }),
    status: inbox.bot.mode === "off" ? "open" : "pending",
    kind: "person",
    active: true,
    statusSeq: 0,
    contact: contactSnapshot(contact),
    assigneeId: null,
    labels: [],
    priorityRank: PRIORITY_RANKS.normal,
    lastSeq: 0,
    queueOrder: NOT_WAITING - now.getTime(),
    unread: 0,
    contactReadSeq: 0,
    agentReadSeq: 0,
    createdAt: now,
    lastActivityAt: now,
    ...about,
    ...(from !== undefined && { identity: from }),
    ...announcing(ctx, "conversation.created"),
    ...(contact.locale && { locale: contact.locale }),
    ...(orderId !== undefined && { orderId }),
  };
  try {
    await insertConversation(record);
  } catch (error) {
    if (!duplicateKeyOf(error)) throw error;
    const first = await ConversationModel.findOne({
      workspaceId: inbox.workspaceId,
      threadKey,
    }).lean<ConversationRecord>();
    if (first) return first;
    throw error;
  }
  return record;
}

// Its first message follows, journaled.
const insertConversation = insertTogether(ConversationModel, UNJOURNALED);
const findThread = findTogether<ConversationRecord, Pick<ConversationRecord, "workspaceId" | "threadKey">>(
  ConversationModel,
  "threadKey",
  ["workspaceId"],
);

async function nameOrder(conversation: ConversationRecord, orderId: string): Promise<ConversationRecord> {
  await ConversationModel.updateOne({ _id: conversation._id }, { $set: { orderId } });
  return { ...conversation, orderId };
}

/** Whether what its buyer writes belongs to it: it is not resolved, or was until lately. */
export function isPresent(ctx: Context, { active, lastActivityAt }: ConversationRecord): boolean {
  return active || ctx.clock.now().getTime() - lastActivityAt.getTime() < NEW_MATTER_AFTER_MS;
}

/** The newest conversation of a contact, or that of a thread. */
export async function currentConversation(
  workspaceId: Types.ObjectId,
  contactId: Types.ObjectId,
  threadKey?: string,
): Promise<ConversationRecord | null> {
  if (threadKey) return (await findThread({ workspaceId, threadKey }))[0] ?? null;
  return ConversationModel.findOne({ contactId }).sort({ _id: -1 }).lean<ConversationRecord>();
}
