import { LOCALES, type Locale } from "../../contract/locales.ts";
import { legible } from "../facts/read.ts";
import { detectLanguage } from "../language/detect.ts";
import { comparable, normalize } from "../text/normalize.ts";
import { languageOf, stems } from "../text/words.ts";
import { COMMITMENTS, type Commitment } from "./commitments.ts";

/** Share of a reply's words that must stand in its sources or the question, where both are in one language. */
const COVERED = 0.34;
/** Below this many words there is too little to measure. */
const FEW = 4;

const commitments = new Map<Commitment, RegExp>(
  (Object.keys(COMMITMENTS.en) as Commitment[]).map((name) => [
    name,
    new RegExp(
      LOCALES.flatMap((locale) => COMMITMENTS[locale === "zh-TW" ? "zh-CN" : locale][name].split("|"))
        .map((part) => boundary(normalize(part)))
        .join("|"),
      "u",
    ),
  ]),
);

/** Words of alphabets start at a word's start; their endings are free. */
function boundary(part: string): string {
  const literal = part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return /^[\p{Script=Latin}\p{Script=Cyrillic}]/u.test(part) ? `(?<!\\p{L})${literal}` : literal;
}

/** What a text commits the shop to, in whatever language. */
export function commitmentsIn(text: string): Set<Commitment> {
  const plain = normalize(text).replace(/[’‘`´]/g, "'");
  return new Set([...commitments].filter(([, pattern]) => pattern.test(plain)).map(([name]) => name));
}

/**
 * Whether a reply says no more than its sources: no refund, discount, gift, replacement or deed that they do not
 * speak of, in any language; and in the same language, mostly their words. A question back may use the buyer's.
 */
export function isGrounded(
  text: string,
  sources: readonly string[],
  question: string,
  locale: Locale,
  { question: asksBack = false, topics = [] }: { question?: boolean; topics?: readonly string[] } = {},
): boolean {
  const spoken = commitmentsIn([...sources, ...(asksBack ? [question] : [])].join("\n"));
  const asked = commitmentsIn(topics.join("\n"));
  for (const commitment of commitmentsIn(legible(text))) {
    // What an entry is about may stand in its question alone: "When do I get my refund?" – "Within 5 days."
    const isTopic = (commitment === "refund" || commitment === "replacement") && asked.has(commitment);
    if (!spoken.has(commitment) && !isTopic) return false;
  }
  if (asksBack) return /[?？؟]/.test(text) || locale === "th";
  const language = languageOf(locale);
  if (detectLanguage(sources.join("\n")).language !== language) return true;
  const words = contentWords(text, language);
  if (words.size < FEW) return true;
  const known = contentWords(`${sources.join("\n")}\n${question}`, language);
  let covered = 0;
  for (const word of words) if (known.has(word)) covered++;
  return covered / words.size >= COVERED;
}

function contentWords(text: string, language: string): Set<string> {
  const short = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u;
  return new Set(stems(comparable(text), language).filter((word) => word.length >= (short.test(word) ? 2 : 4)));
}
