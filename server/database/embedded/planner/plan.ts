import { MongoError } from "../errors.ts";
import { successor } from "../keys/encode.ts";
import type { Collection } from "../storage/collection.ts";
import type { Index } from "../storage/index-table.ts";
import type { BsonDocument, BsonValue, Collation } from "../types.ts";
import { equalValues } from "../values/compare.ts";
import { fieldNames } from "../values/document.ts";
import { type BsonNumber, toDouble } from "../values/numbers.ts";
import { isDocument } from "../values/types.ts";
import { type Bounds, boundsOf, descending, everything, hasText, type Interval, intersect } from "./bounds.ts";
import { type Analysis, analyse, type Condition } from "./conditions.ts";
import { type Candidate, cheapest, UNIQUE_STRENGTH } from "./estimate.ts";
import { implies } from "./partial.ts";

export interface KeyRange {
  lo: Buffer;
  hi: Buffer;
}

export interface TablePlan {
  kind: "table";
  backward: boolean;
  /** Every document read matches. */
  exact: boolean;
  /** Documents come in the order that was asked for. */
  sorted: boolean;
}

export interface IndexPlan {
  kind: "index";
  index: Index;
  ranges: KeyRange[];
  bounds: (Bounds | undefined)[];
  backward: boolean;
  exact: boolean;
  sorted: boolean;
  /** A document may come up under several keys. */
  repeats: boolean;
  /** Each range is in this order; read side by side, they give it for all. */
  merge?: BsonDocument;
}

export interface UnionPlan {
  kind: "union";
  branches: IndexPlan[];
  exact: boolean;
  sorted: boolean;
  /** Each branch is in this order, which is kept when they are joined. */
  merge?: BsonDocument;
}

export type Plan = TablePlan | IndexPlan | UnionPlan;

export interface Query {
  filter: BsonDocument;
  sort?: BsonDocument | undefined;
  hint?: BsonValue;
  collation?: Collation | undefined;
  /** Keys of the hinted index to begin with and to end before, by field. */
  min?: BsonDocument | undefined;
  max?: BsonDocument | undefined;
  /** Documents wanted at most; 0 for all. */
  limit?: number | undefined;
  /** Answer NoQueryExecutionPlans where no index serves the query. */
  noTableScan?: boolean;
}

/** More key ranges than this are not worth it: later fields of the index are matched instead. */
const MAX_RANGES = 1000;
/** More ranges than this are not read side by side: what they give is sorted instead. */
const MAX_MERGED = 64;

/** Chooses how to read a collection: the index with the best bounds and order, branches of $or, or all documents. */
export function planQuery(collection: Collection, query: Query): Plan {
  const analysis = analyse(query.filter);
  const natural = naturalOrder(query);
  if (natural !== undefined) return tablePlan(analysis, natural < 0, query);
  const wanted = hinted(collection, query);
  if (query.min || query.max) return keysBetween(wanted?.[0], analysis, query);
  const indexes = wanted ?? collection.indexes;
  const best = bestIndex(indexes, analysis, query, wanted !== undefined);
  const isHint = indexes !== collection.indexes;
  if (best && (isHint || best.strength > 0)) {
    // A sort alone is a weak reason: a branch-by-branch union narrows more.
    const union = best.narrows ? undefined : unionPlan(collection, analysis, query);
    return union ?? best.plan;
  }
  const union = unionPlan(collection, analysis, query);
  if (union) return union;
  if (isHint && best) return best.plan;
  const plan = tablePlan(analysis, false, query);
  if (query.noTableScan && !collection.options.capped)
    throw new MongoError(
      "NoQueryExecutionPlans",
      `error processing query: ns=${collection.namespace}: No indexed plans available, and running with 'notablescan' 1`,
    );
  return plan;
}

function tablePlan(analysis: Analysis, backward: boolean, query: Query): TablePlan {
  const exact = analysis.conditions.length === 0 && !analysis.opaque;
  const fields = query.sort ? fieldNames(query.sort) : [];
  return { kind: "table", backward, exact, sorted: fields.length === 0 || fields[0] === "$natural" };
}

/** The direction of $natural in sort or hint. */
function naturalOrder({ sort, hint }: Query): number | undefined {
  for (const spec of [sort, hint]) {
    if (!isDocument(spec) || spec.$natural === undefined) continue;
    return toDouble(spec.$natural as BsonNumber);
  }
  return undefined;
}

/** The one index that the hint names. */
function hinted(collection: Collection, { hint }: Query): Index[] | undefined {
  if (hint === undefined || hint === null || (isDocument(hint) && fieldNames(hint).length === 0)) return undefined;
  const index = collection.indexes.find((candidate) =>
    typeof hint === "string" ? candidate.name === hint : equalValues(candidate.key, hint),
  );
  if (index && !index.hidden) return [index];
  throw new MongoError(
    "BadValue",
    `error processing query: ns=${collection.namespace} planner returned error :: caused by :: hint provided does not correspond to an existing index`,
  );
}

/** The plan of `min` and `max`: all keys of the hinted index from the one up to the other. */
function keysBetween(index: Index | undefined, analysis: Analysis, query: Query): IndexPlan {
  if (!index) throw new MongoError(51173, "When using min()/max() a hint of which index to use must be provided");
  const key = (limit: BsonDocument) => {
    if (fieldNames(limit).join() !== index.fields.join())
      throw new MongoError(51174, "The index chosen is not compatible with min/max");
    return index.encode(index.fields.map((field) => limit[field]));
  };
  const { min, max } = query;
  const unbounded = index.fields.map(() => undefined);
  const order = sortOrder(index, unbounded, 0, query);
  return {
    kind: "index",
    index,
    ranges: [{ lo: min ? key(min) : everything.lo, hi: max ? key(max) : everything.hi }],
    bounds: unbounded,
    backward: order?.backward ?? false,
    exact: analysis.conditions.length === 0 && !analysis.opaque,
    sorted: order !== undefined,
    repeats: index.multikey.includes(true),
  };
}

function bestIndex(indexes: readonly Index[], analysis: Analysis, query: Query, isHint = false): Candidate | undefined {
  const candidates: Candidate[] = [];
  for (const index of indexes) {
    if (index.hidden || index.builtTo !== undefined) continue;
    const candidate = planIndex(index, analysis, query, isHint);
    if (candidate) candidates.push(candidate);
  }
  return cheapest(candidates, query.limit ?? 0);
}

function planIndex(index: Index, analysis: Analysis, query: Query, isHint: boolean): Candidate | undefined {
  if (index.partial && !implies(analysis, index.partial)) return undefined;
  const used = new Set<Condition>();
  const bounds = fieldBounds(index, analysis, query, used);
  // A sparse index lacks documents: it serves only conditions on its fields. Who hints at it wants what is in it.
  if (index.sparse && !bounds[0] && !isHint) return undefined;
  const { ranges, depth } = keyRanges(index, bounds);
  const exact =
    !analysis.opaque &&
    analysis.conditions.every((condition) => used.has(condition)) &&
    bounds.every((bound, i) => !bound || (bound.exact && i < depth));
  const order = sortOrder(index, bounds, depth, query);
  const sorted = order !== undefined && (!order.merges || ranges.length <= MAX_MERGED);
  const plan: IndexPlan = {
    kind: "index",
    index,
    ranges,
    bounds: bounds.map((bound, i) => (i < depth ? bound : undefined)),
    backward: order?.backward ?? false,
    exact,
    sorted,
    repeats: index.multikey.includes(true),
    ...(sorted && order.merges && query.sort && { merge: query.sort }),
  };
  const wantsSort = query.sort !== undefined && fieldNames(query.sort).length > 0;
  return { plan, ...strengthOf(plan, wantsSort) };
}

/** Points weigh most, then an order that saves a sort, then a range. The shorter index wins a tie. */
function strengthOf(plan: IndexPlan, wantsSort: boolean): { strength: number; narrows: boolean } {
  const { index, bounds } = plan;
  let points = 0;
  while (bounds[points]?.intervals.every((interval) => interval.point)) points++;
  const ranged = bounds[points] !== undefined;
  let strength = points * 20 + (ranged ? 10 : 0) + (wantsSort && plan.sorted ? 15 : 0);
  if (index.unique && points === bounds.length) strength += UNIQUE_STRENGTH;
  if (strength > 0) strength += (index.partial ? 1 : 0) + (plan.exact ? 1 : 0) - bounds.length / 100;
  return { strength, narrows: points > 0 || ranged };
}

/** Bounds per index field; undefined where the filter says nothing that the index can use. */
function fieldBounds(index: Index, analysis: Analysis, query: Query, used: Set<Condition>): (Bounds | undefined)[] {
  let element: object | undefined;
  let multikeyBound = false;
  return index.fields.map((path, i) => {
    const multikey = index.multikey[i] as boolean;
    let bounds: Bounds | undefined;
    for (const condition of analysis.conditions) {
      if (condition.path !== path) continue;
      // Two conditions on an array may hold for different elements, so only one may bound the keys of one element.
      if (multikey && multikeyBound && (!condition.element || condition.element !== element)) continue;
      if (!sameCollation(index, query, condition.operand)) continue;
      if (index.hashed && condition.operator !== "$eq" && condition.operator !== "$in") continue;
      const traits = { multikey, sparse: index.sparse, collation: index.collation };
      const found = boundsOf(condition, traits);
      if (!found) continue;
      used.add(condition);
      if (multikey) {
        multikeyBound = true;
        element = condition.element;
      }
      bounds = bounds ? intersect(bounds, found) : found;
    }
    return bounds;
  });
}

/** Text is found in an index only under the index's own collation; other values under any. */
function sameCollation(index: Index, query: Query, operand: BsonValue): boolean {
  const [a, b] = [index.collation?.spec, query.collation?.spec];
  if (a === b || (a && b && JSON.stringify(a) === JSON.stringify(b))) return true;
  return !hasText(operand);
}

/** Joins the fields' intervals to ranges of whole keys: points multiply, the first range ends the prefix. */
function keyRanges(index: Index, bounds: (Bounds | undefined)[]): { ranges: KeyRange[]; depth: number } {
  let prefixes: Buffer[] = [Buffer.alloc(0)];
  for (let i = 0; i < bounds.length; i++) {
    const bound = bounds[i];
    const intervals = bound && ((index.directions[i] as number) < 0 ? descending(bound.intervals) : bound.intervals);
    if (!intervals || (i > 0 && prefixes.length * intervals.length > MAX_RANGES)) return whole(prefixes, i);
    if (intervals.every((interval) => interval.point))
      prefixes = prefixes.flatMap((prefix) => intervals.map(({ lo }) => Buffer.concat([prefix, lo])));
    else
      return { ranges: prefixes.flatMap((prefix) => intervals.map((each) => withPrefix(prefix, each))), depth: i + 1 };
  }
  return whole(prefixes, bounds.length);
}

function whole(prefixes: Buffer[], depth: number): { ranges: KeyRange[]; depth: number } {
  return { ranges: prefixes.map((lo) => (lo.length ? { lo, hi: successor(lo) } : everything)), depth };
}

function withPrefix(prefix: Buffer, { lo, hi }: Interval): KeyRange {
  return { lo: Buffer.concat([prefix, lo]), hi: Buffer.concat([prefix, hi]) };
}

/**
 * How the index gives the wanted order; undefined where it does not. `merges`: it gives it within each key range, because
 * fields before the order's hold one of several points.
 */
function sortOrder(
  index: Index,
  bounds: (Bounds | undefined)[],
  depth: number,
  query: Query,
): { backward: boolean; merges: boolean } | undefined {
  const sort = query.sort;
  const wanted = sort ? fieldNames(sort) : [];
  if (wanted.length === 0) return { backward: false, merges: false };
  // Keys under a collation tell what is equal, not what is less.
  if (index.collation || query.collation || index.hashed) return undefined;
  const isConstant = (i: number) => bounds[i]?.intervals.length === 1 && bounds[i]?.intervals[0]?.point === true;
  const isPoints = (i: number) => i < depth && bounds[i]?.intervals.every(({ point }) => point) === true;
  let at = 0;
  let backward: boolean | undefined;
  let merges = false;
  for (const field of wanted) {
    const position = index.fields.indexOf(field);
    if (position >= 0 && (position < at || isConstant(position)) && !index.multikey[position]) continue;
    while (at < index.fields.length && index.fields[at] !== field) {
      if (!isPoints(at)) return undefined;
      merges ||= !isConstant(at);
      at++;
    }
    if (at === index.fields.length) return undefined;
    // An array sorts by its least (or greatest) element, which bounds on it could hide.
    if (index.multikey[at] && bounds.some((bound, i) => bound && index.multikey[i])) return undefined;
    const reversed = toDouble(sort?.[field] as BsonNumber) < 0 !== (index.directions[at] as number) < 0;
    if (backward !== undefined && backward !== reversed) return undefined;
    backward = reversed;
    at++;
  }
  return { backward: backward ?? false, merges };
}

/** One indexed plan per branch of an $or, when every branch has one; in the wanted order, when every branch gives that. */
function unionPlan(collection: Collection, analysis: Analysis, query: Query): UnionPlan | undefined {
  for (const branches of analysis.unions) {
    const { sort } = query;
    const ordered = sort && branchPlans(collection, branches, query);
    const sorted = ordered?.every((plan) => plan.sorted) === true;
    const plans = sorted ? ordered : branchPlans(collection, branches, { ...query, sort: undefined });
    if (!plans) continue;
    const alone =
      analysis.unions.length === 1 && analysis.conditions.length === 0 && fieldNames(query.filter).length === 1;
    const exact = alone && plans.every((plan) => plan.exact);
    return { kind: "union", branches: plans, exact, sorted, ...(sorted && { merge: sort }) };
  }
  return undefined;
}

function branchPlans(collection: Collection, branches: BsonDocument[], query: Query): IndexPlan[] | undefined {
  const plans: IndexPlan[] = [];
  for (const filter of branches) {
    const found = bestIndex(collection.indexes, analyse(filter), { ...query, filter });
    if (!found?.narrows) return undefined;
    plans.push(found.plan);
  }
  return plans.length > 0 ? plans : undefined;
}
