/** The product's languages, as BCP 47 tags. English is the source; every text a person reads exists in all of them. */
export const LOCALES = [
  "en",
  "zh-CN",
  "zh-TW",
  "es",
  "fr",
  "de",
  "it",
  "pt-BR",
  "ru",
  "ja",
  "ko",
  "ar",
  "pl",
  "nl",
  "tr",
  "th",
  "vi",
  "id",
] as const;

export type Locale = (typeof LOCALES)[number];

export const SOURCE_LOCALE: Locale = "en";

/** Each language's name in itself, for pickers. */
export const LOCALE_NAMES: Record<Locale, string> = {
  en: "English",
  "zh-CN": "简体中文",
  "zh-TW": "繁體中文",
  es: "Español",
  fr: "Français",
  de: "Deutsch",
  it: "Italiano",
  "pt-BR": "Português (Brasil)",
  ru: "Русский",
  ja: "日本語",
  ko: "한국어",
  ar: "العربية",
  pl: "Polski",
  nl: "Nederlands",
  tr: "Türkçe",
  th: "ไทย",
  vi: "Tiếng Việt",
  id: "Bahasa Indonesia",
};

export function isLocale(value: unknown): value is Locale {
  return typeof value === "string" && (LOCALES as readonly string[]).includes(value);
}

/** Writing direction of a language. */
export function directionOf(locale: string): "ltr" | "rtl" {
  return /^(ar|he|fa|ur)\b/.test(locale) ? "rtl" : "ltr";
}

/**
 * The product language nearest to a BCP 47 tag: exact, then by script and region for Chinese
 * (Hant, TW, HK and MO read Traditional), then by language. Undefined when none is near.
 */
export function nearestLocale(tag: string | undefined): Locale | undefined {
  if (!tag) return undefined;
  const wanted = tag.replace("_", "-").toLowerCase();
  const exact = LOCALES.find((locale) => locale.toLowerCase() === wanted);
  if (exact) return exact;
  const [language, ...rest] = wanted.split("-");
  if (language === "zh") return rest.some((part) => ["hant", "tw", "hk", "mo"].includes(part)) ? "zh-TW" : "zh-CN";
  return LOCALES.find((locale) => locale.toLowerCase().split("-")[0] === language);
}

/** The first of several tags (such as navigator.languages) that the product speaks; English when none is. */
export function pickLocale(tags: readonly (string | undefined)[]): Locale {
  for (const tag of tags) {
    const near = nearestLocale(tag);
    if (near) return near;
  }
  return SOURCE_LOCALE;
}

/** Texts by language, such as an answer or a greeting: `{en: "Hello", es: "Hola"}`. */
export type Localized<T = string> = Partial<Record<Locale, T>>;

/** The text for a language, else the fallback language's, else English, else any. Undefined when there is none. */
export function localized<T>(
  texts: Localized<T> | undefined,
  locale: string | undefined,
  fallback?: Locale,
): T | undefined {
  if (!texts) return undefined;
  const near = nearestLocale(locale);
  for (const key of [near, fallback, SOURCE_LOCALE]) {
    const text = key && texts[key];
    if (text !== undefined && text !== "") return text;
  }
  return Object.values(texts).find((text) => text !== undefined && text !== "") as T | undefined;
}
