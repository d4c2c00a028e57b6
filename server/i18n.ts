import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { createInstance, type Resource } from "i18next";
import { nearestLocale, SOURCE_LOCALE } from "../contract/locales.ts";

/**
 * A text in a language: `translate("es", "errors.not_found")`, `translate(locale, "email:subject", {number})`.
 * Keys belong to the namespace `server` unless they name another. An unknown or missing language reads English.
 * Values are put in as they are; whoever makes HTML escapes.
 */
export type Translate = (
  locale: string | undefined | null,
  key: string,
  params?: Readonly<Record<string, unknown>>,
) => string;

export const LOCALES_DIRECTORY = join(import.meta.dirname, "..", "locales");

/** Loads `<directory>/<lang>/<namespace>.json`, all at once. */
export function createTranslate(directory: string = LOCALES_DIRECTORY): Translate {
  const resources: Resource = {};
  const namespaces = new Set<string>();
  for (const language of readdirSync(directory, { withFileTypes: true })) {
    if (!language.isDirectory()) continue;
    const texts: Resource[string] = {};
    for (const file of readdirSync(join(directory, language.name))) {
      if (!file.endsWith(".json")) continue;
      const namespace = basename(file, ".json");
      namespaces.add(namespace);
      texts[namespace] = JSON.parse(readFileSync(join(directory, language.name, file), "utf8"));
    }
    resources[language.name] = texts;
  }
  const i18n = createInstance();
  void i18n.init({
    resources,
    initAsync: false,
    lng: SOURCE_LOCALE,
    fallbackLng: SOURCE_LOCALE,
    load: "currentOnly",
    ns: [...namespaces],
    defaultNS: "server",
    interpolation: { escapeValue: false },
    // An empty text in a translation counts as missing.
    returnEmptyString: false,
  });
  return (locale, key, params) => i18n.t(key, { ...params, lng: nearestLocale(locale ?? undefined) ?? SOURCE_LOCALE });
}
