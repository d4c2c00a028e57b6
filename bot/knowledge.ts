import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Locale } from "../contract/locales.ts";
import { calibrated, type Signals } from "./calibrate/calibrator.ts";
import { buildModel, type TrainingEntry } from "./rank/build.ts";
import { type Example, type Vector, vectorize } from "./rank/corpus.ts";
import type { RankModel } from "./rank/model.ts";
import { Ranker } from "./rank/ranker.ts";
import { signalsOf } from "./rank/signals.ts";
import { LexicalIndex } from "./search/lexical.ts";
import { mentioned, namesAnother } from "./search/names.ts";
import type { VectorIndex, VectorRanking } from "./search/vectors.ts";
import { extract, type Features } from "./text/features.ts";
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
const AT_ONCE = 300;
/** Milliseconds of indexing before others get their turn. */
const SLICE_MS = 8;
/** Share of changed entries from which a trained ranking is no longer that of this FAQ. */
const NEWS = 0.2;
/** Entries by words and entries by meaning that are weighed against each other. */
const BY_MEANING = 10;
/** What a cosine counts beside the logarithm of a probability. */
const COSINE_WEIGHT = 12;
/** What an entry has that only its meaning brought in. */
const UNLIKELY = 0.01;
/** Words and meaning that point to one entry: how much the surer of the two counts. */
const LEADING = 0.65;
/** That point to different entries: each is less sure. */
const DISSENT = 0.8;
const LISTED = 5;

/** The seller's FAQ as the bot searches it: always current by retrieval, and by the trained ranking once it follows. */
export class Knowledge {
  private readonly entries = new Map<string, Known>();
  private readonly lexical = new LexicalIndex();
  private readonly vectors: VectorIndex | undefined;
  /** Entries whose words are not found yet. */
  private readonly unindexed = new Set<string>();
  private indexing: Promise<void> | undefined;
  private ranker: Ranker | undefined;
  private classOf = new Map<string, number>();
  private revision = 0;
  private locales: Locale[] | undefined;

  constructor(vectors?: VectorIndex) {
    this.vectors = vectors;
  }

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

  /**
   * Takes over a whole FAQ. What did not change keeps its place in the index and in the ranking; the rest is indexed in
   * slices, so that buyers of other shops are not kept waiting: see `ready`.
   */
  set(entries: readonly BotEntry[]): void {
    this.locales = undefined;
    const wanted = new Map(entries.map((entry) => [entry.faqId, entry]));
    let changed = 0;
    for (const faqId of [...this.entries.keys()]) {
      if (wanted.has(faqId)) continue;
      this.remove(faqId);
      changed++;
    }
    for (const entry of wanted.values()) {
      const known = this.entries.get(entry.faqId);
      if (known && isDeepStrictEqual(known.entry, entry)) continue;
      this.entries.set(entry.faqId, { entry, revision: ++this.revision });
      this.unindexed.add(entry.faqId);
      changed++;
    }
    if (changed > NEWS * wanted.size) this.forget();
    this.indexSlice();
    if (this.unindexed.size > 0) this.indexing ??= this.indexRest();
    let examples = 0;
    for (const entry of wanted.values()) examples += examplesOf(entry).length;
    if (!this.ranker && examples > 0 && examples <= AT_ONCE)
      this.adopt(buildModel(this.trainingSet(), { train: false }));
  }

  /** Resolves when all entries are indexed. */
  async ready(): Promise<void> {
    await this.indexing;
  }

  get indexed(): boolean {
    return this.unindexed.size === 0;
  }

  put(entry: BotEntry): void {
    this.locales = undefined;
    this.entries.set(entry.faqId, { entry, revision: ++this.revision });
    this.index(entry);
  }

  remove(faqId: string): void {
    this.locales = undefined;
    this.entries.delete(faqId);
    this.unindexed.delete(faqId);
    this.lexical.remove(faqId);
    this.vectors?.remove(faqId);
  }

  close(): void {
    this.unindexed.clear();
    this.vectors?.close();
  }

  /** So much is new that the ranking at hand says little about it. */
  private forget(): void {
    this.ranker = undefined;
    this.classOf.clear();
  }

  private index(entry: BotEntry): void {
    this.unindexed.delete(entry.faqId);
    this.lexical.add(entry);
    this.vectors?.put(
      entry.faqId,
      examplesOf(entry).map(({ text }) => text),
    );
  }

  /** Indexes for some milliseconds. */
  private indexSlice(): void {
    const until = performance.now() + SLICE_MS;
    for (const faqId of this.unindexed) {
      const known = this.entries.get(faqId);
      if (known) this.index(known.entry);
      else this.unindexed.delete(faqId);
      if (performance.now() > until) return;
    }
  }

  private async indexRest(): Promise<void> {
    while (this.unindexed.size > 0) {
      await setImmediate();
      this.indexSlice();
    }
    this.indexing = undefined;
  }

  /** Languages the seller writes answers in. */
  answerLocales(): Locale[] {
    if (!this.locales) {
      const found = new Set<Locale>();
      for (const { entry } of this.entries.values()) {
        // A document is announced in every language, whatever the shop speaks.
        if (entry.names) continue;
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

  /**
   * A ranking led by an entry about certain products, put right by the products the question names: numbers say little to
   * a ranking, and everything about a manual.
   */
  private byNames(ranking: Ranking, text: string, language: string): Ranking {
    const top = ranking.ranked[0]?.entry;
    if (!top?.names) return ranking;
    const about = [...this.entries.values()].map(({ entry }) => entry).filter(({ names }) => names);
    const meant = new Set(mentioned([...new Set(about.flatMap(({ names = [] }) => names))], text));
    const fitting = about.filter(({ names }) => names?.some((name) => meant.has(name))).map(({ faqId }) => faqId);
    if (fitting.length === 0) return namesAnother(top.names, text) ? { ...ranking, right: 0, scope: 0 } : ranking;
    const ranker = new Ranker(buildModel(this.partial(fitting), { train: false }));
    const best = ranker.rank(vectorize(this.features(text, language), ranker.model.corpus), () => true, LISTED);
    if (best.length === 0) return ranking;
    const ranked = best.map(({ cls, probability }) => ({
      entry: this.entries.get(ranker.model.faqIds[cls]!)!.entry,
      score: probability,
    }));
    // That it is about a document is as sure as all documents together are; which one, the name tells.
    const share = ranking.ranked.reduce((sum, { entry, score }) => sum + (entry.names ? score : 0), 0);
    return { ...ranking, ranked, right: Math.max(ranking.right, ranking.scope * Math.min(1, share)) };
  }

  /** As `rank`, joined with what the embeddings say, where they are to be had in time. */
  async rankWith(text: string, language: string, signal?: AbortSignal): Promise<Ranking> {
    const meaning = text.trim() === "" ? undefined : await this.vectors?.rank(text, BY_MEANING, signal);
    const ranking = this.rank(text, language);
    return this.byNames(meaning ? this.join(ranking, meaning) : ranking, text, language);
  }

  private join(ranking: Ranking, { hits, right }: VectorRanking): Ranking {
    const shares = new Map(ranking.ranked.map(({ entry, score }) => [entry.faqId, score]));
    const cosines = new Map(hits.map(({ faqId, cosine }) => [faqId, cosine]));
    const least = hits.at(-1)?.cosine ?? 0;
    const joined = [...new Set([...shares.keys(), ...cosines.keys()])].flatMap((faqId) => {
      const known = this.entries.get(faqId);
      const weight = Math.log((shares.get(faqId) ?? 0) + UNLIKELY) + COSINE_WEIGHT * (cosines.get(faqId) ?? least);
      return known ? [{ entry: known.entry, weight }] : [];
    });
    joined.sort((a, b) => b.weight - a.weight);
    const top = joined[0];
    if (!top) return ranking;
    const total = joined.reduce((sum, { weight }) => sum + Math.exp(weight - top.weight), 0);
    const byWords = ranking.ranked[0]?.entry.faqId === top.entry.faqId ? ranking.right : 0;
    const byMeaning = hits[0]?.faqId === top.entry.faqId ? right : 0;
    const agreed = byWords > 0 && byMeaning > 0;
    const [more, less] = [Math.max(byWords, byMeaning), Math.min(byWords, byMeaning)];
    const sure = agreed ? LEADING * more + (1 - LEADING) * less : DISSENT * more;
    return {
      ...ranking,
      ranked: joined
        .slice(0, LISTED)
        .map(({ entry, weight }) => ({ entry, score: Math.exp(weight - top.weight) / total })),
      right: sure,
      scope: Math.max((ranking.scope + right) / 2, sure),
    };
  }

  /** Ranks the entries for a question. `language` is ISO 639-1. */
  rank(text: string, language: string): Ranking {
    const features = this.features(text, language);
    if (this.entries.size === 0 || features.words.size === 0) return { ranked: [], right: 0, scope: 0 };
    const hits = this.lexical.search(text, language, 20).filter((hit) => this.entries.has(hit.faqId));
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
      query = vectorize(this.features(text, language), used.model.corpus);
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

  private features(text: string, language: string): Features {
    return extract(text, language, (stem) => this.lexical.spell(stem));
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
