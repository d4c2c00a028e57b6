import { Types } from "mongoose";
import { type Locale, nearestLocale } from "../../contract/locales.ts";
import type { Context } from "../context.ts";
import { newToken, tokenHash } from "../credentials.ts";
import { AppError, rateLimited } from "../errors.ts";
import { BuyerDeviceModel, BuyerSessionModel } from "../models/buyer-session.ts";
import { ContactModel, type ContactRecord } from "../models/contact.ts";
import { MailedCodeModel, type MailedCodeRecord } from "../models/mailed-code.ts";
import { OrderProofModel } from "../models/order-proof.ts";
import type { Buyer } from "../policies/buyer.ts";
import { messageCentre } from "../queries/buyers.ts";
import { sign, verifySignature } from "../signing.ts";
import { endSessions, onceMore, revokeLink } from "./buyer-revocations.ts";
import {
  authenticateBuyer,
  type BuyerVisit,
  cookieOf,
  DEVICE_COOKIE,
  DEVICE_MS,
  knownDevice,
  startSession,
} from "./buyer-sessions.ts";
import { codeOfRefusal, counted, fitsCode, requestCentreCode } from "./mailed-codes.ts";

/** Names the code that this browser asked for: another one cannot type it. */
export const CODE_COOKIE = "parley_code";
const PURPOSE = "message centre code";

const MAX_TRIES = 5;
/** Codes typed for one address in a day, in all browsers; one that has shown a code before has tries of its own. */
const TRIES_OF_ADDRESS = { points: 20, seconds: 24 * 3600 };

interface CookieHeader {
  cookie?: string | undefined;
}

/**
 * Mails a code to an address, or to the one that the browser's link speaks of. Whether a buyer has the address can be told
 * neither from the answer nor from how long it takes: it is looked up later, when the mail is sent.
 * @returns the cookie by which this browser may type the code, how long it lasts, and what has the mail sent: to be called
 * once the answer is out; some seconds later it is sent anyway
 * @throws AppError rate_limited, link_expired without an address to send it to, unknown_inbox while the centre is off
 */
export async function requestBuyerCode(
  ctx: Context,
  { email: typed, locale }: { email: string | undefined; locale: Locale },
  headers: CookieHeader,
): Promise<{ token: string; maxAge: number; send: () => void }> {
  const visit = await visitOf(ctx, headers);
  const email = typed?.toLowerCase() ?? (visit && (await addressOf(visit)));
  if (!email) throw new AppError("link_expired");
  const { workspaceId } = await messageCentre(ctx, visit?.workspaceId);
  const device = await knownDevice(ctx, { workspaceId, email }, headers);
  const code = await requestCentreCode(ctx, {
    workspaceId: new Types.ObjectId(workspaceId),
    email,
    ...(device && { device }),
    locale: nearestLocale(visit?.locale) ?? locale,
    ...(visit?.session && { sessionId: visit.session._id }),
    ...(visit?.session?.linkHash && { linkHash: visit.session.linkHash }),
  });
  if (!code) throw rateLimited(3600);
  const id = code._id.toHexString();
  const maxAge = code.validUntil.getTime() - code.createdAt.getTime();
  const token = `${id}${sign(ctx.config.secretKey, PURPOSE, id)}`;
  return { token, maxAge, send: () => ctx.bus.emit("code.due", { code }) };
}

/**
 * Opens everything of the address that a code was mailed to, in the browser that asked for it.
 * @returns the values of the session's and the device's cookies
 * @throws AppError wrong_code with the tries left; code_expired when it is too old, used, refused or was mistyped too often
 */
export async function confirmBuyerCode(
  ctx: Context,
  code: string,
  headers: CookieHeader,
): Promise<{ session: { token: string; maxAge: number }; device: { token: string; maxAge: number } }> {
  const token = cookieOf(headers, CODE_COOKIE) ?? "";
  const id = token.slice(0, 24);
  const known = /^[0-9a-f]{24}$/.test(id) && verifySignature(ctx.config.secretKey, PURPOSE, id, token.slice(24));
  if (!known) throw new AppError("code_expired");
  // The try is counted before it is judged, so that many at once gain nothing.
  const asked = await MailedCodeModel.findOneAndUpdate(
    {
      _id: id,
      purpose: "centre",
      tries: { $lt: MAX_TRIES },
      usedAt: { $exists: false },
      revokedAt: { $exists: false },
      validUntil: { $gt: ctx.clock.now() },
    },
    { $inc: { tries: 1 } },
    { returnDocument: "after" },
  ).lean<MailedCodeRecord>();
  if (!asked?.email) throw new AppError("code_expired");
  const { workspaceId, email, _id: codeId } = asked;
  const tries = `${workspaceId}:${email}:${asked.device ?? ""}`;
  if (!(await counted(ctx, "centre-code-tries", tries, TRIES_OF_ADDRESS))) {
    throw new AppError("code_expired");
  }
  if (!(await fitsCode(ctx, codeId, code))) {
    const left = MAX_TRIES - asked.tries;
    throw left > 0 ? new AppError("wrong_code", { left }) : new AppError("code_expired");
  }
  const now = ctx.clock.now();
  const used = await MailedCodeModel.updateOne(
    { _id: codeId, usedAt: { $exists: false }, revokedAt: { $exists: false } },
    { $set: { usedAt: now } },
  );
  if (used.matchedCount === 0) throw new AppError("code_expired");

  const device = cookieOf(headers, DEVICE_COOKIE) || newToken();
  await onceMore(() =>
    BuyerDeviceModel.updateOne(
      { tokenHash: tokenHash(device), workspaceId, email },
      { $set: { codeId, provenAt: now, expiresAt: new Date(now.getTime() + DEVICE_MS) } },
      { upsert: true },
    ),
  );
  const visit = await visitOf(ctx, headers);
  const session = await startSession(ctx, {
    claims: { workspaceId: workspaceId.toHexString(), email, locale: asked.locale },
    codeId,
  });
  // Refused while it was typed: what was opened meanwhile is closed.
  if (await MailedCodeModel.exists({ _id: codeId, revokedAt: { $exists: true } })) {
    await BuyerDeviceModel.deleteMany({ codeId });
    await endSessions(ctx, { codeId });
    throw new AppError("code_expired");
  }
  // The narrower session that it takes the place of is over.
  if (visit?.session) await BuyerSessionModel.deleteOne({ _id: visit.session._id });
  return { session, device: { token: device, maxAge: DEVICE_MS } };
}

/**
 * Who got a code says that they did not ask for it: it and those under way to the address are good for nothing, what it
 * opened is closed, and the link that the asker had come by with it.
 * @throws AppError link_expired for a forged one, or after a day
 */
export async function refuseCode(ctx: Context, token: string): Promise<void> {
  const code = await codeOfRefusal(ctx, token);
  if (!code) throw new AppError("link_expired");
  const { _id, workspaceId, purpose, email, sessionId, linkHash } = code;
  const now = ctx.clock.now();
  await MailedCodeModel.updateMany(
    { workspaceId, email, purpose, createdAt: { $lte: now }, revokedAt: { $exists: false } },
    { $set: { revokedAt: now } },
  );
  await BuyerDeviceModel.deleteMany({ codeId: _id });
  await endSessions(ctx, { codeId: _id });
  if (sessionId) await endSessions(ctx, { _id: sessionId });
  if (linkHash) await revokeLink(ctx, linkHash);
  if (code.conversationId) {
    await OrderProofModel.updateMany(
      { conversationId: code.conversationId, codeId: _id },
      { $unset: { provenAt: "", judged: "", judgedSeq: "" }, $set: { validUntil: now, sent: Number.MAX_SAFE_INTEGER } },
    );
  }
  ctx.log.info({ audit: "code.refused", purpose, codeId: _id.toHexString() }, "a one-time code was refused");
}

/** Where a code for a buyer goes: the address of their link, else the one that the shop knows of the contact. */
export async function addressOf({ email, contactIds }: Buyer): Promise<string | undefined> {
  if (email !== undefined) return email;
  const contact = await ContactModel.findOne({
    _id: { $in: contactIds },
    email: { $exists: true },
  }).lean<ContactRecord>();
  return contact?.email;
}

/** An address so that its owner knows it, and nobody else learns it: `a•••@example.com`. */
export function maskedAddress(email: string): string {
  const at = email.lastIndexOf("@");
  return `${[...email][0] ?? ""}•••${email.slice(at)}`;
}

async function visitOf(ctx: Context, headers: CookieHeader): Promise<BuyerVisit | undefined> {
  try {
    return await authenticateBuyer(ctx, headers);
  } catch (error) {
    if (error instanceof AppError && error.code === "link_expired") return undefined;
    throw error;
  }
}
