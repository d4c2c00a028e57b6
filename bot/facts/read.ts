import { normalize } from "../text/normalize.ts";

/** Characters that nobody sees: soft hyphen, zero width, direction marks, tags. */
const INVISIBLE =
  /\u034f|[\ufe00-\ufe0f]|[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;

/** A text as a reader sees it, in one form: nothing invisible, one case, ASCII digits. */
export function legible(text: string): string {
  return normalize(text.replace(INVISIBLE, ""))
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - 0xe50));
}

/** Sentences of a legible text. A point inside a number or a domain ends none. */
export function sentences(text: string): string[] {
  return text.split(/[!?;。！？؟\n]+|\.(?=\s|$)/u).flatMap((part) => part.trim() || []);
}

/** Parts of a sentence that can be true or false by themselves. */
export function clauses(text: string): string[] {
  return sentences(text).flatMap((sentence) =>
    sentence.split(/[,:،、，–—()]+(?!\d)/u).flatMap((part) => part.trim() || []),
  );
}

/** Alternatives separated by `|` as one pattern source. `whole`: words of alphabets end where the alternative ends. */
export function words(table: string, { whole = false } = {}): string {
  return table
    .split("|")
    .map((part) => normalize(part.trim()))
    .filter((part) => part !== "")
    .sort((a, b) => b.length - a.length)
    .map((part) => {
      const literal = part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      if (!/^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Arabic}]/u.test(part)) return literal;
      return `(?<!\\p{L})${literal}${whole ? "(?!\\p{L})" : ""}`;
    })
    .join("|");
}
