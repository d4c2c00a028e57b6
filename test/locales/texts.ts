import { readdirSync, readFileSync } from "node:fs";
import { SOURCE_LOCALE } from "../../contract/locales.ts";

const LOCALES_DIR = new URL("../../locales/", import.meta.url);

/** Texts by dotted key, as i18next addresses them: `{"errors.not_found": "…"}`; items of an array by their index. */
export type Texts = ReadonlyMap<string, string>;

/** The folders below locales/, each one language. */
export function localeFolders(): string[] {
  return readdirSync(LOCALES_DIR, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

/** The namespaces a language has, `["server", "widget"]`; English's are the ones every language must have. */
export function namespaces(locale: string = SOURCE_LOCALE): string[] {
  return readdirSync(new URL(`${locale}/`, LOCALES_DIR))
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -".json".length))
    .sort();
}

/** One namespace of one language; throws when the file is missing or is not JSON. */
export function readTexts(locale: string, namespace: string): Texts {
  const texts = new Map<string, string>();
  collect(JSON.parse(readFileSync(new URL(`${locale}/${namespace}.json`, LOCALES_DIR), "utf8")), "", texts);
  return texts;
}

function collect(value: unknown, path: string, texts: Map<string, string>): void {
  if (typeof value === "string") {
    texts.set(path, value);
    return;
  }
  if (typeof value !== "object" || value === null) throw new Error(`${path} is neither a text nor a group of texts`);
  for (const [key, inner] of Object.entries(value)) collect(inner, path ? `${path}.${key}` : key, texts);
}

const PLURAL_KEY = /^(.+?)(_ordinal)?_(zero|one|two|few|many|other)$/;

/** A key's base, whether it counts or ranks, and its plural category; undefined when it is no plural form. */
export function pluralForm(
  key: string,
): { base: string; type: "cardinal" | "ordinal"; category: Intl.LDMLPluralRule } | undefined {
  const match = PLURAL_KEY.exec(key);
  if (!match) return undefined;
  return {
    base: match[1]! + (match[2] ?? ""),
    type: match[2] ? "ordinal" : "cardinal",
    category: match[3] as Intl.LDMLPluralRule,
  };
}

/**
 * The keys a language must have: English's, with a plural's forms replaced by those of the language
 * (https://www.i18next.com/translation-function/plurals). i18next reads `_zero` for a count of 0 in any language,
 * so where English has it every language has it. The value is the English text to compare with: of a plural the
 * `_other` form, which shows all that the text is filled with.
 */
export function expectedTexts(english: Texts, locale: string): Texts {
  const expected = new Map<string, string>();
  for (const [key, text] of english) {
    const form = pluralForm(key);
    if (!form || !english.has(`${form.base}_other`)) {
      expected.set(key, text);
      continue;
    }
    const categories = new Set(new Intl.PluralRules(locale, { type: form.type }).resolvedOptions().pluralCategories);
    if (english.has(`${form.base}_zero`)) categories.add("zero");
    for (const category of categories) {
      expected.set(`${form.base}_${category}`, english.get(`${form.base}_other`)!);
    }
  }
  return expected;
}

/**
 * True when a plural form stands for one single number, so that the text may leave it out ("an hour", Arabic's dual).
 * Russian's `one` also stands for 21 and French's for 0: there the number must be shown.
 */
export function mayOmitCount(key: string, locale: string): boolean {
  const form = pluralForm(key);
  if (!form) return false;
  const rules = new Intl.PluralRules(locale, { type: form.type });
  const numbers = Array.from({ length: 201 }, (_, n) => n).filter((n) => rules.select(n) === form.category);
  return numbers.length === 1 || (numbers.length === 0 && form.category === "zero");
}

/** What a text is filled with: `{{name}}`, `$t(…)` and the tags `<1>`, `</bold>`, each as often as it occurs, sorted. */
export function placeholders(text: string): string[] {
  const found = text.match(/\{\{[^}]*\}\}|\$t\([^)]*\)|<\/?\w+\s*\/?>/g) ?? [];
  return found.map((part) => part.replace(/\s+/g, "")).sort();
}

/** The text without what it is filled with. */
export function wordsOf(text: string): string {
  return text.replace(/\{\{[^}]*\}\}|\$t\([^)]*\)|<\/?\w+\s*\/?>/g, " ").trim();
}
