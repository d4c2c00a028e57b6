import snowball from "snowball-stemmers";

/** Scripts written without spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}ー々]/u;
const TOKENS =
  /([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々]+)|([\p{Script=Thai}\p{M}\p{Script=Lao}\p{Script=Khmer}]+)|([\p{L}\p{M}\p{N}]+(?:'[\p{L}\p{M}]+)*)/gu;

const STEMMERS: Record<string, string> = {
  en: "english",
  es: "spanish",
  fr: "french",
  de: "german",
  it: "italian",
  pt: "portuguese",
  ru: "russian",
  nl: "dutch",
  tr: "turkish",
  ar: "arabic",
};

/** Korean particles and the politest endings, the longer first: no stemmer knows them, and every noun wears one. */
const KOREAN_ENDING =
  /(?<=^\p{Script=Hangul}{2,})(?:으로부터|에서는|에서도|으로는|이에요|입니다|인가요|이라고|에서|에게|한테|까지|부터|으로|이나|처럼|보다|마다|라도|이랑|하고|예요|은|는|이|가|을|를|에|의|도|로|와|과|만|랑|나|요)$/u;

const stemmers = new Map<string, { stem(word: string): string }>();
const stemmed = new Map<string, string>();
const segmenters = new Map<string, Intl.Segmenter>();

/** A run of text of one kind: a spaced word, or a stretch of a script that has no spaces. */
export interface Run {
  text: string;
  spaced: boolean;
}

/** Splits normalized text into words, and into whole stretches where the script has no spaces. */
export function runs(normalized: string): Run[] {
  const found: Run[] = [];
  for (const match of normalized.matchAll(TOKENS)) {
    const text = match[0];
    found.push({ text, spaced: match[3] !== undefined && !UNSPACED.test(text) });
  }
  return found;
}

/** Words of a stretch without spaces, by the platform's dictionary. */
export function segment(text: string, language: string): string[] {
  const locale = /\p{Script=Thai}/u.test(text) ? "th" : language === "ja" ? "ja" : "zh";
  let segmenter = segmenters.get(locale);
  if (!segmenter) {
    segmenter = new Intl.Segmenter(locale, { granularity: "word" });
    segmenters.set(locale, segmenter);
  }
  const words: string[] = [];
  for (const part of segmenter.segment(text)) if (part.isWordLike) words.push(part.segment);
  return words;
}

/** The stem of a normalized word, or the word where its language has no stemmer. */
export function stem(word: string, language: string): string {
  if (language === "ko") return word.replace(KOREAN_ENDING, "");
  const algorithm = STEMMERS[language];
  if (!algorithm) return word;
  const key = `${language} ${word}`;
  const known = stemmed.get(key);
  if (known !== undefined) return known;
  let stemmer = stemmers.get(algorithm);
  if (!stemmer) {
    stemmer = snowball.newStemmer(algorithm);
    stemmers.set(algorithm, stemmer);
  }
  const result = stemmer.stem(word) || word;
  // Bounded: what buyers type is endless.
  if (stemmed.size > 50_000) stemmed.clear();
  stemmed.set(key, result);
  return result;
}

/** Words of normalized text in order, stemmed, whatever the script. `language` is ISO 639-1. */
export function stems(normalized: string, language: string): string[] {
  const words: string[] = [];
  for (const run of runs(normalized)) {
    if (run.spaced) words.push(stem(run.text, language));
    else words.push(...segment(run.text, language));
  }
  return words;
}

/** ISO 639-1 of a locale tag: `zh` for zh-TW. */
export function languageOf(locale: string): string {
  const dash = locale.indexOf("-");
  return dash < 0 ? locale : locale.slice(0, dash);
}
