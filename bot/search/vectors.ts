import { regress } from "../calibrate/calibrator.ts";
import { sequence, shuffle } from "../rank/train-dense.ts";
import type { Embed } from "../types.ts";

/** Texts asked for in one request. */
const BATCH = 64;
/** Examples of an entry that are kept; further ones add little. */
const EXAMPLES = 8;
/** A buyer waits no longer for the vector of their question. */
const PATIENCE_MS = 1_500;
const LOADING_MS = 60_000;
/** After a failure the server is left alone this long. */
const PAUSE_MS = 30_000;
/** Examples that the calibration looks at. */
const JUDGED = 300;
/** Bias, cosine, lead: what common embeddings show, until the seller's own examples have spoken. */
const PRIOR = [-6, 8, 10];
const PRIOR_PULL = 3;

/** An entry by meaning. */
export interface VectorHit {
  faqId: string;
  /** Cosine to its nearest example. */
  cosine: number;
}

export interface VectorRanking {
  /** Best first. */
  hits: VectorHit[];
  /** Calibrated: the first one is the right one. */
  right: number;
}

interface Known {
  texts: string[];
  vectors: Float32Array[] | undefined;
}

/** The seller's examples as embeddings, loaded in the background; whatever fails, retrieval by words goes on. */
export class VectorIndex {
  private readonly embed: Embed;
  private readonly onError: (error: Error) => void;
  private readonly entries = new Map<string, Known>();
  private readonly closing = new AbortController();
  private loading: Promise<void> | undefined;
  private pausedUntil = 0;
  private calibration: number[] | undefined;

  constructor(embed: Embed, onError: (error: Error) => void) {
    this.embed = embed;
    this.onError = onError;
  }

  /** An entry's ways to ask; those that were known already keep their vectors. */
  put(faqId: string, texts: readonly string[]): void {
    const step = Math.max(1, texts.length / EXAMPLES);
    const kept = Array.from({ length: Math.min(texts.length, EXAMPLES) }, (_, at) => texts[Math.floor(at * step)]!);
    this.entries.set(faqId, { texts: kept, vectors: kept.length === 0 ? [] : undefined });
    this.calibration = undefined;
    this.load();
  }

  remove(faqId: string): void {
    this.entries.delete(faqId);
    this.calibration = undefined;
  }

  close(): void {
    this.closing.abort();
  }

  /** The entries nearest to a text by meaning; undefined when its vector could not be had in time. */
  async rank(text: string, limit: number, signal?: AbortSignal): Promise<VectorRanking | undefined> {
    if (Date.now() < this.pausedUntil || this.entries.size === 0) return undefined;
    const limits = [AbortSignal.timeout(PATIENCE_MS), this.closing.signal, ...(signal ? [signal] : [])];
    try {
      const [query] = await this.embed([text], AbortSignal.any(limits));
      if (!query) return undefined;
      const hits = this.nearest(query, limit);
      if (hits.length === 0) return undefined;
      this.calibration ??= this.calibrate();
      return { hits, right: chance(this.calibration, hits) };
    } catch (error) {
      if (!signal?.aborted) this.failed(error);
      return undefined;
    }
  }

  private nearest(query: Float32Array, limit: number, without: { faqId?: string; vector?: Float32Array } = {}) {
    const hits: VectorHit[] = [];
    for (const [faqId, { vectors }] of this.entries) {
      if (!vectors || faqId === without.faqId) continue;
      let best = -1;
      for (const vector of vectors) {
        if (vector === without.vector || vector.length !== query.length) continue;
        let product = 0;
        for (let at = 0; at < query.length; at++) product += query[at]! * vector[at]!;
        if (product > best) best = product;
      }
      if (best > -1) hits.push({ faqId, cosine: best });
    }
    return hits.sort((a, b) => b.cosine - a.cosine).slice(0, limit);
  }

  private load(): void {
    if (this.loading || Date.now() < this.pausedUntil || this.closing.signal.aborted) return;
    this.loading = this.loadAll()
      .catch((error) => this.failed(error))
      .finally(() => {
        this.loading = undefined;
      });
  }

  private async loadAll(): Promise<void> {
    // Many changes at once are one round of requests.
    await new Promise((resolve) => setImmediate(resolve));
    for (;;) {
      const open: { known: Known; text: string }[] = [];
      for (const known of this.entries.values()) {
        if (known.vectors) continue;
        for (const text of known.texts) open.push({ known, text });
        if (open.length >= BATCH) break;
      }
      if (open.length === 0 || this.closing.signal.aborted) return;
      const signal = AbortSignal.any([AbortSignal.timeout(LOADING_MS), this.closing.signal]);
      const vectors = await this.embed(
        open.map(({ text }) => text),
        signal,
      );
      for (const { known } of open) known.vectors = [];
      open.forEach(({ known }, at) => {
        const vector = vectors[at];
        if (vector) known.vectors?.push(vector);
      });
      this.calibration = undefined;
    }
  }

  private failed(error: unknown): void {
    if (this.closing.signal.aborted) return;
    this.pausedUntil = Date.now() + PAUSE_MS;
    this.onError(error instanceof Error ? error : new Error(String(error)));
  }

  /**
   * What a cosine and its lead over the next entry are worth differs between embedding models: the seller's own examples
   * tell, each asked of the others, once with its own entry there and once without.
   */
  private calibrate(): number[] {
    const examples = [...this.entries].flatMap(([faqId, { vectors = [] }]) =>
      vectors.length > 1 ? vectors.map((vector) => ({ faqId, vector })) : [],
    );
    const order = Uint32Array.from(examples.keys());
    shuffle(order, sequence(3));
    const rows: number[][] = [];
    const targets: number[] = [];
    const judge = (hits: VectorHit[], right: boolean) => {
      if (hits.length === 0) return;
      rows.push(rowOf(hits));
      targets.push(right ? 1 : 0);
    };
    for (const at of order.subarray(0, JUDGED)) {
      const { faqId, vector } = examples[at]!;
      const hits = this.nearest(vector, 2, { vector });
      judge(hits, hits[0]?.faqId === faqId);
      // A shop's inbox has far fewer questions that nothing answers: every fourth is one.
      if (at % 4 === 0) judge(this.nearest(vector, 2, { faqId }), false);
    }
    const weights = rows.map(() => 1);
    return regress(rows, targets, weights, PRIOR, PRIOR_PULL);
  }
}

function rowOf([first, second]: readonly VectorHit[]): number[] {
  return [1, first!.cosine, first!.cosine - (second?.cosine ?? 0)];
}

function chance(weights: readonly number[], hits: readonly VectorHit[]): number {
  const sum = rowOf(hits).reduce((total, value, at) => total + value * weights[at]!, 0);
  return 1 / (1 + Math.exp(-sum));
}
