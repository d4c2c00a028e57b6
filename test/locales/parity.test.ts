import { describe, expect, test } from "vitest";
import { LOCALES, SOURCE_LOCALE } from "../../contract/locales.ts";
import { maySayTheSame } from "./same-as-english.ts";
import { expectedTexts, localeFolders, mayOmitCount, namespaces, placeholders, readTexts, wordsOf } from "./texts.ts";
import { inOwnScript, writingFaults } from "./writing.ts";

const translations = LOCALES.filter((locale) => locale !== SOURCE_LOCALE);

test("every product language has its folder, and there is no other", () => {
  expect(localeFolders().sort()).toEqual([...LOCALES].sort());
});

test.each(translations)("%s has the namespaces that English has", (locale) => {
  expect(namespaces(locale)).toEqual(namespaces());
});

describe.each(namespaces())("the texts of %s", (namespace) => {
  const english = readTexts(SOURCE_LOCALE, namespace);

  test.each(LOCALES)("are complete in %s, with the plural forms of the language", (locale) => {
    const texts = readTexts(locale, namespace);
    expect([...texts.keys()].sort()).toEqual([...expectedTexts(english, locale).keys()].sort());
    expect([...texts].filter(([, text]) => text.trim() === "").map(([key]) => key)).toEqual([]);
  });

  test.each(translations)("are filled in %s with what they are filled with in English", (locale) => {
    const texts = readTexts(locale, namespace);
    const wrong = [...expectedTexts(english, locale)].flatMap(([key, source]) => {
      const has = placeholders(texts.get(key) ?? "");
      const wants = placeholders(source);
      const fits = same(has, wants) || (mayOmitCount(key, locale) && same(has, wants.filter(isNoCount)));
      return fits ? [] : [`${key}: ${has.join(" ")} instead of ${wants.join(" ")}`];
    });
    expect(wrong).toEqual([]);
  });

  test.each(translations)("are translated into %s", (locale) => {
    const texts = readTexts(locale, namespace);
    const left = [...texts].filter(([key, text]) => {
      const words = wordsOf(text);
      if (!/\p{L}/u.test(words) || maySayTheSame(locale, words)) return false;
      return words === wordsOf(english.get(key) ?? "") || !inOwnScript(locale, words);
    });
    expect(left.map(([key, text]) => `${key}: ${text}`)).toEqual([]);
  });

  test.each(LOCALES)("are written in %s the way the language is written", (locale) => {
    const faults = [...readTexts(locale, namespace)].flatMap(([key, text]) =>
      writingFaults(locale, text).map((why) => `${key}: ${why}: ${text}`),
    );
    expect(faults).toEqual([]);
  });
});

function isNoCount(placeholder: string): boolean {
  return !placeholder.startsWith("{{count");
}

function same(left: readonly string[], right: readonly string[]): boolean {
  return left.join() === right.join();
}
