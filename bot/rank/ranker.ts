import type { Vector } from "./corpus.ts";
import type { RankModel } from "./model.ts";
import { softmax } from "./train-dense.ts";
import { SparseScorer, topBy } from "./train-sparse.ts";

/** One entry's fit to a question. */
export interface Candidate {
  cls: number;
  logit: number;
  /** Softmax share among the candidates. */
  probability: number;
}

/** How many classes are scored exactly when there are too many for a full matrix. */
const CANDIDATES = 64;

/** Ranks the classes of a model for a question. */
export class Ranker {
  readonly model: RankModel;
  private readonly logits: Float64Array;
  private readonly sparse: SparseScorer | undefined;

  constructor(model: RankModel) {
    this.model = model;
    this.logits = new Float64Array(model.corpus.classes);
    if (model.weights.kind === "sparse") this.sparse = new SparseScorer(model.corpus, model.weights);
  }

  /** The best `limit` classes for a question, best first. `alive` leaves out classes that changed since. */
  rank(vector: Vector, alive: (cls: number) => boolean, limit: number, extra: readonly number[] = []): Candidate[] {
    const { weights, corpus } = this.model;
    const { feature, value } = vector;
    let classes: number[];
    const logits = this.logits;
    if (weights.kind === "dense") {
      const count = corpus.classes;
      for (let cls = 0; cls < count; cls++) logits[cls] = weights.bias[cls]!;
      for (let at = 0; at < feature.length; at++) {
        const base = feature[at]! * count;
        const amount = value[at]!;
        for (let cls = 0; cls < count; cls++) logits[cls]! += amount * weights.weight[base + cls]!;
      }
      classes = [];
      for (let cls = 0; cls < count; cls++) if (alive(cls)) classes.push(cls);
    } else {
      const found = new Set([...this.sparse!.candidates(feature, value, CANDIDATES), ...extra]);
      classes = [...found].filter(alive);
      const scores = new Float64Array(classes.length);
      this.sparse!.score(feature, value, classes, scores);
      classes.forEach((cls, at) => {
        logits[cls] = scores[at]!;
      });
    }
    const best = topBy(classes, logits, Math.max(limit, 1));
    const shares = Float64Array.from(classes, (cls) => logits[cls]!);
    softmax(shares);
    const shareOf = new Map(classes.map((cls, at) => [cls, shares[at]!]));
    return best.map((cls) => ({ cls, logit: logits[cls]!, probability: shareOf.get(cls)! }));
  }

  /** Highest cosine of the question to an example of the class, and the mean of the three highest. */
  closeness(vector: Vector, cls: number): { neighbour: number; few: number } {
    const nearest = this.cosines(vector, cls).sort((a, b) => b - a);
    const few = nearest.slice(0, 3);
    return { neighbour: nearest[0] ?? 0, few: few.reduce((sum, value) => sum + value, 0) / Math.max(few.length, 1) };
  }

  /** ISO 639-1 of the class's example nearest to the question. */
  nearestLanguage(vector: Vector, cls: number): string | undefined {
    const cosines = this.cosines(vector, cls);
    const row = cosines.indexOf(Math.max(...cosines));
    return this.model.corpus.languages[this.model.corpus.spoken[this.model.corpus.firstRow[cls]! + row]!];
  }

  private cosines(vector: Vector, cls: number): number[] {
    const { corpus } = this.model;
    const query = new Map<number, number>();
    for (let at = 0; at < vector.feature.length; at++) query.set(vector.feature[at]!, vector.value[at]!);
    const found: number[] = [];
    for (let row = corpus.firstRow[cls]!; row < corpus.firstRow[cls + 1]!; row++) {
      let product = 0;
      for (let at = corpus.pointer[row]!; at < corpus.pointer[row + 1]!; at++) {
        product += corpus.value[at]! * (query.get(corpus.feature[at]!) ?? 0);
      }
      // Both blocks have length 1 at most, so vectors have a squared length of up to 2.
      found.push(product / 2);
    }
    return found;
  }

  /** Examples of the class in a language, or all when it has none there. */
  examples(cls: number, language: string): number {
    const { corpus } = this.model;
    const wanted = corpus.languages.indexOf(language);
    const from = corpus.firstRow[cls]!;
    const to = corpus.firstRow[cls + 1]!;
    let count = 0;
    for (let row = from; row < to; row++) if (corpus.spoken[row] === wanted) count++;
    return count || to - from;
  }

  /** Share of the question's word weight that occurs in the class's examples, and anywhere in the FAQ. */
  coverage(vector: Vector, cls: number): { entry: number; all: number } {
    const { word, wordPointer } = this.model.corpus;
    let total = 0;
    let entry = 0;
    let all = 0;
    for (let at = 0; at < vector.word.length; at++) {
      const weight = vector.wordLoad[at]!;
      total += weight;
      if (vector.word[at]! < 0) continue;
      all += weight;
      if (contains(word, wordPointer[cls]!, wordPointer[cls + 1]!, vector.word[at]!)) entry += weight;
    }
    return total > 0 ? { entry: entry / total, all: all / total } : { entry: 0, all: 0 };
  }
}

function contains(sorted: Uint32Array, from: number, to: number, wanted: number): boolean {
  let low = from;
  let high = to - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = sorted[middle]!;
    if (found === wanted) return true;
    if (found < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}
