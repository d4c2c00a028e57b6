import type { Faq, FaqInput } from "../../../../contract/faq.ts";
import { LOCALES, type Locale, type Localized, localized } from "../../../../contract/locales.ts";

/** An entry while it is edited: every language has both parts, blank lines included. */
export interface FaqDraft {
  questions: Localized<string[]>;
  answers: Localized;
  enabled: boolean;
  /** The answer comes with the state of the buyer's own order. */
  orderStatus: boolean;
  /** Ids of documents that are sent along. */
  documents: readonly string[];
}

export const NEW_FAQ: FaqDraft = { questions: {}, answers: {}, enabled: true, orderStatus: false, documents: [] };

export function draftOf(
  faq: Pick<Faq, "questions" | "answers" | "enabled"> & Partial<Pick<Faq, "orderStatus" | "documents">>,
): FaqDraft {
  const { questions, answers, enabled, orderStatus = false, documents = [] } = faq;
  return { questions: { ...questions }, answers: { ...answers }, enabled, orderStatus, documents };
}

/** What is saved: trimmed, without blank lines, repeats and empty languages. */
export function inputOf(draft: FaqDraft): Required<Omit<FaqInput, "externalId">> {
  const questions: Localized<string[]> = {};
  const answers: Localized = {};
  for (const locale of LOCALES) {
    const asked = [...new Set((draft.questions[locale] ?? []).map((each) => each.trim()).filter(Boolean))];
    if (asked.length > 0) questions[locale] = asked;
    const answer = draft.answers[locale]?.trim();
    if (answer) answers[locale] = answer;
  }
  const { enabled, orderStatus, documents } = draft;
  return { questions, answers, enabled, orderStatus, documents: [...documents] };
}

/** Languages that have a question or an answer. */
export function languagesOf(draft: FaqDraft): Locale[] {
  const { questions, answers } = inputOf(draft);
  return LOCALES.filter((locale) => questions[locale] || answers[locale]);
}

/** Languages with questions and no answer, or the other way round: the bot can use neither half. */
export function incompleteLanguages(draft: FaqDraft): Set<Locale> {
  const { questions, answers } = inputOf(draft);
  return new Set(LOCALES.filter((locale) => Boolean(questions[locale]) !== Boolean(answers[locale])));
}

export type FaqProblem = "noQuestion" | "noAnswer";

/** Why an entry can not be saved. */
export function problemOf(draft: FaqDraft): FaqProblem | undefined {
  const { questions, answers } = inputOf(draft);
  if (Object.keys(questions).length === 0) return "noQuestion";
  if (Object.keys(answers).length === 0) return "noAnswer";
  return undefined;
}

/** Whether saving would change anything. */
export function differs(draft: FaqDraft, saved: FaqDraft): boolean {
  return JSON.stringify(inputOf(draft)) !== JSON.stringify(inputOf(saved));
}

/** The line an entry is known by in a list: its first question in the reader's language, else in any. */
export function titleOf(faq: Pick<Faq, "questions" | "externalId">, locale: string): string | undefined {
  return localized<string[]>(faq.questions, locale)?.[0] ?? faq.externalId;
}
