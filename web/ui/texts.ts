/**
 * Texts for the small pages: the widget and the start page, where i18next would weigh more than all the rest. Reads the
 * same files: nested keys, `{{name}}` placeholders, plural forms as `key_one`, `key_other`.
 */
export type Translate = (key: string, values?: Record<string, string | number>) => string;

/** A missing text shows its key, which the parity test and the eye both catch. */
export function translator(texts: Record<string, unknown>, locale: string): Translate {
  const plural = new Intl.PluralRules(locale);
  const number = new Intl.NumberFormat(locale);
  return (key, values = {}) => {
    const { count } = values;
    const text =
      (typeof count === "number" && (find(texts, `${key}_${plural.select(count)}`) ?? find(texts, `${key}_other`))) ||
      (find(texts, key) ?? key);
    return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => {
      const value = values[name];
      return value === undefined ? whole : typeof value === "number" ? number.format(value) : value;
    });
  };
}

function find(texts: Record<string, unknown>, key: string): string | undefined {
  let found: unknown = texts;
  for (const part of key.split(".")) found = (found as Record<string, unknown> | undefined)?.[part];
  return typeof found === "string" ? found : undefined;
}
