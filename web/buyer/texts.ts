import { directionOf, isLocale, type Locale, pickLocale, SOURCE_LOCALE } from "../../contract/locales.ts";
import { browserStore } from "../ui/storage.ts";
import { type Translate, translator } from "../ui/texts.ts";

export interface Texts {
  locale: Locale;
  t: Translate;
}

const CHOSEN = "parley:buyer:language";

/** The language of a link (`?lang=`, then gone from the address), the one chosen before, else the browser's first. */
export function firstLocale(): Locale {
  const url = new URL(location.href);
  const asked = url.searchParams.get("lang");
  if (asked !== null) {
    url.searchParams.delete("lang");
    history.replaceState(null, "", url.pathname + url.search);
  }
  const chosen = browserStore().getItem(CHOSEN);
  if (isLocale(chosen)) return chosen;
  return pickLocale([asked ?? undefined, ...navigator.languages]);
}

export function rememberLocale(locale: Locale): void {
  try {
    browserStore().setItem(CHOSEN, locale);
  } catch {
    // Full: it lasts as long as the page.
  }
}

/** A language's texts: those of the conversation, which the widget has too, and of the pages around it. */
export async function loadTexts(locale: Locale): Promise<Texts> {
  const [chat, pages] = await Promise.all([load(locale, "widget"), load(locale, "buyer")]);
  document.documentElement.lang = locale;
  document.documentElement.dir = directionOf(locale);
  return { locale, t: translator({ ...chat, ...pages }, locale) };
}

async function load(locale: Locale, namespace: string): Promise<Record<string, unknown>> {
  const response = await fetch(`/locales/${locale}/${namespace}.json`);
  if (response.ok) return (await response.json()) as Record<string, unknown>;
  if (locale !== SOURCE_LOCALE) return load(SOURCE_LOCALE, namespace);
  throw new Error(`${namespace}: ${response.status}`);
}
