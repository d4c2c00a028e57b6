/** What is known about a ranking besides its order; each is about 0 to 1, so that one penalty fits all. */
export interface Signals {
  probability: number;
  /** Best minus second-best logit, squashed to 0 … 1. */
  margin: number;
  /** The best logit itself, squashed. */
  strength: number;
  /** Probability and coverage at once: among few entries either is easily had alone. */
  agreement: number;
  /** 1 for a handful of entries, falling to 0 with many, times the margin: small is the field, cheap the lead. */
  cheap: number;
  /** Cosine to the nearest example of the best entry, and the mean of the three nearest. */
  neighbour: number;
  few: number;
  /** Share of the question's word weight found in the best entry's examples, and in any. */
  coverageEntry: number;
  coverageAll: number;
  /** ln(words) / 3. */
  length: number;
  /** ln(entries) / 10. */
  entries: number;
  /** ln(examples of the best entry in the question's language) / 5. */
  examples: number;
}

const NAMES = [
  "probability",
  "margin",
  "strength",
  "agreement",
  "cheap",
  "neighbour",
  "few",
  "coverageEntry",
  "coverageAll",
  "length",
  "entries",
  "examples",
] as const satisfies readonly (keyof Signals)[];

/** Bias first, then one weight per signal in the order of NAMES. */
export interface Calibration {
  /** The best entry is the right one. */
  right: number[];
  /** Some entry fits: the question is within what the FAQ covers. */
  scope: number[];
}

export const SIGNAL_COUNT = NAMES.length + 1;

export function signalRow(signals: Signals): number[] {
  return [1, ...NAMES.map((name) => signals[name])];
}

function chance(weights: readonly number[], row: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < row.length; at++) sum += weights[at]! * row[at]!;
  return 1 / (1 + Math.exp(-sum));
}

/** Probabilities that the best entry is right, and that any entry is. */
export function calibrated(calibration: Calibration, signals: Signals): { right: number; scope: number } {
  const row = signalRow(signals);
  // Two entries that fit alike can not both be right: at a margin of nothing it is one or the other.
  const right = Math.min(chance(calibration.right, row), 1 - 0.5 * (1 - signals.margin) ** 2);
  return { right, scope: Math.max(right, chance(calibration.scope, row)) };
}

/** A judged ranking of a question. */
export interface Judged {
  signals: Signals;
  right: boolean;
  inScope: boolean;
  weight: number;
}

/**
 * Fits logistic regression to judged rankings, drawn towards `prior` with the strength of `pull` examples' worth of
 * penalty: with few examples the prior speaks, with many the seller's own FAQ does.
 */
export function fitCalibration(judged: readonly Judged[], prior: Calibration, pull: number): Calibration {
  const rows = judged.map((each) => signalRow(each.signals));
  const weights = judged.map((each) => each.weight);
  return {
    right: regress(
      rows,
      judged.map((each) => (each.right ? 1 : 0)),
      weights,
      prior.right,
      pull,
    ),
    scope: regress(
      rows,
      judged.map((each) => (each.inScope ? 1 : 0)),
      weights,
      prior.scope,
      pull,
    ),
  };
}

/** Logistic regression drawn towards `prior`, by Newton's method: a dozen unknowns need no more. */
export function regress(
  rows: number[][],
  targets: number[],
  weights: number[],
  prior: readonly number[],
  pull: number,
): number[] {
  const size = prior.length;
  const beta = [...prior];
  for (let round = 0; round < 25; round++) {
    const gradient = beta.map((value, at) => pull * (value - prior[at]!));
    const hessian = Array.from({ length: size }, (_, at) => {
      const row = new Array<number>(size).fill(0);
      row[at] = pull + 1e-9;
      return row;
    });
    rows.forEach((row, index) => {
      const p = chance(beta, row);
      const weight = weights[index]!;
      const error = weight * (p - targets[index]!);
      const curve = weight * Math.max(p * (1 - p), 1e-6);
      for (let a = 0; a < size; a++) {
        gradient[a]! += error * row[a]!;
        for (let b = 0; b <= a; b++) hessian[a]![b]! += curve * row[a]! * row[b]!;
      }
    });
    for (let a = 0; a < size; a++) for (let b = 0; b < a; b++) hessian[b]![a] = hessian[a]![b]!;
    const step = solve(hessian, gradient);
    let moved = 0;
    for (let at = 0; at < size; at++) {
      const change = Math.max(-2, Math.min(2, step[at]!));
      beta[at]! -= change;
      moved += Math.abs(change);
    }
    if (moved < 1e-6) break;
  }
  return beta;
}

/** Gaussian elimination with partial pivoting; the matrix is positive definite. */
function solve(matrix: number[][], right: number[]): number[] {
  const size = right.length;
  const a = matrix.map((row, at) => [...row, right[at]!]);
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(a[row]![column]!) > Math.abs(a[pivot]![column]!)) pivot = row;
    }
    [a[column], a[pivot]] = [a[pivot]!, a[column]!];
    const top = a[column]!;
    for (let row = column + 1; row < size; row++) {
      const factor = a[row]![column]! / top[column]!;
      if (factor === 0) continue;
      for (let at = column; at <= size; at++) a[row]![at]! -= factor * top[at]!;
    }
  }
  const result = new Array<number>(size).fill(0);
  for (let row = size - 1; row >= 0; row--) {
    let sum = a[row]![size]!;
    for (let at = row + 1; at < size; at++) sum -= a[row]![at]! * result[at]!;
    result[row] = sum / a[row]![row]!;
  }
  return result;
}
