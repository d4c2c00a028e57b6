import { createBot, detectLanguage } from "../../bot/index.ts";
import { sequence } from "../../bot/rank/train-dense.ts";
import type { Locale } from "../../contract/locales.ts";
import { type LabelledSet, type Question, readLines, readSet, supportSets } from "./data.ts";

export const THRESHOLD = 0.35;

/** What the bot did with one labelled question. */
export interface Outcome {
  set: string;
  question: Question;
  typo: boolean;
  language: string;
  decision: string;
  reason: string | undefined;
  confidence: number;
  /** Entries named, best first. */
  sources: string[];
}

/** Measures of a group of outcomes; shares are 0 to 1, NaN where there is nothing to count. */
export interface Measures {
  questions: number;
  rightFirst: number;
  rightInThree: number;
  /** Of questions no entry answers: not answered. */
  refused: number;
  /** Of all answers given: by a wrong entry, or to a question that none answers. */
  wrongAnswers: number;
  languageRight: number;
  /** Right answers to what is covered, refusals of what is not: at the threshold, and at the best one in hindsight. */
  overall: number;
  overallBest: number;
  /** Chance that a covered question has the higher confidence of a covered and an uncovered one. */
  auroc: number;
}

/** Asks every labelled question, and each once more with typing errors. */
export async function runEvaluation(): Promise<Outcome[]> {
  const sets = supportSets();
  const outcomes = await ask(
    "all languages",
    sets,
    sets.flatMap((set) => set.questions),
    true,
  );
  for (const set of sets) outcomes.push(...(await ask(set.locale, [set], set.questions, false)));
  const foreign = readLines("out-of-scope.en.txt").map(
    (text): Question => ({ text, locale: "en", labels: [], kind: "out_of_scope" }),
  );
  for (const [name, given] of [
    ["close", 9],
    ["banking", 10],
  ] as const) {
    const { training, asked } = heldOut(readSet(`${name}.en.txt`, "en"), given);
    outcomes.push(...(await ask(name, [training], [...asked, ...foreign], false)));
  }
  return outcomes;
}

/** The first `given` examples of each entry to learn from, the others to ask. */
function heldOut(set: LabelledSet, given: number): { training: LabelledSet; asked: Question[] } {
  const entries = set.entries.map((entry) => ({ ...entry, examples: entry.examples.slice(0, given) }));
  const asked = set.entries.flatMap(({ id, examples }) =>
    examples.slice(given).map((text): Question => ({ text, locale: set.locale, labels: [id], kind: "question" })),
  );
  return { training: { ...set, entries }, asked };
}

async function ask(name: string, sets: LabelledSet[], questions: Question[], typos: boolean): Promise<Outcome[]> {
  const bot = createBot({ trainingDelay: 0 });
  const ids = [...new Set(sets.flatMap((set) => set.entries.map((entry) => entry.id)))];
  bot.setEntries(
    ids.map((id) => ({
      faqId: id,
      questions: Object.fromEntries(
        sets.map((set) => [set.locale, set.entries.find((entry) => entry.id === id)?.examples ?? []]),
      ),
      answers: Object.fromEntries(sets.map((set) => [set.locale, `${id} (${set.locale})`])),
    })),
  );
  await bot.trained();
  const random = sequence(5);
  const outcomes: Outcome[] = [];
  for (const question of questions) {
    for (const typo of typos && question.kind === "question" ? [false, true] : [false]) {
      const text = typo ? mistyped(question.text, random) : question.text;
      const result = await bot.decide({
        turns: [{ seq: 1, author: "contact", text, attachments: [], at: new Date(0) }],
        hints: { workspaceLocale: "en" },
        threshold: THRESHOLD,
        say: (_, key) => key,
      });
      outcomes.push({
        set: name,
        question,
        typo,
        language: result.language,
        decision: result.decision,
        reason: result.reason,
        confidence: result.confidence,
        sources: result.sources.map(({ faqId }) => faqId),
      });
    }
  }
  await bot.close();
  return outcomes;
}

/** Two letters swapped and one left out, where there is room. */
function mistyped(text: string, random: () => number): string {
  const signs = [...text];
  if (signs.length < 8) return text;
  const at = 1 + Math.floor(random() * (signs.length - 3));
  [signs[at], signs[at + 1]] = [signs[at + 1]!, signs[at]!];
  if (signs.length > 16) signs.splice(Math.floor(random() * signs.length), 1);
  return signs.join("");
}

export function measuresOf(outcomes: readonly Outcome[]): Measures {
  const covered = outcomes.filter(({ question }) => question.kind === "question");
  const uncovered = outcomes.filter(({ question }) => question.kind === "out_of_scope");
  const judged = [...covered, ...uncovered];
  const right = ({ question, sources }: Outcome) => sources[0] === question.labels[0];
  const answered = judged.filter(({ decision }) => decision === "answer");
  const overall = (threshold: number) =>
    share(judged, (each) =>
      each.question.kind === "question" ? each.confidence >= threshold && right(each) : each.confidence < threshold,
    );
  let pairs = 0;
  for (const a of covered)
    for (const b of uncovered) pairs += a.confidence > b.confidence ? 1 : a.confidence === b.confidence ? 0.5 : 0;
  return {
    questions: outcomes.length,
    rightFirst: share(covered, right),
    rightInThree: share(covered, ({ question, sources }) => sources.slice(0, 3).includes(question.labels[0]!)),
    refused: share(uncovered, ({ decision }) => decision !== "answer"),
    wrongAnswers: share(answered, (each) => each.question.kind !== "question" || !right(each)),
    languageRight: share(outcomes, ({ question, language }) => question.locale === language),
    overall: overall(THRESHOLD),
    overallBest: Math.max(...Array.from({ length: 100 }, (_, at) => overall(at / 100))),
    auroc: pairs / (covered.length * uncovered.length),
  };
}

/** Of answers by confidence, how many are right: what a calibrated confidence promises. */
export function calibrationCurve(
  outcomes: readonly Outcome[],
): { from: number; count: number; promised: number; right: number }[] {
  const judged = outcomes.filter(({ question }) => question.kind === "question" || question.kind === "out_of_scope");
  return Array.from({ length: 10 }, (_, bin) => {
    const inside = judged.filter(({ confidence }) => Math.min(9, Math.floor(confidence * 10)) === bin);
    const sum = inside.reduce((total, { confidence }) => total + confidence, 0);
    return {
      from: bin / 10,
      count: inside.length,
      promised: sum / inside.length,
      right: share(
        inside,
        ({ question, sources }) => question.kind === "question" && sources[0] === question.labels[0],
      ),
    };
  });
}

/** Language of every text written for this project, without any prior; `short-texts.txt` has everyday ones, no shop talk. */
export function measureLanguage() {
  const texts = [
    ...supportSets().flatMap((set) => [
      ...set.questions.map(({ text }) => ({ text, locale: set.locale })),
      ...set.entries.flatMap(({ examples }) => examples.map((text) => ({ text, locale: set.locale }))),
    ]),
    ...readSet("short-texts.txt", "en").entries.flatMap(({ id, examples }) =>
      examples.map((text) => ({ text, locale: id as Locale })),
    ),
  ];
  const right = ({ text, locale }: { text: string; locale: Locale }) => detectLanguage(text).locale === locale;
  const short = texts.filter(({ text }) => [...text].length < 15);
  return { texts: texts.length, right: share(texts, right), short: short.length, shortRight: share(short, right) };
}

function share<T>(items: readonly T[], test: (item: T) => boolean): number {
  return items.filter(test).length / items.length;
}
