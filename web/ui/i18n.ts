import i18next, { type i18n, type Resource } from "i18next";
import { initReactI18next } from "react-i18next";
import { directionOf, isLocale, LOCALES, type Locale, pickLocale, SOURCE_LOCALE } from "../../contract/locales.ts";

/** Loads one language's texts of a namespace; they are separate files, and only the reader's is fetched. */
export type LocaleLoader = () => Promise<{ default: Record<string, unknown> }>;

export interface I18nOptions {
  namespace: string;
  /** English, always at hand. */
  source: Record<string, unknown>;
  /** By path of the file, as import.meta.glob gives them: `../../locales/es/console.json`. */
  loaders: Record<string, LocaleLoader>;
}

export interface Translations {
  i18n: i18n;
  /** Languages that have texts, in the product's order. */
  available: readonly Locale[];
  /** Switches language, text direction and the document's lang. English when the texts do not load. */
  use(locale: Locale): Promise<void>;
}

/** Sets i18next up for a page, in the first of the browser's languages that the product speaks. */
export async function startI18n({ namespace, source, loaders }: I18nOptions): Promise<Translations> {
  const byLocale = new Map<Locale, LocaleLoader>();
  for (const [path, loader] of Object.entries(loaders)) {
    const locale = path.split("/").at(-2);
    if (isLocale(locale)) byLocale.set(locale, loader);
  }
  const instance = i18next.createInstance();
  const resources: Resource = { [SOURCE_LOCALE]: { [namespace]: source } };
  await instance.use(initReactI18next).init({
    lng: SOURCE_LOCALE,
    fallbackLng: SOURCE_LOCALE,
    defaultNS: namespace,
    ns: [namespace],
    resources,
    // React escapes what it renders.
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  const use = async (locale: Locale) => {
    let shown: Locale = SOURCE_LOCALE;
    const loader = byLocale.get(locale);
    if (loader) {
      try {
        if (!instance.hasResourceBundle(locale, namespace)) {
          instance.addResourceBundle(locale, namespace, (await loader()).default);
        }
        shown = locale;
      } catch {
        // A chunk that does not load (offline, or a new release) must not keep the page from opening.
      }
    }
    await instance.changeLanguage(shown);
    document.documentElement.lang = shown;
    document.documentElement.dir = directionOf(shown);
  };
  await use(pickLocale(navigator.languages));
  const available = LOCALES.filter((locale) => locale === SOURCE_LOCALE || byLocale.has(locale));
  return { i18n: instance, available, use };
}
