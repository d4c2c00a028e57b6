import { setTimeout as wait } from "node:timers/promises";
import { jwtVerify, SignJWT } from "jose";
import { Types } from "mongoose";
import type { Context } from "../context.ts";
import { assertStrongPassword, hashPassword, newToken, tokenHash, verifyPassword } from "../credentials.ts";
import { AppError, invalidRequest } from "../errors.ts";
import { SessionModel, type SessionRecord } from "../models/session.ts";
import { UserModel, type UserRecord } from "../models/user.ts";
import { WorkspaceModel, type WorkspaceRecord } from "../models/workspace.ts";
import type { Viewer } from "../policies/viewer.ts";
import type { RateLimit } from "../rate-limits.ts";
import { addressKey } from "../rate-limits.ts";
import { signingKey } from "../signing.ts";
import { viewerOf } from "./authenticate.ts";

const SESSION_DAYS = 14;

/**
 * Attempts to log in. An account is bounded per address, so that a stranger cannot lock its owner out from elsewhere. A
 * search from many addresses is slowed down, not refused; a browser that the owner logged in with before is not even
 * slowed down.
 */
export const LOGIN_LIMITS = {
  address: { points: 60, seconds: 900 },
  accountFromAddress: { points: 10, seconds: 900 },
  account: { points: 100, seconds: 900 },
  device: { points: 20, seconds: 900 },
} satisfies Record<string, RateLimit>;

/** The cookie by which a browser is known that somebody logged in with. */
export const KNOWN_BROWSER_COOKIE = "parley_known_browser";
const DEVICE_DAYS = 400;
const DEVICE_AUDIENCE = "known-device";
/** An account that is searched for is tried this often, one after the other. */
const SEARCHED_EVERY_MS = 1_000;
const MAX_IN_LINE = 20;
const lines = new Map<string, { turn: Promise<void>; waiting: number }>();

/** A login with the person and shop it belongs to. */
export interface LoggedIn {
  viewer: Viewer;
  user: UserRecord;
  workspace: WorkspaceRecord;
}

/**
 * Logs in with email and password. The token is for the cookie and is kept nowhere else.
 * @throws AppError invalid_credentials (unknown, wrong or disabled: not told apart), rate_limited
 */
export async function login(
  ctx: Context,
  options: { email: string; password: string; address: string; userAgent: string; device?: string | undefined },
): Promise<LoggedIn & { token: string; expiresAt: Date; device: { token: string; maxAge: number } }> {
  const email = normalizeEmail(options.email);
  const address = addressKey(options.address);
  const accountFromAddress = `${tokenHash(email)}:${address}`;
  await ctx.limits.consume("login-address", address, LOGIN_LIMITS.address);
  if (await isKnownDevice(ctx, email, options.device)) {
    await ctx.limits.consume("login-device", tokenHash(options.device ?? ""), LOGIN_LIMITS.device);
  } else {
    await ctx.limits.consume("login-account-address", accountFromAddress, LOGIN_LIMITS.accountFromAddress);
    await slowDown(ctx, tokenHash(email));
  }

  const user = await UserModel.findOne({ email }).lean<UserRecord>();
  const fits = await verifyPassword(user?.passwordHash, options.password);
  if (!user || !fits || user.disabled) {
    ctx.log.info({ audit: "login.failed", userId: user?._id.toHexString(), address: options.address }, "login failed");
    throw new AppError("invalid_credentials");
  }
  await ctx.limits.reset("login-account-address", accountFromAddress, LOGIN_LIMITS.accountFromAddress);
  const { session, token } = await startSession(ctx, user, options);
  ctx.log.info({ audit: "login.succeeded", userId: user._id.toHexString(), address: options.address }, "login");
  return {
    token,
    expiresAt: session.expiresAt,
    viewer: viewerOf(user, session._id),
    user,
    workspace: await workspaceOf(user),
    device: { token: await deviceToken(ctx, email), maxAge: DEVICE_DAYS * 24 * 3600 * 1000 },
  };
}

/** Past the wide bound of an account, attempts from browsers that nobody knows wait for their turn. @throws AppError rate_limited */
async function slowDown(ctx: Context, account: string): Promise<void> {
  try {
    await ctx.limits.consume("login-account", account, LOGIN_LIMITS.account);
  } catch (error) {
    const line = lines.get(account) ?? { turn: Promise.resolve(), waiting: 0 };
    if (line.waiting >= MAX_IN_LINE) throw error;
    lines.set(account, line);
    line.waiting += 1;
    line.turn = line.turn.then(() => wait(SEARCHED_EVERY_MS));
    await line.turn;
    line.waiting -= 1;
    if (line.waiting === 0) lines.delete(account);
  }
}

/** Names the account by its hash alone: the cookie outlives the login. */
async function deviceToken(ctx: Context, email: string): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(tokenHash(email))
    .setJti(newToken())
    .setAudience(DEVICE_AUDIENCE)
    .setExpirationTime(Math.floor(ctx.clock.now().getTime() / 1000) + DEVICE_DAYS * 24 * 3600)
    .sign(signingKey(ctx.config.secretKey, "known device"));
}

async function isKnownDevice(ctx: Context, email: string, token: string | undefined): Promise<boolean> {
  if (!token) return false;
  try {
    const { payload } = await jwtVerify(token, signingKey(ctx.config.secretKey, "known device"), {
      audience: DEVICE_AUDIENCE,
      algorithms: ["HS256"],
      currentDate: ctx.clock.now(),
    });
    return payload.sub === tokenHash(email);
  } catch {
    return false;
  }
}

/** Ends the login a token belongs to; an unknown token is no error. */
export async function logout(ctx: Context, options: { token: string }): Promise<void> {
  const session = await SessionModel.findOneAndDelete({ tokenHash: tokenHash(options.token) }).lean<SessionRecord>();
  if (!session) return;
  const { workspaceId, userId, _id } = session;
  ctx.bus.emit("access.changed", { workspaceId: workspaceId.toHexString(), sessionId: _id.toHexString() });
  ctx.log.info({ audit: "logout", userId: userId.toHexString() }, "logout");
}

/** The person and shop behind a viewer. For an API key: who made it. */
export async function currentSession(_ctx: Context, viewer: Viewer): Promise<LoggedIn> {
  const user = await UserModel.findOne({ _id: viewer.userId, workspaceId: viewer.workspaceId }).lean<UserRecord>();
  if (!user) throw new AppError("unauthenticated");
  return { viewer, user, workspace: await workspaceOf(user) };
}

/**
 * Replaces one's own password and ends all other logins of that user.
 * @throws AppError invalid_credentials, invalid_request (the new one is the old one), forbidden (an API key), rate_limited
 */
export async function changePassword(
  ctx: Context,
  viewer: Viewer,
  options: { current: string; next: string },
): Promise<LoggedIn> {
  if (!viewer.sessionId) throw new AppError("forbidden");
  await ctx.limits.consume("change-password", viewer.userId, LOGIN_LIMITS.accountFromAddress);
  const { user, workspace } = await currentSession(ctx, viewer);
  if (!(await verifyPassword(user.passwordHash, options.current))) throw new AppError("invalid_credentials");
  if (options.next === options.current) {
    throw invalidRequest([{ path: "body.next", message: "must differ from the current password" }]);
  }
  await assertStrongPassword(options.next, [user.email, user.name]);
  const passwordHash = await hashPassword(options.next);
  // The old hash in the filter: of two changes at once, the second one fails as it would have in turn.
  const changed = await UserModel.findOneAndUpdate(
    { _id: user._id, workspaceId: user.workspaceId, passwordHash: user.passwordHash },
    { $set: { passwordHash, mustChangePassword: false } },
    { returnDocument: "after" },
  ).lean<UserRecord>();
  if (!changed) throw new AppError("invalid_credentials");
  await SessionModel.deleteMany({
    workspaceId: user.workspaceId,
    userId: user._id,
    _id: { $ne: new Types.ObjectId(viewer.sessionId) },
  });
  ctx.bus.emit("access.changed", {
    workspaceId: viewer.workspaceId,
    userId: viewer.userId,
    exceptSessionId: viewer.sessionId,
  });
  ctx.log.info({ audit: "password.changed", userId: viewer.userId }, "password changed");
  return { viewer: { ...viewer, mustChangePassword: false }, user: changed, workspace };
}

/** The form in which addresses are stored and compared. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase();
}

async function startSession(
  ctx: Context,
  user: UserRecord,
  client: { address: string; userAgent: string },
): Promise<{ session: SessionRecord; token: string }> {
  const token = newToken();
  const createdAt = ctx.clock.now();
  const session: SessionRecord = {
    _id: new Types.ObjectId(),
    workspaceId: user.workspaceId,
    userId: user._id,
    tokenHash: tokenHash(token),
    address: client.address,
    userAgent: client.userAgent.slice(0, 300),
    createdAt,
    expiresAt: new Date(createdAt.getTime() + SESSION_DAYS * 24 * 3600 * 1000),
  };
  await SessionModel.create(session);
  return { session, token };
}

async function workspaceOf(user: UserRecord): Promise<WorkspaceRecord> {
  const workspace = await WorkspaceModel.findOne({ _id: user.workspaceId }).lean<WorkspaceRecord>();
  if (!workspace) throw new Error(`user ${user._id.toHexString()} belongs to no workspace`);
  return workspace;
}
