import type { HandoffReason, HandoffSummary } from "../../contract/bot.ts";
import type { MessageRecord } from "../records.ts";

const WISH_LENGTH = 600;
const TRIED = 8;
/** Below this many letters a message says "hello" or "yes": it is not what somebody wants. */
const MEANINGFUL = 12;

/** What the person who takes over should know, from the messages alone. */
export function summarizeHandoff(
  messages: readonly MessageRecord[],
  { reason, orderNumber }: { reason: HandoffReason; orderNumber?: string | undefined },
): HandoffSummary {
  const shown = messages.filter((message) => !message.private && message.direction !== "activity");
  const buyers = shown.filter((message) => message.direction === "incoming" && !message.automatic);
  const last = buyers.at(-1)?.text.trim() ?? "";
  const before = buyers.slice(0, -1).findLast(({ text }) => letters(text.trim()) >= MEANINGFUL);
  // "I want a person" does not tell what for, nor does a word or two: what came before it does.
  const alone = letters(last) >= MEANINGFUL * 2 && reason !== "customer_request";
  const wish = alone || !before ? last : [before.text.trim(), last].filter((text) => text !== "").join("\n");
  const files = buyers.reduce((sum, { attachments }) => sum + attachments.length, 0);
  return {
    wish: wish.slice(0, WISH_LENGTH).toWellFormed(),
    tried: shown
      .filter((message) => message.author.type === "bot" && message.bot && message.bot.decision !== "hand_off")
      .slice(-TRIED)
      .map(({ bot }) => {
        const title = bot?.decision === "answer" || bot?.decision === "offer" ? bot.sources[0]?.title : undefined;
        return { decision: bot?.decision ?? "answer", ...(title && { title }) };
      }),
    ...(orderNumber && { orderNumber }),
    ...(files > 0 && { files }),
  };
}

function letters(text: string): number {
  // A sign of Chinese, Japanese or Korean says as much as a few letters.
  const dense = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu)?.length ?? 0;
  return (text.match(/\p{L}/gu)?.length ?? 0) + 2 * dense;
}
