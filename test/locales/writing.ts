/** What a text in a script of its own must contain, when it has any letters at all. */
const SCRIPTS: Record<string, RegExp> = {
  "zh-CN": /\p{Script=Han}/u,
  "zh-TW": /\p{Script=Han}/u,
  ja: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u,
  ko: /\p{Script=Hangul}/u,
  ru: /\p{Script=Cyrillic}/u,
  ar: /\p{Script=Arabic}/u,
  th: /\p{Script=Thai}/u,
};

/** True when the text has a letter of the language's script, or the language is written in Latin. */
export function inOwnScript(locale: string, text: string): boolean {
  return SCRIPTS[locale]?.test(text) ?? true;
}

// Characters of everyday shop language whose form exists in one of the two scripts alone.
const SIMPLIFIED_ONLY = /[们这会请发货单费员说时问题关没还给为从个过间现实应该钟错买卖际护换运输赔损坏联络务满价码尔]/u;
const TRADITIONAL_ONLY =
  /[們這會請發貨單費員說時問題關沒還給為從個過間現實應該鐘錯買賣際護換運輸賠損壞聯絡務滿價碼爾]/u;
const EAST_ASIAN = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー」』）】`;

// Code quoted in a text keeps its own punctuation.
const LITERALS = /Authorization: Bearer \w+/g;

interface WritingRule {
  locales: readonly string[];
  wrong: RegExp;
  why: string;
}

const RULES: readonly WritingRule[] = [
  { locales: ["*"], wrong: /\.\.\./, why: "three dots instead of …" },
  { locales: ["*"], wrong: / {2,}/, why: "double space" },
  { locales: ["*"], wrong: /^\s|\s$/, why: "space at an end: texts are not glued together" },
  {
    locales: ["zh-CN", "zh-TW", "ja"],
    wrong: new RegExp(`[${EAST_ASIAN}][,;:!?.](?![\\w])|[,;:!?][${EAST_ASIAN}]`, "u"),
    why: "ASCII punctuation beside Han or Kana",
  },
  {
    locales: ["zh-CN", "zh-TW", "ja"],
    wrong: new RegExp(`[${EAST_ASIAN}] ?[(]|[)] ?[${EAST_ASIAN}]`, "u"),
    why: "ASCII brackets beside Han or Kana",
  },
  { locales: ["zh-CN"], wrong: TRADITIONAL_ONLY, why: "a traditional character" },
  { locales: ["zh-TW"], wrong: SIMPLIFIED_ONLY, why: "a simplified character" },
  { locales: ["ar"], wrong: /\p{Script=Arabic}\s?[,;?]|[,;?]\p{Script=Arabic}/u, why: "ASCII , ; ? instead of ، ؛ ؟" },
  { locales: ["fr"], wrong: /[\p{L}\d}»] ?[?!;:](?=\s|$)/u, why: "no no-break space before ? ! ; :" },
];

/** What is wrong with the way a text is written in its language, in words; empty when nothing is. */
export function writingFaults(locale: string, text: string): string[] {
  const faults = RULES.filter(({ locales }) => locales.includes("*") || locales.includes(locale))
    .filter(({ wrong }) => wrong.test(text.replace(LITERALS, "KEY")))
    .map(({ why }) => why);
  // Spanish opens its questions and exclamations.
  if (locale === "es" && count(text, "?") !== count(text, "¿")) faults.push("¿ and ? do not pair");
  if (locale === "es" && count(text, "!") !== count(text, "¡")) faults.push("¡ and ! do not pair");
  return faults;
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
