import { parse as parseCookie } from "cookie";
import { Types } from "mongoose";
import type { Context } from "../context.ts";
import { newToken, tokenHash } from "../credentials.ts";
import { AppError } from "../errors.ts";
import {
  BuyerDeviceModel,
  type BuyerDeviceRecord,
  BuyerSessionModel,
  type BuyerSessionRecord,
  OpenedLinkModel,
} from "../models/buyer-session.ts";
import type { Buyer, BuyerClaims } from "../policies/buyer.ts";
import { findBuyer } from "../queries/buyers.ts";
import { type OpenedLink, readOldSession } from "./buyer-links.ts";
import { endSessions, isRevoked, onceMore, revokeLink } from "./buyer-revocations.ts";

export const BUYER_COOKIE = "parley_buyer";
export const DEVICE_COOKIE = "parley_device";

const SESSION_MS = 7 * 24 * 3600_000;
/** What a mailed link opens may be opened by it again. */
const SCOPED_SESSION_MS = 24 * 3600_000;
/** A browser in which a mailed code was typed is not asked for one again this long. */
export const DEVICE_MS = 90 * 24 * 3600_000;

/** A buyer with the session that they came by. */
export interface BuyerVisit extends Buyer {
  sessionId: string;
  /** Kept on the server, where it can be narrowed and replaced; those of before are not. */
  session?: BuyerSessionRecord;
}

interface CookieHeader {
  cookie?: string | undefined;
}

/**
 * Opens a session for a link. In a browser that has shown the code of its address, a mailed link opens everything.
 * @returns the cookie's value, and how long it lasts
 */
export async function openBuyerSession(
  ctx: Context,
  { claims, hash, expiresAt }: OpenedLink,
  headers: CookieHeader,
): Promise<{ token: string; maxAge: number }> {
  const { workspaceId, externalId, email, scope, ...rest } = claims;
  const who = { ...(externalId !== undefined && { externalId }), ...(email !== undefined && { email }) };
  await onceMore(() =>
    OpenedLinkModel.updateOne(
      { _id: hash },
      { $setOnInsert: { workspaceId: new Types.ObjectId(workspaceId), ...who, expiresAt } },
      { upsert: true },
    ),
  );
  const widened = scope && email !== undefined && (await knownDevice(ctx, { workspaceId, email }, headers));
  return startSession(ctx, {
    claims: { workspaceId, ...who, ...rest, ...(scope && !widened && { scope }) },
    linkHash: hash,
  });
}

/** Stores a session; the token is for the cookie and is kept nowhere else. */
export async function startSession(
  ctx: Context,
  { claims, ...by }: { claims: BuyerClaims; linkHash?: string; codeId?: Types.ObjectId },
): Promise<{ token: string; maxAge: number }> {
  const { workspaceId, ...who } = claims;
  const token = newToken();
  const createdAt = ctx.clock.now();
  const maxAge = claims.scope ? SCOPED_SESSION_MS : SESSION_MS;
  await BuyerSessionModel.create({
    _id: new Types.ObjectId(),
    workspaceId: new Types.ObjectId(workspaceId),
    tokenHash: tokenHash(token),
    ...who,
    ...by,
    createdAt,
    expiresAt: new Date(createdAt.getTime() + maxAge),
  });
  return { token, maxAge };
}

/**
 * The buyer behind a request's cookie.
 * @throws AppError link_expired without one that is valid
 */
export async function authenticateBuyer(ctx: Context, headers: CookieHeader): Promise<BuyerVisit> {
  const token = cookieOf(headers, BUYER_COOKIE);
  if (!token) throw new AppError("link_expired");
  if (token.includes(".")) {
    const { claims, hash, since } = await readOldSession(ctx, token);
    if (await isRevoked(claims, { since, linkHash: hash })) throw new AppError("link_expired");
    return { ...(await findBuyer(ctx, claims)), sessionId: hash };
  }
  const session = await sessionOf(ctx, headers);
  if (!session) throw new AppError("link_expired");
  const claims = claimsOf(session);
  const { createdAt: since, linkHash } = session;
  if (await isRevoked(claims, { since, linkHash })) throw new AppError("link_expired");
  return { ...(await findBuyer(ctx, claims)), sessionId: session._id.toHexString(), session };
}

/**
 * Ends the browser's session with the link that opened it, and forgets that the browser has shown a code. No session is no
 * error.
 */
export async function logOutBuyer(ctx: Context, headers: CookieHeader): Promise<void> {
  const token = cookieOf(headers, BUYER_COOKIE);
  const device = cookieOf(headers, DEVICE_COOKIE);
  if (device) await BuyerDeviceModel.deleteMany({ tokenHash: tokenHash(device) });
  // One of before is not stored: it is taken back as a link is.
  if (token?.includes(".")) return revokeLink(ctx, tokenHash(token));
  const session = await sessionOf(ctx, headers);
  if (session?.linkHash) await revokeLink(ctx, session.linkHash);
  if (session) await endSessions(ctx, { _id: session._id });
}

/** The stored session of a browser, if it has one that has not run out. */
export async function sessionOf(ctx: Context, headers: CookieHeader): Promise<BuyerSessionRecord | undefined> {
  const token = cookieOf(headers, BUYER_COOKIE);
  if (!token) return undefined;
  const session = await BuyerSessionModel.findOne({ tokenHash: tokenHash(token) }).lean<BuyerSessionRecord>();
  return session && session.expiresAt > ctx.clock.now() ? session : undefined;
}

export function cookieOf({ cookie }: CookieHeader, name: string): string | undefined {
  return cookie === undefined ? undefined : parseCookie(cookie)[name];
}

/** The browser, by the hash of its cookie, if the code of an address was typed in it in the last months. */
export async function knownDevice(
  ctx: Context,
  { workspaceId, email }: { workspaceId: string; email: string },
  headers: CookieHeader,
): Promise<string | undefined> {
  const token = cookieOf(headers, DEVICE_COOKIE);
  if (!token) return undefined;
  const device = await BuyerDeviceModel.findOne({
    tokenHash: tokenHash(token),
    workspaceId: new Types.ObjectId(workspaceId),
    email,
  }).lean<BuyerDeviceRecord>();
  if (!device || device.expiresAt <= ctx.clock.now()) return undefined;
  const revoked = await isRevoked({ workspaceId, email }, { since: device.provenAt });
  return revoked ? undefined : device.tokenHash;
}

function claimsOf({ workspaceId, externalId, email, name, locale, scope }: BuyerSessionRecord): BuyerClaims {
  return {
    workspaceId: workspaceId.toHexString(),
    ...(externalId !== undefined && { externalId }),
    ...(email !== undefined && { email }),
    ...(name !== undefined && { name }),
    ...(locale !== undefined && { locale }),
    ...(scope && { scope }),
  };
}
