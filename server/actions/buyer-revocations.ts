import { createHash } from "node:crypto";
import type { Types } from "mongoose";
import type { Context } from "../context.ts";
import {
  BuyerDeviceModel,
  BuyerRevocationModel,
  type BuyerRevocationRecord,
  BuyerSessionModel,
  type BuyerSessionRecord,
  OpenedLinkModel,
  type OpenedLinkRecord,
} from "../models/buyer-session.ts";
import type { BuyerClaims } from "../policies/buyer.ts";
import type { Viewer } from "../policies/viewer.ts";
import { findContact, identitiesOf } from "../queries/contacts.ts";
import { duplicateKeyOf } from "./append-message.ts";
import { endSessionsOfCustomer } from "./widget-sessions.ts";

/** Longer than any link or session lives. */
const KEPT_MS = 32 * 24 * 3600_000;
const CUSTOMER = "customer:";

type Who = Pick<BuyerClaims, "workspaceId" | "externalId" | "email">;

/** Whom sessions and links are taken back by: a buyer's address and customer number. */
export function subjectsOf({ workspaceId, externalId, email }: Who): string[] {
  return [
    ...(externalId === undefined ? [] : [subject(workspaceId, `customer:${externalId}`)]),
    ...(email === undefined ? [] : [subject(workspaceId, `email:${email}`)]),
  ];
}

function subject(workspaceId: string, text: string): string {
  return `who:${createHash("sha256").update(`${workspaceId}\n${text}`).digest("hex")}`;
}

/** Whether what was given out at a time, by a link or without one, has been taken back since. */
export async function isRevoked(
  claims: Who,
  { since, linkHash }: { since?: Date | undefined; linkHash?: string | undefined },
): Promise<boolean> {
  const ids = [...(since ? subjectsOf(claims) : []), ...(linkHash ? [`link:${linkHash}`] : [])];
  const rows = await BuyerRevocationModel.find({ _id: { $in: ids } }).lean<BuyerRevocationRecord[]>();
  return rows.some(({ _id, at }) => _id.startsWith("link:") || (since !== undefined && since <= at));
}

/**
 * Ends all sessions of a contact's addresses and customer numbers, and takes back the links that were given out, in all
 * browsers at once.
 * @throws AppError not_found
 */
export async function signBuyerOut(ctx: Context, viewer: Viewer, { contactId }: { contactId: string }): Promise<void> {
  const contact = await findContact(viewer.workspaceId, contactId);
  const keys = (await identitiesOf(contact._id)).map(({ key }) => key);
  const emails = new Set(keys.filter((key) => key.includes("@") && !/^(customer|visitor):/.test(key)));
  if (contact.email) emails.add(contact.email);
  const customers = keys.filter((key) => key.startsWith(CUSTOMER)).map((key) => key.slice(CUSTOMER.length));
  for (const email of emails) await revoke(ctx, contact.workspaceId, { email });
  for (const externalId of customers) await revoke(ctx, contact.workspaceId, { externalId });
  ctx.log.info(
    { audit: "buyer.signed_out", by: viewer.userId, contactId: contact._id.toHexString() },
    "buyer signed out",
  );
}

/** Takes back everything of one address or customer number. The mark goes first: what opens meanwhile meets it. */
async function revoke(
  ctx: Context,
  workspaceId: Types.ObjectId,
  who: { email: string } | { externalId: string },
): Promise<void> {
  const subjects = subjectsOf({ workspaceId: workspaceId.toHexString(), ...who });
  await mark(ctx, subjects);
  const opened = await OpenedLinkModel.find({ workspaceId, ...who }).lean<OpenedLinkRecord[]>();
  await mark(
    ctx,
    opened.map(({ _id }) => `link:${_id}`),
  );
  await BuyerSessionModel.deleteMany({ workspaceId, ...who });
  if ("externalId" in who) await endSessionsOfCustomer(ctx, { workspaceId, externalId: who.externalId });
  if ("email" in who) await BuyerDeviceModel.deleteMany({ workspaceId, email: who.email });
  ctx.bus.emit("buyer.signed_out", { rooms: subjects });
}

/** Takes back one link, with the sessions that it opened. */
export async function revokeLink(ctx: Context, linkHash: string): Promise<void> {
  await mark(ctx, [`link:${linkHash}`]);
  await endSessions(ctx, { linkHash });
}

/** Ends sessions, with their open pages. */
export async function endSessions(
  ctx: Context,
  filter: { _id: Types.ObjectId } | { linkHash: string } | { codeId: Types.ObjectId },
): Promise<void> {
  const sessions = await BuyerSessionModel.find(filter).lean<BuyerSessionRecord[]>();
  await BuyerSessionModel.deleteMany({ _id: { $in: sessions.map(({ _id }) => _id) } });
  ctx.bus.emit("buyer.signed_out", { rooms: sessions.map(({ _id }) => _id.toHexString()) });
}

/** Two upserts of the same new row may both find none: the one that comes second finds it when it looks once more. */
export async function onceMore<T>(upsert: () => Promise<T>): Promise<T> {
  try {
    return await upsert();
  } catch (error) {
    if (!duplicateKeyOf(error)) throw error;
    return upsert();
  }
}

async function mark(ctx: Context, ids: readonly string[]): Promise<void> {
  const at = ctx.clock.now();
  const expiresAt = new Date(at.getTime() + KEPT_MS);
  for (const _id of ids) {
    await onceMore(() => BuyerRevocationModel.updateOne({ _id }, { $set: { at, expiresAt } }, { upsert: true }));
  }
}
