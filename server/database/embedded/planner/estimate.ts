import type { IndexPlan } from "./plan.ts";

/** One index that could serve a query. */
export interface Candidate {
  plan: IndexPlan;
  /** By rule: points weigh most, then an order, then a range. */
  strength: number;
  /** The filter bounds the keys that are read. */
  narrows: boolean;
}

/** Key counts at which the candidates are compared: a difference shows early, and no count takes a millisecond. */
const LIMITS = [128, 1024, 8192];
/** Ranges that are counted; the others are taken to be like them. */
const SAMPLED_RANGES = 32;
/** A rival must promise this much less work: a count is no more than a hint. */
const MARGIN = 2;

/**
 * The candidate that reads least. The strongest by rule stands unless one that narrows by other fields has clearly fewer keys
 * in its ranges; those are counted up to a limit, since only the data tells whether `{a: 1}` or `{b: 1}` is rare.
 */
export function cheapest(candidates: Candidate[], limit: number): Candidate | undefined {
  candidates.sort((a, b) => b.strength - a.strength);
  const [strongest, ...others] = candidates;
  if (!strongest?.narrows || strongest.strength >= UNIQUE_STRENGTH) return strongest;
  // It reads the documents that are wanted and no others: nothing is cheaper.
  const { sorted, exact } = strongest.plan;
  if (sorted && exact && limit > 0 && limit <= (LIMITS[0] as number)) return strongest;
  const rivals = others.filter((other) => other.narrows && !isCovered(other.plan, strongest.plan));
  if (rivals.length === 0) return strongest;
  const contenders = [strongest, ...rivals];
  for (const most of LIMITS) {
    const counts = contenders.map(({ plan }) => keysIn(plan, most));
    const least = Math.min(...counts);
    if (least >= most) continue;
    const costs = contenders.map(({ plan }, i) => cost(plan, counts[i] as number, least, limit));
    const cheap = costs.indexOf(Math.min(...costs));
    return (costs[cheap] as number) * MARGIN < (costs[0] as number) ? contenders[cheap] : strongest;
  }
  return strongest;
}

/** What a candidate whose one document is known by a unique index adds to its strength. */
export const UNIQUE_STRENGTH = 1000;

/** Every field that bounds the one bounds the other too. */
function isCovered(plan: IndexPlan, by: IndexPlan): boolean {
  const bounded = new Set(by.index.fields.filter((_, i) => by.bounds[i]));
  return plan.index.fields.every((field, i) => !plan.bounds[i] || bounded.has(field));
}

function keysIn({ index, ranges }: IndexPlan, most: number): number {
  const sampled = ranges.slice(0, SAMPLED_RANGES);
  let count = 0;
  for (const range of sampled) {
    count += index.count(range, most - count);
    if (count >= most) return most;
  }
  return sampled.length > 0 ? count * (ranges.length / sampled.length) : 0;
}

/** Documents to read: all in the ranges, or, in the wanted order, as many as it takes to meet the limit. */
function cost(plan: IndexPlan, keys: number, matching: number, limit: number): number {
  if (!plan.sorted || limit === 0) return keys;
  return Math.min(keys, plan.exact ? limit : (limit * keys) / Math.max(matching, 1));
}
