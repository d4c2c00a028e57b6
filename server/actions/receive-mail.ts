import { createHash } from "node:crypto";
import { Types } from "mongoose";
import type { Channel } from "../../channels/channel.ts";
import type { InboundMail } from "../../channels/email/receive.ts";
import { isSameWords } from "../../channels/email/same-words.ts";
import { isNoSender } from "../../channels/email/sender.ts";
import type { Context } from "../context.ts";
import { findTogether, insertTogether, UNJOURNALED } from "../database/together.ts";
import { AppError } from "../errors.ts";
import {
  ContactIdentityModel,
  type ContactIdentityRecord,
  ContactModel,
  type ContactRecord,
} from "../models/contact.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import type { InboxRecord } from "../models/inbox.ts";
import { AutoReplyModel, type AutoReplyRecord } from "../models/mail.ts";
import { MessageModel, type MessageRecord, type StoredAttachment, type StoredOriginal } from "../models/message.ts";
import { appendMessage, duplicateKeyOf } from "./append-message.ts";
import { storeAttachment } from "./attachments.ts";
import { contactsOfId, ensureContact, identitiesOf, newContact } from "./contacts.ts";
import { handToHuman } from "./hand-off.ts";
import { ensureConversation } from "./receive-message.ts";
import { recordBounce } from "./record-bounce.ts";
import { ownAddresses } from "./store-mail.ts";

/** Mails are taken in many at a time: what they ask for goes together. */
const messagesOfSource = findTogether<MessageRecord, Pick<MessageRecord, "inboxId" | "sourceId">>(
  MessageModel,
  "sourceId",
  ["inboxId"],
);
const customersOf = findTogether<ContactRecord, Pick<ContactRecord, "workspaceId" | "email">>(ContactModel, "email", [
  "workspaceId",
]);
const conversationsOfId = findTogether<ConversationRecord, Pick<ConversationRecord, "_id">>(ConversationModel, "_id");
// The message that follows is journaled, and so are they with it.
const makeIdentity = insertTogether(ContactIdentityModel, UNJOURNALED);
const makeContact = insertTogether(ContactModel, UNJOURNALED);

const autoRepliesTo = findTogether<AutoReplyRecord, Pick<AutoReplyRecord, "inboxId" | "address">>(
  AutoReplyModel,
  "address",
  ["inboxId"],
);
const noteAutoReply = insertTogether(AutoReplyModel);

const MAX_PARTICIPANTS = 50;
const MAX_REFERENCES = 20;
const AUTO_REPLIES = { most: 10, withinMs: 3 * 3600 * 1000 };

export interface ReceiveMailOptions {
  inbox: InboxRecord;
  inbound: InboundMail;
  channel: Channel<InboundMail>;
  mailId: Types.ObjectId;
}

/**
 * A buyer's mail into the conversation it belongs to, once per (inbox, Message-ID). Reports of failed delivery go to the
 * message they are about instead. Returns the message it became; undefined where it became none.
 */
export async function receiveMail(ctx: Context, options: ReceiveMailOptions): Promise<MessageRecord | undefined> {
  const { inbox, channel, mailId } = options;
  let { inbound } = options;
  const [[known], own] = await Promise.all([
    messagesOfSource({ inboxId: inbox._id, sourceId: inbound.sourceId }),
    isOwnAddress(ctx, inbound.from.address),
  ]);
  if (known && isSameMail(known, inbound)) return known;
  if (known) {
    inbound = { ...inbound, sourceId: ownSourceId(inbound) };
    const [again] = await messagesOfSource({ inboxId: inbox._id, sourceId: inbound.sourceId });
    if (again) return again;
  }
  const { bounce, complaint } = inbound.classified;
  if ((bounce || complaint) && (await recordBounce(ctx, { inbox, inbound }))) return undefined;

  const automatic = inbound.classified.automatic || own;
  const received = channel.receive(inbound);
  const { contact, unreachable } = await contactOf(ctx, { inbox, sender: received.from });
  const conversation = await conversationOf(ctx, { inbox, inbound, contact });
  const { attachments, leftOut } = await storeFiles(ctx, { inbox, inbound });
  // Nobody reads at an address that is none: people see the mail, the bot does not answer it.
  const nobody = isNoSender(inbound.from.address);
  const answer = !automatic && !nobody && inbox.bot.mode !== "off";
  const may = answer && (await mayAnswer(ctx, { inbox, inbound }));
  const original: StoredOriginal = {
    subject: inbound.subject,
    ...(inbound.fromBy !== "none" && { from: inbound.from }),
    to: inbound.to,
    cc: inbound.cc,
    stored: true,
    notes: [...inbound.notes, ...(leftOut ? ["attachment_type"] : [])],
    mailId,
    references: inbound.references.slice(-20),
    ...(automatic && { kind: own ? "notification" : inbound.classified.class }),
    ...(inbound.externalId && { externalId: inbound.externalId }),
  };
  const name = inbound.from.name || contact.name;
  const { message, duplicate } = await appendMessage(
    ctx,
    {
      workspaceId: inbox.workspaceId,
      conversationId: conversation._id,
      inboxId: inbox._id,
      sourceId: inbound.sourceId,
      channel: inbox.channel,
      direction: "incoming",
      private: false,
      author: { type: "contact", id: conversation.contactId.toHexString(), ...(name && { name }) },
      text: inbound.text,
      attachments,
      status: "sent",
      automatic,
      original,
    },
    { owed: may ? ["bot"] : [] },
  );
  if (duplicate) return message;
  await rememberParticipants(conversation, inbound);
  if (answer && !may && conversation.status === "pending") {
    await handToHuman(ctx, { conversation, reason: "usage_limit", cause: message._id.toHexString() });
  }
  if (!automatic && nobody && conversation.status === "pending") {
    await handToHuman(ctx, { conversation, reason: "unsupported_request", cause: message._id.toHexString() });
  }
  if (!automatic && unreachable) await markReachable(inbox, inbound.from.address);
  return message;
}

/** Some programs give every mail the same Message-ID: another sender, other words or another file make it another mail. */
function isSameMail(known: MessageRecord, inbound: InboundMail): boolean {
  const { original } = known;
  if (known.direction !== "incoming" || !original) return true;
  if (original.from?.address.toLowerCase() !== senderKey(inbound)) return false;
  return isSameWords(known.text, inbound.text) && hasSameFiles(known, inbound);
}

function senderKey({ from, fromBy }: InboundMail): string | undefined {
  return fromBy === "none" ? undefined : from.address.toLowerCase();
}

/** A list may take files off on its way; one that the first mail did not have is new. */
function hasSameFiles({ attachments, original }: MessageRecord, { files }: InboundMail): boolean {
  if (original?.notes.some((note) => FILES_LEFT_OUT.has(note))) return true;
  const known = attachments.map(({ size }) => size);
  return files.every(({ content }) => {
    const at = known.indexOf(content.length);
    if (at >= 0) known.splice(at, 1);
    return at >= 0;
  });
}
const FILES_LEFT_OUT: ReadonlySet<string> = new Set([
  "attachment_type",
  "attachment_truncated",
  "too_many_attachments",
]);

function ownSourceId(inbound: InboundMail): string {
  const { sourceId, subject, text } = inbound;
  const files = inbound.files.map(({ content }) => content.length).join();
  const told = [senderKey(inbound) ?? "", subject, text, files].map((each) => `${each.length}:${each}`).join("");
  return `${sourceId.slice(0, 200)}#${createHash("sha256").update(told).digest("hex")}`;
}

/** The contact of an address; a customer the shop vouched for with this address is the same person. */
async function contactOf(
  ctx: Context,
  { inbox, sender }: { inbox: InboxRecord; sender: Parameters<typeof ensureContact>[1]["sender"] },
): Promise<{ contact: ContactRecord; unreachable: boolean }> {
  const { workspaceId, channel } = inbox;
  const [identity] = await identitiesOf({ workspaceId, channel, key: sender.key });
  if (identity) {
    const [contact] = await contactsOfId({ _id: identity.contactId });
    if (contact) return { contact, unreachable: identity.unreachable !== undefined };
  } else {
    const customers = await customersOf({ workspaceId, email: sender.key });
    const customer = customers.find(({ verified }) => verified);
    const fresh = customer ?? newContact(ctx, { workspaceId, sender, verified: false });
    const made = await makeIdentity({
      _id: new Types.ObjectId(),
      workspaceId,
      channel,
      key: sender.key,
      contactId: fresh._id,
      verified: false,
      createdAt: ctx.clock.now(),
    }).then(
      () => true,
      (error: unknown) => {
        if (!duplicateKeyOf(error)) throw error;
        return false;
      },
    );
    // Another mail of the same sender was faster, or its contact is still to be made.
    if (made && !customer) {
      await makeContact(fresh).catch((error: unknown) => {
        if (!duplicateKeyOf(error)) throw error;
      });
    }
    if (made) return { contact: fresh, unreachable: false };
  }
  return {
    contact: await ensureContact(ctx, { workspaceId, channel, sender, verified: false }),
    unreachable: identity?.unreachable !== undefined,
  };
}

/**
 * Where the mail belongs: the conversation of the signed address, of the mails of ours that it answers, of the buyer's
 * own earlier ones, of the marketplace's thread; else a new one. Only who took part may write into an old one, so that a
 * copied address or Message-ID opens nothing.
 */
async function conversationOf(
  ctx: Context,
  { inbox, inbound, contact }: { inbox: InboxRecord; inbound: InboundMail; contact: ContactRecord },
): Promise<ConversationRecord> {
  const { hints } = inbound;
  const named = [hints.conversationId, ...hints.ours.map(({ conversationId }) => conversationId)].filter(
    (id) => id !== undefined,
  );
  for (const id of new Set(named)) {
    const [conversation] = await conversationsOfId({ _id: new Types.ObjectId(id) });
    if (!conversation?.workspaceId.equals(inbox.workspaceId)) continue;
    if (await tookPart(conversation, contact, inbound.from.address)) return conversation;
  }
  if (hints.references.length > 0) {
    const answered = await Promise.all(
      hints.references.slice(-MAX_REFERENCES).map((sourceId) => messagesOfSource({ inboxId: inbox._id, sourceId })),
    );
    for (const id of new Set(answered.flat().map(({ conversationId }) => conversationId.toHexString()))) {
      const [conversation] = await conversationsOfId({ _id: new Types.ObjectId(id) });
      if (conversation && (await tookPart(conversation, contact, inbound.from.address))) return conversation;
    }
  }
  // Mails of one thread that two nodes take in at the same moment have its first in common (RFC 5322 section 3.6.4).
  const first = hints.marketplace ?? `mail:${(inbound.references[0] ?? inbound.sourceId).slice(0, 300)}`;
  const threadId = `${first}:${contact._id.toHexString()}`;
  const about = { participants: addressesOf(inbound), ...(inbound.subject !== "" && { subject: inbound.subject }) };
  const conversation = await ensureConversation(ctx, {
    inbox,
    contact,
    identity: inbound.from.address.toLowerCase(),
    threadId,
    about,
  });
  // A new one has no messages: that saves asking for the last.
  const key = conversation._id.toHexString();
  if (conversation.lastSeq === 0 && !ctx.seqHints.has(key)) ctx.seqHints.set(key, 0);
  return conversation;
}

async function tookPart(conversation: ConversationRecord, contact: ContactRecord, address: string): Promise<boolean> {
  const key = address.toLowerCase();
  if (conversation.contactId.equals(contact._id) || conversation.contact.email?.toLowerCase() === key) return true;
  if (conversation.participants?.includes(key)) return true;
  const identities = await ContactIdentityModel.find({ contactId: conversation.contactId }).lean<
    ContactIdentityRecord[]
  >();
  return identities.some((identity) => identity.key === key);
}

function addressesOf(inbound: InboundMail): string[] {
  const all = [inbound.from, ...inbound.to, ...inbound.cc].map(({ address }) => address.toLowerCase());
  return [...new Set(all)].slice(0, MAX_PARTICIPANTS);
}

async function rememberParticipants(conversation: ConversationRecord, inbound: InboundMail): Promise<void> {
  const known = conversation.participants ?? [];
  const fresh = addressesOf(inbound)
    .filter((address) => !known.includes(address))
    .slice(0, MAX_PARTICIPANTS - known.length);
  if (fresh.length === 0) return;
  await ConversationModel.collection.updateOne(
    { _id: conversation._id },
    { $addToSet: { participants: { $each: fresh } } },
  );
}

async function storeFiles(
  ctx: Context,
  { inbox, inbound }: { inbox: InboxRecord; inbound: InboundMail },
): Promise<{ attachments: StoredAttachment[]; leftOut: boolean }> {
  const attachments: StoredAttachment[] = [];
  let leftOut = false;
  for (const file of inbound.files) {
    try {
      attachments.push(
        await storeAttachment(ctx, {
          workspaceId: inbox.workspaceId,
          owner: `inbox:${inbox._id.toHexString()}`,
          name: file.name,
          // The bytes tell what it is; senders often claim octet-stream or worse.
          claimedType: "",
          bytes: file.content,
        }),
      );
    } catch (error) {
      // A file that may not be shown is still in the original.
      if (!(error instanceof AppError)) throw error;
      leftOut = true;
    }
  }
  return { attachments, leftOut };
}

/** At most ten automatic answers to an address in three hours, and none to a subject that was just answered. */
async function mayAnswer(
  ctx: Context,
  { inbox, inbound }: { inbox: InboxRecord; inbound: InboundMail },
): Promise<boolean> {
  const at = ctx.clock.now();
  const entry = {
    inboxId: inbox._id,
    address: inbound.from.address.toLowerCase(),
    subject: inbound.subject.trim(),
    sourceId: inbound.sourceId,
  };
  const since = at.getTime() - AUTO_REPLIES.withinMs;
  const recent = (await autoRepliesTo({ inboxId: entry.inboxId, address: entry.address })).filter(
    (each) => each.at.getTime() > since,
  );
  const others = recent.filter(({ sourceId }) => sourceId !== entry.sourceId);
  if (others.length >= AUTO_REPLIES.most) return false;
  if (entry.subject !== "" && others.some(({ subject }) => subject === entry.subject)) return false;
  try {
    await noteAutoReply({ _id: new Types.ObjectId(), ...entry, at });
  } catch (error) {
    if (!duplicateKeyOf(error)) throw error;
  }
  return true;
}

async function isOwnAddress(ctx: Context, address: string): Promise<boolean> {
  return (await ownAddresses(ctx)).has(address.toLowerCase().replace(/\+[^@]*@/, "@"));
}

/** Who writes from an address can be reached there again. */
async function markReachable(inbox: InboxRecord, address: string): Promise<void> {
  await ContactIdentityModel.updateOne(
    {
      workspaceId: inbox.workspaceId,
      channel: inbox.channel,
      key: address.toLowerCase(),
      unreachable: { $exists: true },
    },
    { $unset: { unreachable: "" } },
  );
}
