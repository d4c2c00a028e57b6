import { describe, expect, it } from "vitest";
import { LOCALES, type Locale } from "../../contract/locales.ts";
import { CHANNELS } from "../../contract/message.ts";
import { readDefaultRules, readDefaultTemplates } from "../../server/automation/defaults.ts";
import { checkTexts, pickText, renderMessage } from "../../server/automation/render.ts";
import { exampleKnown, type Known, scopeOf } from "../../server/automation/variables.ts";
import { inOwnScript, writingFaults } from "../locales/writing.ts";

const NOW = new Date("2026-05-06T10:00:00Z");
const FULL = exampleKnown(NOW, "Hearth & Harbour");
/** A buyer and an order of whom next to nothing is known. */
const BARE: Known = {
  shopName: "Hearth & Harbour",
  now: NOW,
  order: { ...FULL.order!, items: [], buyer: { externalId: "b" } },
  message: { text: "?" },
};
for (const name of ["total", "currency", "promisedAt", "tracking", "deliveredAt"] as const) delete BARE.order?.[name];
const CREDITS = ["credited", "recorded", "awaiting"] as const;

const templates = readDefaultTemplates();

function filled(texts: (typeof templates)[number], locale: Locale, known: Known) {
  const picked = pickText(texts, locale, "email");
  if (!picked) throw new Error("no text");
  const reader = { locale: picked.locale, timeZone: "Europe/Madrid" };
  const rendered = renderMessage(picked.written, scopeOf(known), reader, { html: false, subjects: true });
  if (!rendered.ok) throw new Error(`${texts.key} ${locale}: ${JSON.stringify(rendered.problem)}`);
  return { locale: picked.locale, subject: rendered.message.subject ?? "", text: rendered.message.text };
}

it("every rule that Parley comes with sends templates that it comes with", () => {
  const keys = new Set(templates.map(({ key }) => key));
  const sent = readDefaultRules().flatMap(({ actions }) =>
    actions.flatMap((action) => (action.type === "send_template" ? [action.template] : [])),
  );
  expect(sent.filter((key) => !keys.has(key))).toEqual([]);
});

describe.each(templates.map((template) => [template.key, template] as const))("the template %s", (_key, template) => {
  it("is there in every language, with a subject, and names no variable that there is not", () => {
    expect(Object.keys(template.texts).sort()).toEqual([...LOCALES].sort());
    expect(Object.values(template.texts).every(({ subject }) => subject)).toBe(true);
    expect(checkTexts(template)).toEqual([]);
  });

  it.each(LOCALES)("reads whole in %s, however little is known, and as the language is written", (locale) => {
    const known = [
      FULL,
      BARE,
      ...CREDITS.map((state): Known => ({ ...FULL, compensation: { amount: 5, currency: "EUR", state } })),
    ];
    for (const each of known) {
      const { subject, text, locale: written } = filled(template, locale, each);
      expect(written).toBe(locale);
      expect(`${subject} ${text}`).not.toMatch(/\{|\}|\b(undefined|null|NaN)\b|\[object/);
      // Nothing was left out of the middle of a sentence.
      expect(`${subject}\n${text}`).not.toMatch(/ {2}| [,.!?;](?!\.)|\(\)|““|«»|„“|「」/);
      expect(subject.length).toBeLessThanOrEqual(120);
      expect(text.length).toBeLessThan(1_200);
      expect(inOwnScript(locale, text)).toBe(true);
      expect(writingFaults(locale, subject).concat(writingFaults(locale, text))).toEqual([]);
    }
  });

  it("says other words in each language, and fits every channel", () => {
    const texts = LOCALES.map((locale) => filled(template, locale, BARE).text);
    expect(new Set(texts).size).toBe(LOCALES.length);
    expect(Object.values(template.texts).every(({ text }) => text.length < 2_000)).toBe(true);
    expect(CHANNELS.every((channel) => pickText(template, "de", channel)?.locale === "de")).toBe(true);
  });
});

it("a message never speaks of money that was not credited", () => {
  for (const template of templates) {
    for (const locale of LOCALES) {
      const awaiting = filled(template, locale, {
        ...FULL,
        compensation: { amount: 7.25, currency: "EUR", state: "awaiting" },
      });
      expect(`${awaiting.subject} ${awaiting.text}`).not.toMatch(/7[.,]25/);
    }
  }
});
