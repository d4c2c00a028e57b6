import { type Locale, nearestLocale } from "../contract/locales.ts";
import { detectLanguage } from "./language/detect.ts";
import { normalize } from "./text/normalize.ts";
import { similarity } from "./text/similarity.ts";
import type { BotInput } from "./types.ts";

export type CheckFailure = "empty" | "too_long" | "repeats" | "wrong_language" | "forbidden" | "unfounded";

/** From this similarity on, two replies are the same to a reader. */
const SAME_REPLY = 0.85;

/**
 * Looks at a reply before it is sent, in code: nothing in here asks a model. `sources` are the texts it is based on;
 * when given, every amount, date, number, link and address of the reply must stand in one of them.
 */
export function check(
  text: string,
  input: BotInput,
  { locale, sources }: { locale: Locale; sources?: readonly string[] },
): CheckFailure | undefined {
  if (text.trim() === "") return "empty";
  if (text.length > (input.maxLength ?? 10_000)) return "too_long";
  const said = input.turns.filter((turn) => turn.author === "bot");
  if (said.some((turn) => similarity(turn.text, text) >= SAME_REPLY)) return "repeats";
  const plain = normalize(text);
  if (input.forbidden?.some((words) => words.trim() !== "" && plain.includes(normalize(words)))) return "forbidden";
  if (sources) {
    if (!isLanguage(text, locale)) return "wrong_language";
    if (unfounded(text, sources).length > 0) return "unfounded";
  }
  return undefined;
}

/** Whether a text is in the language; a text too short to tell passes. */
export function isLanguage(text: string, locale: Locale): boolean {
  const found = detectLanguage(text);
  if (found.language === "" || found.certainty < 0.4) return true;
  return nearestLocale(found.language)?.split("-")[0] === locale.split("-")[0];
}

const CLAIMS = [
  // Links and addresses.
  /(?:https?:\/\/|www\.)[^\s<>"')\]]+/giu,
  /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.\p{L}{2,}/giu,
  // Tracking and order numbers, codes: letters and digits mixed, or long numbers.
  /\b(?=[A-Z0-9-]*\d)(?=[A-Z0-9-]*[A-Z])[A-Z0-9][A-Z0-9-]{3,}\b/g,
  // Every number with its unit: amounts, percents, dates, days.
  /\p{N}+(?:[.,:/-]\p{N}+)*/gu,
];

/** Links, addresses, codes and numbers of a text that stand in none of the sources. */
export function unfounded(text: string, sources: readonly string[]): string[] {
  const known = sources.map((source) => canonical(source));
  const missing: string[] = [];
  for (const pattern of CLAIMS) {
    for (const match of text.matchAll(pattern)) {
      const claim = canonical(match[0].replace(/[.,;:!?]+$/, ""));
      if (claim !== "" && !known.some((source) => contains(source, claim))) missing.push(match[0]);
    }
  }
  return missing;
}

/** A number counts only as a whole: 5 is not founded by 15 or 5,000. */
function contains(source: string, claim: string): boolean {
  for (let at = source.indexOf(claim); at >= 0; at = source.indexOf(claim, at + 1)) {
    const before = source[at - 1] ?? " ";
    const after = source.slice(at + claim.length, at + claim.length + 2);
    const cut = /\p{N}/u.test(claim[0]!) && /\p{N}/u.test(before);
    const more = /\p{N}$/u.test(claim) && /^(?:\p{N}|[.,]\p{N})/u.test(after);
    if (!cut && !more) return true;
  }
  return false;
}

/** Digits of any script as ASCII, decimal commas as points, no case. */
function canonical(text: string): string {
  return normalize(text)
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - 0xe50))
    .replace(/(\d),(\d{1,2})(?!\d)/g, "$1.$2")
    .replace(/(\d)[,. {2}'](?=\d{3}(?!\d))/g, "$1");
}
