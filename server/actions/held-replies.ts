import type { ChannelName } from "../../contract/message.ts";
import type { Context } from "../context.ts";
import { AppError, notFound } from "../errors.ts";
import { ConversationModel, type ConversationRecord } from "../models/conversation.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";
import { accessConversation } from "../policies/conversations.ts";
import type { Viewer } from "../policies/viewer.ts";
import { findInbox, inboxOfChannel } from "../queries/inboxes.ts";
import { undoSecondsOf } from "../undo-seconds.ts";
import { announcingUpdate } from "./announce.ts";
import { lastMessageOf } from "./append-message.ts";
import { changeConversation, recordActivity } from "./change-conversation.ts";
import { letGo } from "./claims.ts";
import { OWED_MESSAGES } from "./owed.ts";
import { recountWaiting } from "./recount-waiting.ts";

/**
 * When a reply is to leave: undefined for at once. A person at the console asks for time to think again (`undo`); API keys,
 * the bot and rules do not wait.
 */
export async function dueAt(
  ctx: Context,
  viewer: Viewer,
  conversation: ConversationRecord,
  { channel, undo }: { channel: ChannelName; undo?: boolean | undefined },
): Promise<Date | undefined> {
  if (!undo || !viewer.sessionId) return undefined;
  const own = await findInbox(ctx, conversation.inboxId);
  const inbox = own?.channel === channel ? own : await inboxOfChannel(conversation.workspaceId, channel);
  const seconds = undoSecondsOf(ctx.channels, channel, inbox?.undoSeconds);
  return seconds > 0 ? new Date(ctx.clock.now().getTime() + seconds * 1_000) : undefined;
}

/** A reply that waits is nobody's to see but the team's: it is stored as a note is, and becomes a message when it leaves. */
export function heldFields(
  viewer: Viewer,
  until: Date | undefined,
): Pick<MessageRecord, "held" | "private"> | undefined {
  return until && { private: true, held: { until, by: viewer.userId } };
}

/**
 * Lets a reply go whose time has come: from here on it can not be taken back. Of this and `takeBackReply` one happens.
 * Null when it was taken back, or when its time has not come: it waits on.
 */
export async function releaseReply(ctx: Context, message: MessageRecord): Promise<MessageRecord | null> {
  const { held, _id } = message;
  if (!held) return message;
  const now = ctx.clock.now();
  if (held.until > now) {
    await letGo(ctx, OWED_MESSAGES, _id, held.until);
    return null;
  }
  const { push, set } = announcingUpdate(ctx, "message.created");
  return MessageModel.findOneAndUpdate(
    { _id, status: "pending", held: { $exists: true } },
    { $set: { private: false, leftAt: now, ...set }, ...push, $unset: { held: "" } },
    { returnDocument: "after" },
  ).lean<MessageRecord>();
}

/** What a reply that has left changes on its conversation. It stands where it was written; safe to repeat. */
export async function settleLeft(ctx: Context, message: MessageRecord): Promise<void> {
  const { conversationId: _id, seq, original } = message;
  const at = message.leftAt ?? message.createdAt;
  const copies = [...(original?.cc ?? []), ...(original?.bcc ?? [])].map(({ address }) => address.toLowerCase());
  await ConversationModel.collection.updateOne(
    { _id },
    {
      $max: { lastActivityAt: at, ...(!message.forwardTo && { agentReadSeq: seq }) },
      ...(copies.length > 0 && { $addToSet: { participants: { $each: copies } } }),
    },
  );
  await ConversationModel.collection.updateOne(
    { _id, $or: [{ lastMessage: { $exists: false } }, { "lastMessage.seq": { $lt: seq } }] },
    { $set: { lastMessage: lastMessageOf({ ...message, createdAt: at }) } },
  );
  // Nothing came since it was written: the agent has seen all.
  const answered = !message.forwardTo && message.author.type === "user";
  if (answered && !(await MessageModel.exists({ conversationId: _id, seq: { $gt: seq }, direction: "incoming" }))) {
    await ConversationModel.collection.updateOne({ _id }, { $set: { unread: 0 } });
  }
  const conversation = await recountWaiting(ctx, _id);
  if (conversation) ctx.bus.emit("message.left", { message, conversation });
}

/**
 * Takes a reply back that has not left: it becomes a line of the history that buyers never see. Asking again gives it again.
 * @throws AppError not_found, forbidden for another agent's, already_sent
 */
export async function takeBackReply(
  ctx: Context,
  { viewer, conversationId, seq }: { viewer: Viewer; conversationId: string; seq: number },
): Promise<MessageRecord> {
  const conversation = await accessConversation(viewer, conversationId);
  const message = await MessageModel.findOne({ conversationId: conversation._id, seq }).lean<MessageRecord>();
  if (!message) throw notFound("message");
  const by = message.held?.by ?? message.takenBack?.by;
  if (!by) throw new AppError(message.direction === "outgoing" && !message.private ? "already_sent" : "conflict");
  if (by !== viewer.userId && viewer.role === "agent") throw new AppError("forbidden");
  if (message.takenBack) return message;
  const taken = await MessageModel.findOneAndUpdate(
    { _id: message._id, status: "pending", held: { $exists: true } },
    {
      $set: {
        direction: "activity",
        private: true,
        status: "sent",
        activity: { kind: "taken_back", name: viewer.name },
        takenBack: { by, at: ctx.clock.now() },
      },
      $unset: { held: "", owed: "", owedAt: "", claimedBy: "" },
    },
    { returnDocument: "after" },
  ).lean<MessageRecord>();
  if (!taken) throw new AppError("already_sent");
  ctx.bus.emit("message.updated", { message: taken });
  await reopenFor(ctx, viewer, conversation, seq);
  return taken;
}

/** Closed because it was answered: without the answer it is open, and the buyer waits as before. */
async function reopenFor(ctx: Context, viewer: Viewer, conversation: ConversationRecord, seq: number): Promise<void> {
  if (conversation.status !== "resolved" || conversation.statusSeq < seq) return;
  const reopened = await changeConversation(
    ctx,
    { _id: conversation._id, status: "resolved" },
    { $set: { status: "open", active: true, statusSeq: conversation.lastSeq } },
  );
  if (!reopened) return;
  await recordActivity(ctx, {
    conversation: reopened,
    activity: { kind: "reopened", name: viewer.name },
    by: viewer,
  });
  await recountWaiting(ctx, conversation._id, seq);
}
