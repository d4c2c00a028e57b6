import type { BsonDocument } from "../types.ts";
import { compareValues, equalValues, typeOrder } from "../values/compare.ts";
import { type Analysis, analyse, type Condition } from "./conditions.ts";

/** Whether every document that passes the query is in a partial index: each part of its filter follows from a condition. */
export function implies(query: Analysis, partial: BsonDocument): boolean {
  const wanted = analyse(partial);
  if (wanted.opaque) return false;
  return wanted.conditions.every((needed) => query.conditions.some((given) => follows(given, needed)));
}

function follows(given: Condition, needed: Condition): boolean {
  if (given.path !== needed.path || given.element) return false;
  if (given.operator === needed.operator && equalValues(given.operand, needed.operand)) return true;
  const rule = Object.hasOwn(rules, needed.operator) ? rules[needed.operator] : undefined;
  if (given.operator === "$in" && Array.isArray(given.operand) && given.operand.length > 0)
    return given.operand.every((operand) => follows({ ...given, operator: "$eq", operand }, needed));
  return rule?.(given, needed) ?? false;
}

type Rule = (given: Condition, needed: Condition) => boolean;

const exists: Rule = ({ operator, operand }) => {
  if (operator === "$eq" || operator === "$gt" || operator === "$gte" || operator === "$lt" || operator === "$lte")
    return typeOrder(operand) > 5;
  return operator === "$type" || (operator === "$ne" && operand === null);
};

/** By the operator of the index's filter: what the query's condition must be. */
const rules: Record<string, Rule> = {
  $exists: (given, needed) => needed.operand !== false && exists(given, needed),
  $gt: (given, needed) => bounded(given, needed, { $eq: 1, $gt: 0, $gte: 1 }, 1),
  $gte: (given, needed) => bounded(given, needed, { $eq: 0, $gt: 0, $gte: 0 }, 1),
  $lt: (given, needed) => bounded(given, needed, { $eq: 1, $lt: 0, $lte: 1 }, -1),
  $lte: (given, needed) => bounded(given, needed, { $eq: 0, $lt: 0, $lte: 0 }, -1),
  $in: (given, needed) =>
    given.operator === "$eq" &&
    Array.isArray(needed.operand) &&
    needed.operand.some((one) => equalValues(one, given.operand)),
};

/** `least`: how far beyond the needed operand (0: may be equal) the given one must lie, per operator. */
function bounded(given: Condition, needed: Condition, least: Record<string, number>, direction: number): boolean {
  const distance = least[given.operator];
  if (distance === undefined || typeOrder(given.operand) !== typeOrder(needed.operand)) return false;
  return Math.sign(compareValues(given.operand, needed.operand)) * direction >= distance;
}
