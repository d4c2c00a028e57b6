import { parseCookie } from "cookie";
import type { Types } from "mongoose";
import type { Context } from "../context.ts";
import { API_KEY_PREFIX, SESSION_COOKIE, tokenHash } from "../credentials.ts";
import { ApiKeyModel, type ApiKeyRecord } from "../models/api-key.ts";
import { SessionModel, type SessionRecord } from "../models/session.ts";
import { UserModel, type UserRecord } from "../models/user.ts";
import type { Viewer } from "../policies/viewer.ts";

/** The two headers that say who asks, as Node's HTTP server and Socket.IO's handshake give them. */
export interface CredentialHeaders {
  authorization?: string | undefined;
  cookie?: string | undefined;
}

const LAST_USED_PRECISION_MS = 60_000;

/**
 * Who sends a request: by `Authorization: Bearer pk_…`, else by the session cookie. Undefined when neither is
 * given or the one given is not valid; a wrong key is never made up for by a cookie.
 */
export async function authenticateRequest(ctx: Context, headers: CredentialHeaders): Promise<Viewer | undefined> {
  if (headers.authorization !== undefined) {
    const key = /^Bearer\s+(\S+)\s*$/i.exec(headers.authorization)?.[1];
    return key === undefined ? undefined : authenticateApiKey(ctx, key);
  }
  const token = sessionTokenOf(headers);
  return token === undefined ? undefined : authenticateSession(ctx, token);
}

/** The session token in a request's cookies. */
export function sessionTokenOf(headers: CredentialHeaders): string | undefined {
  return headers.cookie === undefined ? undefined : parseCookie(headers.cookie)[SESSION_COOKIE] || undefined;
}

/** The viewer of an API key (also Socket.IO's `auth.apiKey`). Notes its use, at most once a minute. */
export async function authenticateApiKey(ctx: Context, key: string): Promise<Viewer | undefined> {
  if (!key.startsWith(API_KEY_PREFIX)) return undefined;
  const now = ctx.clock.now();
  const keyHash = tokenHash(key);
  const record = ctx.caches.apiKeys.get(keyHash) ?? (await ApiKeyModel.findOne({ keyHash }).lean<ApiKeyRecord>());
  if (!record || record.suspended || (record.expiresAt && record.expiresAt <= now)) return undefined;
  const before = new Date(now.getTime() - LAST_USED_PRECISION_MS);
  if (!record.lastUsedAt || record.lastUsedAt <= before) {
    record.lastUsedAt = now;
    // Only for people to look at: a full disk must not keep a key from reading.
    await ApiKeyModel.updateOne({ _id: record._id }, { $max: { lastUsedAt: now } }).catch((error) =>
      ctx.log.warn({ err: error }, "the use of an API key was not noted"),
    );
  }
  ctx.caches.apiKeys.set(keyHash, record);
  return {
    kind: "user",
    workspaceId: record.workspaceId.toHexString(),
    userId: record.createdBy.toHexString(),
    name: record.name,
    role: record.role,
    apiKeyId: record._id.toHexString(),
    ...(record.expiresAt && { expiresAt: record.expiresAt }),
    ...(record.scopes && { scopes: record.scopes }),
    ...(record.bound && { bound: record.bound }),
  };
}

async function authenticateSession(ctx: Context, token: string): Promise<Viewer | undefined> {
  const session = await SessionModel.findOne({ tokenHash: tokenHash(token) }).lean<SessionRecord>();
  // The database removes expired sessions some time after they expire.
  if (!session || session.expiresAt <= ctx.clock.now()) return undefined;
  const user = await UserModel.findOne({ _id: session.userId, workspaceId: session.workspaceId }).lean<UserRecord>();
  if (!user || user.disabled) return undefined;
  return { ...viewerOf(user, session._id), expiresAt: session.expiresAt };
}

export function viewerOf(user: UserRecord, sessionId: Types.ObjectId): Viewer {
  return {
    kind: "user",
    workspaceId: user.workspaceId.toHexString(),
    userId: user._id.toHexString(),
    name: user.name,
    role: user.role,
    locale: user.locale,
    sessionId: sessionId.toHexString(),
    mustChangePassword: user.mustChangePassword,
  };
}
