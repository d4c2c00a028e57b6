import { Types } from "mongoose";
import type { z } from "zod";
import { type createWebhookSchema, type updateWebhookSchema, WEBHOOK_EVENTS } from "../../contract/webhook.ts";
import type { Context } from "../context.ts";
import { newToken } from "../credentials.ts";
import { AppError, invalidRequest, notFound } from "../errors.ts";
import { versionFilter } from "../models/version.ts";
import { WebhookDeliveryModel, WebhookLaneModel, WebhookModel, type WebhookRecord } from "../models/webhook.ts";
import { isAllowedUrl } from "../outbound-http.ts";
import type { Viewer } from "../policies/viewer.ts";
import { encrypt } from "../signing.ts";

const MOST = 50;

/**
 * Registers an address. `secret` signs what it gets, and can not be read again.
 * @throws AppError invalid_request (an address that is refused), conflict (there are 50 already)
 */
export async function createWebhook(
  ctx: Context,
  viewer: Viewer,
  input: z.output<typeof createWebhookSchema>,
): Promise<{ webhook: WebhookRecord; secret: string }> {
  requireAllowed(ctx, input.url);
  const workspaceId = new Types.ObjectId(viewer.workspaceId);
  if ((await WebhookModel.countDocuments({ workspaceId })) >= MOST) throw new AppError("conflict", { most: MOST });
  const secret = newSecret();
  const now = ctx.clock.now();
  const webhook: WebhookRecord = {
    _id: new Types.ObjectId(),
    workspaceId,
    name: input.name ?? "",
    url: input.url,
    events: input.events ?? [...WEBHOOK_EVENTS],
    enabled: true,
    secret: encrypt(ctx.config.secretKey, secret),
    createdAt: now,
    updatedAt: now,
  };
  await WebhookModel.create(webhook);
  ctx.bus.emit("webhook.changed", { webhookId: webhook._id.toHexString() });
  await refreshWantedEvents(ctx);
  ctx.log.info(
    { audit: "webhook.created", by: viewer.userId, webhookId: webhook._id.toHexString() },
    "webhook created",
  );
  return { webhook, secret };
}

/** @throws AppError not_found, version_mismatch, invalid_request (an address that is refused) */
export async function updateWebhook(
  ctx: Context,
  viewer: Viewer,
  { id, change, version }: { id: string; change: z.output<typeof updateWebhookSchema>; version?: number | undefined },
): Promise<WebhookRecord> {
  if (change.url !== undefined) requireAllowed(ctx, change.url);
  return save(ctx, viewer, { id, set: change, version });
}

/** A new secret; what leaves from now on is signed with it. @throws AppError not_found */
export async function rotateWebhookSecret(
  ctx: Context,
  viewer: Viewer,
  { id }: { id: string },
): Promise<{ webhook: WebhookRecord; secret: string }> {
  const secret = newSecret();
  return { webhook: await save(ctx, viewer, { id, set: { secret: encrypt(ctx.config.secretKey, secret) } }), secret };
}

async function save(
  ctx: Context,
  viewer: Viewer,
  { id, set, version }: { id: string; set: Partial<WebhookRecord>; version?: number | undefined },
): Promise<WebhookRecord> {
  const own = { _id: id, workspaceId: viewer.workspaceId };
  const webhook = await WebhookModel.findOneAndUpdate(
    { ...own, ...versionFilter(version) },
    { $set: { ...set, updatedAt: ctx.clock.now() }, $inc: { version: 1 } },
    { returnDocument: "after" },
  ).lean<WebhookRecord>();
  if (!webhook) {
    if (version !== undefined && (await WebhookModel.exists(own))) throw new AppError("version_mismatch");
    throw notFound("webhook");
  }
  await refreshWantedEvents(ctx);
  ctx.bus.emit("webhook.changed", { webhookId: id });
  ctx.log.info(
    { audit: "webhook.updated", by: viewer.userId, webhookId: id, fields: Object.keys(set) },
    "webhook updated",
  );
  return webhook;
}

/** Removes a webhook with all it was still to get. @throws AppError not_found */
export async function deleteWebhook(ctx: Context, viewer: Viewer, { id }: { id: string }): Promise<void> {
  const { deletedCount } = await WebhookModel.deleteOne({ _id: id, workspaceId: viewer.workspaceId });
  if (deletedCount === 0) throw notFound("webhook");
  await refreshWantedEvents(ctx);
  ctx.bus.emit("webhook.changed", { webhookId: id });
  const webhookId = new Types.ObjectId(id);
  await WebhookLaneModel.deleteMany({ webhookId });
  await WebhookDeliveryModel.deleteMany({ webhookId });
  ctx.log.info({ audit: "webhook.deleted", by: viewer.userId, webhookId: id }, "webhook deleted");
}

/** Which events anybody of the hub wants: asked with every write, so it is kept in memory. */
export async function refreshWantedEvents(ctx: Context): Promise<void> {
  const webhooks = await WebhookModel.find({ enabled: true }, { events: 1 }).lean<Pick<WebhookRecord, "events">[]>();
  const wanted = new Set(webhooks.flatMap(({ events }) => events));
  for (const type of ctx.wantedEvents) if (!wanted.has(type)) ctx.wantedEvents.delete(type);
  for (const type of wanted) ctx.wantedEvents.add(type);
}

function requireAllowed(ctx: Context, url: string): void {
  if (isAllowedUrl(url, ctx.config.allowNetworks)) return;
  throw invalidRequest([{ path: "body.url", message: "must be a public http or https address without a password" }]);
}

function newSecret(): string {
  return `whsec_${newToken()}`;
}
