import { Types } from "mongoose";
import type { InboundMail } from "../../channels/email/receive.ts";
import type { InboundSender, SenderProof, SenderRole } from "../../contract/message.ts";
import type { Context } from "../context.ts";
import { findTogether, insertTogether, UNJOURNALED } from "../database/together.ts";
import { ContactIdentityModel, ContactModel, type ContactRecord, DISOWNED } from "../models/contact.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import type { InboxRecord } from "../models/inbox.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import { duplicateKeyOf } from "./append-message.ts";
import { contactsOfId, ensureContact, identitiesOf, newContact } from "./contacts.ts";
import { ensureConversation } from "./receive-message.ts";

/** Mails are taken in many at a time: what they ask for goes together. */
export const messagesOfSource = findTogether<MessageRecord, Pick<MessageRecord, "inboxId" | "sourceId">>(
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

const MAX_PARTICIPANTS = 50;
const MAX_REFERENCES = 20;

export interface Placed {
  conversation: ConversationRecord;
  /** The writer, where they are not the conversation's contact. */
  role?: SenderRole;
  /** Whose name the message has when the mail gives none. */
  name: string;
  /** Mail to the sender's address came back. */
  unreachable: boolean;
  /** The conversation that it claims to belong to, and was kept apart from. */
  claims?: Types.ObjectId;
}

interface Placing {
  inbox: InboxRecord;
  inbound: InboundMail;
  sender: InboundSender;
  /** No person wrote it. */
  automatic: boolean;
  /** Absent where nobody checked: as good as unknown. */
  proof: SenderProof | undefined;
}

/**
 * Where a mail belongs: the conversation of the signed address, of the mails of ours that it answers, of the buyer's own
 * earlier ones, of the marketplace's thread; else a new one.
 *
 * Whoever it is from decides how it comes into an old one:
 * - the contact's address, proven or unknown: it is the contact's. Half of the world's small domains prove nothing, and
 *   cutting their owners' threads apart would lose more than it saves; agents see the mark, and no order is shown for it.
 * - the contact's address, but its domain says that the mail is not from there: a conversation of its own, with a contact
 *   of its own, which names the one it claims to belong to. A broken server of an honest buyer is rarer than a forgery.
 * - somebody in Cc: shown as theirs, never as the contact's words.
 * - another address that answers to the signed reply address: only who got a mail of ours has that. Most are buyers with
 *   two mailboxes, some got it passed on: it lands marked, and an agent says whether it is the buyer.
 * - anybody else: a new conversation. A copied Message-ID opens nothing.
 */
export async function placeMail(ctx: Context, placing: Placing): Promise<Placed> {
  const { inbox, inbound, sender, automatic, proof } = placing;
  const disowned = proof === "fail";
  const key = disowned ? DISOWNED + sender.key : sender.key;
  let claims: Types.ObjectId | undefined;
  let stranger: ConversationRecord | undefined;
  for await (const { conversation, signed } of candidates(inbox, inbound)) {
    const found = await standingOf(conversation, { inbox, address: sender.key, key, disowned });
    if (found) return found;
    if (disowned) claims ??= conversation._id;
    else if (signed && !conversation.refusedSenders?.includes(sender.key)) stranger ??= conversation;
  }
  if (stranger) {
    return { conversation: stranger, role: "another_address", name: sender.name ?? sender.key, unreachable: false };
  }
  const { contact, unreachable } = await contactOf(ctx, { inbox, sender: { ...sender, key }, disowned });
  claims ??= disowned ? await latestOf(inbox, sender.key) : undefined;
  const conversation = await ownConversation(ctx, { inbox, inbound, contact, key, automatic });
  return { conversation, name: contact.name, unreachable, ...(claims && { claims }) };
}

/** Conversations that the mail names, the most certain first. `signed`: by an address that only our mails carry. */
async function* candidates(
  inbox: InboxRecord,
  { hints }: InboundMail,
): AsyncGenerator<{ conversation: ConversationRecord; signed: boolean }> {
  const seen = new Set<string>();
  const load = async (id: string) => {
    if (seen.has(id)) return undefined;
    seen.add(id);
    const [conversation] = await conversationsOfId({ _id: new Types.ObjectId(id) });
    return conversation?.workspaceId.equals(inbox.workspaceId) ? conversation : undefined;
  };
  // Servers that refuse plus signs get no signed address: there the signed Message-ID stands for it.
  const plain = hints.ours.length > 0 && !hints.conversationId && isPlain(inbox);
  for (const id of [hints.conversationId, ...hints.ours.map(({ conversationId }) => conversationId)]) {
    const conversation = id === undefined ? undefined : await load(id);
    if (conversation) yield { conversation, signed: id === hints.conversationId || plain };
  }
  if (hints.references.length === 0) return;
  const answered = await Promise.all(
    hints.references.slice(-MAX_REFERENCES).map((sourceId) => messagesOfSource({ inboxId: inbox._id, sourceId })),
  );
  for (const { conversationId } of answered.flat()) {
    const conversation = await load(conversationId.toHexString());
    if (conversation) yield { conversation, signed: false };
  }
}

function isPlain({ settings }: InboxRecord): boolean {
  return settings.addressPattern === "plain";
}

/** How the sender stands to a conversation: its contact, or one who was copied. Undefined for everybody else. */
async function standingOf(
  conversation: ConversationRecord,
  { inbox, address, key, disowned }: { inbox: InboxRecord; address: string; key: string; disowned: boolean },
): Promise<Placed | undefined> {
  const [identity] = await identitiesOf({ workspaceId: inbox.workspaceId, channel: inbox.channel, key });
  const unreachable = identity?.unreachable !== undefined;
  const { name, email } = conversation.contact;
  if (identity?.contactId.equals(conversation.contactId)) return { conversation, name, unreachable };
  if (disowned) return undefined;
  // An address that is on file but was never written from; or its owner answers what we wrote to a forger's mail.
  if (email?.toLowerCase() === address) return { conversation, name, unreachable };
  if (conversation.participants?.includes(address)) return { conversation, role: "copied", name: address, unreachable };
  return undefined;
}

/** The contact of an address; a customer the shop vouched for with this address is the same person. */
async function contactOf(
  ctx: Context,
  { inbox, sender, disowned }: { inbox: InboxRecord; sender: InboundSender; disowned: boolean },
): Promise<{ contact: ContactRecord; unreachable: boolean }> {
  const { workspaceId, channel } = inbox;
  const [identity] = await identitiesOf({ workspaceId, channel, key: sender.key });
  if (identity) {
    const [contact] = await contactsOfId({ _id: identity.contactId });
    if (contact) return { contact, unreachable: identity.unreachable !== undefined };
  } else {
    const customers = disowned ? [] : await customersOf({ workspaceId, email: sender.key });
    const vouched = customers.filter(({ verified }) => verified);
    // Two customers who share an address: nobody can tell whose mail it is.
    const customer = vouched.length === 1 ? vouched[0] : undefined;
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

/** The newest conversation of who really writes from an address, for people to compare. */
async function latestOf({ workspaceId, channel }: InboxRecord, address: string): Promise<Types.ObjectId | undefined> {
  const [identity] = await identitiesOf({ workspaceId, channel, key: address });
  if (!identity) return undefined;
  const latest = await ConversationModel.findOne({ contactId: identity.contactId }, { _id: 1 })
    .sort({ _id: -1 })
    .lean<Pick<ConversationRecord, "_id">>();
  return latest?._id;
}

async function ownConversation(
  ctx: Context,
  {
    inbox,
    inbound,
    contact,
    key,
    automatic,
  }: { inbox: InboxRecord; inbound: InboundMail; contact: ContactRecord; key: string; automatic: boolean },
): Promise<ConversationRecord> {
  // Mails of one thread that two nodes take in at the same moment have its first in common (RFC 5322 section 3.6.4).
  const first = inbound.hints.marketplace ?? `mail:${(inbound.references[0] ?? inbound.sourceId).slice(0, 300)}`;
  const about = {
    participants: addressesOf(inbound),
    ...(inbound.subject !== "" && { subject: inbound.subject }),
    ...(automatic && { kind: "automatic" as const }),
  };
  const conversation = await ensureConversation(ctx, {
    inbox,
    contact,
    identity: key,
    threadId: `${first}:${contact._id.toHexString()}`,
    about,
  });
  // A new one has no messages: that saves asking for the last.
  const id = conversation._id.toHexString();
  if (conversation.lastSeq === 0 && !ctx.seqHints.has(id)) ctx.seqHints.set(id, 0);
  return conversation;
}

function addressesOf(inbound: InboundMail): string[] {
  const all = [inbound.from, ...inbound.to, ...inbound.cc].map(({ address }) => address.toLowerCase());
  return [...new Set(all)].slice(0, MAX_PARTICIPANTS);
}

/** Whom the contact copies takes part from then on; whom others copy does not. Answers follow the contact's addresses. */
export async function rememberParticipants({ conversation, role }: Placed, inbound: InboundMail): Promise<void> {
  if (role) return;
  const from = inbound.from.address.toLowerCase();
  if (conversation.answerTo !== undefined && conversation.answerTo !== from) {
    await ConversationModel.collection.updateOne({ _id: conversation._id }, { $set: { answerTo: from } });
  }
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
