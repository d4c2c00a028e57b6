import type { MessageThread } from "../../channels/channel.ts";
import { buyersText } from "../buyers-text.ts";
import type { Context } from "../context.ts";
import { ContactIdentityModel } from "../models/contact.ts";
import type { ConversationRecord } from "../models/conversation.ts";
import { MessageModel, type MessageRecord } from "../models/message.ts";

const LOOK_BACK = 60;
const MAX_MISSED = 30;

/** What a message of a channel with threads answers, and which of ours stand before it. */
export async function threadOf(
  conversation: ConversationRecord,
  message: MessageRecord,
): Promise<{ thread: MessageThread; quote?: { author: string; at: Date; text: string } }> {
  const before = await MessageModel.find({ conversationId: conversation._id, seq: { $lt: message.seq } })
    .sort({ seq: -1 })
    .limit(LOOK_BACK)
    .lean<MessageRecord[]>();
  const same = before.filter((each) => each.channel === message.channel && !each.private && !each.forwardTo);
  const answered = same.find((each) => each.direction === "incoming" && each.original?.externalId);
  const earlier = same
    .filter((each) => each.direction === "outgoing" && each.status !== "failed" && each.seq > (answered?.seq ?? 0))
    .map((each) => each.seq)
    .reverse();
  const last = message.forwards
    ? await MessageModel.findOne({ conversationId: conversation._id, seq: message.forwards }).lean<MessageRecord>()
    : before.find((each) => each.direction === "incoming");
  return {
    thread: {
      subject: conversation.subject ?? answered?.original?.subject ?? "",
      ...(answered?.original?.externalId && {
        answers: [...(answered.original.references ?? []), answered.original.externalId],
      }),
      earlier,
    },
    ...(last && { quote: { author: last.author.name ?? "", at: last.createdAt, text: last.text } }),
  };
}

/** Whether the buyer reads a message with the hub itself, so that nothing tells them of it once they have left. */
export function waitsHere(
  ctx: Context,
  { hosted, channel }: Pick<ConversationRecord, "hosted" | "channel">,
  message: Pick<MessageRecord, "channel">,
): boolean {
  return ctx.channels.get(message.channel).capabilities.live || (hosted === true && message.channel === channel);
}

/**
 * What was said on a live channel after the buyer left, for the first message that reaches them by another: what the
 * buyer has not read, oldest first.
 */
export async function missedMessages(
  ctx: Context,
  conversation: ConversationRecord,
  message: MessageRecord,
): Promise<{ author: string; at: Date; text: string }[]> {
  const after = Math.max(conversation.contactReadSeq, conversation.continuedSeq ?? 0);
  const unread = await MessageModel.find({ conversationId: conversation._id, seq: { $gt: after, $lt: message.seq } })
    .sort({ seq: 1 })
    .limit(MAX_MISSED)
    .lean<MessageRecord[]>();
  return unread
    .filter((each) => each.direction === "outgoing" && !each.private && waitsHere(ctx, conversation, each))
    .map((each) => ({
      author: each.author.type === "user" ? (each.author.name ?? "") : "",
      at: each.createdAt,
      text: buyersText(each),
    }));
}

/** Whether mail of the shop's own accord to this address came back for good. */
export async function isUnreachable(message: MessageRecord, address: string): Promise<boolean> {
  const { workspaceId, channel } = message;
  const key = address.toLowerCase();
  return (await ContactIdentityModel.exists({ workspaceId, channel, key, unreachable: { $exists: true } })) !== null;
}
