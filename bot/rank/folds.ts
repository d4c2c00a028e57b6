import type { Judged } from "../calibrate/calibrator.ts";
import { extract } from "../text/features.ts";
import type { TrainingEntry } from "./build.ts";
import { buildCorpus, type Example, vectorize } from "./corpus.ts";
import type { RankModel } from "./model.ts";
import { Ranker } from "./ranker.ts";
import { signalsOf } from "./signals.ts";
import { sequence, shuffle, trainDense } from "./train-dense.ts";

/** Entries a calibration looks at; more would take longer and say the same. */
const MAX_ENTRIES = 150;
const MAX_EXAMPLES = 12;
const FOLDS = 4;
/** Of so many examples one is kept back: an entry that lacks more than that looks weaker than it will be. */
const KEPT_BACK = 8;
/** The same as for the ranking itself, so that its probabilities are as sharp. */
export const TRAINING = { epochs: 10, rate: 2.5, decay: 5e-4 };
/** Share of questions that no entry answers, as a shop's inbox is assumed to have them. */
const OUT_OF_SCOPE_SHARE = 0.2;

/**
 * Judged rankings for the calibration, made from the seller's own examples: each fold removes whole entries, whose
 * examples then are questions nobody answers, and keeps back some examples of the others.
 */
export function judgeFolds(all: readonly TrainingEntry[]): Judged[] {
  const random = sequence(7);
  const entries = sample(
    all.filter((entry) => entry.examples.length > 0),
    MAX_ENTRIES,
    random,
  ).map((entry) => oneLanguage(entry.examples, random));
  const folds = Math.min(FOLDS, entries.length);
  if (folds < 2) return [];
  const judged: Judged[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const kept: Example[][] = [];
    const asked: { example: Example; cls: number }[] = [];
    entries.forEach((examples, index) => {
      if (index % folds === fold) {
        for (const example of examples) asked.push({ example, cls: -1 });
        return;
      }
      const training: Example[] = [];
      examples.forEach((example, at) => {
        // An entry with one example has none to spare.
        const every = Math.max(2, Math.min(examples.length, KEPT_BACK));
        if (examples.length > 1 && at % every === fold % every) asked.push({ example, cls: kept.length });
        else training.push(example);
      });
      kept.push(training);
    });
    judged.push(...judgeWith(kept, asked));
  }
  return balance(judged, OUT_OF_SCOPE_SHARE);
}

/**
 * Examples in one language: a question is told by those of its own language, so the others would only make entries
 * look better covered than they are.
 */
function oneLanguage(examples: readonly Example[], random: () => number): Example[] {
  const languages = [...new Set(examples.map((example) => example.language))];
  const language = languages[Math.floor(random() * languages.length)];
  return sample(
    examples.filter((example) => example.language === language),
    MAX_EXAMPLES,
    random,
  );
}

/** Trains on some entries and judges the ranking of questions with a known right class (-1: none). */
export function judgeWith(
  entries: readonly Example[][],
  asked: readonly { example: Example; cls: number }[],
): Judged[] {
  const corpus = buildCorpus(entries);
  const model: RankModel = {
    faqIds: entries.map((_, cls) => String(cls)),
    revisions: entries.map(() => 0),
    corpus,
    weights: { kind: "dense", ...trainDense(corpus, TRAINING) },
    calibration: { right: [], scope: [] },
    trained: true,
  };
  const ranker = new Ranker(model);
  return asked.flatMap(({ example, cls }) => {
    const vector = vectorize(extract(example.text, example.language), corpus);
    const best = ranker.rank(vector, () => true, 2);
    if (best.length === 0) return [];
    const signals = signalsOf(ranker, vector, best, { entries: entries.length, language: example.language });
    return [{ signals, right: best[0]!.cls === cls, inScope: cls >= 0, weight: 1 }];
  });
}

/** Weighs judged rankings so that the out-of-scope ones make up `share`; the total stays their number. */
export function balance(judged: Judged[], share: number): Judged[] {
  const inside = judged.filter((each) => each.inScope).length;
  const outside = judged.length - inside;
  if (inside === 0 || outside === 0) return judged;
  return judged.map((each) => ({
    ...each,
    weight: each.inScope ? ((1 - share) * judged.length) / inside : (share * judged.length) / outside,
  }));
}

function sample<T>(items: readonly T[], limit: number, random: () => number): T[] {
  const order = Uint32Array.from(items.keys());
  shuffle(order, random);
  return [...order.subarray(0, limit)].map((at) => items[at]!);
}
