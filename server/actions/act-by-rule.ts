import type { Types } from "mongoose";
import type { Action } from "../../contract/automation.ts";
import type { Context } from "../context.ts";
import { type ConversationRecord, PRIORITY_RANKS } from "../models/conversation.ts";
import { UserModel, type UserRecord } from "../models/user.ts";
import { changeConversation, recordActivity } from "./change-conversation.ts";

type Of<Type extends Action["type"]> = Extract<Action, { type: Type }>;

/** Puts labels on a conversation, or takes them off. */
export async function labelByRule(ctx: Context, conversation: ConversationRecord, action: Of<"label">): Promise<void> {
  const { labels, remove } = action;
  const update = remove ? { $pull: { labels: { $in: labels } } } : { $addToSet: { labels: { $each: labels } } };
  await changeConversation(ctx, { _id: conversation._id }, update);
}

export async function prioritizeByRule(
  ctx: Context,
  conversation: ConversationRecord,
  { priority }: Of<"set_priority">,
): Promise<void> {
  const priorityRank = PRIORITY_RANKS[priority];
  await changeConversation(
    ctx,
    { _id: conversation._id, priorityRank: { $ne: priorityRank } },
    { $set: { priorityRank } },
  );
}

/** Gives a conversation to a colleague, unless somebody has it. `cause` makes a repeat write one line. */
export async function assignByRule(
  ctx: Context,
  conversation: ConversationRecord,
  { userId, cause }: { userId: string | Types.ObjectId; cause: string },
): Promise<void> {
  const { workspaceId } = conversation;
  const user = await UserModel.findOne({ _id: userId, workspaceId, disabled: { $ne: true } }).lean<UserRecord>();
  if (!user) return;
  const assigned = await changeConversation(
    ctx,
    { _id: conversation._id, assigneeId: null },
    { $set: { assigneeId: user._id, assigneeName: user.name } },
  );
  if (!assigned && !conversation.assigneeId?.equals(user._id)) return;
  await recordActivity(ctx, {
    conversation: assigned ?? conversation,
    activity: { kind: "assigned", name: user.name },
    sourceId: `assigned:${cause}`,
  });
}
