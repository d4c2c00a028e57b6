import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import automations from "../../locales/en/automations.json" with { type: "json" };
import general from "../../locales/en/console.json" with { type: "json" };
import copilot from "../../locales/en/copilot.json" with { type: "json" };
import mail from "../../locales/en/email.json" with { type: "json" };
import mailboxes from "../../locales/en/mailboxes.json" with { type: "json" };
import orders from "../../locales/en/orders.json" with { type: "json" };
import { type LocaleLoader, startI18n, type Translations } from "../ui/i18n.ts";

type Texts = { default: Record<string, unknown> };

/** Every key of the English file, plural forms without their ending, so that a missing text is a type error. */
type Keys<T, Prefix extends string = ""> = {
  [K in keyof T & string]: T[K] extends string ? `${Prefix}${Base<K>}` : Keys<T[K], `${Prefix}${K}.`>;
}[keyof T & string];
type Base<K extends string> = K extends `${infer Stem}_${"one" | "other"}` ? Stem : K;

// What the server says of mails in its own texts, the console says in the same words.
const { failures, kinds, notes } = mail;

/** The general texts, and those of a part of the console under that part's name, which is also its file's. */
const en = { ...general, automations, copilot, email: { failures, kinds, notes }, mailboxes, orders };

export type TextKey = Keys<typeof en>;
export type Translate = (key: TextKey, values?: Record<string, string | number>) => string;

/** Starts the console's translations in the browser's language. */
export function startTexts(): Promise<Translations> {
  const files = import.meta.glob<Texts>([
    "../../locales/*/{console,automations,copilot,email,mailboxes,orders}.json",
    "!../../locales/en/*.json",
  ]);
  const loaders: Record<string, LocaleLoader> = {};
  for (const path of Object.keys(files).filter((each) => each.endsWith("/console.json"))) {
    const folder = path.slice(0, -"console.json".length);
    loaders[path] = async () => {
      const part = async (name: string) => (await files[`${folder}${name}.json`]?.())?.default ?? {};
      const parts = Object.keys(en).filter((name) => `${folder}${name}.json` in files);
      const [texts, ...others] = await Promise.all([part("console"), ...parts.map(part)]);
      return { default: { ...texts, ...Object.fromEntries(parts.map((name, at) => [name, others[at]])) } };
    };
  }
  return startI18n({ namespace: "console", source: en, loaders });
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
  return navigator.languages.find((tag) => base(tag) === language && isTag(tag)) ?? language;
}

/** Some browsers name languages in a form that Intl refuses, such as en-US@posix. */
function isTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}
