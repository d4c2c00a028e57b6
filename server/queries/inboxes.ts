import type { Types } from "mongoose";
import type { Context } from "../context.ts";
import { InboxModel, type InboxRecord } from "../models/inbox.ts";

/** An inbox by id, at most some seconds old. */
export async function findInbox(ctx: Context, id: Types.ObjectId | string): Promise<InboxRecord | undefined> {
  return cached(ctx, String(id), () => InboxModel.findById(id).lean<InboxRecord>());
}

/** An inbox by its public key, at most some seconds old. */
export async function findInboxByKey(ctx: Context, key: string): Promise<InboxRecord | undefined> {
  return cached(ctx, `key:${key}`, () => InboxModel.findOne({ key }).lean<InboxRecord>());
}

/** The workspace's inboxes, in the order they were made. */
export async function listInboxes(workspaceId: string): Promise<InboxRecord[]> {
  return InboxModel.find({ workspaceId }).sort({ channel: 1, _id: 1 }).lean<InboxRecord[]>();
}

async function cached(
  ctx: Context,
  key: string,
  load: () => Promise<InboxRecord | null>,
): Promise<InboxRecord | undefined> {
  const known = ctx.inboxes.get(key);
  if (known) return known;
  const inbox = await load();
  if (inbox) ctx.inboxes.set(key, inbox);
  return inbox ?? undefined;
}

/** The workspace's first enabled inbox of a channel that is the shop's own, not a platform's. */
export async function inboxOfChannel(
  workspaceId: Types.ObjectId,
  channel: InboxRecord["channel"],
): Promise<InboxRecord | undefined> {
  const inbox = await InboxModel.findOne({ workspaceId, channel, enabled: true, source: null })
    .sort({ _id: 1 })
    .lean<InboxRecord>();
  return inbox ?? undefined;
}

/** A platform's enabled inbox of a channel, by an id of the platform's such as `acme:10482`. */
export async function inboxOfSource(
  workspaceId: Types.ObjectId,
  channel: InboxRecord["channel"],
  id: string,
): Promise<InboxRecord | undefined> {
  const [source, own] = id.split(":", 2);
  if (!source || own === undefined) return undefined;
  const filter = { workspaceId, channel, enabled: true, source };
  return (await InboxModel.findOne(filter).sort({ _id: 1 }).lean<InboxRecord>()) ?? undefined;
}
