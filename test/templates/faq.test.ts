import { readdirSync, readFileSync } from "node:fs";
import eld from "eld/small";
import { describe, expect, test } from "vitest";
import { faqImportSchema, faqInputSchema } from "../../contract/faq.ts";
import { LOCALES } from "../../contract/locales.ts";
import { readTexts } from "../locales/texts.ts";
import { inOwnScript, writingFaults } from "../locales/writing.ts";

const FAQ_DIR = new URL("../../templates/faq/", import.meta.url);

const files = readdirSync(FAQ_DIR).filter((name) => name.endsWith(".json"));
const entries = files.map((name) => ({
  name: name.slice(0, -".json".length),
  faq: faqInputSchema.parse(JSON.parse(readFileSync(new URL(name, FAQ_DIR), "utf8"))),
}));

/** A question as a careless writer and a search index see it: no case, punctuation, spaces or Arabic vowel signs. */
function bare(question: string): string {
  return question
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\p{P}\p{S}\p{Z}\u064b-\u0652]/gu, "");
}

test("a new workspace's FAQ can be imported as it is and covers the common questions", () => {
  const imported = faqImportSchema.parse(entries.map(({ faq }) => faq));
  expect(imported.length).toBeGreaterThanOrEqual(14);
});

test.each(LOCALES)("no question in %s belongs to two entries or stands twice in one", (locale) => {
  const owners = new Map<string, string>();
  const clashes: string[] = [];
  for (const { name, faq } of entries) {
    for (const question of faq.questions[locale] ?? []) {
      const owner = owners.get(bare(question));
      if (owner) clashes.push(`${question}: ${owner} and ${name}`);
      owners.set(bare(question), name);
    }
  }
  expect(clashes).toEqual([]);
});

test.each(LOCALES)("what the chat window suggests to ask in %s is answered by the sample FAQ", (locale) => {
  const known = new Set(entries.flatMap(({ faq }) => faq.questions[locale] ?? []).map(bare));
  const suggestions = [...readTexts(locale, "widget")].filter(
    ([key]) => key.startsWith("suggestions.") && key !== "suggestions.label",
  );
  expect(suggestions.length).toBeGreaterThan(0);
  expect(suggestions.map(([, text]) => text).filter((text) => !known.has(bare(text)))).toEqual([]);
});

describe.each(entries)("the FAQ entry $name", ({ name, faq }) => {
  test("is named as its file, so that a later import finds it again", () => {
    expect(faq.externalId).toBe(name);
    expect(faq.enabled).toBeUndefined();
  });

  test.each(LOCALES)("is asked and answered in %s", (locale) => {
    const questions = faq.questions[locale] ?? [];
    expect(questions.length).toBeGreaterThanOrEqual(6);
    expect(questions.length).toBeLessThanOrEqual(8);
    expect(questions.filter((question) => !inOwnScript(locale, question) || question.trim() !== question)).toEqual([]);

    const answer = faq.answers[locale] ?? "";
    expect(answer.length).toBeGreaterThan(40);
    expect(answer.length).toBeLessThan(900);
    expect(inOwnScript(locale, answer)).toBe(true);
    expect(writingFaults(locale, answer)).toEqual([]);
    if (locale !== "en") expect(answer).not.toBe(faq.answers.en);
  });

  test.each(LOCALES)("has its %s answer in that language and no other", (locale) => {
    const found = eld.detect(faq.answers[locale] ?? "").language;
    // The detector knows Malay but not Indonesian, its nearest relative.
    expect(found === "ms" ? "id" : found).toBe(locale.split("-")[0]);
  });

  test.each(LOCALES)("says nothing in %s that only one shop could say, and is plain text", (locale) => {
    const answer = faq.answers[locale] ?? "";
    expect(answer).not.toMatch(/https?:|www\.|\S@\S|\+?\d[\d ()-]{6,}/);
    expect(answer).not.toMatch(/[*_`#<>[\]{}]|^\s*[-•]\s/m);
  });
});
