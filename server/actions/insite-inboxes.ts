import { Types } from "mongoose";
import type { z } from "zod";
import { DEFAULT_THRESHOLD } from "../../contract/bot.ts";
import type { createInsiteInboxSchema } from "../../contract/settings.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { ApiKeyModel } from "../models/api-key.ts";
import { InboxModel, type InboxRecord } from "../models/inbox.ts";
import { IntegrationModel, type IntegrationRecord } from "../models/integration.ts";
import type { Viewer } from "../policies/viewer.ts";
import { encrypt } from "../signing.ts";
import { duplicateKeyOf } from "./append-message.ts";
import { newSecret } from "./inboxes.ts";

const MOST = 50;
const LONGEST_KEY = 36;

/**
 * Makes a platform's own in-site inbox. Its buyers and orders are kept apart from all others by its source.
 * @throws AppError conflict: the key is taken, or there are 50 already
 */
export async function createInsiteInbox(
  ctx: Context,
  viewer: Viewer,
  input: z.output<typeof createInsiteInboxSchema>,
): Promise<InboxRecord> {
  const { channel, name } = input;
  const workspaceId = new Types.ObjectId(viewer.workspaceId);
  if ((await InboxModel.countDocuments({ workspaceId, channel })) >= MOST)
    throw new AppError("conflict", { most: MOST });
  const first = await InboxModel.findOne({ workspaceId, channel }).sort({ _id: 1 }).lean<InboxRecord>();
  const base = input.key ?? (slugOf(name) || channel);
  for (let number = 1; number <= 2 * MOST; number += 1) {
    const key = number === 1 ? base : `${base.slice(0, LONGEST_KEY)}-${number}`;
    // A source that another platform has is taken only where it is asked for.
    const source = input.source ?? key;
    const taken = (await InboxModel.exists({ key })) || (!input.source && (await isSourceTaken(workspaceId, source)));
    if (taken && input.key) throw new AppError("conflict", { key });
    if (taken) continue;
    const inbox: InboxRecord = {
      _id: new Types.ObjectId(),
      workspaceId,
      key,
      channel,
      name,
      enabled: true,
      source,
      greeting: first?.greeting ?? {},
      bot: first?.bot ?? { mode: "draft", threshold: DEFAULT_THRESHOLD },
      accent: first?.accent ?? "#4F46E5",
      allowedOrigins: [],
      identitySecret: encrypt(ctx.config.secretKey, newSecret()),
      settings: {},
      createdAt: ctx.clock.now(),
    };
    try {
      await InboxModel.create(inbox);
    } catch (error) {
      // Somebody else made one of this key at the same time.
      if (!duplicateKeyOf(error)) throw error;
      if (input.key) throw new AppError("conflict", { key });
      continue;
    }
    ctx.log.info({ audit: "inbox.created", by: viewer.userId, inboxId: String(inbox._id) }, "inbox created");
    ctx.bus.emit("inbox.updated", { inbox });
    return inbox;
  }
  throw new AppError("conflict", { key: base });
}

/** Whether a platform's name stands before somebody's ids already. */
export async function isSourceTaken(workspaceId: Types.ObjectId, source: string): Promise<boolean> {
  const inboxes = await InboxModel.find({ workspaceId, channel: "insite" }, { source: 1 }).lean<InboxRecord[]>();
  if (inboxes.some((inbox) => inbox.source === source)) return true;
  const integrations = await IntegrationModel.find({ workspaceId }, { settings: 1 }).lean<IntegrationRecord[]>();
  if (integrations.some(({ settings }) => settings.prefix === `${source}:`)) return true;
  const keys = await ApiKeyModel.find({ workspaceId }, { bound: 1 }).lean<{ bound?: { source?: string } }[]>();
  return keys.some(({ bound }) => bound?.source === source);
}

/** Small letters, digits and dashes of a name, such as `craft-market`. Empty for a name in another script. */
export function slugOf(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, LONGEST_KEY)
    .replace(/^-+|-+$/g, "");
}
