import { createHash, randomUUID } from "node:crypto";
import { errors, jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { oneLineSchema } from "../contract/common.ts";
import type { Context } from "./context.ts";
import { AppError } from "./errors.ts";
import type { InboxRecord } from "./records.ts";
import { decrypt } from "./signing.ts";

/** What a token is for; one is not taken for the other. */
export type ShopTokenAudience = "parley-widget" | "parley-messages";

/** How far ahead a token may expire. */
const LONGEST_SECONDS = 24 * 3600;
/** How far a shop's clock may be off. */
const CLOCK_TOLERANCE_SECONDS = 60;

const claimsSchema = z.object({
  sub: z
    .union([z.string(), z.number().int().nonnegative()])
    .transform(String)
    .pipe(oneLineSchema.min(1).max(200))
    .optional(),
  email: z.email().max(254).optional(),
  email_verified: z.boolean().optional(),
  name: oneLineSchema.max(200).optional(),
  locale: z.string().max(35).optional(),
});

/** What a shop vouches for. */
export interface ShopClaims {
  /** The customer number. */
  externalId?: string;
  /** Lower case. */
  email?: string;
  /** An address that the shop says nobody has confirmed. */
  emailHint?: string;
  name?: string;
  locale?: string;
  issuedAt?: Date;
  expiresAt: Date;
}

/**
 * Reads a token that a shop's server signed: a JWT, HS256 under the inbox's identity secret, with `aud`, `exp` at most a
 * day ahead, and `sub` (the customer number), `email`, `name`. `email_verified: false` says that the address is unconfirmed.
 * @throws AppError invalid_identity for a signature that is not the shop's; then identity_expired, identity_too_long,
 * identity_wrong_audience, identity_claims, which name what the shop's developer has to mend
 */
export async function readShopToken(
  ctx: Context,
  inbox: InboxRecord,
  { token, audience }: { token: string; audience: ShopTokenAudience },
): Promise<ShopClaims> {
  const key = new TextEncoder().encode(decrypt(ctx.config.secretKey, inbox.identitySecret));
  const { payload } = await jwtVerify(token, key, {
    algorithms: ["HS256"],
    audience,
    requiredClaims: ["exp"],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    currentDate: ctx.clock.now(),
  }).catch((error: unknown) => {
    throw refusalOf(error, audience);
  });
  const expires = payload.exp ?? 0;
  if (expires - ctx.clock.now().getTime() / 1000 > LONGEST_SECONDS + CLOCK_TOLERANCE_SECONDS)
    throw new AppError("identity_too_long");
  const claims = claimsSchema.safeParse(payload);
  if (!claims.success) {
    throw wrongClaims(claims.error.issues.map(({ path }) => String(path[0] ?? "sub")));
  }
  const { sub, email, email_verified, name, locale } = claims.data;
  const confirmed = email_verified !== false;
  return {
    expiresAt: new Date(expires * 1000),
    ...(payload.iat !== undefined && { issuedAt: new Date(payload.iat * 1000) }),
    ...(sub !== undefined && { externalId: sub }),
    ...(email !== undefined && { [confirmed ? "email" : "emailHint"]: email.toLowerCase() }),
    ...(name !== undefined && { name }),
    ...(locale !== undefined && { locale }),
  };
}

/** A token as a shop's own server would make it: for the demo shop. */
export function signShopToken(
  secret: string,
  { audience, claims, expiresAt }: { audience: ShopTokenAudience; claims: Record<string, string>; expiresAt: Date },
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256" })
    .setAudience(audience)
    .setExpirationTime(expiresAt)
    .setJti(randomUUID())
    .sign(new TextEncoder().encode(secret));
}

/** The token lacks claims, or has them in a wrong form. */
export function wrongClaims(claims: string[]): AppError {
  return new AppError("identity_claims", { claims: [...new Set(claims)].join(", ") });
}

/** What a token is remembered by, so that one can be refused after its session was ended. */
export function tokenDigest(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

/** jose looks at the claims only once the signature is the shop's own. */
function refusalOf(error: unknown, audience: ShopTokenAudience): AppError {
  if (error instanceof errors.JWTExpired) return new AppError("identity_expired");
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "aud") return new AppError("identity_wrong_audience", { audience });
    return wrongClaims([error.claim]);
  }
  return new AppError("invalid_identity");
}
