import { createHmac } from "node:crypto";
import { parse as parseCookie } from "cookie";
import { jwtVerify, SignJWT } from "jose";
import type { BuyerLinkInput, SignedLink } from "../../contract/buyer.ts";
import { nearestLocale } from "../../contract/locales.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Buyer, BuyerClaims } from "../policies/buyer.ts";
import { findBuyer } from "../queries/buyers.ts";
import { findInbox, findInboxByKey, inboxOfChannel } from "../queries/inboxes.ts";
import { decrypt, equalInConstantTime, signingKey } from "../signing.ts";

export const BUYER_COOKIE = "parley_buyer";
const CENTRE = "/messages";

const LINK_SECONDS = 7 * 24 * 3600;
/** A mail is found again weeks later; whoever reads the mailbox has its threads anyway. */
const MAIL_LINK_SECONDS = 30 * 24 * 3600;
const SESSION_SECONDS = 7 * 24 * 3600;
const LONGEST_SECONDS = 30 * 24 * 3600;

/** A link opens a session; a session opens nothing else. */
type Use = "link" | "session";

/** The address that opens the message centre for a buyer, for whoever vouches for them. */
export async function buyerLink(
  ctx: Context,
  claims: BuyerClaims,
  seconds: number = LINK_SECONDS,
): Promise<{ url: string; expiresAt: Date }> {
  const token = await tokenOf(ctx, "link", claims, seconds);
  const expiresAt = new Date(ctx.clock.now().getTime() + seconds * 1000);
  return { url: `${ctx.address}${CENTRE}?token=${token}`, expiresAt };
}

/**
 * The link in the foot of a mail to a buyer. None while the message centre is off, none in a mail that brings a link
 * already, and none to an address that the mail's conversation does not belong to: somebody only named it.
 */
export async function mailedLink(
  ctx: Context,
  { inbox: { id }, to, text }: { inbox: { id: string }; to: { contactId: string; email?: string }; text: string },
): Promise<string | undefined> {
  const inbox = await findInbox(ctx, id);
  if (!inbox || !to.email || text.includes(`${ctx.address}${CENTRE}?`)) return undefined;
  if (!(await inboxOfChannel(inbox.workspaceId, "insite"))) return undefined;
  const workspaceId = inbox.workspaceId.toHexString();
  const claims = { workspaceId, email: to.email.toLowerCase() };
  const { contactIds } = await findBuyer(ctx, claims);
  if (!contactIds.some((each) => each.toHexString() === to.contactId)) return undefined;
  return (await buyerLink(ctx, claims, MAIL_LINK_SECONDS)).url;
}

/** The link that a shop asks for by API. */
export async function createBuyerLink(
  ctx: Context,
  { workspaceId, link }: { workspaceId: string; link: BuyerLinkInput },
): Promise<{ url: string; expiresAt: Date }> {
  const { expiresIn, email, ...claims } = link;
  return buyerLink(ctx, present({ workspaceId, ...claims, email: email?.toLowerCase() }), expiresIn);
}

/**
 * Whom a link of ours speaks of.
 * @throws AppError link_expired for one that is forged or too old
 */
export async function readBuyerLink(ctx: Context, token: string): Promise<BuyerClaims> {
  return claimsOf(ctx, "link", token);
}

/**
 * Whom a link speaks of that a shop's own server signed (`contract/buyer.ts` says how).
 * @throws AppError link_expired for one that is forged, too old or too far ahead
 */
export async function readSignedLink(ctx: Context, link: SignedLink): Promise<BuyerClaims> {
  const inbox = await findInboxByKey(ctx, link.inbox);
  if (!inbox?.enabled) throw new AppError("link_expired");
  const expected = linkSignature(decrypt(ctx.config.secretKey, inbox.identitySecret), link);
  if (!equalInConstantTime(expected, link.signature.toLowerCase())) throw new AppError("link_expired");
  const left = Number(link.expires) - ctx.clock.now().getTime() / 1000;
  if (left <= 0 || left > LONGEST_SECONDS) throw new AppError("link_expired");
  return present({
    workspaceId: inbox.workspaceId.toHexString(),
    externalId: link.externalId,
    email: link.email?.toLowerCase(),
    name: link.name,
    locale: nearestLocale(link.locale),
  });
}

/** What a shop signs a link with: hex HMAC-SHA256 under the inbox's identity secret. */
export function linkSignature(
  secret: string,
  { externalId = "", email = "", name = "", expires }: Pick<SignedLink, "externalId" | "email" | "name" | "expires">,
): string {
  return createHmac("sha256", secret).update(["messages", externalId, email, name, expires].join("\n")).digest("hex");
}

/** The cookie's value for whoever opened a link. */
export async function buyerSessionToken(ctx: Context, claims: BuyerClaims): Promise<{ token: string; maxAge: number }> {
  return { token: await tokenOf(ctx, "session", claims, SESSION_SECONDS), maxAge: SESSION_SECONDS * 1000 };
}

/**
 * The buyer behind a request's cookie.
 * @throws AppError link_expired without one that is valid
 */
export async function authenticateBuyer(ctx: Context, headers: { cookie?: string | undefined }): Promise<Buyer> {
  const token = headers.cookie === undefined ? undefined : parseCookie(headers.cookie)[BUYER_COOKIE];
  if (!token) throw new AppError("link_expired");
  return findBuyer(ctx, await claimsOf(ctx, "session", token));
}

async function tokenOf(ctx: Context, use: Use, claims: BuyerClaims, seconds: number): Promise<string> {
  const { workspaceId, externalId, email, name, locale } = claims;
  const now = Math.floor(ctx.clock.now().getTime() / 1000);
  return new SignJWT(present({ ws: workspaceId, ext: externalId, eml: email, nam: name, loc: locale }))
    .setProtectedHeader({ alg: "HS256" })
    .setAudience(`buyer-${use}`)
    .setIssuedAt(now)
    .setExpirationTime(now + seconds)
    .sign(signingKey(ctx.config.secretKey, "buyer link"));
}

async function claimsOf(ctx: Context, use: Use, token: string): Promise<BuyerClaims> {
  try {
    const { payload } = await jwtVerify(token, signingKey(ctx.config.secretKey, "buyer link"), {
      audience: `buyer-${use}`,
      algorithms: ["HS256"],
      currentDate: ctx.clock.now(),
    });
    const text = (name: string) => (typeof payload[name] === "string" ? payload[name] : undefined);
    const workspaceId = text("ws");
    if (!workspaceId || (text("ext") === undefined && text("eml") === undefined)) throw new AppError("link_expired");
    return present({
      workspaceId,
      externalId: text("ext"),
      email: text("eml"),
      name: text("nam"),
      locale: text("loc"),
    });
  } catch (error) {
    throw error instanceof AppError ? error : new AppError("link_expired");
  }
}

/** Without what is undefined. */
function present<T extends { [name: string]: string | undefined }>(
  value: T,
): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as never;
}
