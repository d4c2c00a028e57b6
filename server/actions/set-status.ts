import type { Types } from "mongoose";
import type { Priority } from "../../contract/conversation.ts";
import type { Context } from "../context.ts";
import { AppError, invalidRequest } from "../errors.ts";
import { type ConversationRecord, NOT_WAITING, PRIORITY_RANKS } from "../models/conversation.ts";
import { accessConversation } from "../policies/conversations.ts";
import type { Viewer } from "../policies/viewer.ts";
import { dueSnoozes } from "../queries/conversations.ts";
import { changeConversation, recordActivity } from "./change-conversation.ts";

interface Options {
  viewer: Viewer;
  conversationId: string;
}

/** Resolves a conversation, or opens it again. A message that arrives while it is resolved is not lost sight of: it reopens. */
export async function setStatus(
  ctx: Context,
  { viewer, conversationId, status }: Options & { status: "open" | "resolved" },
): Promise<ConversationRecord> {
  for (;;) {
    const seen = await accessConversation(viewer, conversationId);
    if (seen.status === status) return seen;
    const changed = await changeConversation(
      ctx,
      { _id: seen._id, lastSeq: seen.lastSeq },
      status === "resolved"
        ? {
            $set: {
              status,
              active: false,
              statusSeq: seen.lastSeq,
              unread: 0,
              agentReadSeq: seen.lastSeq,
              queueOrder: NOT_WAITING - seen.lastActivityAt.getTime(),
            },
            $unset: { waitingSince: "", snoozedUntil: "", draft: "" },
          }
        : { $set: { status, active: true, statusSeq: seen.lastSeq }, $unset: { snoozedUntil: "" } },
    );
    // A message came in between: look again, so that the status counts after it.
    if (!changed) continue;
    return recordActivity(ctx, {
      conversation: changed,
      activity: { kind: status === "resolved" ? "resolved" : "reopened", name: viewer.name },
      by: viewer,
    });
  }
}

/**
 * Puts a conversation to sleep until an instant; the buyer's next message wakes it earlier.
 * @throws AppError invalid_request for a time that is past or more than a year away
 */
export async function snoozeConversation(
  ctx: Context,
  { viewer, conversationId, until }: Options & { until: Date },
): Promise<ConversationRecord> {
  const ahead = until.getTime() - ctx.clock.now().getTime();
  if (ahead <= 0 || ahead > 366 * 24 * 3600 * 1000) {
    throw invalidRequest([{ path: "body.until", message: "must be in the future, within a year" }]);
  }
  const seen = await accessConversation(viewer, conversationId);
  const snoozed = await changeConversation(
    ctx,
    { _id: seen._id, lastSeq: seen.lastSeq },
    { $set: { status: "snoozed", active: true, snoozedUntil: until, statusSeq: seen.lastSeq } },
  );
  if (!snoozed) throw new AppError("conflict");
  return recordActivity(ctx, {
    conversation: snoozed,
    activity: { kind: "snoozed", name: viewer.name, until: until.toISOString() },
    by: viewer,
  });
}

/** Wakes what has slept long enough. Several nodes may try at once: each conversation wakes once. */
export async function wakeSnoozed(ctx: Context): Promise<number> {
  const due = await dueSnoozes(ctx.clock.now());
  let woken = 0;
  for (const { _id, snoozedUntil } of due) {
    const conversation = await changeConversation(
      ctx,
      { _id, status: "snoozed", snoozedUntil },
      { $set: { status: "open" }, $unset: { snoozedUntil: "" } },
    );
    if (!conversation) continue;
    await recordActivity(ctx, { conversation, activity: { kind: "woken" }, sourceId: wakeKey(_id, snoozedUntil) });
    woken += 1;
  }
  return woken;
}

function wakeKey(id: Types.ObjectId, until: Date | undefined): string {
  return `woken:${id.toHexString()}:${until?.getTime()}`;
}

/** Sets the labels, in the order given, without repeats. */
export async function setLabels(
  ctx: Context,
  { viewer, conversationId, labels }: Options & { labels: string[] },
): Promise<ConversationRecord> {
  const seen = await accessConversation(viewer, conversationId);
  const clean = [...new Set(labels.map((label) => label.trim()).filter(Boolean))];
  return (await changeConversation(ctx, { _id: seen._id }, { $set: { labels: clean } })) ?? seen;
}

export async function setPriority(
  ctx: Context,
  { viewer, conversationId, priority }: Options & { priority: Priority },
): Promise<ConversationRecord> {
  const seen = await accessConversation(viewer, conversationId);
  const priorityRank = PRIORITY_RANKS[priority];
  return (
    (await changeConversation(
      ctx,
      { _id: seen._id, priorityRank: { $ne: priorityRank } },
      { $set: { priorityRank } },
    )) ?? seen
  );
}
