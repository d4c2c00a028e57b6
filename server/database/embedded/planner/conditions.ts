import { isOperatorDocument } from "../matcher/predicate.ts";
import type { BsonDocument, BsonValue } from "../types.ts";
import { fieldNames } from "../values/document.ts";
import { isDocument, Type, typeOf } from "../values/types.ts";

/** One test on one path that every matching document passes. */
export interface Condition {
  path: string;
  operator: string;
  operand: BsonValue;
  /** Conditions of one $elemMatch hold for the same array element; others may each hold for another. */
  element?: object;
  /** The condition is all that the filter asks here; false where the filter asks more than it (then it only narrows). */
  whole: boolean;
}

/** A filter as the planner sees it. */
export interface Analysis {
  conditions: Condition[];
  /** The branches of each top-level $or. */
  unions: BsonDocument[][];
  /** Parts that no index bound can stand for; documents must be matched even where all bounds are exact. */
  opaque: boolean;
}

/** Takes apart what is joined by AND; everything else stays with the matcher. */
export function analyse(filter: BsonDocument): Analysis {
  const analysis: Analysis = { conditions: [], unions: [], opaque: false };
  addDocument(filter, analysis);
  return analysis;
}

function addDocument(filter: BsonDocument, into: Analysis): void {
  for (const name of fieldNames(filter)) {
    const value = filter[name];
    if (name === "$and" && Array.isArray(value)) {
      for (const part of value) if (isDocument(part)) addDocument(part, into);
    } else if (name === "$or" && Array.isArray(value)) {
      const branches = value.filter(isDocument);
      if (branches.length === 1) addDocument(branches[0] as BsonDocument, into);
      else {
        into.unions.push(branches);
        into.opaque = true;
      }
    } else if (name.startsWith("$")) into.opaque ||= name !== "$comment";
    else addField(name, value, into);
  }
}

function addField(path: string, value: BsonValue, into: Analysis, element?: object): void {
  const whole = element === undefined;
  const add = (operator: string, operand: BsonValue) =>
    into.conditions.push({ path, operator, operand, whole, ...(element && { element }) });
  if (typeOf(value) === Type.regex) return void add("$regex", value);
  if (!isOperatorDocument(value)) return void add("$eq", value);
  for (const operator of fieldNames(value)) {
    const operand = value[operator];
    if (operator === "$options") continue;
    if (operator === "$regex") add("$regex", value.$options === undefined ? operand : [operand, value.$options]);
    else if (operator === "$elemMatch" && isDocument(operand) && !element) addElement(path, operand, into);
    else if (operator === "$all" && Array.isArray(operand)) addAll(path, operand, into);
    else add(operator, operand);
  }
}

function addElement(path: string, inner: BsonDocument, into: Analysis): void {
  into.opaque = true;
  const element = {};
  if (isOperatorDocument(inner)) addField(path, inner, into, element);
  else
    for (const name of fieldNames(inner))
      if (!name.startsWith("$")) addField(`${path}.${name}`, inner[name], into, element);
}

function addAll(path: string, operands: BsonValue[], into: Analysis): void {
  into.opaque = true;
  const first = operands[0];
  if (isDocument(first) && isDocument(first.$elemMatch)) addElement(path, first.$elemMatch, into);
  else if (first !== undefined) {
    const operator = typeOf(first) === Type.regex ? "$regex" : "$eq";
    into.conditions.push({ path, operator, operand: first, whole: false });
  }
}
