/** Sentences shorter than this carry no question of their own ("Hi.", "I see."). */
const SHORTEST = 6;
const MOST = 5;

/** Splits a message into its sentences and lines: what may be several questions at once. */
export function questionsIn(text: string): string[] {
  const parts = text
    .split(/(?<=[?？!！。؟])\s*|(?<=\.)\s+(?=\p{Lu}|\p{Lo})|\n+/u)
    .map((part) => part.trim())
    .filter((part) => (part.match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= minimum(part));
  if (parts.length < 2) return text.trim() === "" ? [] : [text.trim()];
  return parts.slice(0, MOST);
}

/** A sign of Chinese, Japanese or Korean says as much as a few letters. */
function minimum(part: string): number {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(part) ? 3 : SHORTEST;
}
