import type { Service } from "../../bot/index.ts";
import { nextOpening } from "../business-hours.ts";
import type { Context } from "../context.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import { findWorkspace } from "./workspace.ts";

/** Any time in milliseconds lies below this in `queueOrder`; who does not wait lies above. */
const WAITING = 1e14;
/** Places in the queue that are counted. */
const TOLD = 200;

/** When a person will answer: the place in the queue, or when the team is back and how the answer comes. */
export async function serviceFor(ctx: Context, conversation: ConversationRecord): Promise<Service> {
  const { workspaceId, contact, channel } = conversation;
  const hours = (await findWorkspace(workspaceId))?.businessHours;
  const until = hours ? nextOpening(hours, ctx.clock.now()) : undefined;
  if (hours && until !== undefined) {
    const address = contact.email ?? contact.emailHint;
    const leaves = ctx.channels.get(channel).capabilities.live;
    return {
      away: {
        timeZone: contact.timeZone ?? hours.timeZone,
        ...(until && { until }),
        ...(leaves && address && { address }),
      },
    };
  }
  const before = await waitingBefore(ctx, conversation);
  // Where so many wait, a number helps nobody.
  return before < TOLD ? { queue: before + 1 } : {};
}

/** Whether the shop's people are not there at this hour. */
export async function isAway(ctx: Context, workspaceId: ConversationRecord["workspaceId"]): Promise<boolean> {
  const hours = (await findWorkspace(workspaceId))?.businessHours;
  return hours ? nextOpening(hours, ctx.clock.now()) !== undefined : false;
}

/** Buyers who wait for a person longer than this one. */
async function waitingBefore(ctx: Context, { _id, workspaceId, waitingSince }: ConversationRecord): Promise<number> {
  const since = (waitingSince ?? ctx.clock.now()).getTime();
  return ConversationModel.countDocuments({
    workspaceId,
    kind: "person",
    status: "open",
    queueOrder: { $lt: Math.min(since, WAITING) },
    _id: { $ne: _id },
  }).limit(TOLD);
}
