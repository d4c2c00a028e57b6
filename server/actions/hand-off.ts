import type { HandoffReason, HandoffSummary } from "../../contract/bot.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import type { ConversationRecord } from "../models/conversation.ts";
import { MessageModel, type MessageRecord, type OwedWork } from "../models/message.ts";
import { accessConversation } from "../policies/conversations.ts";
import type { Viewer } from "../policies/viewer.ts";
import { findInbox } from "../queries/inboxes.ts";
import { changeConversation, recordActivity } from "./change-conversation.ts";

/** An agent hands a conversation to the bot, or from the bot to the team's queue. */
export async function handOff(
  ctx: Context,
  {
    viewer,
    conversationId,
    to,
    reason,
  }: { viewer: Viewer; conversationId: string; to: "human" | "bot"; reason?: HandoffReason | undefined },
): Promise<ConversationRecord> {
  const seen = await accessConversation(viewer, conversationId);
  if (to === "human") return handToHuman(ctx, { conversation: seen, reason: reason ?? "customer_request", by: viewer });
  const inbox = await findInbox(ctx, seen.inboxId);
  if (inbox?.bot.mode === "off") throw new AppError("conflict", { bot: "off" });
  const handed = await changeConversation(
    ctx,
    { _id: seen._id, assigneeId: seen.assigneeId },
    {
      $set: { status: "pending", active: true, assigneeId: null, statusSeq: seen.lastSeq },
      $unset: { assigneeName: "", handoffReason: "", snoozedUntil: "" },
    },
  );
  if (!handed) throw new AppError("conflict");
  return recordActivity(ctx, {
    conversation: handed,
    activity: { kind: "handed_to_bot", name: viewer.name },
    by: viewer,
    // What the buyer asked before the hand-back is the bot's to answer now.
    owed: ["bot"],
  });
}

/**
 * The conversation waits for a person from now on. Repeating it for the same cause changes nothing.
 * @param cause makes a repeat after a crash write the history line once
 */
export async function handToHuman(
  ctx: Context,
  {
    conversation,
    reason,
    by,
    cause,
    summary,
    owed,
  }: {
    conversation: ConversationRecord;
    reason: HandoffReason;
    by?: Viewer;
    cause?: string;
    summary?: HandoffSummary;
    owed?: OwedWork[];
  },
): Promise<ConversationRecord> {
  const handed = await changeConversation(
    ctx,
    { _id: conversation._id, status: { $ne: "resolved" } },
    {
      $set: { status: "open", handoffReason: reason, statusSeq: conversation.lastSeq },
      $unset: { snoozedUntil: "" },
      // Whoever was answered by the bot but wants a person waits since now at the latest.
      $min: { waitingSince: ctx.clock.now(), queueOrder: ctx.clock.now().getTime() },
    },
  );
  return recordActivity(ctx, {
    conversation: handed ?? conversation,
    activity: { kind: "handed_off", reason, ...(summary && { summary }) },
    ...(owed && { owed }),
    ...(by && { by }),
    ...(cause && { sourceId: `handoff:${cause}` }),
  });
}

/** Puts a model's account beside what is known of a hand-over. Once. */
export async function recordSummary(
  ctx: Context,
  { message, text, model }: { message: MessageRecord; text: string; model: string },
): Promise<void> {
  const updated = await MessageModel.findOneAndUpdate(
    { _id: message._id, "activity.summary.text": { $exists: false } },
    { $set: { "activity.summary.text": text, "activity.summary.model": model } },
    { returnDocument: "after" },
  ).lean<MessageRecord>();
  if (updated) ctx.bus.emit("message.updated", { message: updated });
}
