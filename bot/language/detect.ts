import eld from "eld/small";
import { detectAll } from "tinyld";
import { type Locale, nearestLocale, SOURCE_LOCALE } from "../../contract/locales.ts";
import { LINKS, normalize } from "../text/normalize.ts";
import type { LanguageHints } from "../types.ts";
import { COMMON_WORDS } from "./common-words.ts";
import { countryLanguage } from "./countries.ts";
import { traditionalVotes } from "./han.ts";
import { readScript } from "./scripts.ts";

export interface DetectedLanguage {
  /** The product language to answer in. */
  locale: Locale;
  /** ISO 639-1 of what was written; empty when the text does not say. */
  language: string;
  /** 0 to 1. */
  certainty: number;
  /** The product does not speak what was written, so `locale` is a way out. */
  foreign: boolean;
}

/** Detectors that tell Malay, Javanese or Sundanese from Indonesian are wrong more often than shops need the difference. */
const SAME: Record<string, string> = { ms: "id", jv: "id", su: "id", gl: "pt", nb: "no", nn: "no", tl: "tl", sh: "hr" };

const PRODUCT_LATIN = new Set(["en", "es", "fr", "de", "it", "pt", "pl", "nl", "tr", "vi", "id"]);

const wordLanguages = new Map<string, string[]>();
for (const [language, words] of Object.entries(COMMON_WORDS)) {
  for (const word of new Set(words.split(/\s+/).map(normalize))) {
    wordLanguages.set(word, [...(wordLanguages.get(word) ?? []), language]);
  }
}

/** Letters that few Latin alphabets have. */
const TELLTALE: [RegExp, string[]][] = [
  [/[ñ¿¡]/, ["es"]],
  [/ß/, ["de"]],
  [/[ąęłńśźż]/, ["pl"]],
  [/[ğış]|İ/, ["tr"]],
  [/[ãõ]/, ["pt", "vi"]],
  [/[ơưđạảấầẩậắằẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/, ["vi"]],
  [/[èêùûœ]/, ["fr", "it", "vi"]],
  [/[äöü]/, ["de", "tr", "sv", "fi", "hu"]],
  [/[ěřůčšž]/, ["cs", "hr", "sk", "sl"]],
  [/[åæø]/, ["da", "no", "sv"]],
  [/[őű]/, ["hu"]],
  [/[țșăâî]/, ["ro", "vi", "fr", "tr"]],
  [/ç/, ["fr", "pt", "tr", "ca"]],
  [/\bl'|\bd'|\bj'|\bn'|\bqu'|\bc'/, ["fr", "it", "ca"]],
];

/** So few words do not outvote the conversation they stand in, unless they are in another script. */
const FEW_WORDS = 2;
const FEW_WORDS_SHARE = 0.1;

/** A shop that answers in few languages is mostly written to in these. */
const FEW = 5;
const OWN_LANGUAGE = 0.15;

/** Order numbers and the like: of no language. */
const NUMBERS = /[#\w]{0,40}\d[\w-]*/g;

/**
 * Language of a text with the conversation's priors. A short text moves little evidence, so that two words do not
 * flip the language of a conversation; a sentence does. `answered` are the few languages the shop has answers in.
 */
export function detectLanguage(
  text: string,
  hints: Partial<LanguageHints> = {},
  answered: readonly Locale[] = [],
): DetectedLanguage {
  const clean = text.slice(0, 4_000).replace(LINKS, " ").replace(NUMBERS, " ").slice(0, 1_000);
  const priors = priorsOf(hints);
  const script = readScript(clean);
  const scores = new Map<string, number>();
  if (script.language) scores.set(script.language, 3);
  else if (script.letters > 0) vote(clean, script.among ?? ["Latn"], scores);
  if (hints.conversationLocale && !script.language && (clean.match(/\p{L}+/gu)?.length ?? 0) <= FEW_WORDS) {
    for (const [language, score] of scores) scores.set(language, score * FEW_WORDS_SHARE);
  }
  for (const [language, weight] of priors) scores.set(language, (scores.get(language) ?? 0) + weight);

  if (script.letters > 0 && !script.language && answered.length <= FEW) {
    for (const locale of answered) {
      const spoken = locale.split("-")[0]!;
      scores.set(spoken, (scores.get(spoken) ?? 0) + OWN_LANGUAGE);
    }
  }

  const ranked = [...scores].sort((a, b) => b[1] - a[1]);
  const [best, second] = ranked;
  const language = best?.[0] ?? "";
  const certainty = best ? Math.max(0, Math.min(1, (best[1] - (second?.[1] ?? 0)) / 1.5)) : 0;
  const own = language === "zh" ? chineseLocale(clean, hints) : nearestLocale(language);
  return {
    locale: own ?? fallbackLocale(hints),
    language: script.letters > 0 ? language : "",
    certainty,
    foreign: !own && language !== "",
  };
}

function vote(text: string, among: string[], scores: Map<string, number>): void {
  const latin = among[0] === "Latn";
  const allowed = (language: string) => latin || among.includes(language);
  const add = (language: string, amount: number) => {
    const mapped = SAME[language] ?? language;
    if (allowed(mapped)) scores.set(mapped, (scores.get(mapped) ?? 0) + amount);
  };
  if (!latin) for (const language of among) add(language, language === among[0] ? 0.15 : 0);

  const statistics = Object.entries(eld.detect(text).getScores());
  const top = Math.max(...statistics.map(([, score]) => score), 1e-9);
  for (const [language, score] of statistics) add(language, 1.1 * (score / top) ** 3);
  for (const { lang, accuracy } of detectAll(text)) add(lang, 0.8 * accuracy);
  if (!latin) return;

  const words = normalize(text).match(/[\p{L}\p{M}']+/gu) ?? [];
  const hits = new Map<string, number>();
  let hitWords = 0;
  for (const word of words) {
    const languages = wordLanguages.get(word);
    if (!languages) continue;
    hitWords++;
    for (const language of languages) hits.set(language, (hits.get(language) ?? 0) + 1 / Math.sqrt(languages.length));
  }
  const share = Math.min(words.length, 12);
  if (hitWords > 0) for (const [language, sum] of hits) add(language, (2.2 * sum) / share ** 0.75);
  const lower = text.toLowerCase();
  for (const [pattern, languages] of TELLTALE) {
    if (pattern.test(lower)) for (const language of languages) add(language, 0.5);
  }
  for (const language of scores.keys()) if (PRODUCT_LATIN.has(language)) add(language, 0.3);
}

function priorsOf(hints: Partial<LanguageHints>): Map<string, number> {
  const priors = new Map<string, number>();
  const add = (tag: string | undefined, weight: number) => {
    const language = tag?.split(/[-_]/)[0]?.toLowerCase();
    if (language) priors.set(language, (priors.get(language) ?? 0) + weight);
  };
  add(hints.conversationLocale, 0.9);
  add(hints.browserLocale, 0.45);
  add(countryLanguage(hints.orderCountry), 0.25);
  const name = hints.contactName ? readScript(hints.contactName) : undefined;
  if (name?.language) add(name.language, 0.2);
  else if (name?.among?.[0] === "ru") add("ru", 0.2);
  return priors;
}

function chineseLocale(text: string, hints: Partial<LanguageHints>): Locale {
  const votes = traditionalVotes(text);
  if (votes !== 0) return votes > 0 ? "zh-TW" : "zh-CN";
  for (const tag of [hints.conversationLocale, hints.browserLocale]) {
    const near = nearestLocale(tag);
    if (near?.startsWith("zh")) return near;
  }
  if (["TW", "HK", "MO"].includes(hints.orderCountry ?? "")) return "zh-TW";
  return hints.workspaceLocale?.startsWith("zh") ? hints.workspaceLocale : "zh-CN";
}

/** What to speak with a buyer whose language the product lacks, or who has not said a word yet. */
export function fallbackLocale(hints: Partial<LanguageHints>): Locale {
  for (const tag of [hints.conversationLocale, hints.browserLocale, countryLanguage(hints.orderCountry)]) {
    const near = nearestLocale(tag);
    if (near) return near;
  }
  return hints.workspaceLocale ?? SOURCE_LOCALE;
}
