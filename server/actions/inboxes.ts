import { randomBytes } from "node:crypto";
import type { Types } from "mongoose";
import type { z } from "zod";
import type { updateInboxSchema } from "../../contract/settings.ts";
import type { Context } from "../context.ts";
import { AppError, notFound } from "../errors.ts";
import { InboxModel, type InboxRecord } from "../models/inbox.ts";
import { versionFilter } from "../models/version.ts";
import { decrypt, encrypt } from "../signing.ts";
import { endSessionsOfInbox } from "./widget-sessions.ts";

interface Options {
  workspaceId: string | Types.ObjectId;
  id: string;
}

/** @param version the one its author saw: another is not changed. @throws AppError not_found, version_mismatch */
export async function updateInbox(
  ctx: Context,
  {
    workspaceId,
    id,
    change,
    version,
  }: Options & { change: z.output<typeof updateInboxSchema>; version?: number | undefined },
): Promise<InboxRecord> {
  const { bot, ...rest } = change;
  const set: Record<string, unknown> = { ...rest };
  for (const [name, value] of Object.entries(bot ?? {})) set[`bot.${name}`] = value;
  return save(ctx, { workspaceId, id }, set, version);
}

/** The secret that signs shoppers' identities, for the shop's own server. */
export async function readIdentitySecret(ctx: Context, { workspaceId, id }: Options): Promise<string> {
  const inbox = await InboxModel.findOne({ _id: id, workspaceId }).lean<InboxRecord>();
  if (!inbox) throw notFound("inbox");
  return decrypt(ctx.config.secretKey, inbox.identitySecret);
}

/** A new secret; what was signed with the old one is refused from now on, and the sessions that it opened end. */
export async function rotateIdentitySecret(ctx: Context, options: Options): Promise<string> {
  const secret = newSecret();
  const inbox = await save(ctx, options, { identitySecret: encrypt(ctx.config.secretKey, secret) });
  await endSessionsOfInbox(ctx, inbox._id);
  return secret;
}

export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

async function save(
  ctx: Context,
  { workspaceId, id }: Options,
  set: Record<string, unknown>,
  version?: number,
): Promise<InboxRecord> {
  const inbox = await InboxModel.findOneAndUpdate(
    { _id: id, workspaceId, ...versionFilter(version) },
    { $set: set, $inc: { version: 1 } },
    { returnDocument: "after" },
  ).lean<InboxRecord>();
  if (!inbox && version !== undefined && (await InboxModel.exists({ _id: id, workspaceId }))) {
    throw new AppError("version_mismatch");
  }
  if (!inbox) throw notFound("inbox");
  ctx.inboxes.delete(id);
  ctx.inboxes.delete(`key:${inbox.key}`);
  if (inbox.address) ctx.inboxes.delete(`address:${inbox.address}`);
  ctx.bus.emit("inbox.updated", { inbox });
  return inbox;
}
