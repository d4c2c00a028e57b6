import { Types } from "mongoose";
import { CHANNELS, type ChannelName, type InboundSender } from "../../contract/message.ts";
import type { Context } from "../context.ts";
import { findTogether } from "../database/together.ts";
import { AppError } from "../errors.ts";
import {
  ContactIdentityModel,
  type ContactIdentityRecord,
  ContactModel,
  type ContactRecord,
  searchWords,
} from "../models/contact.ts";
import { ConversationModel } from "../models/conversation.ts";
import { versionFilter } from "../models/version.ts";

/** Messages and mails arrive many at a time: whom they are from is asked together. */
export const identitiesOf = findTogether<
  ContactIdentityRecord,
  Pick<ContactIdentityRecord, "workspaceId" | "channel" | "key">
>(ContactIdentityModel, "key", ["workspaceId", "channel"]);
export const contactsOfId = findTogether<ContactRecord, Pick<ContactRecord, "_id">>(ContactModel, "_id");

/**
 * The contact behind an address, made if there is none. Two nodes that meet the same new address at once
 * agree on one contact: the identity's upsert decides, the contact follows under the id it names.
 */
export async function ensureContact(
  ctx: Context,
  {
    workspaceId,
    channel,
    sender,
    verified,
    timeZone,
    signedEmail = false,
  }: {
    workspaceId: Types.ObjectId;
    channel: ChannelName;
    sender: InboundSender;
    verified: boolean;
    timeZone?: string | undefined;
    /** The shop signed the sender's address together with the key: who mails from it is the same person. */
    signedEmail?: boolean;
  },
): Promise<ContactRecord> {
  const now = ctx.clock.now();
  const [known] = await identitiesOf({ workspaceId, channel, key: sender.key });
  const [stored] = known ? await contactsOfId({ _id: known.contactId }) : [];
  if (stored) return stored;
  const contactId = known
    ? undefined
    : ((await elsewhere(workspaceId, sender.key, verified)) ??
      (signedEmail ? await mailboxOwner(ctx, workspaceId, sender) : undefined));
  const identity =
    known ??
    (await againOnDuplicate(() =>
      ContactIdentityModel.findOneAndUpdate(
        { workspaceId, channel, key: sender.key },
        { $setOnInsert: { contactId: contactId ?? new Types.ObjectId(), createdAt: now, verified } },
        { upsert: true, returnDocument: "after" },
      ).lean<ContactIdentityRecord>(),
    ));
  const { _id, ...fields } = newContact(ctx, { workspaceId, sender, verified, timeZone });
  const contact = await againOnDuplicate(() =>
    ContactModel.findOneAndUpdate(
      { _id: identity.contactId },
      { $setOnInsert: fields },
      { upsert: true, returnDocument: "after" },
    ).lean<ContactRecord>(),
  );
  return contact as ContactRecord;
}

/**
 * A customer whom the shop names by the same id on another channel is the same person: their orders are at hand when they
 * chat. Only for who is vouched for here and there.
 */
async function elsewhere(
  workspaceId: Types.ObjectId,
  key: string,
  verified: boolean,
): Promise<Types.ObjectId | undefined> {
  if (!verified || !key.startsWith(CUSTOMER)) return undefined;
  const same = { workspaceId, channel: { $in: [...CHANNELS] }, key, verified: true };
  return (await ContactIdentityModel.findOne(same).sort({ channel: 1 }).lean<ContactIdentityRecord>())?.contactId;
}

/**
 * Who has mailed from an address that the shop signed for this customer. Only somebody of whom nothing else is known: not
 * another customer of the shop, and nobody whom an agent has joined with a second address.
 */
async function mailboxOwner(
  ctx: Context,
  workspaceId: Types.ObjectId,
  { email }: InboundSender,
): Promise<Types.ObjectId | undefined> {
  const key = email?.toLowerCase();
  const addressed = ctx.channels.names().filter((name) => ctx.channels.get(name).addressed);
  if (key === undefined) return undefined;
  const mailing = await ContactIdentityModel.findOne({
    workspaceId,
    channel: { $in: addressed },
    key,
  }).lean<ContactIdentityRecord>();
  if (!mailing) return undefined;
  const all = await ContactIdentityModel.find({ contactId: mailing.contactId }).lean<ContactIdentityRecord[]>();
  return all.every((identity) => identity.key === key) ? mailing.contactId : undefined;
}

/** What the keys of people begin with whom the shop names by its own id. */
const CUSTOMER = "customer:";
/** And of browsers that nobody vouched for. */
const VISITOR = "visitor:";
const DUPLICATE_KEY = 11000;

/**
 * Two upserts of the same new document may both find nothing; the unique index lets one of them insert, and the other
 * finds it when it looks once more (MongoDB manual, "Upsert with Unique Index").
 */
async function againOnDuplicate<T>(upsert: () => Promise<T>): Promise<T> {
  try {
    return await upsert();
  } catch (error) {
    if ((error as { code?: number }).code !== DUPLICATE_KEY) throw error;
    return upsert();
  }
}

/** A contact as its first message tells of it, not stored yet. */
export function newContact(
  ctx: Context,
  {
    workspaceId,
    sender,
    verified,
    timeZone,
  }: { workspaceId: Types.ObjectId; sender: InboundSender; verified: boolean; timeZone?: string | undefined },
): ContactRecord {
  const email = sender.email?.toLowerCase();
  return {
    _id: new Types.ObjectId(),
    workspaceId,
    createdAt: ctx.clock.now(),
    name: sender.name ?? "",
    searchWords: searchWords(sender.name, email),
    verified,
    ...present({
      email,
      emailHint: email === undefined ? sender.emailHint?.toLowerCase() : undefined,
      country: sender.country,
      locale: sender.locale,
      timeZone,
    }),
  };
}

/** The contact an address belongs to, if any wrote from it. */
export async function findContactId(
  workspaceId: Types.ObjectId,
  channel: ChannelName,
  key: string,
): Promise<Types.ObjectId | undefined> {
  const identity = await ContactIdentityModel.findOne({ workspaceId, channel, key }).lean<ContactIdentityRecord>();
  return identity?.contactId;
}

/**
 * A visitor turned out to be a known customer: the visitor's address and conversations go over to the customer's contact. Only
 * what belongs to browsers alone goes: somebody whom an agent has joined with an address stays where they are.
 */
export async function linkVisitor(
  ctx: Context,
  { workspaceId, visitorKey, customer }: { workspaceId: Types.ObjectId; visitorKey: string; customer: ContactRecord },
): Promise<void> {
  const visitor = await ContactIdentityModel.findOne({
    workspaceId,
    channel: "chat",
    key: visitorKey,
  }).lean<ContactIdentityRecord>();
  if (!visitor || visitor.contactId.equals(customer._id)) return;
  const others = await ContactIdentityModel.find({ contactId: visitor.contactId }).lean<ContactIdentityRecord[]>();
  if (others.some(({ key }) => !key.startsWith(VISITOR))) return;
  const snapshot = contactSnapshot(customer);
  await ConversationModel.updateMany(
    { contactId: visitor.contactId },
    { $set: { contactId: customer._id, contact: snapshot }, $unset: { threadKey: "" } },
  );
  await ContactIdentityModel.updateMany({ contactId: visitor.contactId }, { $set: { contactId: customer._id } });
  ctx.bus.emit("contact.linked", {
    workspaceId: workspaceId.toHexString(),
    contactId: customer._id.toHexString(),
    identityKeys: others.map(({ key }) => key),
  });
}

/**
 * What a shop's page says of its customer beyond the number, where the contact lacks it: a signed address becomes the
 * contact's, a claimed one is noted for agents.
 */
export async function noteClaims(
  ctx: Context,
  contact: ContactRecord,
  { name, email, emailHint }: Pick<InboundSender, "name" | "email" | "emailHint">,
): Promise<ContactRecord> {
  const known = contact.email !== undefined;
  const change = present({
    name: contact.name === "" && name ? name : undefined,
    email: known ? undefined : email,
    emailHint: known || email !== undefined || contact.emailHint === emailHint ? undefined : emailHint,
    // Until now it was only somebody who mails.
    verified: contact.verified ? undefined : true,
  });
  if (Object.keys(change).length === 0) return contact;
  const { workspaceId, _id: contactId } = contact;
  return (await updateContact(ctx, { workspaceId, contactId, change })) ?? contact;
}

/** What of a contact is kept on each of its conversations, for lists. */
export function contactSnapshot(contact: ContactRecord) {
  return present({
    name: contact.name,
    email: contact.email,
    emailHint: contact.email === undefined ? contact.emailHint : undefined,
    locale: contact.locale,
    country: contact.country,
    timeZone: contact.timeZone,
    verified: contact.verified,
  }) as Pick<ContactRecord, "name" | "email" | "emailHint" | "locale" | "country" | "timeZone" | "verified">;
}

/** Changes what is known of a contact, on the contact and on its conversations. @throws AppError version_mismatch */
export async function updateContact(
  ctx: Context,
  {
    workspaceId,
    contactId,
    change,
    version,
  }: {
    workspaceId: string | Types.ObjectId;
    contactId: string | Types.ObjectId;
    /** The one its author saw: another is not changed. */
    version?: number | undefined;
    change: Partial<
      Pick<ContactRecord, "name" | "email" | "emailHint" | "locale" | "country" | "timeZone" | "verified">
    >;
  },
): Promise<ContactRecord | undefined> {
  const before = await ContactModel.findOne({ _id: contactId, workspaceId }).lean<ContactRecord>();
  if (!before) return undefined;
  const email = change.email?.toLowerCase();
  const set = {
    ...present({ ...change, email }),
    searchWords: searchWords(change.name ?? before.name, email ?? before.email),
  };
  const contact = await ContactModel.findOneAndUpdate(
    { _id: contactId, workspaceId, ...versionFilter(version) },
    // A known address leaves nothing to guess.
    { $set: set, $inc: { version: 1 }, ...(email !== undefined && { $unset: { emailHint: "" } }) },
    { returnDocument: "after" },
  ).lean<ContactRecord>();
  if (!contact && version !== undefined) throw new AppError("version_mismatch");
  if (!contact) return undefined;
  await ConversationModel.updateMany(
    { contactId: contact._id },
    { $set: { contact: contactSnapshot(contact) }, ...(email && { $unset: { answerTo: "" } }) },
  );
  ctx.bus.emit("contact.updated", { contact });
  return contact;
}

/** An address that somebody gave was not theirs. */
export async function clearHint(
  ctx: Context,
  { workspaceId, contactId, emailHint }: { workspaceId: Types.ObjectId; contactId: Types.ObjectId; emailHint: string },
): Promise<void> {
  const contact = await ContactModel.findOneAndUpdate(
    { _id: contactId, workspaceId, emailHint },
    { $unset: { emailHint: "" }, $inc: { version: 1 } },
    { returnDocument: "after" },
  ).lean<ContactRecord>();
  if (!contact) return;
  await ConversationModel.updateMany({ contactId }, { $set: { contact: contactSnapshot(contact) } });
  ctx.bus.emit("contact.updated", { contact });
}

function present<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Partial<T>;
}
