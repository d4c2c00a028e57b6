import { setImmediate } from "node:timers/promises";
import { detectLanguage } from "./language/detect.ts";
import { buildCorpus } from "./rank/corpus.ts";
import { languageOf } from "./text/words.ts";

/**
 * Cosine of two questions from which they count as the same. Of the labelled questions' pairs that ask different things one
 * in 300 lies above; a lower one would join more paraphrases, and mix suggestions up.
 */
const ALIKE = 0.3;
const PAUSE_EVERY = 20;

/**
 * Texts that ask the same, by the vectors of the ranking: a text joins the group whose mean it is nearest to, then
 * groups whose means are near are joined. Groups as lists of places, the largest first; every text is in one.
 */
export async function groupAlike(texts: readonly string[], alike = ALIKE): Promise<number[][]> {
  if (texts.length === 0) return [];
  const corpus = buildCorpus(
    texts.map((text) => [{ text, language: detectLanguage(text).language || languageOf("en") }]),
  );
  const rowOf = (index: number) => {
    const row = new Map<number, number>();
    for (let at = corpus.pointer[index]!; at < corpus.pointer[index + 1]!; at++) {
      row.set(corpus.feature[at]!, corpus.value[at]!);
    }
    return row;
  };
  let groups: { members: number[]; sum: Map<number, number> }[] = [];
  for (const index of texts.keys()) {
    // Buyers are waiting for the same thread.
    if (index % PAUSE_EVERY === PAUSE_EVERY - 1) await setImmediate();
    const row = rowOf(index);
    const { best, score } = nearest(row, groups);
    if (best && score >= alike) merge(best, { members: [index], sum: row });
    else groups.push({ members: [index], sum: row });
  }
  // What began two groups by chance of order may be one.
  const kept: typeof groups = [];
  for (const [at, group] of groups.sort((a, b) => b.members.length - a.members.length).entries()) {
    if (at % PAUSE_EVERY === PAUSE_EVERY - 1) await setImmediate();
    const { best, score } = nearest(group.sum, kept);
    if (best && score >= alike * 1.15) merge(best, group);
    else kept.push(group);
  }
  groups = kept.sort((a, b) => b.members.length - a.members.length);
  return groups.map(({ members }) => members.sort((a, b) => a - b));
}

interface Group {
  members: number[];
  sum: Map<number, number>;
}

function merge(into: Group, from: Group): void {
  into.members.push(...from.members);
  for (const [feature, value] of from.sum) into.sum.set(feature, (into.sum.get(feature) ?? 0) + value);
}

function nearest(row: Map<number, number>, groups: readonly Group[]): { best?: Group; score: number } {
  let found: { best?: Group; score: number } = { score: 0 };
  for (const group of groups) {
    const score = cosine(row, group.sum);
    if (score > found.score) found = { best: group, score };
  }
  return found;
}

function cosine(a: Map<number, number>, b: Map<number, number>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  let product = 0;
  for (const [feature, value] of small) product += value * (large.get(feature) ?? 0);
  const length = Math.sqrt(square(a) * square(b));
  return length > 0 ? product / length : 0;
}

function square(row: Map<number, number>): number {
  let sum = 0;
  for (const value of row.values()) sum += value * value;
  return sum;
}
