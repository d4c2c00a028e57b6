import type { Types } from "mongoose";
import type { Context } from "../context.ts";
import { ConversationModel, type ConversationRecord, NOT_WAITING } from "../models/conversation.ts";
import type { MessageRecord } from "../models/message.ts";
import { isAnswer, waitingSinceOf } from "../queries/answers.ts";
import { changeConversation, recordActivity } from "./change-conversation.ts";
import { handToHuman } from "./hand-off.ts";

/**
 * An answer did not reach the buyer, for good: whoever waited for it waits on, since when they did, also where the matter was
 * closed meanwhile, and for a person where it was the bot's. Repeating it changes nothing.
 */
export async function waitAgain(ctx: Context, failed: MessageRecord): Promise<void> {
  if (!isAnswer(failed)) return;
  const id = failed.conversationId;
  for (;;) {
    const seen = await ConversationModel.findById(id).lean<ConversationRecord>();
    if (!seen) return;
    const since = await waitingSinceOf(id, { without: failed._id, closedFrom: failed.seq });
    if (!since) return;
    const closed = seen.status === "resolved";
    const waiting = await changeConversation(
      ctx,
      { _id: id, lastSeq: seen.lastSeq, status: seen.status },
      {
        ...(closed && { $set: { status: "open", active: true, statusSeq: seen.lastSeq } }),
        $min: { waitingSince: since, queueOrder: since.getTime() },
      },
    );
    // Somebody wrote in between: look again.
    if (!waiting) continue;
    const cause = `failed:${failed._id.toHexString()}`;
    if (closed) {
      await recordActivity(ctx, {
        conversation: waiting,
        activity: { kind: "reopened" },
        sourceId: `reopened:${cause}`,
      });
    } else if (waiting.status === "pending") {
      await handToHuman(ctx, { conversation: waiting, reason: "tool_failure", cause });
    }
    return;
  }
}

/**
 * Puts right who waits after an answer has left late or again, or was taken back. A closed conversation stays as it is.
 * @param closedFrom as `waitingSinceOf` has it
 */
export async function recountWaiting(
  ctx: Context,
  conversationId: Types.ObjectId,
  closedFrom?: number,
): Promise<ConversationRecord | null> {
  for (;;) {
    const seen = await ConversationModel.findById(conversationId).lean<ConversationRecord>();
    if (!seen || seen.status === "resolved") return seen;
    const since = await waitingSinceOf(conversationId, closedFrom === undefined ? {} : { closedFrom });
    const changed = await changeConversation(
      ctx,
      { _id: conversationId, lastSeq: seen.lastSeq, status: seen.status },
      since
        ? { $set: { waitingSince: since, queueOrder: since.getTime() } }
        : { $unset: { waitingSince: "" }, $set: { queueOrder: NOT_WAITING - seen.lastActivityAt.getTime() } },
    );
    if (changed) return changed;
  }
}
