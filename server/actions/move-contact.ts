import type { Types } from "mongoose";
import type { Context } from "../context.ts";
import { CheckInModel } from "../models/check-in.ts";
import { CompensationModel } from "../models/compensation.ts";
import {
  ContactIdentityModel,
  type ContactIdentityRecord,
  ContactModel,
  type ContactRecord,
  searchWords,
} from "../models/contact.ts";
import { ContactMoveModel, type ContactMoveRecord } from "../models/contact-move.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import { OrderModel, type OrderRecord } from "../models/order.ts";
import { announcingUpdate } from "./announce.ts";
import { changeConversation, recordActivity } from "./change-conversation.ts";
import { contactSnapshot } from "./contacts.ts";

const BATCH = 100;
/** What was being written for the old contact while the move ran is looked for once more, after this time. */
const LOOK_AGAIN_MS = 60_000;
const RETRY_MS = 15_000;

/** Addresses that go over, as conversations name theirs. */
interface Moving {
  move: ContactMoveRecord;
  to: ContactRecord;
  identities: ContactIdentityRecord[];
}

/**
 * Where a conversation began: the address as `channel:key`. One from before this was noted belongs to the contact that had
 * it at its first move.
 */
export function identityName({ channel, key }: { channel: string; key: string }): string {
  return `${channel}:${key}`;
}
function unnamed(contactId: Types.ObjectId): string {
  return `contact:${contactId.toHexString()}`;
}

/**
 * Moves what a merge or split owes, and settles it. Every step may be repeated, also by two nodes at once; the history line
 * is written before its conversation moves, so that a crash leaves neither without the other.
 * @returns false when the move was void: the contact had gone elsewhere before the move had the word
 */
export async function carryOut(ctx: Context, move: ContactMoveRecord): Promise<boolean> {
  const to = move.kind === "merge" ? await beginMerge(ctx, move) : await beginSplit(ctx, move);
  if (!to) {
    await ContactMoveModel.deleteOne({ _id: move._id });
    return false;
  }
  await ContactIdentityModel.updateMany(
    { _id: { $in: move.identityIds }, contactId: move.fromId },
    { $set: { contactId: move.toId } },
  );
  const identities = await ContactIdentityModel.find({ _id: { $in: move.identityIds } }).lean<
    ContactIdentityRecord[]
  >();
  const moving = { move, to, identities };
  await moveConversations(ctx, moving);
  await noteInNewest(ctx, move);
  await moveOrders(ctx, moving);
  const again = new Date(ctx.clock.now().getTime() + LOOK_AGAIN_MS);
  await ContactMoveModel.updateOne({ _id: move._id, owed: true }, { $set: { owedAt: again }, $unset: { owed: "" } });
  ctx.bus.emit("contact.moved", {
    workspaceId: move.workspaceId.toHexString(),
    moveId: move._id.toHexString(),
    fromId: move.fromId.toHexString(),
    toId: move.toId.toHexString(),
    identityKeys: identities.map(({ key }) => key),
    announced: move.announce !== undefined,
  });
  return true;
}

/** Marks the one contact as gone into the other, which takes what it did not know. Undefined when that can not be. */
async function beginMerge(ctx: Context, move: ContactMoveRecord): Promise<ContactRecord | undefined> {
  const into = await ContactModel.findOne({ _id: move.toId, workspaceId: move.workspaceId }).lean<ContactRecord>();
  if (!into || into.mergedInto) return undefined;
  const from = await ContactModel.findOneAndUpdate(
    {
      _id: move.fromId,
      workspaceId: move.workspaceId,
      $or: [{ mergedInto: { $exists: false } }, { mergedInto: move.toId }],
    },
    // Nobody finds it by name or address any more: the other one has them.
    { $set: { mergedInto: move.toId, searchWords: [] }, $unset: { email: "", emailHint: "" } },
    { returnDocument: "after" },
  ).lean<ContactRecord>();
  if (!from) return undefined;
  const { before, filled } = move;
  if (!before || !filled) return into;
  const words = new Set([...into.searchWords, ...wordsOf(before)]);
  const set = {
    ...Object.fromEntries(filled.map((name) => [name, before[name as keyof typeof before]])),
    searchWords: [...words],
  };
  const merged = await ContactModel.findOneAndUpdate(
    { _id: into._id },
    { $set: set, $inc: { version: 1 } },
    { returnDocument: "after" },
  ).lean<ContactRecord>();
  if (merged && filled.length > 0) await refreshSnapshots(ctx, merged);
  return merged ?? into;
}

/** Brings the contact back that a merge had made vanish, or makes a new one. */
async function beginSplit(ctx: Context, move: ContactMoveRecord): Promise<ContactRecord | undefined> {
  const merge = move.undoes && (await ContactMoveModel.findById(move.undoes).lean<ContactMoveRecord>());
  const { before, filled } = merge ?? {};
  const known = before ?? move.before;
  const other = await ContactModel.findOneAndUpdate(
    { _id: move.toId, workspaceId: move.workspaceId },
    {
      $set: { ...known, searchWords: known ? wordsOf(known) : [] },
      $setOnInsert: { createdAt: ctx.clock.now() },
      $unset: { mergedInto: "" },
      $inc: { version: 1 },
    },
    { upsert: true, returnDocument: "after" },
  ).lean<ContactRecord>();
  if (merge) await ContactMoveModel.updateOne({ _id: merge._id }, { $set: { undone: true } });
  const kept = await ContactModel.findById(move.fromId).lean<ContactRecord>();
  if (kept) {
    // What it took from the other goes back, unless somebody has corrected it since.
    const taken = (filled ?? []).filter((name) => {
      const value = before?.[name as keyof typeof before];
      return value !== undefined && JSON.stringify(kept[name as keyof ContactRecord]) === JSON.stringify(value);
    });
    const rest = Object.fromEntries(Object.entries(kept).filter(([name]) => !taken.includes(name))) as ContactRecord;
    const reset = Object.fromEntries(
      taken
        .filter((name) => name === "name" || name === "verified")
        .map((name) => [name, name === "name" ? "" : false]),
    );
    const gone = Object.fromEntries(taken.filter((name) => !(name in reset)).map((name) => [name, ""]));
    const left = await ContactModel.findOneAndUpdate(
      { _id: kept._id },
      { $set: { ...reset, searchWords: wordsOf({ ...rest, ...reset }) }, $unset: gone, $inc: { version: 1 } },
      { returnDocument: "after" },
    ).lean<ContactRecord>();
    if (left && taken.length > 0) await refreshSnapshots(ctx, left);
  }
  return other ?? undefined;
}

async function moveConversations(ctx: Context, { move, to, identities }: Moving): Promise<void> {
  const names = [...identities.map(identityName), ...(move.undoes ? [unnamed(move.toId)] : [])];
  const which = move.kind === "merge" ? {} : { identity: { $in: names } };
  const activity = { kind: move.kind === "merge" ? "merged" : "split", name: move.fromName } as const;
  for (;;) {
    const conversations = await ConversationModel.find({ contactId: move.fromId, ...which })
      .sort({ _id: -1 })
      .limit(BATCH)
      .lean<ConversationRecord[]>();
    for (const conversation of conversations) {
      await recordActivity(ctx, {
        conversation,
        activity,
        ...(move.by && { by: move.by }),
        sourceId: `move:${move._id.toHexString()}:${conversation._id.toHexString()}`,
      });
      await CheckInModel.updateMany({ conversationId: conversation._id, contactId: move.fromId }, contactOf(move));
      await changeConversation(
        ctx,
        { _id: conversation._id, contactId: move.fromId },
        {
          $set: {
            contactId: move.toId,
            contact: contactSnapshot(to),
            ...(conversation.identity === undefined && { identity: unnamed(move.fromId) }),
          },
        },
      );
    }
    if (conversations.length < BATCH) return;
  }
}

/** The other contact's present conversation tells of it too: there whoever merged them is likely to stand. */
async function noteInNewest(ctx: Context, move: ContactMoveRecord): Promise<void> {
  const stays = move.kind === "merge" ? move.toId : move.fromId;
  const newest = await ConversationModel.findOne({ contactId: stays }).sort({ _id: -1 }).lean<ConversationRecord>();
  const name = move.kind === "merge" ? move.fromName : move.toName;
  if (!newest?.active) return;
  await recordActivity(ctx, {
    conversation: newest,
    activity: { kind: move.kind === "merge" ? "merged" : "split", name },
    by: move.by,
    sourceId: `move:${move._id.toHexString()}:${newest._id.toHexString()}`,
  });
}

async function moveOrders(ctx: Context, { move, identities }: Moving): Promise<void> {
  // Of a split, those whose buyer has one of the addresses: a number of the shop's or platform's.
  const buyers = identities.filter(({ key }) => key.startsWith("customer:")).map(({ key }) => key.slice(9));
  const which = move.kind === "merge" ? {} : { "buyer.externalId": { $in: buyers } };
  for (;;) {
    const orders = await OrderModel.find(
      { workspaceId: move.workspaceId, contactId: move.fromId, ...which },
      { _id: 1, orderId: 1 },
    )
      .limit(BATCH)
      .lean<Pick<OrderRecord, "_id" | "orderId">[]>();
    for (const { _id, orderId } of orders) {
      const about = { workspaceId: move.workspaceId, orderId, contactId: move.fromId };
      await CheckInModel.updateMany(about, contactOf(move));
      await CompensationModel.updateMany(about, contactOf(move));
      const { push, set } = announcingUpdate(ctx, "order.updated");
      const order = await OrderModel.findOneAndUpdate(
        { _id, contactId: move.fromId },
        { $set: { contactId: move.toId, ...set }, ...push },
        { returnDocument: "after" },
      ).lean<OrderRecord>();
      if (order) ctx.bus.emit("order.updated", { order, event: "contact_changed" });
    }
    if (orders.length < BATCH) return;
  }
}

/** What hangs on an order or conversation goes where that goes, before it does: a crash between the two repeats both. */
function contactOf({ toId }: ContactMoveRecord) {
  return { $set: { contactId: toId } };
}

async function refreshSnapshots(ctx: Context, contact: ContactRecord): Promise<void> {
  await ConversationModel.updateMany({ contactId: contact._id }, { $set: { contact: contactSnapshot(contact) } });
  ctx.bus.emit("contact.updated", { contact });
}

/**
 * Carries out moves whose time has come: what a crash left, and the second look after each.
 * @param all also those whose node may still be at it: for the start of the only one
 */
export async function finishContactMoves(ctx: Context, { all = false } = {}): Promise<number> {
  const now = ctx.clock.now();
  const until = all ? new Date(now.getTime() + RETRY_MS) : now;
  const due = await ContactMoveModel.find({ owedAt: { $lte: until } })
    .sort({ owedAt: 1 })
    .limit(BATCH)
    .lean<ContactMoveRecord[]>();
  for (const move of due) {
    try {
      if (move.owed) await carryOut(ctx, move);
      else await lookAgain(ctx, move);
    } catch (error) {
      ctx.log.error({ err: error, moveId: move._id.toHexString() }, "a contact could not be moved");
      await ContactMoveModel.updateOne({ _id: move._id }, { $set: { owedAt: new Date(now.getTime() + RETRY_MS) } });
    }
  }
  return due.length;
}

/** When the next move is to be carried out or looked at again. */
export async function nextContactMove(): Promise<Date | undefined> {
  const next = await ContactMoveModel.findOne({ owedAt: { $gt: new Date(0) } }, { owedAt: 1 })
    .sort({ owedAt: 1 })
    .lean<Pick<ContactMoveRecord, "owedAt">>();
  return next?.owedAt;
}

async function lookAgain(ctx: Context, move: ContactMoveRecord): Promise<void> {
  const to = await ContactModel.findById(move.toId).lean<ContactRecord>();
  const from = await ContactModel.findById(move.fromId).lean<ContactRecord>();
  const stands = move.kind === "split" ? !to?.mergedInto : from?.mergedInto?.equals(move.toId) && !to?.mergedInto;
  if (to && stands) {
    const identities = await ContactIdentityModel.find({
      _id: { $in: move.identityIds },
      contactId: move.toId,
    }).lean<ContactIdentityRecord[]>();
    await moveConversations(ctx, { move, to, identities });
    await moveOrders(ctx, { move, to, identities });
  }
  await ContactMoveModel.updateOne({ _id: move._id }, { $unset: { owedAt: "" } });
}

function wordsOf(known: Pick<ContactRecord, "name" | "email">): string[] {
  return searchWords(known.name, known.email);
}
