import { QUOTE_PHRASES, type QuotePhrases } from "./phrases.ts";

/**
 * A line of a mail as a reader sees it. `depth` counts the quoting around it: `>` marks in plain text, blockquotes
 * in HTML. Hints come from the structure of HTML, which says what plain text only suggests.
 */
export interface Line {
  text: string;
  depth: number;
  /** signature: in a signature block. attribution: "On … wrote:". cut: quoted history begins here. */
  hint?: "signature" | "attribution" | "cut" | "rule";
}

/** Compatibility forms, odd blanks, direction marks, and digits of other scripts made plain, for comparing only. */
export function plain(text: string): string {
  // Most lines are: nothing to make plain.
  if (ASCII.test(text)) return text.toLowerCase();
  return text
    .normalize("NFKC")
    .replace(/[\u00a0\u2000-\u200a\u202f\u3000]/g, " ")
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]/g, "")
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace(/[’‘ʼ]/g, "'")
    .replace(/[“”„«»]/g, '"')
    .replace(/[‐‑‒–—―−]/g, "-")
    .toLowerCase();
}

const ASCII = /^[\t\n\r -~]*$/;
const BLANK = /^[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069]*$/;

export function isBlank(text: string): boolean {
  return BLANK.test(text);
}

const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** All phrases of one kind in all languages, longest first, in the form that `plain` gives. */
export function phrases(...kinds: (keyof QuotePhrases)[]): string[] {
  const all = new Set<string>();
  for (const language of Object.values(QUOTE_PHRASES))
    for (const kind of kinds) for (const phrase of language[kind] ?? []) all.add(plain(phrase));
  return [...all].sort((a, b) => b.length - a.length);
}

/** The source of an alternation over such phrases. */
export function anyOf(list: readonly string[]): string {
  return `(?:${list.map(escapeRegExp).join("|")})`;
}

const YEAR = String.raw`(?<!\d)(?:19|20|25)\d\d(?!\d)`;
const NUMERIC_DATE = String.raw`(?<!\d)\d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,4}(?!\d)|\d{1,4}\s?[年년]|\d{1,2}\s?[月월]\s?\d{1,2}`;
const TIME = String.raw`(?<!\d)\d{1,2}\s?(?:[:.]|h|時|시|点|點)\s?\d{2}(?!\d)`;
const DATE = new RegExp(`${YEAR}|${NUMERIC_DATE}`);
const CLOCK = new RegExp(TIME);

/** Whether a date stands in the text, in any of the ways that mail programs print one. Takes `plain` text. */
export function hasDate(text: string): boolean {
  return DATE.test(text) || (CLOCK.test(text) && /(?<![\d:.])\d{1,2}(?![\d:.])/.test(text));
}
export function hasTime(text: string): boolean {
  return CLOCK.test(text);
}
const ADDRESS = /[^\s<>()[\]"',;:]+@[^\s<>()[\]"',;:]+/;
export function hasAddress(text: string): boolean {
  return ADDRESS.test(text);
}
