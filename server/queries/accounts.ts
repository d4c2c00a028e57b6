import { ApiKeyModel, type ApiKeyRecord } from "../models/api-key.ts";
import { UserModel, type UserRecord } from "../models/user.ts";
import { requirePermission } from "../policies/roles.ts";
import type { Viewer } from "../policies/viewer.ts";

/** A workspace's people and keys are few: these lists have no pages, but a bound. */
const MANY = 1_000;

/** The workspace's users, by name. */
export async function listUsers(viewer: Viewer): Promise<UserRecord[]> {
  requirePermission(viewer, "users.read");
  const users = await UserModel.find({ workspaceId: viewer.workspaceId }).limit(MANY).lean<UserRecord[]>();
  return users.sort((one, other) => one.name.localeCompare(other.name));
}

/** The workspace's API keys, newest first. */
export async function listApiKeys(viewer: Viewer): Promise<ApiKeyRecord[]> {
  requirePermission(viewer, "api_keys.read");
  const keys = await ApiKeyModel.find({ workspaceId: viewer.workspaceId }).limit(MANY).lean<ApiKeyRecord[]>();
  return keys.sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime());
}
