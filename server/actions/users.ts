import { Types } from "mongoose";
import type { z } from "zod";
import type { createUserSchema, updateUserSchema } from "../../contract/settings.ts";
import type { Context } from "../context.ts";
import { assertStrongPassword, hashPassword, newOneTimePassword } from "../credentials.ts";
import { AppError, notFound } from "../errors.ts";
import { ApiKeyModel } from "../models/api-key.ts";
import { SessionModel } from "../models/session.ts";
import { UserModel, type UserRecord } from "../models/user.ts";
import { versionFilter } from "../models/version.ts";
import { can, requirePermission } from "../policies/roles.ts";
import type { Viewer } from "../policies/viewer.ts";
import { duplicateKeyOf } from "./append-message.ts";
import { normalizeEmail } from "./sessions.ts";

/**
 * Adds a colleague. The password, given or made, is to be replaced at the first login; one that was made is returned, once.
 * @throws AppError forbidden, conflict (the email is taken)
 */
export async function createUser(
  ctx: Context,
  viewer: Viewer,
  options: z.output<typeof createUserSchema>,
): Promise<{ user: UserRecord; password?: string }> {
  requirePermission(viewer, "users.edit");
  refuseScopedKey(viewer);
  if (options.password !== undefined) await assertStrongPassword(options.password, [options.email, options.name]);
  const made = options.password === undefined ? newOneTimePassword() : undefined;
  const user: UserRecord = {
    _id: new Types.ObjectId(),
    workspaceId: new Types.ObjectId(viewer.workspaceId),
    name: options.name,
    email: normalizeEmail(options.email),
    role: options.role,
    disabled: false,
    passwordHash: await hashPassword(options.password ?? made ?? ""),
    mustChangePassword: true,
    createdAt: ctx.clock.now(),
  };
  try {
    await UserModel.create(user);
  } catch (error) {
    if (duplicateKeyOf(error)) throw new AppError("conflict", { field: "email" });
    throw error;
  }
  ctx.log.info(
    { audit: "user.created", by: viewer.userId, userId: user._id.toHexString(), role: user.role },
    "user created",
  );
  return { user, ...(made !== undefined && { password: made }) };
}

/**
 * Changes a colleague's name, role or language, or disables them, which ends their logins and rests their API keys.
 * People may change their own name and language. The last admin stays one.
 * @throws AppError forbidden, not_found, version_mismatch, conflict (the last admin)
 */
export async function updateUser(
  ctx: Context,
  viewer: Viewer,
  options: { id: string; change: z.output<typeof updateUserSchema>; version?: number | undefined },
): Promise<UserRecord> {
  const { id, change, version } = options;
  const own = id === viewer.userId && viewer.apiKeyId === undefined;
  if (!own || change.role !== undefined || change.disabled !== undefined) requirePermission(viewer, "users.edit");
  if (change.role !== undefined || change.disabled === false) refuseScopedKey(viewer);
  const before = await UserModel.findOneAndUpdate(
    { _id: id, workspaceId: viewer.workspaceId, ...versionFilter(version) },
    { $set: change, $inc: { version: 1 } },
    { returnDocument: "before" },
  ).lean<UserRecord>();
  if (!before) {
    const known = version !== undefined && (await UserModel.exists({ _id: id, workspaceId: viewer.workspaceId }));
    throw known ? new AppError("version_mismatch") : notFound("user");
  }
  const user: UserRecord = { ...before, ...change, version: (before.version ?? 0) + 1 };
  if (isActiveAdmin(before) && !isActiveAdmin(user)) await keepAnAdmin(before);
  if (before.role !== user.role || before.disabled !== user.disabled) await applyAccess(ctx, user);
  ctx.log.info({ audit: "user.updated", by: viewer.userId, userId: id, change }, "user updated");
  return user;
}

/**
 * A login can do all that its role can. A key limited to scopes that made one, or raised or enabled one, could give
 * itself more than it has. @throws AppError forbidden
 */
function refuseScopedKey(viewer: Viewer): void {
  if (viewer.scopes) throw new AppError("forbidden", { reason: "scoped_key" });
}

function isActiveAdmin(user: UserRecord): boolean {
  return user.role === "admin" && !user.disabled;
}

/** Looked at after the change and taken back, so that two admins who remove each other at once do not both succeed. */
async function keepAnAdmin(before: UserRecord): Promise<void> {
  const { _id, workspaceId, role, disabled } = before;
  if (await UserModel.exists({ workspaceId, role: "admin", disabled: false })) return;
  await UserModel.updateOne({ _id, workspaceId }, { $set: { role, disabled }, $inc: { version: 1 } });
  throw new AppError("conflict", { reason: "last_admin" });
}

/** Brings logins, keys and live connections in line with what a user may do now. */
async function applyAccess(ctx: Context, user: UserRecord): Promise<void> {
  const { _id: userId, workspaceId } = user;
  if (user.disabled) await SessionModel.deleteMany({ workspaceId, userId });
  const suspended = user.disabled || !can(user, "api_keys.edit");
  await ApiKeyModel.updateMany({ workspaceId, createdBy: userId }, { $set: { suspended } });
  ctx.bus.emit("access.changed", { workspaceId: workspaceId.toHexString(), userId: userId.toHexString() });
}
