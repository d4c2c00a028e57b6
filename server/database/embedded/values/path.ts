import type { BsonDocument, BsonValue } from "../types.ts";
import { getField, isIndexName } from "./document.ts";
import { isDocument } from "./types.ts";

/** What a walk answers: no value passed the test; one passed outside any array; else the index in the outermost array. */
export const NO_MATCH = -2;
export const NO_INDEX = -1;

/** A dotted path made ready: the names, and which of them may be array indexes. */
export interface Path {
  readonly text: string;
  readonly names: readonly string[];
  readonly indexes: readonly (number | undefined)[];
}

export function compilePath(text: string): Path {
  const names = text.split(".");
  return { text, names, indexes: names.map((name) => (isIndexName(name) ? Number(name) : undefined)) };
}

/**
 * Tests the values a query path leads to, in MongoDB's way: an array on the way is entered element by element, and by index
 * where the name is a number; an array at the end offers its elements, then (unless `leaf` is false) itself. A path that
 * leads nowhere offers `undefined` once, but an array on the way without a fitting element offers nothing.
 */
export function anyAtPath(
  doc: BsonDocument,
  path: Path,
  test: (value: BsonValue) => boolean,
  expandLeaf = true,
): number {
  return walk(doc, path, 0, test, expandLeaf);
}

function walk(
  value: BsonValue,
  path: Path,
  at: number,
  test: (value: BsonValue) => boolean,
  expandLeaf: boolean,
): number {
  let current = value;
  let i = at;
  const { names } = path;
  while (i < names.length) {
    if (Array.isArray(current)) return walkArray(current, path, i, test, expandLeaf);
    if (!isDocument(current)) return test(undefined) ? NO_INDEX : NO_MATCH;
    current = getField(current, names[i] as string);
    i += 1;
  }
  if (expandLeaf && Array.isArray(current)) {
    for (let index = 0; index < current.length; index++) if (test(current[index])) return index;
  }
  return test(current) ? NO_INDEX : NO_MATCH;
}

function walkArray(
  array: BsonValue[],
  path: Path,
  at: number,
  test: (value: BsonValue) => boolean,
  expandLeaf: boolean,
): number {
  const wanted = path.indexes[at];
  for (let index = 0; index < array.length; index++) {
    const element = array[index];
    if (isDocument(element) && walk(element, path, at, test, expandLeaf) !== NO_MATCH) return index;
    if (index !== wanted) continue;
    if (at + 1 === path.names.length) {
      if (test(element)) return NO_INDEX;
    } else if (Array.isArray(element)) {
      const found = walkArray(element, path, at + 1, test, expandLeaf);
      if (found !== NO_MATCH) return found;
    } else if (isDocument(element)) {
      const found = walk(element, path, at + 1, test, expandLeaf);
      if (found !== NO_MATCH) return found;
    }
  }
  return NO_MATCH;
}

/** All the values `anyAtPath` would offer. Index keys and distinct are made of them; see the flags there. */
export function valuesAtPath(doc: BsonDocument, path: Path, expandLeaf = true): BsonValue[] {
  const values: BsonValue[] = [];
  anyAtPath(
    doc,
    path,
    (value) => {
      values.push(value);
      return false;
    },
    expandLeaf,
  );
  return values;
}

/** The value at a path that enters no array, as updates and upserts read it: index names do count. */
export function valueAtExactPath(doc: BsonDocument, names: readonly string[]): BsonValue {
  let current: BsonValue = doc;
  for (const name of names) {
    if (Array.isArray(current)) current = isIndexName(name) ? current[Number(name)] : undefined;
    else if (isDocument(current)) current = getField(current, name);
    else return undefined;
  }
  return current;
}
