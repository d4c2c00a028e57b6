import { Types } from "mongoose";
import type { z } from "zod";
import type { createApiKeySchema } from "../../contract/settings.ts";
import type { Context } from "../context.ts";
import { newApiKey } from "../credentials.ts";
import { AppError, invalidRequest, notFound } from "../errors.ts";
import { ApiKeyModel, type ApiKeyRecord, type KeyBinding } from "../models/api-key.ts";
import { requirePermission } from "../policies/roles.ts";
import type { Viewer } from "../policies/viewer.ts";
import { insiteInbox } from "./receive-insite.ts";

/**
 * Makes a key of the API. `key` is what the client sends; it can not be read again.
 * @throws AppError forbidden, unknown_inbox, invalid_request (it would expire in the past, or the inbox is of another source)
 */
export async function createApiKey(
  ctx: Context,
  viewer: Viewer,
  options: z.output<typeof createApiKeySchema>,
): Promise<{ key: string; record: ApiKeyRecord }> {
  requirePermission(viewer, "api_keys.edit");
  const createdAt = ctx.clock.now();
  const expiresAt = options.expiresAt === undefined ? null : new Date(options.expiresAt);
  if (expiresAt && expiresAt <= createdAt) {
    throw invalidRequest([{ path: "body.expiresAt", message: "must be in the future" }]);
  }
  // A key with scopes makes none that may more than itself.
  const { scopes } = options;
  const beyond = viewer.scopes && (scopes ?? ["*"]).find((scope) => !viewer.scopes?.includes(scope));
  if (beyond !== undefined) throw new AppError("forbidden", { scope: beyond });
  const bound = await bindingOf(ctx, viewer, options);
  const { key, prefix, keyHash } = newApiKey();
  const record: ApiKeyRecord = {
    _id: new Types.ObjectId(),
    workspaceId: new Types.ObjectId(viewer.workspaceId),
    name: options.name,
    prefix,
    keyHash,
    role: options.role,
    ...(scopes && { scopes }),
    ...(bound && { bound }),
    createdBy: new Types.ObjectId(viewer.userId),
    suspended: false,
    createdAt,
    expiresAt,
    lastUsedAt: null,
  };
  await ApiKeyModel.create(record);
  ctx.log.info(
    { audit: "api_key.created", by: viewer.userId, apiKeyId: record._id.toHexString(), role: record.role },
    "API key created",
  );
  return { key, record };
}

/** What a key is bound to: an inbox with its source, or a source alone. */
async function bindingOf(
  ctx: Context,
  viewer: Viewer,
  { inboxKey, source }: Pick<z.output<typeof createApiKeySchema>, "inboxKey" | "source">,
): Promise<KeyBinding | undefined> {
  if (inboxKey === undefined) return source === undefined ? undefined : { source };
  const inbox = await insiteInbox(ctx, viewer, inboxKey);
  if (source !== undefined && source !== inbox.source) {
    throw invalidRequest([{ path: "body.source", message: "must be the inbox's own, or left out" }]);
  }
  return { inboxKey, ...(inbox.source !== undefined && { source: inbox.source }) };
}

/** @throws AppError forbidden, not_found */
export async function revokeApiKey(ctx: Context, viewer: Viewer, options: { id: string }): Promise<void> {
  requirePermission(viewer, "api_keys.edit");
  const { deletedCount } = await ApiKeyModel.deleteOne({ _id: options.id, workspaceId: viewer.workspaceId });
  if (deletedCount === 0) throw notFound("api_key");
  ctx.bus.emit("access.changed", { workspaceId: viewer.workspaceId, apiKeyId: options.id });
  ctx.log.info({ audit: "api_key.revoked", by: viewer.userId, apiKeyId: options.id }, "API key revoked");
}
