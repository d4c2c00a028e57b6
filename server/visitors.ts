import { createHmac, randomUUID } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";
import type { WidgetAuth } from "../contract/sockets.ts";
import type { Context } from "./context.ts";
import { AppError } from "./errors.ts";
import type { InboxRecord } from "./records.ts";
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
  name?: string;
  email?: string;
}

/**
 * The visitor behind a widget's claims. A new browser gets a new address; nothing is stored.
 * @throws AppError invalid_visitor_token for a forged, expired or other inbox's token, invalid_identity for a
 * customer that the shop did not sign for
 */
export async function identifyVisitor(
  ctx: Context,
  inbox: InboxRecord,
  auth: Pick<WidgetAuth, "visitorToken" | "identity">,
): Promise<Visitor> {
  const visitorKey = auth.visitorToken
    ? await verifyVisitorToken(ctx, inbox, auth.visitorToken)
    : `visitor:${randomUUID()}`;
  if (!auth.identity) return { visitorKey, key: visitorKey, verified: false };
  const { externalId, name, email, hash } = auth.identity;
  const expected = identityHash(decrypt(ctx.config.secretKey, inbox.identitySecret), externalId);
  if (!equalInConstantTime(expected, hash.toLowerCase())) throw new AppError("invalid_identity");
  return {
    visitorKey,
    key: `customer:${externalId}`,
    verified: true,
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email }),
  };
}

/** What a shop sends to vouch for a customer: hex HMAC-SHA256 of the externalId under the inbox's secret. */
export function identityHash(secret: string, externalId: string): string {
  return createHmac("sha256", secret).update(externalId).digest("hex");
}

/** The token by which a browser is known again. */
export async function visitorToken(ctx: Context, inbox: InboxRecord, visitorKey: string): Promise<string> {
  return new SignJWT({ inbox: inbox.key })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(visitorKey)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(`${TOKEN_DAYS}d`)
    .sign(signingKey(ctx.config.secretKey, "visitor token"));
}

/** The visitor's address. @throws AppError invalid_visitor_token */
export async function verifyVisitorToken(ctx: Context, inbox: InboxRecord, token: string): Promise<string> {
  try {
    const { payload } = await jwtVerify(token, signingKey(ctx.config.secretKey, "visitor token"), {
      audience: AUDIENCE,
      algorithms: ["HS256"],
    });
    if (payload.inbox !== inbox.key || !payload.sub) throw new AppError("invalid_visitor_token");
    return payload.sub;
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
