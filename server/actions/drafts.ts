import { Types } from "mongoose";
import type { DecisionSummary } from "../../contract/bot.ts";
import type { Context } from "../context.ts";
import type { ConversationRecord } from "../models/conversation.ts";
import type { StoredAttachment } from "../models/message.ts";
import { changeConversation } from "./change-conversation.ts";

/**
 * Keeps what the bot would say for an agent to approve. A draft made before somebody took over or wrote
 * is dropped: null.
 */
export async function saveDraft(
  ctx: Context,
  {
    conversation,
    text,
    locale,
    decision,
    seq,
    attachments = [],
  }: {
    conversation: ConversationRecord;
    text: string;
    locale: string;
    decision: DecisionSummary;
    seq: number;
    attachments?: StoredAttachment[];
  },
): Promise<ConversationRecord | null> {
  return changeConversation(
    ctx,
    { _id: conversation._id, lastSeq: conversation.lastSeq, assigneeId: null },
    {
      $set: {
        draft: { id: new Types.ObjectId(), text, locale, bot: decision, attachments, seq, createdAt: ctx.clock.now() },
      },
    },
  );
}
