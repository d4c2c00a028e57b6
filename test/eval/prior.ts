import {
  type Calibration,
  calibrated,
  fitCalibration,
  type Judged,
  SIGNAL_COUNT,
} from "../../bot/calibrate/calibrator.ts";
import type { Example } from "../../bot/rank/corpus.ts";
import { balance, judgeWith } from "../../bot/rank/folds.ts";
import { sequence } from "../../bot/rank/train-dense.ts";
import { languageOf } from "../../bot/text/words.ts";
import { type LabelledSet, readLines, readSet, supportSets } from "./data.ts";

const OUT_OF_SCOPE_SHARE = 0.2;

/** Judged rankings of one knowledge base, each group with the same total weight. */
interface Group {
  name: string;
  judged: Judged[];
}

/** Knowledge bases of many sizes and languages, each asked questions inside and outside of it. */
function groups(): Group[] {
  const random = sequence(3);
  const shuffled = <T>(items: readonly T[]): T[] =>
    items
      .map((item) => [random(), item] as const)
      .sort((a, b) => a[0] - b[0])
      .map(([, item]) => item);
  const found: Group[] = [];
  const add = (name: string, entries: Example[][], asked: { example: Example; cls: number }[], weight = 1) => {
    const judged = balance(judgeWith(entries, asked), OUT_OF_SCOPE_SHARE);
    const scale = (100 * weight) / judged.length;
    found.push({ name, judged: judged.map((each) => ({ ...each, weight: each.weight * scale })) });
  };
  const english = (text: string): Example => ({ text, language: "en" });
  const foreign = readLines("out-of-scope.en.txt").map((text) => ({ example: english(text), cls: -1 }));
  const sets = supportSets();
  const ids = sets[0]!.entries.map((entry) => entry.id);
  const asked = (set: LabelledSet, kept: string[]) =>
    set.questions
      .filter(({ kind }) => kind === "question" || kind === "out_of_scope")
      .map(({ text, labels }) => ({
        example: { text, language: languageOf(set.locale) },
        cls: labels[0] === undefined ? -1 : kept.indexOf(labels[0]),
      }));
  const examples = (set: LabelledSet, id: string) =>
    (set.entries.find((entry) => entry.id === id)?.examples ?? []).map((text) => ({
      text,
      language: languageOf(set.locale),
    }));
  for (const set of sets) {
    for (const kept of [ids, shuffled(ids).slice(0, 6)]) {
      add(
        `${set.locale} ${kept.length}`,
        kept.map((id) => examples(set, id)),
        [...asked(set, kept), ...(set.locale === "en" ? foreign : [])],
      );
    }
  }
  add(
    "all languages",
    ids.map((id) => sets.flatMap((set) => examples(set, id))),
    sets.flatMap((set) => asked(set, ids)),
    3,
  );

  for (const [file, given, size] of [
    ["close", 9, 60],
    ["close", 9, 30],
    ["close", 9, 12],
    ["close", 5, 60],
    ["close", 3, 60],
    ["close", 5, 25],
    ["close", 3, 6],
    ["close", 5, 6],
    ["close", 3, 10],
    ["close", 8, 8],
    ["banking", 10, 70],
    ["banking", 10, 30],
    ["banking", 5, 70],
    ["banking", 3, 12],
  ] as const) {
    const order = shuffled(readSet(`${file}.en.txt`, "en").entries.map((entry) => entry.examples));
    const kept = order.slice(0, size).map(shuffled);
    const left = shuffled(order.slice(size).flat()).slice(0, 100);
    add(
      `${file} ${size} × ${given}`,
      kept.map((questions) => questions.slice(0, given).map(english)),
      [
        ...kept.flatMap((questions, cls) => questions.slice(given).map((text) => ({ example: english(text), cls }))),
        ...left.map((text) => ({ example: english(text), cls: -1 })),
        ...foreign,
      ],
      2,
    );
  }
  return found;
}

/** The calibration that fits all knowledge bases here: what the product ships as its prior. */
export function fitPrior(): { calibration: Calibration; logLoss: number } {
  const all = groups().flatMap((group) => group.judged);
  const zero = { right: new Array<number>(SIGNAL_COUNT).fill(0), scope: new Array<number>(SIGNAL_COUNT).fill(0) };
  const calibration = fitCalibration(all, zero, 5);
  let loss = 0;
  let weight = 0;
  for (const each of all) {
    const { right } = calibrated(calibration, each.signals);
    loss -= each.weight * Math.log(each.right ? right : 1 - right);
    weight += each.weight;
  }
  return { calibration, logLoss: loss / weight };
}
