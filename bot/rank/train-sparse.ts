import type { Corpus } from "./corpus.ts";
import { CENTROID_SCALE, centroid, sequence, shuffle, softmax, type TrainOptions } from "./train-dense.ts";

/**
 * Softmax weights where a feature occurs in the entry, and nowhere else: for many entries, where a full matrix would
 * not fit. By class for exact scores, by feature for finding candidates.
 */
export interface SparseWeights {
  /** Class c: feature[pointer[c] … pointer[c+1]) ascending, with weight[…]. */
  pointer: Uint32Array;
  feature: Uint32Array;
  weight: Float32Array;
  bias: Float32Array;
  /** Feature f occurs in classes postings[postingPointer[f] … postingPointer[f+1]). */
  postingPointer: Uint32Array;
  posting: Uint32Array;
}

/** Entries looked at in a search, however many there are: this bounds the time of a decision. */
const POSTING_BUDGET = 6_000;

/** Weights that score an entry by the cosine to its centroid. */
export function centroidSparse(corpus: Corpus, scale = CENTROID_SCALE): SparseWeights {
  const pointer = new Uint32Array(corpus.classes + 1);
  const features: number[] = [];
  const weights: number[] = [];
  const counts = new Uint32Array(corpus.idf.length + 1);
  for (let cls = 0; cls < corpus.classes; cls++) {
    const mean = centroid(corpus, cls);
    for (const feature of [...mean.keys()].sort((a, b) => a - b)) {
      features.push(feature);
      weights.push(mean.get(feature)! * scale);
      counts[feature + 1]!++;
    }
    pointer[cls + 1] = features.length;
  }
  for (let feature = 0; feature < corpus.idf.length; feature++) counts[feature + 1]! += counts[feature]!;
  const posting = new Uint32Array(features.length);
  const next = counts.slice();
  for (let cls = 0; cls < corpus.classes; cls++) {
    for (let at = pointer[cls]!; at < pointer[cls + 1]!; at++) posting[next[features[at]!]!++] = cls;
  }
  return {
    pointer,
    feature: Uint32Array.from(features),
    weight: Float32Array.from(weights),
    bias: new Float32Array(corpus.classes),
    postingPointer: counts,
    posting,
  };
}

/** Finds likely classes for a vector and scores them; keeps its scratch memory between calls. */
export class SparseScorer {
  readonly weights: SparseWeights;
  readonly corpus: Corpus;
  private readonly partial: Float32Array;
  private readonly query: Float32Array;

  constructor(corpus: Corpus, weights: SparseWeights) {
    this.corpus = corpus;
    this.weights = weights;
    this.partial = new Float32Array(corpus.classes);
    this.query = new Float32Array(corpus.idf.length);
  }

  /**
   * The `limit` classes that share the most with the vector, rarest features first until the budget of postings is
   * spent: common features tell little and cost most.
   */
  candidates(feature: ArrayLike<number>, value: ArrayLike<number>, limit: number): number[] {
    const { postingPointer, posting } = this.weights;
    const { idf } = this.corpus;
    const order = Array.from({ length: feature.length }, (_, at) => at);
    order.sort((a, b) => idf[feature[b]!]! - idf[feature[a]!]!);
    const touched: number[] = [];
    let budget = POSTING_BUDGET;
    for (const at of order) {
      const from = postingPointer[feature[at]!]!;
      const to = postingPointer[feature[at]! + 1]!;
      budget -= to - from;
      if (budget < 0 && touched.length > 0) break;
      const gain = value[at]! * idf[feature[at]!]!;
      for (let where = from; where < to; where++) {
        const cls = posting[where]!;
        if (this.partial[cls] === 0) touched.push(cls);
        this.partial[cls]! += gain;
      }
    }
    const best = topBy(touched, this.partial, limit);
    for (const cls of touched) this.partial[cls] = 0;
    return best;
  }

  /** Logits of the given classes, in their order. */
  score(feature: ArrayLike<number>, value: ArrayLike<number>, classes: readonly number[], into: Float64Array): void {
    const { pointer, feature: own, weight, bias } = this.weights;
    for (let at = 0; at < feature.length; at++) this.query[feature[at]!] = value[at]!;
    classes.forEach((cls, index) => {
      let sum = bias[cls]!;
      for (let at = pointer[cls]!; at < pointer[cls + 1]!; at++) sum += this.query[own[at]!]! * weight[at]!;
      into[index] = sum;
    });
    for (let at = 0; at < feature.length; at++) this.query[feature[at]!] = 0;
  }

  /** Adds `step × error` times the vector to the classes' weights. */
  learn(feature: ArrayLike<number>, value: ArrayLike<number>, classes: readonly number[], change: Float64Array): void {
    const { pointer, feature: own, weight, bias } = this.weights;
    for (let at = 0; at < feature.length; at++) this.query[feature[at]!] = value[at]!;
    classes.forEach((cls, index) => {
      const delta = change[index]!;
      if (Math.abs(delta) < 1e-3) return;
      bias[cls]! += 0.1 * delta;
      for (let at = pointer[cls]!; at < pointer[cls + 1]!; at++) weight[at]! += delta * this.query[own[at]!]!;
    });
    for (let at = 0; at < feature.length; at++) this.query[feature[at]!] = 0;
  }
}

/** The `limit` items with the highest score, best first. */
export function topBy(items: readonly number[], score: ArrayLike<number>, limit: number): number[] {
  if (items.length > limit * 4) {
    // One pass against a rising floor is cheaper than sorting thousands.
    const kept: number[] = [];
    let floor = Number.NEGATIVE_INFINITY;
    for (const item of items) {
      if (score[item]! <= floor) continue;
      kept.push(item);
      if (kept.length >= limit * 4) {
        kept.sort((a, b) => score[b]! - score[a]!);
        kept.length = limit;
        floor = score[kept[limit - 1]!]!;
      }
    }
    return kept.sort((a, b) => score[b]! - score[a]!).slice(0, limit);
  }
  return [...items].sort((a, b) => score[b]! - score[a]!).slice(0, limit);
}

/** Rivals an example is told apart from in training. */
const RIVALS = 12;
/** An example its own class wins by this much has nothing left to teach. */
const LEARNED = 0.98;

/** Trains sparse weights from the centroids on, each example against its own class and the nearest others. */
export function trainSparse(corpus: Corpus, { epochs, rate, decay }: TrainOptions): SparseWeights {
  const scorer = new SparseScorer(corpus, centroidSparse(corpus));
  const rows = corpus.label.length;
  const rivals: Uint32Array[] = [];
  const rowOf = (row: number) => {
    const from = corpus.pointer[row]!;
    const to = corpus.pointer[row + 1]!;
    return [corpus.feature.subarray(from, to), corpus.value.subarray(from, to)] as const;
  };
  for (let row = 0; row < rows; row++) {
    const [feature, value] = rowOf(row);
    const own = corpus.label[row]!;
    const others = scorer.candidates(feature, value, RIVALS).filter((cls) => cls !== own);
    rivals.push(Uint32Array.from([own, ...others]));
  }
  const order = Uint32Array.from(corpus.label.keys());
  const random = sequence(1);
  const logits = new Float64Array(RIVALS + 1);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const step = rate * 0.1 ** (epoch / epochs);
    shuffle(order, random);
    for (const row of order) {
      const [feature, value] = rowOf(row);
      const classes = [...rivals[row]!];
      scorer.score(feature, value, classes, logits);
      softmax(logits, classes.length);
      if (logits[0]! > LEARNED) continue;
      for (let at = 0; at < classes.length; at++) logits[at] = -step * (logits[at]! - (at === 0 ? 1 : 0));
      scorer.learn(feature, value, classes, logits);
    }
    // The penalty once per epoch instead of per step: the same on average, without touching every weight.
    const keep = (1 - step * decay) ** rows;
    for (let at = 0; at < scorer.weights.weight.length; at++) scorer.weights.weight[at]! *= keep;
  }
  return scorer.weights;
}
