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
    const leaves = ctx.channels.get(channel).capabilities.live && contact.email;
    return {
      away: {
        timeZone: contact.timeZone ?? hours.timeZone,
        ...(until && { until }),
        ...(leaves && contact.email && { address: contact.email }),
      },
    };
  }
  const before = await waitingBefore(ctx, conversation);
  // Where so many wait, a number helps nobody.
  return before < TOLD ? { queue: before + 1 } : {};
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
