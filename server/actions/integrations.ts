import { Types } from "mongoose";
import type { z } from "zod";
import type { createIntegrationSchema, Platform, updateIntegrationSchema } from "../../contract/integration.ts";
import { integrationOf } from "../../integrations/index.ts";
import type { Context } from "../context.ts";
import { newToken } from "../credentials.ts";
import { AppError, invalidRequest, notFound } from "../errors.ts";
import { InboxModel, type InboxRecord } from "../models/inbox.ts";
import { IntegrationEventModel, IntegrationModel, type IntegrationRecord } from "../models/integration.ts";
import { versionFilter } from "../models/version.ts";
import type { Viewer } from "../policies/viewer.ts";
import { inboxOfChannel } from "../queries/inboxes.ts";
import { decrypt, encrypt } from "../signing.ts";
import { validationError } from "../validation.ts";
import { isSourceTaken } from "./insite-inboxes.ts";

const MOST = 50;

/**
 * Connects a shop or account. `secret` is returned where the hub made it, once.
 * @throws AppError invalid_request (settings that the platform's adapter does not take), conflict (there are 50 already)
 */
export async function createIntegration(
  ctx: Context,
  viewer: Viewer,
  input: z.output<typeof createIntegrationSchema>,
): Promise<{ integration: IntegrationRecord; secret?: string }> {
  const workspaceId = new Types.ObjectId(viewer.workspaceId);
  const { info } = integrationOf(input.platform);
  const inbox = await chooseInbox(workspaceId, input.inboxId);
  const settings = await withSource(workspaceId, input.platform, checkSettings(input.platform, input.settings ?? {}), {
    chosen: input.settings?.prefix !== undefined,
    inbox,
  });
  if ((await IntegrationModel.countDocuments({ workspaceId })) >= MOST) throw new AppError("conflict", { most: MOST });
  const made = info.secretFrom === "hub" && input.secret === undefined ? newToken() : undefined;
  const secret = input.secret ?? made;
  const integration: IntegrationRecord = {
    _id: new Types.ObjectId(),
    workspaceId,
    platform: input.platform,
    name: input.name ?? info.name,
    enabled: true,
    secret: secret === undefined ? "" : encrypt(ctx.config.secretKey, secret),
    ...separate(ctx, input.platform, settings),
    createdAt: ctx.clock.now(),
    ...(inbox && { inboxId: inbox._id }),
  };
  await IntegrationModel.create(integration);
  audit(ctx, viewer, "created", integration._id);
  return { integration, ...(made !== undefined && { secret: made }) };
}

/** Settings that are not given stay, secret ones too; null takes one away. @throws AppError not_found, invalid_request, version_mismatch */
export async function updateIntegration(
  ctx: Context,
  viewer: Viewer,
  {
    id,
    change,
    version,
  }: { id: string; change: z.output<typeof updateIntegrationSchema>; version?: number | undefined },
): Promise<IntegrationRecord> {
  const seen = await IntegrationModel.findOne({ _id: id, workspaceId: viewer.workspaceId }).lean<IntegrationRecord>();
  if (!seen) throw notFound("integration");
  const { settings, inboxId, ...rest } = change;
  const inbox = inboxId && (await chooseInbox(seen.workspaceId, inboxId));
  const merged = settings && given({ ...openSettings(ctx, seen), ...settings });
  const kept = merged && separate(ctx, seen.platform, checkSettings(seen.platform, merged));
  return save(ctx, viewer, { id, version, set: { ...rest, ...kept, ...(inbox && { inboxId: inbox._id }) } });
}

/** The platform's new secret, or one that the hub makes: that one is returned, once. @throws AppError not_found */
export async function rotateIntegrationSecret(
  ctx: Context,
  viewer: Viewer,
  { id, secret }: { id: string; secret?: string | undefined },
): Promise<{ integration: IntegrationRecord; secret?: string }> {
  const made = secret === undefined ? newToken() : undefined;
  const integration = await save(ctx, viewer, {
    id,
    set: { secret: encrypt(ctx.config.secretKey, secret ?? made ?? "") },
  });
  return { integration, ...(made !== undefined && { secret: made }) };
}

/** Disconnects it; what came of its events stays. @throws AppError not_found */
export async function deleteIntegration(ctx: Context, viewer: Viewer, { id }: { id: string }): Promise<void> {
  const { deletedCount } = await IntegrationModel.deleteOne({ _id: id, workspaceId: viewer.workspaceId });
  if (deletedCount === 0) throw notFound("integration");
  await IntegrationEventModel.deleteMany({ integrationId: new Types.ObjectId(id) });
  audit(ctx, viewer, "deleted", id);
}

/** An integration's settings with the secret ones in clear, for its adapter. */
export function openSettings(ctx: Context, integration: IntegrationRecord): Record<string, unknown> {
  return { ...integration.settings, ...plainSecrets(ctx, integration) };
}

async function save(
  ctx: Context,
  viewer: Viewer,
  { id, set, version }: { id: string; set: Partial<IntegrationRecord>; version?: number | undefined },
): Promise<IntegrationRecord> {
  const integration = await IntegrationModel.findOneAndUpdate(
    { _id: id, workspaceId: viewer.workspaceId, ...versionFilter(version) },
    { $set: set, $inc: { version: 1 } },
    { returnDocument: "after" },
  ).lean<IntegrationRecord>();
  if (!integration) {
    const exists =
      version !== undefined && (await IntegrationModel.exists({ _id: id, workspaceId: viewer.workspaceId }));
    throw exists ? new AppError("version_mismatch") : notFound("integration");
  }
  audit(ctx, viewer, "updated", id);
  return integration;
}

/** Null takes a setting away. */
function given(settings: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null));
}

function checkSettings(platform: Platform, settings: Record<string, unknown>): Record<string, unknown> {
  const parsed = integrationOf(platform).settings.safeParse(settings);
  if (!parsed.success) throw validationError(parsed.error, "body.settings");
  return parsed.data as Record<string, unknown>;
}

/** Secret settings apart, encrypted. */
function separate(ctx: Context, platform: Platform, settings: Record<string, unknown>) {
  const hidden = new Set(integrationOf(platform).info.fields.flatMap(({ name, secret }) => (secret ? [name] : [])));
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined);
  return {
    settings: Object.fromEntries(entries.filter(([name]) => !hidden.has(name))),
    secrets: Object.fromEntries(
      entries
        .filter(([name]) => hidden.has(name))
        .map(([name, value]) => [name, encrypt(ctx.config.secretKey, String(value))]),
    ),
  };
}

function plainSecrets(ctx: Context, { secrets }: IntegrationRecord): Record<string, string> {
  return Object.fromEntries(
    Object.entries(secrets).map(([name, value]) => [name, decrypt(ctx.config.secretKey, value)]),
  );
}

async function chooseInbox(workspaceId: Types.ObjectId, inboxId?: string): Promise<InboxRecord | undefined> {
  if (inboxId === undefined) return inboxOfChannel(workspaceId, "insite");
  const inbox = await InboxModel.findOne({ _id: inboxId, workspaceId, channel: "insite" }).lean<InboxRecord>();
  if (!inbox) throw invalidRequest([{ path: "body.inboxId", message: "must be an inbox of shop messages" }]);
  return inbox;
}

/**
 * A new connection's own source, where nothing was chosen: that of its inbox, else the platform's name for itself. Two that
 * do not say which shop they are get a number.
 */
async function withSource(
  workspaceId: Types.ObjectId,
  platform: Platform,
  settings: Record<string, unknown>,
  { chosen, inbox }: { chosen: boolean; inbox: InboxRecord | undefined },
): Promise<Record<string, unknown>> {
  const base = integrationOf(platform).newSource?.(settings);
  if (chosen || base === undefined) return settings;
  if (inbox?.source !== undefined) return { ...settings, prefix: `${inbox.source}:` };
  // The same shop connected once more is the same source.
  if (settings.shop !== undefined) return { ...settings, prefix: `${base}:` };
  for (let number = 1; ; number += 1) {
    const source = number === 1 ? base : `${base}-${number}`;
    if (!(await isSourceTaken(workspaceId, source))) return { ...settings, prefix: `${source}:` };
  }
}

function audit(ctx: Context, viewer: Viewer, what: string, id: unknown): void {
  ctx.log.info({ audit: `integration.${what}`, by: viewer.userId, integrationId: String(id) }, `integration ${what}`);
}
