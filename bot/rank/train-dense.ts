import type { Corpus } from "./corpus.ts";

export interface TrainOptions {
  epochs: number;
  /** First step size; it falls to a tenth over the epochs. */
  rate: number;
  /** L2 penalty per example. */
  decay: number;
}

/** Softmax weights: `weight[feature × classes + class]`, and one bias per class. */
export interface DenseWeights {
  weight: Float32Array;
  bias: Float32Array;
}

/** Logit of a cosine of 1 to an untrained entry's centroid: where training starts, and what fresh entries get. */
export const CENTROID_SCALE = 6;

/** Mean vector of a class scaled to length 1, as a dense scratch-independent list. */
export function centroid(corpus: Corpus, cls: number): Map<number, number> {
  const sum = new Map<number, number>();
  for (let row = corpus.firstRow[cls]!; row < corpus.firstRow[cls + 1]!; row++) {
    for (let at = corpus.pointer[row]!; at < corpus.pointer[row + 1]!; at++) {
      const feature = corpus.feature[at]!;
      sum.set(feature, (sum.get(feature) ?? 0) + corpus.value[at]!);
    }
  }
  let square = 0;
  for (const value of sum.values()) square += value * value;
  const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
  for (const [feature, value] of sum) sum.set(feature, value * scale);
  return sum;
}

/** Weights that score an entry by the cosine to its centroid. */
export function centroidWeights(corpus: Corpus, scale = CENTROID_SCALE): DenseWeights {
  const classes = corpus.classes;
  const weight = new Float32Array(corpus.idf.length * classes);
  for (let cls = 0; cls < classes; cls++) {
    for (const [feature, value] of centroid(corpus, cls)) weight[feature * classes + cls] = value * scale;
  }
  return { weight, bias: new Float32Array(classes) };
}

/**
 * Trains softmax regression by stochastic gradient descent with weight averaging over the last half of the epochs.
 * `rows` restricts the training to some examples, `start` continues from given weights.
 */
export function trainDense(
  corpus: Corpus,
  { epochs, rate, decay }: TrainOptions,
  rows: Uint32Array = Uint32Array.from(corpus.label.keys()),
): DenseWeights {
  const classes = corpus.classes;
  const weight = new Float32Array(corpus.idf.length * classes);
  const bias = new Float32Array(classes);
  const gradient = new Float32Array(classes);
  const order = evened(corpus, rows);
  const random = sequence(1);
  // The weights are `scale × weight`, so that the penalty of a step costs one multiplication.
  let scale = 1;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const step = rate * 0.1 ** (epoch / epochs);
    shuffle(order, random);
    for (const row of order) {
      const from = corpus.pointer[row]!;
      const to = corpus.pointer[row + 1]!;
      gradient.set(bias);
      for (let at = from; at < to; at++) {
        const value = corpus.value[at]! * scale;
        const base = corpus.feature[at]! * classes;
        for (let cls = 0; cls < classes; cls++) gradient[cls]! += value * weight[base + cls]!;
      }
      softmax(gradient);
      gradient[corpus.label[row]!]! -= 1;
      scale *= 1 - step * decay;
      for (let cls = 0; cls < classes; cls++) bias[cls]! -= 0.1 * step * gradient[cls]!;
      const factor = -step / scale;
      for (let at = from; at < to; at++) {
        const value = corpus.value[at]! * factor;
        const base = corpus.feature[at]! * classes;
        for (let cls = 0; cls < classes; cls++) weight[base + cls]! += value * gradient[cls]!;
      }
    }
  }
  if (scale !== 1) for (let at = 0; at < weight.length; at++) weight[at]! *= scale;
  return { weight, bias };
}

/**
 * The rows of an epoch, those of classes with few examples repeated up to a third of what a class has on average: an
 * entry just written with one question, beside entries in eighteen languages, would else be forgotten between visits.
 */
function evened(corpus: Corpus, rows: Uint32Array): Uint32Array {
  const counts = new Uint32Array(corpus.classes);
  for (const row of rows) counts[corpus.label[row]!]!++;
  const present = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  const least = Math.floor(rows.length / Math.max(present, 1) / 3);
  const order: number[] = [];
  for (const row of rows) {
    const copies = Math.max(1, Math.floor(least / counts[corpus.label[row]!]!));
    for (let copy = 0; copy < copies; copy++) order.push(row);
  }
  return Uint32Array.from(order);
}

/** Turns logits into probabilities in place. */
export function softmax(logits: Float32Array | Float64Array, length = logits.length): void {
  let top = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < length; at++) if (logits[at]! > top) top = logits[at]!;
  let sum = 0;
  for (let at = 0; at < length; at++) {
    const value = Math.exp(logits[at]! - top);
    logits[at] = value;
    sum += value;
  }
  for (let at = 0; at < length; at++) logits[at]! /= sum;
}

/** Repeatable pseudo-random numbers in [0, 1) (mulberry32): the same FAQ always trains to the same ranking. */
export function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function shuffle(items: Uint32Array, random: () => number): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const kept = items[last]!;
    items[last] = items[other]!;
    items[other] = kept;
  }
}
