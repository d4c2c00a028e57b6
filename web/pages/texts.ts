import { directionOf, type Locale, pickLocale } from "../../contract/locales.ts";
import { type Translate, translator } from "../ui/texts.ts";

export interface PageTexts {
  locale: Locale;
  t: Translate;
}

/** The page's texts in the first of the browser's languages that the product speaks; sets the page's language. */
export async function loadTexts(): Promise<PageTexts> {
  const locale = pickLocale(navigator.languages);
  const response = await fetch(`/locales/${locale}/pages.json`);
  if (!response.ok) throw new Error(`/locales/${locale}/pages.json: ${response.status}`);
  const texts = (await response.json()) as Record<string, unknown>;
  document.documentElement.lang = locale;
  document.documentElement.dir = directionOf(locale);
  return { locale, t: translator(texts, locale) };
}
