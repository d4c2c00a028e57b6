import { Types } from "mongoose";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import type { MessageRecord } from "../models/message.ts";
import { listMessages } from "./conversations.ts";

/** What a buyer wrote until somebody answered. */
export interface PastQuestion {
  conversation: ConversationRecord;
  messages: MessageRecord[];
}

/** Conversations that are looked through, of those open and those resolved each. */
const CONVERSATIONS = 500;
const MESSAGES = 60;

/** What buyers asked lately: the latest conversations of the workspace, their questions oldest first in each. */
export async function pastQuestions(
  workspaceId: string,
  { inboxId, limit }: { inboxId?: Types.ObjectId | undefined; limit: number },
): Promise<PastQuestion[]> {
  const found: PastQuestion[] = [];
  const lists = await Promise.all(
    [true, false].map((active) =>
      ConversationModel.find({
        workspaceId: new Types.ObjectId(workspaceId),
        kind: "person",
        active,
        ...(inboxId && { inboxId }),
      })
        .sort({ queueOrder: 1, _id: 1 })
        .limit(CONVERSATIONS)
        .lean<ConversationRecord[]>(),
    ),
  );
  const latest = lists.flat().sort((a, b) => b.lastActivityAt.getTime() - a.lastActivityAt.getTime());
  for (const conversation of latest) {
    if (found.length >= limit) break;
    const { items } = await listMessages(conversation._id, { limit: MESSAGES });
    found.push(...questionsIn(items).map((messages) => ({ conversation, messages })));
  }
  return found.slice(0, limit);
}

function questionsIn(messages: readonly MessageRecord[]): MessageRecord[][] {
  const questions: MessageRecord[][] = [];
  let open: MessageRecord[] = [];
  for (const message of messages) {
    if (message.direction === "incoming" && !message.automatic) {
      if (message.text.trim() !== "") open.push(message);
    } else if (message.direction === "outgoing" && !message.private && open.length > 0) {
      questions.push(open);
      open = [];
    }
  }
  if (open.length > 0) questions.push(open);
  return questions;
}
