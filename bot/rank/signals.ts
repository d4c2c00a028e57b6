import type { Signals } from "../calibrate/calibrator.ts";
import type { Vector } from "./corpus.ts";
import type { Candidate, Ranker } from "./ranker.ts";

/** What the calibration looks at, of a ranking's best candidates. */
export function signalsOf(
  ranker: Ranker,
  vector: Vector,
  best: readonly Candidate[],
  { entries, language }: { entries: number; language: string },
): Signals {
  const top = best[0]!;
  const second = best[1];
  const close = ranker.closeness(vector, top.cls);
  const cover = ranker.coverage(vector, top.cls);
  const margin = second ? 1 - Math.exp((second.logit - top.logit) / 2) : 1;
  return {
    probability: top.probability,
    margin,
    strength: 1 / (1 + Math.exp(-top.logit / 2)),
    agreement: top.probability * cover.entry,
    cheap: margin * Math.exp(-entries / 15),
    neighbour: close.neighbour,
    few: close.few,
    coverageEntry: cover.entry,
    coverageAll: cover.all,
    length: Math.log(1 + vector.word.length) / 3,
    entries: Math.log(entries) / 10,
    examples: Math.log(Math.max(1, ranker.examples(top.cls, language))) / 5,
  };
}
