import { createHmac } from "node:crypto";
import { type JWTPayload, jwtVerify, SignJWT } from "jose";
import { type BuyerLinkInput, type BuyerScope, buyerScopeSchema, type SignedLink } from "../../contract/buyer.ts";
import { nearestLocale } from "../../contract/locales.ts";
import type { Context } from "../context.ts";
import { tokenHash } from "../credentials.ts";
import { AppError } from "../errors.ts";
import type { BuyerClaims } from "../policies/buyer.ts";
import { findBuyer } from "../queries/buyers.ts";
import { findInbox, findInboxByKey, inboxOfChannel } from "../queries/inboxes.ts";
import { decrypt, equalInConstantTime, signingKey } from "../signing.ts";
import { within } from "../sources.ts";
import { isRevoked } from "./buyer-revocations.ts";

const CENTRE = "/messages";

const LINK_SECONDS = 7 * 24 * 3600;
/** Long enough for a mail that is read on the phone and again on the desktop; later a mailed code opens the same. */
const MAIL_LINK_SECONDS = 7 * 24 * 3600;
const LONGEST_SECONDS = 30 * 24 * 3600;

/** A link that may be opened. */
export interface OpenedLink {
  claims: BuyerClaims;
  /** SHA-256 of what makes it this link. */
  hash: string;
  expiresAt: Date;
}

/** The address that opens the message centre for a buyer, for whoever vouches for them. */
export async function buyerLink(
  ctx: Context,
  claims: BuyerClaims,
  seconds: number = LINK_SECONDS,
): Promise<{ url: string; expiresAt: Date }> {
  const token = await tokenOf(ctx, claims, seconds);
  const expiresAt = new Date(ctx.clock.now().getTime() + seconds * 1000);
  return { url: `${ctx.address}${CENTRE}?token=${token}`, expiresAt };
}

/**
 * The link in the foot of a mail to a buyer, which opens the conversation that the mail is about: a mail is passed on. None while the message centre is off, none in a mail that brings a link
 * already, and none to an address that the mail's conversation does not belong to: somebody only named it.
 */
export async function mailedLink(
  ctx: Context,
  {
    inbox: { id },
    conversationId,
    to,
    text,
  }: { inbox: { id: string }; conversationId: string; to: { contactId: string; email?: string }; text: string },
): Promise<string | undefined> {
  const inbox = await findInbox(ctx, id);
  if (!inbox || !to.email || text.includes(`${ctx.address}${CENTRE}?`)) return undefined;
  if (!(await inboxOfChannel(inbox.workspaceId, "insite"))) return undefined;
  const workspaceId = inbox.workspaceId.toHexString();
  const claims = { workspaceId, email: to.email.toLowerCase() };
  const { contactIds } = await findBuyer(ctx, claims);
  if (!contactIds.some((each) => each.toHexString() === to.contactId)) return undefined;
  return (await buyerLink(ctx, { ...claims, scope: { conversationId } }, MAIL_LINK_SECONDS)).url;
}

/** The link that a shop asks for by API. */
export async function createBuyerLink(
  ctx: Context,
  { workspaceId, link }: { workspaceId: string; link: BuyerLinkInput },
): Promise<{ url: string; expiresAt: Date }> {
  const { expiresIn, email, conversationId, orderId, ...who } = link;
  const scope = present({ conversationId, orderId });
  const claims = present({ workspaceId, ...who, email: email?.toLowerCase() });
  return buyerLink(ctx, { ...claims, ...(Object.keys(scope).length > 0 && { scope }) }, expiresIn);
}

/**
 * Whom a link of ours speaks of.
 * @throws AppError link_expired for one that is forged, too old or taken back
 */
export async function readBuyerLink(ctx: Context, token: string): Promise<OpenedLink> {
  const { since, ...link } = await read(ctx, "buyer-link", token);
  if (await isRevoked(link.claims, { since, linkHash: link.hash })) throw new AppError("link_expired");
  return link;
}

/**
 * Whom a cookie speaks of that was set before sessions were kept on the server: it says itself whom it stands for.
 * @throws AppError link_expired for one that is forged or too old
 */
export function readOldSession(ctx: Context, token: string): Promise<OpenedLink & { since: Date }> {
  return read(ctx, "buyer-session", token);
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
    externalId: link.externalId && within(inbox.source, link.externalId),
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

async function tokenOf(ctx: Context, claims: BuyerClaims, seconds: number): Promise<string> {
  const { workspaceId, externalId, email, name, locale, scope } = claims;
  const now = ctx.clock.now().getTime() / 1000;
  return new SignJWT({
    ...present({ ws: workspaceId, ext: externalId, eml: email, nam: name, loc: locale }),
    ...(scope && { scp: scope }),
  })
    .setProtectedHeader({ alg: "HS256" })
    .setAudience("buyer-link")
    .setIssuedAt(now)
    .setExpirationTime(Math.floor(now) + seconds)
    .sign(signingKey(ctx.config.secretKey, "buyer link"));
}

async function read(
  ctx: Context,
  audience: "buyer-link" | "buyer-session",
  token: string,
): Promise<OpenedLink & { since: Date }> {
  const { payload } = await jwtVerify(token, signingKey(ctx.config.secretKey, "buyer link"), {
    audience,
    algorithms: ["HS256"],
    currentDate: ctx.clock.now(),
  }).catch(() => {
    throw new AppError("link_expired");
  });
  const text = (name: string) => (typeof payload[name] === "string" ? payload[name] : undefined);
  const workspaceId = text("ws");
  if (!workspaceId || (text("ext") === undefined && text("eml") === undefined)) throw new AppError("link_expired");
  const claims = present({
    workspaceId,
    externalId: text("ext"),
    email: text("eml"),
    name: text("nam"),
    locale: text("loc"),
  });
  const scope = scopeOf(payload);
  return {
    claims: { ...claims, ...(scope && { scope }) },
    hash: tokenHash(token),
    since: new Date((payload.iat ?? 0) * 1000),
    expiresAt: new Date((payload.exp ?? 0) * 1000),
  };
}

/** What a link is for. One that an older mail brought does not say: by itself it opens nothing, but a code may be asked for. */
function scopeOf({ scp, cid }: JWTPayload): BuyerScope | undefined {
  if (scp === undefined) return cid === undefined ? undefined : {};
  const scope = buyerScopeSchema.safeParse(scp);
  return scope.success ? scope.data : {};
}

/** Without what is undefined. */
function present<T extends { [name: string]: string | undefined }>(
  value: T,
): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as never;
}
