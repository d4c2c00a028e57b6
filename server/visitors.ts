import { createHmac, randomUUID } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";
import type { WidgetAuth } from "../contract/sockets.ts";
import type { Context } from "./context.ts";
import { AppError } from "./errors.ts";
import type { InboxRecord } from "./records.ts";
import { readShopToken, type ShopClaims, tokenDigest, wrongClaims } from "./shop-tokens.ts";
import { decrypt, equalInConstantTime, signingKey } from "./signing.ts";

const AUDIENCE = "widget";
const TOKEN_DAYS = 400;

/** Who a widget connection proved to be. */
export interface Visitor {
  /** Address of the browser: `visitor:UUID`. */
  visitorKey: string;
  /** Address messages are kept under: the customer's when the shop vouched for one, else the browser's. */
  key: string;
  verified: boolean;
  /** Of a customer: what lets the browser be them, and until when. */
  session?: { id: string; until: Date };
  /** The browser's address before it became the customer's. */
  formerKey?: string;
  /** The session begins with this connection. */
  opened?: true;
  /** As the shop signed them, or as the page claims where only the id is signed. */
  name?: string;
  email?: string;
  emailHint?: string;
}

/** What a visitor token says: a browser's address, and the session that was opened with it. */
export interface VisitorClaims {
  visitorKey: string;
  sessionId?: string;
}

/** A browser that nobody knows. Nothing is stored. */
export function newVisitorKey(): string {
  return `visitor:${randomUUID()}`;
}

/** Whom files are kept for until a message takes them: a customer on any of their tabs, else the browser. */
export function uploadOwner(inbox: InboxRecord, key: string): string {
  return key.startsWith("visitor:") ? key : `${inbox.key}:${key}`;
}

/** Whom an identity vouches for. */
export interface IdentityClaims extends Pick<ShopClaims, "name" | "email" | "emailHint"> {
  externalId: string;
  /** Of the token that said so. */
  digest?: string;
}

/**
 * The customer whom a shop vouches for. Only what is signed is believed: beside a hash, an address is a hint.
 * @throws AppError invalid_identity, and those of readShopToken
 */
export async function readIdentity(
  ctx: Context,
  inbox: InboxRecord,
  identity: NonNullable<WidgetAuth["identity"]>,
): Promise<IdentityClaims> {
  if ("token" in identity) {
    const claims = await readShopToken(ctx, inbox, { token: identity.token, audience: "parley-widget" });
    if (claims.externalId === undefined) throw wrongClaims(["sub"]);
    return { ...claims, externalId: claims.externalId, digest: tokenDigest(identity.token) };
  }
  const { externalId, name, email, hash } = identity;
  const expected = identityHash(decrypt(ctx.config.secretKey, inbox.identitySecret), externalId);
  if (!equalInConstantTime(expected, hash.toLowerCase())) throw new AppError("invalid_identity");
  return {
    externalId,
    ...(name !== undefined && { name }),
    ...(email !== undefined && { emailHint: email.toLowerCase() }),
  };
}

/** The form of before: hex HMAC-SHA256 of the externalId under the inbox's secret. It covers nothing else. */
export function identityHash(secret: string, externalId: string): string {
  return createHmac("sha256", secret).update(externalId).digest("hex");
}

/** The token by which a browser is known again, and is a customer's while the session lasts. */
export async function visitorToken(
  ctx: Context,
  inbox: InboxRecord,
  { visitorKey, sessionId }: VisitorClaims,
): Promise<string> {
  return new SignJWT({ inbox: inbox.key, ...(sessionId !== undefined && { sid: sessionId }) })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(visitorKey)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(`${TOKEN_DAYS}d`)
    .sign(signingKey(ctx.config.secretKey, "visitor token"));
}

/** The browser that a token stands for. @throws AppError invalid_visitor_token */
export async function readVisitorToken(ctx: Context, inbox: InboxRecord, token: string): Promise<VisitorClaims> {
  try {
    const { payload } = await jwtVerify(token, signingKey(ctx.config.secretKey, "visitor token"), {
      audience: AUDIENCE,
      algorithms: ["HS256"],
    });
    if (payload.inbox !== inbox.key || !payload.sub) throw new AppError("invalid_visitor_token");
    const sessionId = typeof payload.sid === "string" && /^[0-9a-f]{24}$/.test(payload.sid) ? payload.sid : undefined;
    return { visitorKey: payload.sub, ...(sessionId !== undefined && { sessionId }) };
  } catch (error) {
    throw error instanceof AppError ? error : new AppError("invalid_visitor_token");
  }
}

/** The inbox of that key, if its widget may be used from that web origin. @throws AppError unknown_inbox, origin_not_allowed */
export function assertEmbeddable(
  ctx: Context,
  inbox: InboxRecord | undefined,
  origin: string | undefined,
): asserts inbox is InboxRecord {
  if (!inbox?.enabled || inbox.channel !== "chat") throw new AppError("unknown_inbox");
  if (inbox.allowedOrigins.length === 0 || origin === undefined) return;
  const ours = ctx.config.publicUrl;
  if (origin !== ours && !inbox.allowedOrigins.includes(origin)) throw new AppError("origin_not_allowed", { origin });
}
