import { LOCALES, type Locale } from "../../contract/locales.ts";
import { normalize } from "../text/normalize.ts";
import { LEXICON, type Lexicon } from "./lexicon.ts";

/** A lexicon's words as patterns over the text that `prepared` returns for its language. */
export type Patterns = Record<keyof Lexicon, RegExp>;

/** Written without spaces, so a word is found anywhere. */
export const UNSPACED = new Set<Locale>(["zh-CN", "zh-TW", "ja", "th"]);
/** Endings follow the word without a space. */
const ENDINGS: Partial<Record<Locale, string>> = { ko: "[\\p{L}\\p{M}]*", tr: "\\p{L}{0,5}" };
/** Prepositions and the article precede the word without a space. */
const PREFIXES: Partial<Record<Locale, string>> = { ar: "(?:و|ب|ل|ف|ال|لل|وال|بال)??" };

const compiled = new Map<Locale, Patterns>();

/** The patterns of a language. */
export function patternsOf(locale: Locale): Patterns {
  const known = compiled.get(locale);
  if (known) return known;
  const lexicon = LEXICON[locale === "zh-TW" ? "zh-CN" : locale];
  const patterns = Object.fromEntries(
    Object.entries(lexicon).map(([name, words]) => [name, compile(words, locale)]),
  ) as Patterns;
  compiled.set(locale, patterns);
  return patterns;
}

function compile(words: string, locale: Locale): RegExp {
  const choices = words
    .split("|")
    .map((word) => prepared(word, locale))
    .sort((a, b) => b.length - a.length)
    .map((word) => literal(word) + (word.length >= 4 || locale === "ko" ? (ENDINGS[locale] ?? "") : ""))
    .join("|");
  if (UNSPACED.has(locale)) return new RegExp(`(?:${choices})`, "giu");
  return new RegExp(`(?<![\\p{L}\\p{M}\\p{N}'])${PREFIXES[locale] ?? ""}(?:${choices})(?![\\p{L}\\p{M}\\p{N}])`, "giu");
}

/**
 * Text in the form a language's patterns are written in. Vietnamese keeps its marks: without them a parcel sues and
 * a foot is tired.
 */
export function prepared(text: string, locale: Locale): string {
  const folded = locale === "vi" ? text.normalize("NFKC").toLowerCase() : normalize(text);
  return folded
    .replace(/[’‘`´]/g, "'")
    .replace(/\s+/g, " ")
    .trim();
}

function literal(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** How often a pattern occurs. */
export function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** Whether nothing but these words, names of signs and emoji are in a text. */
export function consistsOf(text: string, patterns: readonly RegExp[]): boolean {
  let left = text;
  for (const pattern of patterns) left = left.replace(pattern, " ");
  return !/[\p{L}\p{N}]/u.test(left);
}

interface Courtesy {
  opening: RegExp;
  closing: RegExp;
}

const courtesies = new Map<Locale, Courtesy>();

function courtesyOf(locale: Locale): Courtesy {
  const known = courtesies.get(locale);
  if (known) return known;
  const { greeting, thanks } = patternsOf(locale);
  const made = {
    opening: new RegExp(`^(?:[\\s\\p{P}]*${greeting.source})+[\\s\\p{P}]*`, "iu"),
    closing: new RegExp(`(?:[\\s\\p{P}]*${thanks.source})+[\\s\\p{P}]*$`, "iu"),
  };
  courtesies.set(locale, made);
  return made;
}

/** How far into a message a greeting reaches, and how far before its end thanks begin; a wall of them costs no more. */
const COURTESY_LENGTH = 120;

/** A message without the greeting that it opens with and the thanks that it ends with; itself where nothing else is in it. */
export function withoutCourtesy(text: string, locales: readonly Locale[]): string {
  for (const locale of locales) {
    const form = prepared(text, locale);
    const { opening, closing } = courtesyOf(locale);
    const before = opening.exec(form.slice(0, COURTESY_LENGTH))?.[0].length ?? 0;
    const behind = closing.exec(form.slice(-COURTESY_LENGTH))?.[0].length ?? 0;
    const rest = form.slice(before, Math.max(before, form.length - behind));
    if (rest.length < form.length && (rest.match(/\p{L}/gu)?.length ?? 0) >= 4) return rest;
  }
  return text;
}

/** Every language whose words a message may be written in, the likeliest first and each once. English always. */
export function spokenIn(locales: readonly (Locale | undefined)[]): Locale[] {
  return [...new Set([...locales, "en" as const])].filter(
    (locale): locale is Locale => locale !== undefined && LOCALES.includes(locale),
  );
}
