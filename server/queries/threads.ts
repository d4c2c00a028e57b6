import type { MessageThread, OutboundMessage } from "../../channels/channel.ts";
import { buyersText } from "../buyers-text.ts";
import type { Context } from "../context.ts";
import { ContactIdentityModel } from "../models/contact.ts";
import type { ConversationRecord } from "../models/conversation.ts";
import { MessageModel, type MessageRecord, type StoredAttachment } from "../models/message.ts";

const LOOK_BACK = 60;
const MAX_MISSED = 30;
/** Of one mail: as base 64 it stays below what mail servers commonly take. */
const MAX_FILES_BYTES = 15 * 1024 * 1024;

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

/** A message that the buyer has not read where it was written. */
export interface Missed {
  author: string;
  at: Date;
  text: string;
  files: StoredAttachment[];
}

/**
 * What was said on a live channel after the buyer left, for the first message that reaches them by another: what the
 * buyer has not read, oldest first.
 * @param proven the address is the buyer's. Where it may be a stranger's, nothing is told of orders.
 */
export async function missedMessages(
  ctx: Context,
  conversation: ConversationRecord,
  message: MessageRecord,
  { proven }: { proven: boolean },
): Promise<Missed[]> {
  const after = Math.max(conversation.contactReadSeq, conversation.continuedSeq ?? 0);
  const unread = await MessageModel.find({ conversationId: conversation._id, seq: { $gt: after, $lt: message.seq } })
    .sort({ seq: -1 })
    .limit(MAX_MISSED)
    .lean<MessageRecord[]>();
  return unread
    .reverse()
    .filter((each) => each.direction === "outgoing" && !each.private && waitsHere(ctx, conversation, each))
    .map((each) => {
      const kept = !proven && (each.bot?.order === true || each.automation !== undefined);
      return {
        author: each.author.type === "user" ? (each.author.name ?? "") : "",
        at: each.leftAt ?? each.createdAt,
        text: kept ? ctx.translate(conversation.locale, "email:mail.orderInChat") : buyersText(each),
        files: kept ? [] : each.attachments,
      };
    });
}

/**
 * The messages that were missed as a mail shows them, with their files beside those of its own. A file that would make the mail
 * too large is named.
 */
export function filesOf(
  ctx: Context,
  missed: readonly Missed[],
  { before = [], locale }: { before?: OutboundMessage["attachments"]; locale: string | undefined },
): Pick<OutboundMessage, "attachments" | "missed"> {
  const attachments = [...before];
  let bytes = before.reduce((sum, { size }) => sum + size, 0);
  const shown = missed.map(({ files, ...each }) => {
    const names = files.map((file) => {
      const fits = bytes + file.size <= MAX_FILES_BYTES;
      if (fits) {
        attachments.push({ ...file, id: file.id.toHexString() });
        bytes += file.size;
      }
      return fits ? `\u{1F4CE} ${file.name}` : ctx.translate(locale, "email:mail.fileInChat", { name: file.name });
    });
    return { ...each, text: [each.text, ...names].filter((line) => line !== "").join("\n") };
  });
  return { attachments, ...(shown.length > 0 && { missed: shown }) };
}

/** Whether mail of the shop's own accord to this address came back for good. */
export async function isUnreachable(message: MessageRecord, address: string): Promise<boolean> {
  const { workspaceId, channel } = message;
  const key = address.toLowerCase();
  return (await ContactIdentityModel.exists({ workspaceId, channel, key, unreachable: { $exists: true } })) !== null;
}
