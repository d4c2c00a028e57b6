import type { HandoffSummary } from "../../contract/bot.ts";
import type { MessageRecord } from "../records.ts";

const WISH_LENGTH = 600;
const TRIED = 8;
/** Below this many letters a message says "hello" or "yes": it is not what somebody wants. */
const MEANINGFUL = 12;

/** What the person who takes over should know, from the messages alone. */
export function summarizeHandoff(messages: readonly MessageRecord[], orderNumber?: string): HandoffSummary {
  const shown = messages.filter((message) => !message.private && message.direction !== "activity");
  const buyers = shown.filter((message) => message.direction === "incoming" && !message.automatic);
  const telling = buyers.map(({ text }) => text.trim()).filter((text) => letters(text) >= MEANINGFUL);
  const last = buyers.at(-1)?.text.trim() ?? "";
  // "Person please!" tells nothing: what came before it does.
  const wish =
    letters(last) >= MEANINGFUL * 2
      ? last
      : [telling.at(-1), last].filter((text, at, all) => text && all.indexOf(text) === at).join("\n");
  const files = buyers.reduce((sum, { attachments }) => sum + attachments.length, 0);
  return {
    wish: (wish || last).slice(0, WISH_LENGTH).toWellFormed(),
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
