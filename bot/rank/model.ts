import type { Calibration } from "../calibrate/calibrator.ts";
import type { Corpus } from "./corpus.ts";
import type { DenseWeights } from "./train-dense.ts";
import type { SparseWeights } from "./train-sparse.ts";

/** A trained ranking of one state of the FAQ. Everything in it can be handed between threads. */
export interface RankModel {
  /** Class number → entry. */
  faqIds: string[];
  /** Class number → the entry's revision it was trained on; an older one is no longer to be trusted. */
  revisions: number[];
  corpus: Corpus;
  weights: ({ kind: "dense" } & DenseWeights) | ({ kind: "sparse" } & SparseWeights);
  calibration: Calibration;
  /** False for centroids alone, made at once while training is under way. */
  trained: boolean;
}
