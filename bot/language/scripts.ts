/** What the letters alone say. */
export interface ScriptVerdict {
  /** ISO 639-1 when the script settles it. */
  language?: string;
  /** Languages it can be, when the script only narrows it. */
  among?: string[];
  /** Letters that say anything at all. */
  letters: number;
}

const SCRIPTS: [RegExp, string][] = [
  [/\p{Script=Latin}/gu, "Latn"],
  [/\p{Script=Han}/gu, "Hani"],
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/gu, "Kana"],
  [/\p{Script=Hangul}/gu, "ko"],
  [/\p{Script=Cyrillic}/gu, "Cyrl"],
  [/\p{Script=Arabic}/gu, "Arab"],
  [/\p{Script=Thai}/gu, "th"],
  [/\p{Script=Greek}/gu, "el"],
  [/\p{Script=Hebrew}/gu, "he"],
  [/\p{Script=Devanagari}/gu, "hi"],
  [/\p{Script=Bengali}/gu, "bn"],
  [/\p{Script=Tamil}/gu, "ta"],
  [/\p{Script=Telugu}/gu, "te"],
  [/\p{Script=Kannada}/gu, "kn"],
  [/\p{Script=Malayalam}/gu, "ml"],
  [/\p{Script=Gujarati}/gu, "gu"],
  [/\p{Script=Gurmukhi}/gu, "pa"],
  [/\p{Script=Khmer}/gu, "km"],
  [/\p{Script=Lao}/gu, "lo"],
  [/\p{Script=Myanmar}/gu, "my"],
  [/\p{Script=Georgian}/gu, "ka"],
  [/\p{Script=Armenian}/gu, "hy"],
  [/\p{Script=Ethiopic}/gu, "am"],
  [/\p{Script=Sinhala}/gu, "si"],
];

/** Reads the language off the script, as far as it goes. */
export function readScript(text: string): ScriptVerdict {
  const counts = new Map<string, number>();
  let letters = 0;
  for (const [pattern, name] of SCRIPTS) {
    const count = text.match(pattern)?.length ?? 0;
    if (count > 0) counts.set(name, count);
    letters += count;
  }
  if (letters === 0) return { letters };
  // A sign of Chinese or Japanese says as much as a word in letters does.
  const weight = (name: string) => (counts.get(name) ?? 0) * (["Hani", "Kana", "ko"].includes(name) ? 2.5 : 1);
  const [top] = [...counts.keys()].sort((a, b) => weight(b) - weight(a));
  switch (top) {
    case "Latn":
      return { among: ["Latn"], letters };
    case "Kana":
      return { language: "ja", letters };
    case "Hani":
      // Any sentence of Japanese has kana; brand names in katakana also occur in Chinese.
      return { language: weight("Kana") * 5 >= weight("Hani") ? "ja" : "zh", letters };
    case "Cyrl":
      return { ...cyrillic(text), letters };
    case "Arab":
      return { ...arabic(text), letters };
    default:
      return { language: top ?? "en", letters };
  }
}

function cyrillic(text: string): Omit<ScriptVerdict, "letters"> {
  const lower = text.toLowerCase();
  if (/[љњћђџј]/.test(lower)) return { language: /[ѓќѕ]/.test(lower) ? "mk" : "sr" };
  if (/[ўі]/.test(lower) && /[ыэў]/.test(lower)) return { language: "be" };
  if (/[їєґі]/.test(lower)) return { language: "uk" };
  if (/[әғқңөұүһ]/.test(lower)) return { language: "kk" };
  if (/[ыэё]/.test(lower)) return { language: "ru" };
  return { among: ["ru", "bg", "uk", "mk", "sr"] };
}

function arabic(text: string): Omit<ScriptVerdict, "letters"> {
  if (/[ٹڈڑےںھہ]/.test(text)) return { language: "ur" };
  if (/[پچژگ]/.test(text) || /[یک]/.test(text)) return { among: ["fa", "ur"] };
  if (/[ةىيكأإؤئ]|ال/.test(text)) return { language: "ar" };
  return { among: ["ar", "fa", "ur"] };
}
