import type { ApiKey, Session, User } from "../../contract/settings.ts";
import type { ApiKeyRecord } from "../models/api-key.ts";
import type { UserRecord } from "../models/user.ts";
import type { WorkspaceRecord } from "../models/workspace.ts";

/** Field by field, so that a new field of the record (a hash) never leaves by accident. */
export function presentUser(user: UserRecord): User {
  return {
    id: user._id.toHexString(),
    name: user.name,
    email: user.email,
    role: user.role,
    ...(user.locale && { locale: user.locale }),
    ...(user.readsIn && { readsIn: user.readsIn }),
    disabled: user.disabled,
  };
}

export function presentWorkspace(workspace: WorkspaceRecord): Session["workspace"] {
  const { name, locale, businessHours } = workspace;
  return { id: workspace._id.toHexString(), name, locale, businessHours: businessHours ?? null };
}

export function presentSession(login: { user: UserRecord; workspace: WorkspaceRecord }, demo: boolean): Session {
  return {
    user: presentUser(login.user),
    workspace: presentWorkspace(login.workspace),
    mustChangePassword: login.user.mustChangePassword,
    demo,
  };
}

export function presentApiKey(key: ApiKeyRecord): ApiKey {
  return {
    id: key._id.toHexString(),
    name: key.name,
    prefix: key.prefix,
    role: key.role,
    ...(key.scopes && { scopes: key.scopes }),
    ...key.bound,
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
  };
}
