import type { Types } from "mongoose";
import { MessageModel, type MessageRecord } from "../models/message.ts";

/** As much of a conversation as is looked at for who waits. */
const LOOK_BACK = 200;

/**
 * Whether a message answers the buyer, so that they wait no longer: a person's or the bot's own words to them. A note, a
 * message passed on to somebody else, what a rule or the hub sends by itself, and a bot that only says that a person will
 * come, are no answers.
 */
export function isAnswer({
  direction,
  private: hidden,
  forwardTo,
  automation,
  author,
  bot,
}: Pick<MessageRecord, "direction" | "private" | "forwardTo" | "automation" | "author" | "bot">): boolean {
  if (direction !== "outgoing" || hidden || forwardTo || automation) return false;
  return author.type === "user" || (author.type === "bot" && bot?.decision !== "hand_off");
}

/**
 * Since when the buyer waits, by what stands in a conversation: the first thing that they wrote, or that was handed to
 * people, after the last answer that counts. Undefined when nobody waits, as far as the latest messages tell.
 * @param without an answer that did not reach them, whatever its row says by now
 * @param closedFrom from which place on a closed conversation is the same matter, as it was closed because of that answer
 */
export async function waitingSinceOf(
  conversationId: Types.ObjectId,
  { without, closedFrom = Number.POSITIVE_INFINITY }: { without?: Types.ObjectId; closedFrom?: number } = {},
): Promise<Date | undefined> {
  const messages = await MessageModel.find({ conversationId })
    .sort({ seq: -1 })
    .limit(LOOK_BACK)
    .lean<MessageRecord[]>();
  let since: Date | undefined;
  for (const message of messages) {
    if (isAnswer(message) && message.status !== "failed" && !without?.equals(message._id)) break;
    const { activity, direction, automatic, seq, createdAt } = message;
    if (activity?.kind === "resolved" && seq < closedFrom) break;
    if (activity?.kind === "handed_off" || (direction === "incoming" && !automatic)) since = createdAt;
  }
  return since;
}
