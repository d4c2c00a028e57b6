import { Types } from "mongoose";
import type { BuyerShop } from "../../contract/buyer.ts";
import { CHANNELS } from "../../contract/message.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import {
  ContactIdentityModel,
  type ContactIdentityRecord,
  ContactModel,
  type ContactRecord,
  DISOWNED,
} from "../models/contact.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import { OrderModel, type OrderRecord } from "../models/order.ts";
import { WorkspaceModel, type WorkspaceRecord } from "../models/workspace.ts";
import { type Buyer, type BuyerClaims, isInScope } from "../policies/buyer.ts";
import { findContact } from "./contacts.ts";
import { listInboxes } from "./inboxes.ts";

/** Contacts of one buyer: a customer number on two channels and an address are three at most, merged ones fewer. */
const MAX_CONTACTS = 10;
const PAGE = 50;
/** What the keys begin with of browsers that nobody vouched for, and of mails that their domain disowns. */
const STRANGERS = ["visitor:", DISOWNED];
const MAX_ORDERS = 100;

/** The buyer behind claims, as the contacts are at the moment. */
export async function findBuyer(ctx: Context, claims: BuyerClaims): Promise<Buyer> {
  const workspaceId = new Types.ObjectId(claims.workspaceId);
  const found = await Promise.all([
    claims.externalId !== undefined &&
      identities({ workspaceId, channel: { $in: CHANNELS }, key: `customer:${claims.externalId}`, verified: true }),
    claims.email !== undefined &&
      identities({
        workspaceId,
        channel: { $in: ctx.channels.names().filter((name) => ctx.channels.get(name).addressed) },
        key: claims.email,
      }),
    claims.email !== undefined && contactsWith(workspaceId, claims.email),
  ]);
  const contactIds = [...new Set(found.flatMap((ids) => ids || []).map(String))]
    .slice(0, MAX_CONTACTS)
    .map((id) => new Types.ObjectId(id));
  const all = await ContactIdentityModel.find({ contactId: { $in: contactIds } }).lean<ContactIdentityRecord[]>();
  const addresses = new Set(all.map(({ key }) => key));
  if (claims.email !== undefined) addresses.add(claims.email);
  return { ...claims, contactIds, addresses };
}

async function identities(filter: Record<string, unknown>): Promise<Types.ObjectId[]> {
  const rows = await ContactIdentityModel.find(filter, { contactId: 1 }).lean<ContactIdentityRecord[]>();
  return rows.map(({ contactId }) => contactId);
}

/**
 * Contacts that the shop knows under an address, whatever channel they wrote by: not browsers in which somebody typed it,
 * nor mails that somebody sent in its name, for what strangers wrote is none of the owner's.
 */
async function contactsWith(workspaceId: Types.ObjectId, email: string): Promise<Types.ObjectId[]> {
  const found = await ContactModel.find({ workspaceId, email }).limit(MAX_CONTACTS).lean<ContactRecord[]>();
  const known = await ContactIdentityModel.find({
    contactId: { $in: found.map(({ _id }) => _id) },
  }).lean<ContactIdentityRecord[]>();
  const rows = found.filter(
    ({ _id, verified, mergedInto }) =>
      verified ||
      mergedInto ||
      known.some(({ contactId, key }) => contactId.equals(_id) && !STRANGERS.some((each) => key.startsWith(each))),
  );
  const ids = await Promise.all(
    rows.map(({ _id, mergedInto }) => (mergedInto ? presentContact(workspaceId, _id.toHexString()) : [_id])),
  );
  return ids.flat();
}

/** The contact, or the one that it was merged into. */
async function presentContact(workspaceId: Types.ObjectId, id: string): Promise<Types.ObjectId[]> {
  try {
    return [(await findContact(workspaceId, id))._id];
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return [];
    throw error;
  }
}

/** A page of the buyer's conversations, newest first. */
export async function listBuyerThreads(
  buyer: Buyer,
  cursor: string | undefined,
): Promise<{ items: ConversationRecord[]; nextCursor: string | null }> {
  if (cursor !== undefined && !/^[0-9a-f]{24}$/.test(cursor)) throw new AppError("invalid_cursor");
  // One index range for each contact, joined here.
  const ranges = await Promise.all(
    buyer.contactIds.map((contactId) =>
      ConversationModel.find({ contactId, ...scopeFilter(buyer, cursor) })
        .sort({ _id: -1 })
        .limit(PAGE + 1)
        .lean<ConversationRecord[]>(),
    ),
  );
  const rows = ranges
    .flat()
    .filter((row) => row.workspaceId.equals(buyer.workspaceId) && isInScope(buyer, row))
    .sort((a, b) => (a._id.toHexString() < b._id.toHexString() ? 1 : -1));
  const items = rows.slice(0, PAGE);
  return { items, nextCursor: rows.length > PAGE ? (items.at(-1)?._id.toHexString() ?? null) : null };
}

/** Of a buyer's conversations those that are open to them, before a cursor. */
function scopeFilter({ scope }: Buyer, cursor: string | undefined): Record<string, unknown> {
  const before = cursor !== undefined && { _id: { $lt: new Types.ObjectId(cursor) } };
  if (!scope) return { ...before };
  if (scope.orderId !== undefined) return { orderId: scope.orderId, ...before };
  const one = scope.conversationId !== undefined && scope.conversationId < (cursor ?? "g") && scope.conversationId;
  return { _id: { $in: one ? [new Types.ObjectId(one)] : [] } };
}

/** The newest message of each conversation that `shown` accepts, by the conversation's id. Looks at the last few alone. */
export async function latestMessages(
  conversations: readonly ConversationRecord[],
  shown: (message: MessageRecord, conversation: ConversationRecord) => boolean,
): Promise<Map<string, MessageRecord>> {
  const found = await Promise.all(
    conversations.map(async (conversation) => {
      const rows = await MessageModel.find({ conversationId: conversation._id, private: false })
        .sort({ seq: -1 })
        .limit(10)
        .lean<MessageRecord[]>();
      return rows.find((message) => message.direction !== "activity" && shown(message, conversation));
    }),
  );
  return new Map(found.flatMap((message) => (message ? [[message.conversationId.toHexString(), message]] : [])));
}

/** The buyer's orders, newest first, at most a hundred. */
export async function listBuyerOrders(buyer: Buyer): Promise<OrderRecord[]> {
  const ranges = await Promise.all(
    buyer.contactIds.map((contactId) =>
      OrderModel.find({ workspaceId: new Types.ObjectId(buyer.workspaceId), contactId })
        .sort({ _id: -1 })
        .limit(MAX_ORDERS)
        .lean<OrderRecord[]>(),
    ),
  );
  return ranges
    .flat()
    .filter(({ orderId }) => isInScope(buyer, { orderId }))
    .sort((a, b) => (a._id.toHexString() < b._id.toHexString() ? 1 : -1))
    .slice(0, MAX_ORDERS);
}

/** The message centre as its pages need it, of a workspace or of the hub's first. @throws AppError unknown_inbox while it is off */
export async function messageCentre(
  ctx: Context,
  workspaceId?: string,
): Promise<{ workspaceId: string; shop: BuyerShop; maxLength: number }> {
  const filter = workspaceId === undefined ? {} : { _id: workspaceId };
  const workspace = await WorkspaceModel.findOne(filter).sort({ _id: 1 }).lean<WorkspaceRecord>();
  if (!workspace) throw new AppError("unknown_inbox");
  const inboxes = (await listInboxes(workspace._id.toHexString())).filter(({ enabled }) => enabled);
  const own = inboxes.find(({ channel }) => channel === "insite");
  if (!own) throw new AppError("unknown_inbox");
  // The colour that the shop chose for its pages, where buyers know it from.
  const { accent } = inboxes.find(({ channel }) => ctx.channels.get(channel).capabilities.live) ?? own;
  return {
    workspaceId: workspace._id.toHexString(),
    shop: { shopName: workspace.name, accent },
    maxLength: ctx.channels.get(own.channel).capabilities.maxLength,
  };
}
