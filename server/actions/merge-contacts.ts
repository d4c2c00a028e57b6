import { Types } from "mongoose";
import type { Context } from "../context.ts";
import { AppError, invalidRequest, notFound } from "../errors.ts";
import { type ContactIdentityRecord, ContactModel, type ContactRecord } from "../models/contact.ts";
import { ContactMoveModel, type ContactMoveRecord } from "../models/contact-move.ts";
import { OrderModel, type OrderRecord } from "../models/order.ts";
import type { Viewer } from "../policies/viewer.ts";
import { findContact, identitiesOf } from "../queries/contacts.ts";
import { announcing } from "./announce.ts";
import { duplicateKeyOf } from "./append-message.ts";
import { carryOut } from "./move-contact.ts";

/** How long the node that began a move has to finish it before any node may. */
const LEASE_MS = 15_000;
/** Merges of one workspace go one after the other: so many are waited for. */
const TRIES = 10;
const TAKEN_OVER = ["name", "email", "emailHint", "locale", "country", "timeZone", "verified", "optedOut"] as const;

/**
 * Makes two contacts one: addresses, conversations and orders of `contactId` go over to `id`, which takes what it did not
 * know of the person. The same merge again changes nothing.
 * @throws AppError not_found, invalid_request (with itself), conflict (it was merged with somebody else, or others are under way)
 */
export async function mergeContacts(
  ctx: Context,
  viewer: Viewer,
  { id, contactId }: { id: string; contactId: string },
): Promise<ContactRecord> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const into = await findContact(viewer.workspaceId, id);
    const from = await ContactModel.findOne({ _id: contactId, workspaceId: viewer.workspaceId }).lean<ContactRecord>();
    if (!from) throw notFound("contact");
    if (from.mergedInto) {
      const present = await findContact(viewer.workspaceId, contactId);
      if (!present._id.equals(into._id))
        throw new AppError("conflict", { reason: "merged_elsewhere", contactId: present._id.toHexString() });
      await finishMove(ctx, into.workspaceId);
      return into;
    }
    if (from._id.equals(into._id)) {
      throw invalidRequest([{ path: "body.contactId", message: "must be another contact" }]);
    }
    const identities = await identitiesOf(from._id);
    const filled = TAKEN_OVER.filter((name) => !into[name] && from[name] && (name !== "emailHint" || !into.email));
    const move = await begin(ctx, {
      kind: "merge",
      workspaceId: into.workspaceId,
      fromId: from._id,
      toId: into._id,
      identityIds: identities.map(({ _id }) => _id),
      fromName: labelOf(from, identities),
      toName: labelOf(into, []),
      by: { userId: viewer.userId, name: viewer.name },
      before: knownOf(from),
      filled,
    });
    if (move && (await carryOut(ctx, move))) {
      audit(ctx, viewer, move);
      return findContact(viewer.workspaceId, id);
    }
  }
  throw new AppError("conflict", { reason: "merge_in_progress", retryAfter: 1 });
}

/**
 * Takes addresses off a contact, with the conversations that began from them and the orders of their buyers. All addresses
 * that came with a merge bring the merged contact back as it was; any others make a new one. Again, it changes nothing.
 * @throws AppError not_found, invalid_request (an address of somebody else, or all of them), conflict (others are under way)
 */
export async function splitContact(
  ctx: Context,
  viewer: Viewer,
  { id, identityIds }: { id: string; identityIds: string[] },
): Promise<{ contact: ContactRecord; other: ContactRecord }> {
  const wanted = [...new Set(identityIds)].map((each) => new Types.ObjectId(each));
  for (let tries = 0; tries < TRIES; tries += 1) {
    const contact = await findContact(viewer.workspaceId, id);
    await finishMove(ctx, contact.workspaceId);
    const identities = await identitiesOf(contact._id);
    const picked = identities.filter(({ _id }) => wanted.some((each) => each.equals(_id)));
    if (picked.length < wanted.length) return alreadySplit(contact, wanted);
    if (picked.length === identities.length) {
      throw invalidRequest([{ path: "body.identityIds", message: "must leave the contact one address" }]);
    }
    const merge = await mergeThatBrought(contact, picked);
    const before = merge ? undefined : await personOf(contact, picked);
    const move = await begin(ctx, {
      kind: "split",
      workspaceId: contact.workspaceId,
      fromId: contact._id,
      toId: merge?.fromId ?? new Types.ObjectId(),
      identityIds: wanted,
      fromName: labelOf(contact, identities),
      toName: merge?.fromName ?? labelOf(before ?? { name: "" }, picked),
      by: { userId: viewer.userId, name: viewer.name },
      ...(before && { before }),
      ...(merge && { undoes: merge._id }),
    });
    if (move && (await carryOut(ctx, move))) {
      audit(ctx, viewer, move);
      const other = await findContact(viewer.workspaceId, move.toId.toHexString());
      return { contact: await findContact(viewer.workspaceId, contact._id.toHexString()), other };
    }
  }
  throw new AppError("conflict", { reason: "merge_in_progress", retryAfter: 1 });
}

/** Puts a move down with the work it owes. Undefined when another one was under way: it is finished now. */
async function begin(
  ctx: Context,
  fields: Omit<ContactMoveRecord, "_id" | "owed" | "owedAt" | "createdAt" | "announce" | "announceAt">,
): Promise<ContactMoveRecord | undefined> {
  const now = ctx.clock.now();
  const move: ContactMoveRecord = {
    ...fields,
    _id: new Types.ObjectId(),
    owed: true,
    owedAt: new Date(now.getTime() + LEASE_MS),
    ...announcing(ctx, fields.kind === "merge" ? "contact.merged" : "contact.split"),
    createdAt: now,
  };
  try {
    await ContactMoveModel.create(move);
    return move;
  } catch (error) {
    if (!duplicateKeyOf(error)) throw error;
    await finishMove(ctx, fields.workspaceId);
    return undefined;
  }
}

/** Finishes the move that is under way, whoever began it: all of its steps may be repeated. */
async function finishMove(ctx: Context, workspaceId: Types.ObjectId): Promise<void> {
  const running = await ContactMoveModel.findOne({ workspaceId, owed: true }).lean<ContactMoveRecord>();
  if (running) await carryOut(ctx, running);
}

/** A repeat finds the addresses with the contact that the first one gave them to. */
async function alreadySplit(contact: ContactRecord, wanted: Types.ObjectId[]) {
  const last = await ContactMoveModel.find({ fromId: contact._id, kind: "split" })
    .sort({ _id: -1 })
    .limit(20)
    .lean<ContactMoveRecord[]>();
  const same = last.find(
    ({ identityIds }) =>
      identityIds.length === wanted.length && identityIds.every((id) => wanted.some((each) => each.equals(id))),
  );
  if (!same) {
    throw invalidRequest([{ path: "body.identityIds", message: "must be addresses of this contact" }]);
  }
  return { contact, other: await findContact(contact.workspaceId, same.toId.toHexString()) };
}

/** The merge by which exactly these addresses came, newest first, if its contact can come back. */
async function mergeThatBrought(
  contact: ContactRecord,
  picked: ContactIdentityRecord[],
): Promise<ContactMoveRecord | undefined> {
  const merges = await ContactMoveModel.find({ toId: contact._id, kind: "merge", undone: { $exists: false } })
    .sort({ _id: -1 })
    .limit(100)
    .lean<ContactMoveRecord[]>();
  return merges.find(
    ({ identityIds }) =>
      identityIds.length === picked.length && picked.every(({ _id }) => identityIds.some((id) => id.equals(_id))),
  );
}

/** What the addresses themselves tell of the person behind them. */
async function personOf(
  contact: ContactRecord,
  picked: ContactIdentityRecord[],
): Promise<NonNullable<ContactMoveRecord["before"]>> {
  const email = picked.find(({ key }) => /^[^\s@:]+@[^\s@]+$/.test(key))?.key;
  const buyers = picked.filter(({ key }) => key.startsWith("customer:")).map(({ key }) => key.slice(9));
  const order =
    buyers.length > 0 &&
    (await OrderModel.findOne({
      workspaceId: contact.workspaceId,
      contactId: contact._id,
      "buyer.externalId": { $in: buyers },
    })
      .sort({ _id: -1 })
      .lean<OrderRecord>());
  const buyer = order ? order.buyer : undefined;
  const known = email ?? buyer?.email?.toLowerCase();
  return {
    name: buyer?.name ?? "",
    verified: picked.some(({ verified }) => verified),
    ...(known && { email: known }),
    ...(buyer?.country && { country: buyer.country }),
    ...(buyer?.locale && { locale: buyer.locale }),
  };
}

function knownOf(contact: ContactRecord): NonNullable<ContactMoveRecord["before"]> {
  return Object.fromEntries(
    TAKEN_OVER.filter((name) => contact[name] !== undefined).map((name) => [name, contact[name]]),
  ) as NonNullable<ContactMoveRecord["before"]>;
}

/** What people call a contact: the name, else the address, else the platform's number. */
function labelOf(contact: Pick<ContactRecord, "name" | "email">, identities: ContactIdentityRecord[]): string {
  return contact.name || contact.email || (identities[0]?.key.replace(/^customer:/, "") ?? "");
}

function audit(ctx: Context, viewer: Viewer, move: ContactMoveRecord): void {
  const facts = {
    fromId: move.fromId.toHexString(),
    toId: move.toId.toHexString(),
    addresses: move.identityIds.length,
  };
  ctx.log.info({ audit: `contact.${move.kind}`, by: viewer.userId, ...facts }, `contact ${move.kind}`);
}
