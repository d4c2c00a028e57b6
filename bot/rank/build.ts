import { fitCalibration } from "../calibrate/calibrator.ts";
import { PRIOR } from "../calibrate/prior.ts";
import { buildCorpus, type Example } from "./corpus.ts";
import { judgeFolds, TRAINING } from "./folds.ts";
import type { RankModel } from "./model.ts";
import { centroidWeights, trainDense } from "./train-dense.ts";
import { centroidSparse, trainSparse } from "./train-sparse.ts";

/** An entry as the ranking learns it. */
export interface TrainingEntry {
  faqId: string;
  revision: number;
  examples: Example[];
}

/** Weights of a full matrix up to which it is trained whole (four bytes each). */
const DENSE_LIMIT = 16_000_000;
/** Entries up to which a full matrix is tried at all. */
const DENSE_ENTRIES = 1_000;

export const SPARSE_TRAINING = { epochs: 5, rate: 1.5, decay: 1e-6 };

/** Builds the ranking of some entries; `train: false` stops at the centroids, which takes milliseconds. */
export function buildModel(entries: readonly TrainingEntry[], { train }: { train: boolean }): RankModel {
  const corpus = buildCorpus(entries.map((entry) => entry.examples));
  const dense = entries.length <= DENSE_ENTRIES && entries.length * corpus.idf.length <= DENSE_LIMIT;
  const weights: RankModel["weights"] = dense
    ? { kind: "dense", ...(train ? trainDense(corpus, TRAINING) : centroidWeights(corpus)) }
    : { kind: "sparse", ...(train ? trainSparse(corpus, SPARSE_TRAINING) : centroidSparse(corpus)) };
  return {
    faqIds: entries.map((entry) => entry.faqId),
    revisions: entries.map((entry) => entry.revision),
    corpus,
    weights,
    calibration: train ? fitCalibration(judgeFolds(entries), PRIOR, priorPull(entries)) : PRIOR,
    trained: train,
  };
}

/**
 * How strongly the calibration keeps to the shipped prior, in units of its penalty. Keeping back one of three examples
 * shows an entry weaker than it is, one of ten hardly: the fewer examples, the less the folds are to be believed.
 */
function priorPull(entries: readonly TrainingEntry[]): number {
  let examples = 0;
  let spoken = 0;
  for (const entry of entries) {
    examples += entry.examples.length;
    spoken += new Set(entry.examples.map((example) => example.language)).size;
  }
  return 30 * Math.max(1, (8 * spoken) / Math.max(examples, 1)) ** 2.3;
}
