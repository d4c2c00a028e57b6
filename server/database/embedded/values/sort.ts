import { MongoError } from "../errors.ts";
import { extractKeys } from "../keys/extract.ts";
import type { BsonDocument, BsonValue, Collation, Comparator, SortSpec } from "../types.ts";
import { BsonUndefined } from "../types.ts";
import { compareValues } from "./compare.ts";
import { fieldNames, getField } from "./document.ts";
import { toDouble } from "./numbers.ts";
import { compilePath, type Path } from "./path.ts";
import { isDocument, isNumber } from "./types.ts";

export interface SortPart {
  path: Path;
  direction: 1 | -1;
}

/** Takes a sort document apart. Throws BadValue (2) with the server's messages for what is not a direction. */
export function parseSort(spec: SortSpec): SortPart[] {
  return fieldNames(spec).map((field) => {
    const value = spec[field];
    if (isDocument(value)) {
      if ("$meta" in value) throw new MongoError(40218, "query requires text score metadata, but it is not available");
      throw new MongoError(17312, `$meta is the only expression supported by $sort right now`);
    }
    if (!isNumber(value)) {
      throw new MongoError(15974, `Illegal key in $sort specification: ${field}: ${JSON.stringify(value)}`);
    }
    const direction = toDouble(value);
    if (direction !== 1 && direction !== -1) {
      throw new MongoError(15975, "$sort key ordering must be 1 (for ascending) or -1 (for descending)");
    }
    if (field === "") throw new MongoError(40352, "FieldPath cannot be constructed with empty string");
    return { path: compilePath(field), direction };
  });
}

/**
 * Orders documents as `sort` does: an array sorts by its least element ascending, its greatest descending; missing is null;
 * an empty array comes before null. Stable sorting is left to the caller's sort.
 */
export function compileSort(spec: SortSpec, collation?: Collation): Comparator {
  const parts = parseSort(spec);
  return (a, b) => {
    for (const { path, direction } of parts) {
      const order = compareValues(
        sortKey(a, path, direction, collation),
        sortKey(b, path, direction, collation),
        collation,
      );
      if (order !== 0) return order * direction;
    }
    return 0;
  };
}

/**
 * Computes a document's key once, for sorts of many documents: compare keys with `compareKeys`. By several fields it is the
 * least of the keys that an index of them would have: what stands in one element of an array stays together.
 * Throws BadValue (2) for two arrays that are not one within the other, as the server does.
 */
export function compileSortKeys(spec: SortSpec, collation?: Collation) {
  const parts = parseSort(spec);
  const paths = parts.map(({ path }) => path.names);
  const compareKeys = (a: BsonValue[], b: BsonValue[]): number => {
    for (let i = 0; i < parts.length; i++) {
      const order = compareValues(a[i], b[i], collation);
      if (order !== 0) return order * (parts[i] as SortPart).direction;
    }
    return 0;
  };
  const [only] = parts;
  const keyOf =
    only && parts.length === 1
      ? (doc: BsonDocument): BsonValue[] => [sortKey(doc, only.path, only.direction, collation)]
      : (doc: BsonDocument): BsonValue[] => {
          const [first = [], ...others] = tuples(doc, paths);
          return others.reduce((least, key) => (compareKeys(key, least) < 0 ? key : least), first);
        };
  return { keyOf, compareKeys };
}

function tuples(doc: BsonDocument, paths: readonly (readonly string[])[]): BsonValue[][] {
  try {
    return extractKeys(doc, paths).values.map((values) => values.map((value) => value ?? null));
  } catch (error) {
    if (!(error instanceof MongoError) || error.codeName !== "CannotIndexParallelArrays") throw error;
    throw new MongoError("BadValue", "cannot sort with keys that are parallel arrays");
  }
}

const EMPTY_ARRAY = new BsonUndefined();

/** The one value by which a document sorts at a path. */
function sortKey(doc: BsonDocument, path: Path, direction: 1 | -1, collation?: Collation): BsonValue {
  return extreme(doc, path, 0, direction, collation) ?? null;
}

function extreme(
  value: BsonValue,
  path: Path,
  at: number,
  direction: 1 | -1,
  collation: Collation | undefined,
): BsonValue {
  if (at === path.names.length) {
    if (!Array.isArray(value)) return value;
    if (value.length === 0) return EMPTY_ARRAY;
    return pick(value, (element) => element, direction, collation);
  }
  if (isDocument(value)) return extreme(getField(value, path.names[at] as string), path, at + 1, direction, collation);
  if (!Array.isArray(value)) return undefined;
  const index = path.indexes[at];
  if (index !== undefined && index < value.length) {
    const element = value[index];
    // The index names the element itself; its own arrays count as elsewhere.
    return extreme(element, path, at + 1, direction, collation);
  }
  if (value.length === 0) return undefined;
  return pick(
    value,
    (element) => (isDocument(element) ? extreme(element, path, at, direction, collation) : undefined),
    direction,
    collation,
  );
}

function pick(
  array: BsonValue[],
  keyOf: (element: BsonValue) => BsonValue,
  direction: 1 | -1,
  collation: Collation | undefined,
): BsonValue {
  let best: BsonValue = keyOf(array[0]) ?? null;
  for (let i = 1; i < array.length; i++) {
    const key = keyOf(array[i]) ?? null;
    if (compareValues(key, best, collation) * direction < 0) best = key;
  }
  return best;
}
