import type { QueryFilter, UpdateQuery } from "mongoose";
import type { Activity } from "../../contract/message.ts";
import type { Context } from "../context.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import type { OwedWork } from "../models/message.ts";
import { announcingUpdate } from "./announce.ts";
import { appendMessage } from "./append-message.ts";

const RESOLVED = ["conversation.resolved"] as const;

/** One conditional update, then the event. Null when the condition did not hold. */
export async function changeConversation(
  ctx: Context,
  filter: QueryFilter<ConversationRecord>,
  update: UpdateQuery<ConversationRecord>,
): Promise<ConversationRecord | null> {
  const resolves = update.$set?.status === "resolved";
  const { push, set } = announcingUpdate(ctx, "conversation.updated", ...(resolves ? RESOLVED : []));
  const conversation = await ConversationModel.findOneAndUpdate(
    filter,
    { ...update, ...push, $set: { ...update.$set, ...set } },
    { returnDocument: "after" },
  ).lean<ConversationRecord>();
  if (conversation) ctx.bus.emit("conversation.updated", { conversation });
  return conversation;
}

/**
 * Writes a line about a change into the conversation's history. It takes a place of its own, so a bot
 * reply that was decided before the change finds its place taken and is dropped.
 */
export async function recordActivity(
  ctx: Context,
  {
    conversation,
    activity,
    by,
    sourceId,
    owed,
  }: {
    conversation: ConversationRecord;
    activity: Activity;
    by?: { userId: string; name: string };
    sourceId?: string;
    owed?: OwedWork[];
  },
): Promise<ConversationRecord> {
  const appended = await appendMessage(
    ctx,
    {
      workspaceId: conversation.workspaceId,
      conversationId: conversation._id,
      inboxId: conversation.inboxId,
      sourceId,
      channel: conversation.channel,
      direction: "activity",
      private: false,
      author: by ? { type: "user", id: by.userId, name: by.name } : { type: "system" },
      text: "",
      attachments: [],
      status: "sent",
      automatic: false,
      activity,
    },
    { owed: owed ?? [] },
  );
  return appended.conversation ?? conversation;
}
