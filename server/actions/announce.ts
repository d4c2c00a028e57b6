import { Types } from "mongoose";
import type { WebhookEvent } from "../../contract/webhook.ts";
import type { Context } from "../context.ts";
import type { Announcing } from "../models/announcement.ts";

/** How long the node that wrote a change has to announce it before any node may. */
export const ANNOUNCE_LEASE_MS = 15_000;

/**
 * The fields of a new document that tell what is to be announced with it. Empty while no webhook of the hub wants it,
 * so that nobody pays who has none.
 */
export function announcing(ctx: Context, ...types: WebhookEvent[]): Announcing {
  const wanted = types.filter((type) => ctx.wantedEvents.has(type));
  if (wanted.length === 0) return {};
  const at = ctx.clock.now();
  return {
    announce: wanted.map((type) => ({ id: new Types.ObjectId(), type, at })),
    announceAt: new Date(at.getTime() + ANNOUNCE_LEASE_MS),
  };
}

/** The same as parts of an update: `{$push, $set}` to merge into it. */
export function announcingUpdate(
  ctx: Context,
  ...types: WebhookEvent[]
): { push: Record<string, unknown>; set: { announceAt?: Date } } {
  const { announce, announceAt } = announcing(ctx, ...types);
  if (!announce || !announceAt) return { push: {}, set: {} };
  return { push: { $push: { announce: { $each: announce } } }, set: { announceAt } };
}
