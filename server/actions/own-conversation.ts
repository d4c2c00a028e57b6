import type { Context } from "../context.ts";
import { AppError, notFound } from "../errors.ts";
import type { ConversationRecord } from "../models/conversation.ts";
import { UserModel, type UserRecord } from "../models/user.ts";
import { accessConversation } from "../policies/conversations.ts";
import type { Viewer } from "../policies/viewer.ts";
import { changeConversation, recordActivity } from "./change-conversation.ts";

interface Options {
  viewer: Viewer;
  conversationId: string;
}

/**
 * Takes a conversation over. One conditional update decides: of two who click at once one gets it.
 * @throws AppError already_claimed with details.assignee, not_found
 */
export async function claimConversation(
  ctx: Context,
  { viewer, conversationId }: Options,
): Promise<ConversationRecord> {
  const seen = await accessConversation(viewer, conversationId);
  if (seen.assigneeId?.toHexString() === viewer.userId) return seen;
  const claimed = await changeConversation(
    ctx,
    { _id: seen._id, workspaceId: viewer.workspaceId, assigneeId: null },
    {
      $set: {
        assigneeId: viewer.userId,
        assigneeName: viewer.name,
        status: "open",
        active: true,
        statusSeq: seen.lastSeq,
      },
      $unset: { snoozedUntil: "" },
    },
  );
  if (!claimed) {
    const now = await accessConversation(viewer, conversationId);
    if (now.assigneeId?.toHexString() === viewer.userId) return now;
    throw alreadyClaimed(now);
  }
  return recordActivity(ctx, {
    conversation: claimed,
    activity: { kind: "claimed", name: viewer.name },
    by: viewer,
  });
}

/** Gives a conversation back to the team's queue. */
export async function releaseConversation(
  ctx: Context,
  { viewer, conversationId }: Options,
): Promise<ConversationRecord> {
  const seen = await accessConversation(viewer, conversationId);
  if (!seen.assigneeId) return seen;
  assertMayMove(viewer, seen);
  const released = await changeConversation(
    ctx,
    { _id: seen._id, assigneeId: seen.assigneeId },
    { $set: { assigneeId: null }, $unset: { assigneeName: "" } },
  );
  if (!released) throw new AppError("conflict");
  return recordActivity(ctx, { conversation: released, activity: { kind: "released", name: viewer.name }, by: viewer });
}

/**
 * Gives a conversation to a user of the workspace, or to nobody.
 * @throws AppError not_found for an unknown or disabled user, not_owner when an agent moves a colleague's
 */
export async function assignConversation(
  ctx: Context,
  { viewer, conversationId, userId }: Options & { userId: string | null },
): Promise<ConversationRecord> {
  if (userId === null) return releaseConversation(ctx, { viewer, conversationId });
  const seen = await accessConversation(viewer, conversationId);
  if (seen.assigneeId?.toHexString() === userId) return seen;
  assertMayMove(viewer, seen);
  const user = await UserModel.findOne({ _id: userId, workspaceId: viewer.workspaceId }).lean<UserRecord>();
  if (!user || user.disabled) throw notFound("user");
  const assigned = await changeConversation(
    ctx,
    { _id: seen._id, assigneeId: seen.assigneeId },
    {
      $set: { assigneeId: user._id, assigneeName: user.name, status: "open", active: true, statusSeq: seen.lastSeq },
      $unset: { snoozedUntil: "" },
    },
  );
  if (!assigned) throw alreadyClaimed(await accessConversation(viewer, conversationId));
  return recordActivity(ctx, { conversation: assigned, activity: { kind: "assigned", name: user.name }, by: viewer });
}

/** Agents move what is theirs or nobody's; supervisors and admins move anything. */
function assertMayMove(viewer: Viewer, conversation: ConversationRecord): void {
  const owner = conversation.assigneeId?.toHexString();
  if (owner && owner !== viewer.userId && viewer.role === "agent") {
    throw new AppError("not_owner", { assignee: { id: owner, name: conversation.assigneeName } });
  }
}

function alreadyClaimed(conversation: ConversationRecord): AppError {
  return new AppError("already_claimed", {
    assignee: { id: conversation.assigneeId?.toHexString(), name: conversation.assigneeName ?? "" },
    name: conversation.assigneeName ?? "",
  });
}
