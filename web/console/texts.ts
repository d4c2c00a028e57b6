import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import en from "../../locales/en/console.json" with { type: "json" };
import { type LocaleLoader, startI18n, type Translations } from "../ui/i18n.ts";

/** Every key of the English file, plural forms without their ending, so that a missing text is a type error. */
type Keys<T, Prefix extends string = ""> = {
  [K in keyof T & string]: T[K] extends string ? `${Prefix}${Base<K>}` : Keys<T[K], `${Prefix}${K}.`>;
}[keyof T & string];
type Base<K extends string> = K extends `${infer Stem}_${"one" | "other"}` ? Stem : K;

export type TextKey = Keys<typeof en>;
export type Translate = (key: TextKey, values?: Record<string, string | number>) => string;

/** Starts the console's translations in the browser's language. */
export function startTexts(): Promise<Translations> {
  const loaders = import.meta.glob(["../../locales/*/console.json", "!../../locales/en/console.json"]);
  return startI18n({ namespace: "console", source: en, loaders: loaders as Record<string, LocaleLoader> });
}

/** The translate function and the locale that dates and numbers are formatted in. */
export function useText(): { t: Translate; locale: string } {
  const { t: translate, i18n } = useTranslation("console");
  const t = useCallback<Translate>((key, values) => String(translate(key, values ?? {})), [translate]);
  return { t, locale: regional(i18n.resolvedLanguage ?? "en") };
}

/** The shown language as this reader writes it: whoever's browser says en-GB gets British dates with English texts. */
function regional(language: string): string {
  const base = (tag: string) => tag.split("-")[0];
  // A tag with a region already, such as zh-TW, says enough.
  if (language.includes("-")) return language;
  return navigator.languages.find((tag) => base(tag) === language) ?? language;
}
