import { Types } from "mongoose";
import type { z } from "zod";
import type { createApiKeySchema } from "../../contract/settings.ts";
import type { Context } from "../context.ts";
import { newApiKey } from "../credentials.ts";
import { AppError, invalidRequest, notFound } from "../errors.ts";
import { ApiKeyModel, type ApiKeyRecord } from "../models/api-key.ts";
import { requirePermission } from "../policies/roles.ts";
import type { Viewer } from "../policies/viewer.ts";

/**
 * Makes a key of the API. `key` is what the client sends; it can not be read again.
 * @throws AppError forbidden, invalid_request (it would expire in the past)
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
  const { key, prefix, keyHash } = newApiKey();
  const record: ApiKeyRecord = {
    _id: new Types.ObjectId(),
    workspaceId: new Types.ObjectId(viewer.workspaceId),
    name: options.name,
    prefix,
    keyHash,
    role: options.role,
    ...(scopes && { scopes }),
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

/** @throws AppError forbidden, not_found */
export async function revokeApiKey(ctx: Context, viewer: Viewer, options: { id: string }): Promise<void> {
  requirePermission(viewer, "api_keys.edit");
  const { deletedCount } = await ApiKeyModel.deleteOne({ _id: options.id, workspaceId: viewer.workspaceId });
  if (deletedCount === 0) throw notFound("api_key");
  ctx.bus.emit("access.changed", { workspaceId: viewer.workspaceId, apiKeyId: options.id });
  ctx.log.info({ audit: "api_key.revoked", by: viewer.userId, apiKeyId: options.id }, "API key revoked");
}
