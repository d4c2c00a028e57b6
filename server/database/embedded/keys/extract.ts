import { MongoError } from "../errors.ts";
import { type BsonDocument, BsonUndefined, type BsonValue, type Collation } from "../types.ts";
import { getField, isIndexName } from "../values/document.ts";
import { encodeKey } from "./encode.ts";

/** What key generation needs to know of an index (or of a sort). */
export interface KeyPattern {
  readonly paths: readonly (readonly string[])[];
  readonly directions: readonly number[];
  readonly sparse?: boolean;
  readonly collation?: Collation;
}

export interface ExtractedKeys {
  /** One set of values per index entry, not yet deduplicated. */
  values: BsonValue[][];
  /** Which fields of the index go through an array in this document. */
  multikey: boolean[];
  /** False when the document has none of the fields. */
  exists: boolean;
}

const emptyArray = new BsonUndefined();

/** The values a document is indexed under: arrays spread to one entry per element, a missing field counts as null. */
export function extractKeys(doc: BsonDocument, paths: readonly (readonly string[])[]): ExtractedKeys {
  const found: ExtractedKeys = { values: [], multikey: paths.map(() => false), exists: false };
  expand(
    paths.map((path) => ({ from: doc, path, at: 0 })),
    found,
  );
  return found;
}

/** The deduplicated, encoded keys of a document in an index; none when a sparse index leaves the document out. */
export function indexKeys(doc: BsonDocument, pattern: KeyPattern): { keys: Buffer[]; extracted: ExtractedKeys } {
  const extracted = extractKeys(doc, pattern.paths);
  if (pattern.sparse && !extracted.exists) return { keys: [], extracted };
  const keys = extracted.values.map((values) => encodeKey(values, pattern.directions, pattern.collation));
  if (keys.length < 2) return { keys, extracted };
  const unique = new Map(keys.map((key) => [key.toString("latin1"), key]));
  return { keys: [...unique.values()], extracted };
}

/** Where the walk along one field's path stands. */
interface Step {
  from: BsonValue;
  path: readonly string[];
  at: number;
  /** `from` is an array's element: an array in an array is not spread again. */
  element?: boolean;
}

interface Reached {
  value: BsonValue;
  at: number;
  exists: boolean;
  /** The value is an array whose elements are to be indexed one by one. */
  spread: boolean;
}

function expand(steps: Step[], found: ExtractedKeys): void {
  const reached = steps.map(walk);
  let array: BsonValue[] | undefined;
  for (let i = 0; i < reached.length; i++) {
    const { value, exists, spread } = reached[i] as Reached;
    if (exists) found.exists = true;
    if (!spread) continue;
    found.multikey[i] = true;
    if (array && array !== value) throw parallelArrays(steps);
    array = value as BsonValue[];
  }
  if (!array) {
    found.values.push(reached.map(({ value }) => value));
    return;
  }
  for (const element of array.length > 0 ? array : [emptyArray]) {
    expand(
      reached.map(({ value, at, spread }, i) =>
        spread
          ? { from: element, path: (steps[i] as Step).path, at, element: true }
          : { from: value, path: [], at: 0, element: true },
      ),
      found,
    );
  }
}

/** Follows documents along the path until it ends or meets an array. */
function walk({ from, path, at, element }: Step): Reached {
  let value = from;
  let position = at;
  while (position < path.length) {
    const name = path[position] as string;
    if (Array.isArray(value)) {
      if (isIndexName(name) && Number(name) < value.length) value = value[Number(name)];
      else if (element && position === at) return { value: undefined, at: path.length, exists: false, spread: false };
      else return { value, at: position, exists: true, spread: true };
    } else if (isDocument(value)) value = getField(value, name);
    else return { value: undefined, at: path.length, exists: false, spread: false };
    position++;
  }
  const spread = Array.isArray(value) && !(element && at === path.length);
  return { value, at: position, exists: value !== undefined, spread };
}

function isDocument(value: BsonValue): value is BsonDocument {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function parallelArrays(steps: Step[]): MongoError {
  const names = steps.map(({ path }) => `[${path.join(".")}]`);
  return new MongoError("CannotIndexParallelArrays", `cannot index parallel arrays ${names.reverse().join(" ")}`);
}
