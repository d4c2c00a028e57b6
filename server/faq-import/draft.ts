import { createHash } from "node:crypto";
import type { FaqInput, FaqPreviewResult } from "../../contract/faq.ts";
import type { Locale } from "../../contract/locales.ts";

export type ImportProblem = FaqPreviewResult["problems"][number];

/** Entries read from a file or page, and what was left out. */
export interface ImportDraft {
  entries: FaqInput[];
  problems: ImportProblem[];
}

/** One question with its answer, before those that belong together are joined. */
export interface ImportItem {
  questions: string[];
  answer: string;
  locale: Locale;
  externalId?: string;
  line?: number;
}

const MOST = 2_000;
const QUESTION_LENGTH = 1_000;
const ANSWER_LENGTH = 10_000;

/**
 * Joins items into entries: those with one externalId are one entry in several languages or wordings; without, those with
 * the same answer are. An entry without an externalId gets one from its first question, so that the same file, changed,
 * changes its own entries.
 */
export function draftOf(items: readonly ImportItem[], problems: ImportProblem[]): ImportDraft {
  const byKey = new Map<string, FaqInput>();
  for (const item of items) {
    const line = item.line === undefined ? {} : { line: item.line };
    const questions = item.questions.map((text) => text.trim()).filter((text) => text !== "");
    const answer = item.answer.trim();
    const text = (questions[0] ?? answer).slice(0, 120);
    if (questions.length === 0) problems.push({ ...line, code: "no_question", text });
    else if (answer === "" && item.externalId === undefined) problems.push({ ...line, code: "no_answer", text });
    else if (answer.length > ANSWER_LENGTH || questions.some(({ length }) => length > QUESTION_LENGTH)) {
      problems.push({ ...line, code: "too_long", text });
    } else add(byKey, item, questions, answer);
  }
  const entries = [...byKey.values()];
  const answered = entries.filter((entry) => Object.keys(entry.answers).length > 0);
  for (const entry of entries) {
    if (!answered.includes(entry))
      problems.push({ code: "no_answer", text: Object.values(entry.questions).flat()[0] ?? "" });
  }
  if (answered.length > MOST) problems.push({ code: "too_many" });
  return { entries: answered.slice(0, MOST), problems };
}

function add(byKey: Map<string, FaqInput>, item: ImportItem, questions: string[], answer: string): void {
  const { locale, externalId } = item;
  const key = externalId === undefined ? `${locale} ${answer}` : `id ${externalId}`;
  const entry = byKey.get(key) ?? {
    externalId: externalId ?? `import:${hashOf(`${locale} ${questions[0]?.toLowerCase()}`)}`,
    questions: {},
    answers: {},
  };
  const known = entry.questions[locale] ?? [];
  entry.questions[locale] = [...new Set([...known, ...questions])].slice(0, 100);
  if (answer !== "") entry.answers[locale] ??= answer;
  byKey.set(key, entry);
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 20);
}
