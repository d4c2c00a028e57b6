import type { Locale } from "../contract/locales.ts";
import { calibrated, type Signals } from "./calibrate/calibrator.ts";
import { buildModel, type TrainingEntry } from "./rank/build.ts";
import { type Example, type Vector, vectorize } from "./rank/corpus.ts";
import type { RankModel } from "./rank/model.ts";
import { Ranker } from "./rank/ranker.ts";
import { signalsOf } from "./rank/signals.ts";
import { LexicalIndex } from "./search/lexical.ts";
import { extract } from "./text/features.ts";
import { languageOf } from "./text/words.ts";
import type { BotEntry } from "./types.ts";

/** One entry's place in the ranking of a question. */
export interface Ranked {
  entry: BotEntry;
  /** 0 to 1: share of the ranking's belief. */
  score: number;
}

export interface Ranking {
  /** Best first. */
  ranked: Ranked[];
  /** Calibrated: the best entry is the right one. */
  right: number;
  /** Calibrated: some entry is. */
  scope: number;
  signals?: Signals;
  /** ISO 639-1 of the example nearest to the question. */
  spoken?: string;
}

interface Known {
  entry: BotEntry;
  revision: number;
}

/** Examples up to which the centroid ranking is made at once, on the calling thread. */
const AT_ONCE = 2_000;
const LISTED = 5;

/** The seller's FAQ as the bot searches it: always current by retrieval, and by the trained ranking once it follows. */
export class Knowledge {
  private readonly entries = new Map<string, Known>();
  private lexical = new LexicalIndex();
  private ranker: Ranker | undefined;
  private classOf = new Map<string, number>();
  private revision = 0;
  private locales: Locale[] | undefined;

  get size(): number {
    return this.entries.size;
  }

  /** Some ranking has been trained since the whole FAQ was set. */
  get trained(): boolean {
    return this.ranker?.model.trained === true;
  }

  entry(faqId: string): BotEntry | undefined {
    return this.entries.get(faqId)?.entry;
  }

  set(entries: readonly BotEntry[]): void {
    this.entries.clear();
    this.locales = undefined;
    this.lexical = new LexicalIndex();
    this.ranker = undefined;
    this.classOf.clear();
    for (const entry of entries) this.put(entry);
    const examples = entries.reduce((sum, entry) => sum + examplesOf(entry).length, 0);
    if (examples <= AT_ONCE) this.adopt(buildModel(this.trainingSet(), { train: false }));
  }

  put(entry: BotEntry): void {
    this.locales = undefined;
    this.entries.set(entry.faqId, { entry, revision: ++this.revision });
    this.lexical.add(entry);
  }

  remove(faqId: string): void {
    this.locales = undefined;
    this.entries.delete(faqId);
    this.lexical.remove(faqId);
  }

  /** Languages the answers are written in. */
  answerLocales(): Locale[] {
    if (!this.locales) {
      const found = new Set<Locale>();
      for (const { entry } of this.entries.values()) {
        for (const [locale, text] of Object.entries(entry.answers)) if (text) found.add(locale as Locale);
      }
      this.locales = [...found];
    }
    return this.locales;
  }

  /** What there is to train on now. */
  trainingSet(): TrainingEntry[] {
    return [...this.entries.values()].map(({ entry, revision }) => ({
      faqId: entry.faqId,
      revision,
      examples: examplesOf(entry),
    }));
  }

  /** Takes over a ranking; entries that changed since it was trained stay with retrieval. */
  adopt(model: RankModel): void {
    this.ranker = new Ranker(model);
    this.classOf = new Map(model.faqIds.map((faqId, cls) => [faqId, cls]));
  }

  /** As `rank`, joined with what the embeddings say, where they are to be had. */
  async rankWith(text: string, language: string, _signal?: AbortSignal): Promise<Ranking> {
    return this.rank(text, language);
  }

  /** Ranks the entries for a question. `language` is ISO 639-1. */
  rank(text: string, language: string): Ranking {
    const features = extract(text, language);
    if (this.entries.size === 0 || features.words.size === 0) return { ranked: [], right: 0, scope: 0 };
    const hits = this.lexical.search(text, language, 20);
    const ranker = this.ranker ?? new Ranker(buildModel(this.partial(hits.map((hit) => hit.faqId)), { train: false }));
    const classOf = this.ranker ? this.classOf : new Map(ranker.model.faqIds.map((faqId, cls) => [faqId, cls]));
    const vector = vectorize(features, ranker.model.corpus);
    const alive = (cls: number) =>
      this.entries.get(ranker.model.faqIds[cls]!)?.revision === ranker.model.revisions[cls];
    const extra = hits.map((hit) => classOf.get(hit.faqId)).filter((cls) => cls !== undefined);
    const candidates = ranker.rank(vector, alive, LISTED, extra);
    const fresh = hits.filter((hit) => {
      const cls = classOf.get(hit.faqId);
      return cls === undefined || !alive(cls);
    });
    return this.merge(
      vector,
      ranker,
      candidates,
      fresh.map((hit) => hit.faqId),
      text,
      language,
    );
  }

  private merge(
    vector: Vector,
    ranker: Ranker,
    candidates: ReturnType<Ranker["rank"]>,
    fresh: string[],
    text: string,
    language: string,
  ): Ranking {
    let used = ranker;
    let best = candidates;
    let query = vector;
    if (fresh.length > 0) {
      // A few changed entries are ranked together with the best of the trained ones, by centroids alone.
      const names = [...new Set([...fresh, ...candidates.map(({ cls }) => ranker.model.faqIds[cls]!)])];
      used = new Ranker(buildModel(this.partial(names), { train: false }));
      query = vectorize(extract(text, language), used.model.corpus);
      best = used.rank(query, () => true, LISTED);
    }
    if (best.length === 0) return { ranked: [], right: 0, scope: 0 };
    const signals = signalsOf(used, query, best, { entries: this.entries.size, language });
    const { right, scope } = calibrated(ranker.model.calibration, signals);
    const ranked = best.map(({ cls, probability }) => ({
      entry: this.entries.get(used.model.faqIds[cls]!)!.entry,
      score: probability,
    }));
    const spoken = used.nearestLanguage(query, best[0]!.cls);
    return { ranked, right, scope, signals, ...(spoken !== undefined && { spoken }) };
  }

  private partial(faqIds: readonly string[]): TrainingEntry[] {
    return faqIds.flatMap((faqId) => {
      const known = this.entries.get(faqId);
      return known ? [{ faqId, revision: known.revision, examples: examplesOf(known.entry) }] : [];
    });
  }
}

/** All ways to ask an entry, in all its languages. */
export function examplesOf(entry: BotEntry): Example[] {
  return Object.entries(entry.questions).flatMap(([locale, questions]) =>
    (questions ?? []).map((text) => ({ text, language: languageOf(locale as Locale) })),
  );
}
