import type { UpdateQuery } from "mongoose";
import type { ConversationKind } from "../../contract/conversation.ts";
import type { Context } from "../context.ts";
import { type ConversationRecord, NOT_WAITING } from "../models/conversation.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import { accessConversation } from "../policies/conversations.ts";
import type { Viewer } from "../policies/viewer.ts";
import { listMessages } from "../queries/conversations.ts";
import { changeConversation, recordActivity } from "./change-conversation.ts";

/** Mails that are looked through for those that nobody answered. */
const LOOKED_AT = 50;

/**
 * Says what a conversation is. To a person's: what came since the last answer counts as written by a person, so they wait
 * for one, and the bot may answer where it is its turn. To any other: nobody waits in it.
 */
export async function setKind(
  ctx: Context,
  { viewer, conversationId, kind }: { viewer: Viewer; conversationId: string; kind: ConversationKind },
): Promise<ConversationRecord> {
  for (;;) {
    const seen = await accessConversation(viewer, conversationId);
    if (seen.kind === kind) return seen;
    const update = kind === "person" ? await asPersons(ctx, seen) : asNobodys(seen);
    const changed = await changeConversation(
      ctx,
      { _id: seen._id, lastSeq: seen.lastSeq },
      { ...update, $set: { ...update.$set, kind } },
    );
    // A message came in between: look again.
    if (!changed) continue;
    return recordActivity(ctx, {
      conversation: changed,
      activity: { kind: `marked_${kind}`, name: viewer.name },
      by: viewer,
      ...(kind === "person" && changed.status === "pending" && { owed: ["bot"] as const satisfies string[] }),
    });
  }
}

async function asPersons(ctx: Context, { _id, active }: ConversationRecord): Promise<UpdateQuery<ConversationRecord>> {
  const { items } = await listMessages(_id, { limit: LOOKED_AT });
  const answeredAt = items.findLastIndex(({ direction, private: hidden }) => direction === "outgoing" && !hidden);
  const open = items.slice(answeredAt + 1).filter(({ direction }) => direction === "incoming");
  for (const message of open.filter(({ automatic }) => automatic)) await asWritten(ctx, message);
  const [first] = open;
  const last = open.at(-1);
  if (!first || !last || !active) return {};
  return {
    $set: { lastIncomingAt: last.createdAt },
    $min: { waitingSince: first.createdAt, queueOrder: first.createdAt.getTime() },
  };
}

/** A message that was taken for a program's. */
async function asWritten(ctx: Context, { _id }: MessageRecord): Promise<void> {
  const message = await MessageModel.findOneAndUpdate(
    { _id, automatic: true },
    { $set: { automatic: false }, $unset: { "original.kind": "" } },
    { returnDocument: "after" },
  ).lean<MessageRecord>();
  if (message) ctx.bus.emit("message.updated", { message });
}

function asNobodys({ lastActivityAt }: ConversationRecord): UpdateQuery<ConversationRecord> {
  return {
    $set: { queueOrder: NOT_WAITING - lastActivityAt.getTime() },
    $unset: { waitingSince: "", draft: "" },
  };
}
