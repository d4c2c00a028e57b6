import { Types } from "mongoose";
import { CHANNELS, type ChannelName } from "../../contract/message.ts";
import { contactSnapshot } from "../actions/contacts.ts";
import { carryOut } from "../actions/move-contact.ts";
import { addReviewItem } from "../actions/review-items.ts";
import type { Context } from "../context.ts";
import {
  ContactIdentityModel,
  type ContactIdentityRecord,
  ContactModel,
  type ContactRecord,
  searchWords,
} from "../models/contact.ts";
import { ContactMoveModel, type ContactMoveRecord } from "../models/contact-move.ts";
import { ConversationModel } from "../models/conversation.ts";
import { OrderModel, type OrderRecord } from "../models/order.ts";
import { WorkspaceModel } from "../models/workspace.ts";
import type { Migration } from "./migration.ts";

const BATCH = 200;
const MOST_ORDERS = 100;

/**
 * The chat believed an address that stood beside a signed customer number without being signed. Such an address becomes a
 * hint, unless somebody else vouches for it. Whoever mailed from it was taken for the customer: they become a contact of
 * their own again, and both are listed for a person to check.
 */
export const migration: Migration = {
  id: "001-identity",
  async run(ctx) {
    for (const { _id: workspaceId } of await WorkspaceModel.find({}, { _id: 1 }).sort({ _id: 1 }).lean()) {
      for (const channel of CHANNELS.filter((name) => ctx.channels.get(name).capabilities.live)) {
        let after = "customer:";
        for (;;) {
          const identities = await ContactIdentityModel.find({
            workspaceId,
            channel,
            key: { $gt: after, $lt: "customer;" },
          })
            .sort({ key: 1 })
            .limit(BATCH)
            .lean<ContactIdentityRecord[]>();
          for (const identity of identities) if (identity.verified) await check(ctx, identity);
          const last = identities.at(-1);
          if (!last) break;
          after = last.key;
        }
      }
    }
  },
};

async function check(ctx: Context, { contactId }: ContactIdentityRecord): Promise<void> {
  const contact = await ContactModel.findById(contactId).lean<ContactRecord>();
  if (!contact?.email || contact.mergedInto) return;
  const identities = await ContactIdentityModel.find({ contactId }).lean<ContactIdentityRecord[]>();
  if (await isVouchedFor(ctx, contact, identities)) return;
  const { email } = contact;
  const mailing = identities.find(
    ({ channel, key }) => ctx.channels.get(channel).addressed && key === email.toLowerCase(),
  );
  if (mailing) await takeApart(ctx, { contact, mailing });
  const { email: _, ...rest } = contact;
  const kept = { ...rest, emailHint: email };
  await ContactModel.updateOne(
    { _id: contactId, email },
    {
      $set: { emailHint: email, searchWords: searchWords(contact.name) },
      $unset: { email: "" },
      $inc: { version: 1 },
    },
  );
  await ConversationModel.updateMany({ contactId }, { $set: { contact: contactSnapshot(kept) } });
}

/**
 * Whether the contact has its address from elsewhere: another channel told of the contact first, an order has it, or an agent
 * merged somebody into it.
 */
async function isVouchedFor(
  ctx: Context,
  { _id: contactId, workspaceId, email }: ContactRecord,
  identities: ContactIdentityRecord[],
): Promise<boolean> {
  const [first] = identities
    .filter(({ key }) => !key.startsWith("visitor:"))
    .sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime());
  if (first && !isLive(ctx, first.channel)) return true;
  const merges = await ContactMoveModel.find({ toId: contactId, kind: "merge", undone: { $exists: false } })
    .limit(MOST_ORDERS)
    .lean<ContactMoveRecord[]>();
  if (merges.some(({ filled, before }) => filled?.includes("email") || before?.email === email)) return true;
  const orders = await OrderModel.find({ workspaceId, contactId })
    .sort({ _id: -1 })
    .limit(MOST_ORDERS)
    .lean<OrderRecord[]>();
  return orders.some(({ buyer }) => buyer.email?.toLowerCase() === email?.toLowerCase());
}

function isLive(ctx: Context, channel: ChannelName): boolean {
  return ctx.channels.get(channel).capabilities.live;
}

/** Gives the address that mails came from to a contact of its own, with its conversations. Listed before anything moves. */
async function takeApart(
  ctx: Context,
  { contact, mailing }: { contact: ContactRecord; mailing: ContactIdentityRecord },
): Promise<void> {
  const { workspaceId, _id: contactId } = contact;
  // The same one if this is run again.
  const toId = mailing._id;
  const name = `${mailing.channel}:${mailing.key}`;
  await ConversationModel.updateMany(
    { contactId, channel: mailing.channel, identity: { $exists: false } },
    { $set: { identity: name } },
  );
  const conversations = await ConversationModel.find({ contactId, identity: name }, { _id: 1 })
    .sort({ _id: -1 })
    .limit(BATCH)
    .lean();
  await addReviewItem(ctx, {
    workspaceId,
    key: `unsigned_address:${contactId.toHexString()}`,
    kind: "unsigned_address",
    contactIds: [contactId, toId],
    conversationIds: conversations.map(({ _id }) => _id),
    facts: { address: mailing.key },
  });
  const running = await ContactMoveModel.findOne({ workspaceId, owed: true }).lean<ContactMoveRecord>();
  if (running) await carryOut(ctx, running);
  const still = await ContactIdentityModel.findOne({ _id: mailing._id, contactId }).lean();
  if (!still) return;
  const move: ContactMoveRecord = {
    _id: new Types.ObjectId(),
    kind: "split",
    workspaceId,
    fromId: contactId,
    toId,
    identityIds: [mailing._id],
    fromName: contact.name || mailing.key,
    toName: mailing.key,
    before: { name: "", verified: false, email: mailing.key },
    owed: true,
    owedAt: ctx.clock.now(),
    createdAt: ctx.clock.now(),
  };
  await ContactMoveModel.create(move);
  await carryOut(ctx, move);
}
