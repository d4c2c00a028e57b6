import { Int32 } from "bson";
import { MongoError } from "../../errors.ts";
import type { BsonDocument, BsonValue } from "../../types.ts";
import { compareValues } from "../../values/compare.ts";
import { fieldNames, setField } from "../../values/document.ts";
import { toDouble, toExactInteger } from "../../values/numbers.ts";
import { compileSort } from "../../values/sort.ts";
import { isTruthy } from "../../values/truth.ts";
import { isDocument, isNullish, isNumber, typeName } from "../../values/types.ts";
import { ValueSet } from "../../values/value-set.ts";
import type { CompileOperator, Compiler, Expression, Frame } from "./compiler.ts";
import { compileArguments, namedArguments, namedOperator, operator } from "./helpers.ts";

function integer(value: BsonValue, code: number, message: string): number {
  const exact = isNumber(value) ? toExactInteger(value) : undefined;
  if (exact === undefined || exact > 2147483647n || exact < -2147483648n) throw new MongoError(code, message);
  return Number(exact);
}

function elementAt([array, at]: BsonValue[]): BsonValue {
  if (isNullish(array) || isNullish(at)) return null;
  if (!Array.isArray(array)) {
    throw new MongoError(28689, `$arrayElemAt's first argument must be an array, but is ${typeName(array)}`);
  }
  if (!isNumber(at)) {
    throw new MongoError(28690, `$arrayElemAt's second argument must be a numeric value, but is ${typeName(at)}`);
  }
  const index = integer(
    at,
    28691,
    `$arrayElemAt's second argument must be representable as a 32-bit integer: ${toDouble(at)}`,
  );
  return array.at(index);
}

function end(name: string, index: number): CompileOperator {
  return operator(1, 1, ([array]) => {
    if (isNullish(array)) return null;
    if (!Array.isArray(array))
      throw new MongoError(28689, `${name}'s argument must be an array, but is ${typeName(array)}`);
    return array.at(index);
  });
}

/** `$filter`, `$map` and `$reduce` bind variables for the elements. */
function eachElement(
  operand: BsonValue,
  compiler: Compiler,
  options: { input: BsonValue; names: string[]; code: number; name: string },
  run: (
    array: BsonValue[],
    bind: (frame: Frame, ...values: BsonValue[]) => void,
    frame: Frame,
    body: Expression,
  ) => BsonValue,
): Expression {
  const input = compiler.compile(options.input);
  return compiler.withVariables(options.names, (setters) => {
    const body = compiler.compile(operand);
    const bind = (frame: Frame, ...values: BsonValue[]) => {
      setters.forEach((set, at) => {
        set(frame, values[at]);
      });
    };
    return (frame) => {
      const array = input(frame);
      if (isNullish(array)) return null;
      if (!Array.isArray(array)) {
        throw new MongoError(options.code, `input to ${options.name} must be an array not ${typeName(array)}`);
      }
      return run(array, bind, frame, body);
    };
  });
}

const filter: CompileOperator = (operand, compiler, name) => {
  const { input, cond, as, limit } = namedArguments(operand, name, {
    notDocument: 28646,
    unknown: 28647,
    missing: 28648,
    required: ["input", "cond"],
    optional: ["as", "limit"],
  });
  const limited = limit === undefined ? undefined : compiler.compile(limit);
  const names = [as === undefined ? "this" : (as as string)];
  return eachElement(cond, compiler, { input, names, code: 28651, name }, (array, bind, frame, body) => {
    const most = limited ? limitOf(limited(frame)) : array.length;
    const kept: BsonValue[] = [];
    for (const element of array) {
      if (kept.length >= most) break;
      bind(frame, element);
      if (isTruthy(body(frame))) kept.push(element);
    }
    return kept;
  });
};

function limitOf(value: BsonValue): number {
  if (isNullish(value)) return Number.POSITIVE_INFINITY;
  const limit = integer(value, 327391, "$filter: limit must be represented as a 32-bit integral value");
  if (limit < 1) throw new MongoError(327392, "$filter: limit must be greater than 0");
  return limit;
}

const map: CompileOperator = (operand, compiler, name) => {
  const {
    input,
    in: body,
    as,
  } = namedArguments(operand, name, {
    notDocument: 16878,
    unknown: 16879,
    missing: 16880,
    required: ["input", "in"],
    optional: ["as"],
  });
  const names = [as === undefined ? "this" : (as as string)];
  return eachElement(body, compiler, { input, names, code: 16883, name }, (array, bind, frame, inside) =>
    array.map((element) => {
      bind(frame, element);
      return inside(frame) ?? null;
    }),
  );
};

const reduce: CompileOperator = (operand, compiler, name) => {
  const {
    input,
    in: body,
    initialValue,
  } = namedArguments(operand, name, {
    notDocument: 40075,
    unknown: 40076,
    missing: 40077,
    required: ["input", "initialValue", "in"],
    optional: [],
  });
  const initial = compiler.compile(initialValue);
  return eachElement(
    body,
    compiler,
    { input, names: ["value", "this"], code: 40080, name },
    (array, bind, frame, inside) => {
      let value = initial(frame);
      for (const element of array) {
        bind(frame, value, element);
        value = inside(frame);
      }
      return value;
    },
  );
};

function slice(args: BsonValue[]): BsonValue {
  const [array, first, count] = args;
  if (isNullish(array) || isNullish(first) || (args.length === 3 && isNullish(count))) return null;
  if (!Array.isArray(array)) {
    throw new MongoError(28724, `First argument to $slice must be an array, but is of type: ${typeName(array)}`);
  }
  const from = integer(
    first,
    28725,
    `Second argument to $slice must be a numeric value, but is of type: ${typeName(first)}`,
  );
  if (args.length === 2) return from >= 0 ? array.slice(0, from) : array.slice(from);
  const many = integer(count, 28727, `Third argument to $slice must be numeric, but is of type: ${typeName(count)}`);
  if (many <= 0) throw new MongoError(28729, `Third argument to $slice must be positive: ${many}`);
  const start = from < 0 ? Math.max(0, array.length + from) : from;
  return array.slice(start, start + many);
}

function range(args: BsonValue[]): BsonValue {
  const [start, stop, step = new Int32(1)] = args;
  const names = ["starting", "ending", "step"];
  const [from, to, by] = [start, stop, step].map((value, at) => {
    if (!isNumber(value)) {
      throw new MongoError(
        34443 + 2 * at,
        `$range requires a numeric ${names[at]} value, found value of type: ${typeName(value)}`,
      );
    }
    return integer(
      value,
      34444 + 2 * at,
      `$range requires a ${names[at]} value that can be represented as a 32-bit integer, found value: ${toDouble(value)}`,
    );
  }) as [number, number, number];
  if (by === 0) throw new MongoError(34449, "$range requires a non-zero step value");
  const values: BsonValue[] = [];
  for (let value = from; by > 0 ? value < to : value > to; value += by) values.push(new Int32(value));
  return values;
}

function indexOfArray(args: BsonValue[]): BsonValue {
  const [array, wanted, from, to] = args;
  if (isNullish(array)) return null;
  if (!Array.isArray(array)) {
    throw new MongoError(40090, `$indexOfArray requires an array as a first argument, found: ${typeName(array)}`);
  }
  const start = from === undefined ? 0 : integer(from, 40096, "$indexOfArray requires an integral starting index");
  const stop = to === undefined ? array.length : integer(to, 40096, "$indexOfArray requires an integral ending index");
  if (start < 0 || stop < 0)
    throw new MongoError(40097, `$indexOfArray requires a nonnegative starting index, found: ${Math.min(start, stop)}`);
  for (let at = start; at < Math.min(stop, array.length); at++) {
    if (compareValues(array[at], wanted) === 0) return new Int32(at);
  }
  return new Int32(-1);
}

/** `{$firstN: {input, n}}` and its kin. */
function several(pick: (array: BsonValue[], n: number) => BsonValue[]): CompileOperator {
  return namedOperator(
    { notDocument: 5787801, unknown: 5787901, missing: 5787907, required: ["input", "n"], optional: [] },
    ({ input, n }, name) => {
      const count = isNumber(n) ? toExactInteger(n) : undefined;
      if (count === undefined)
        throw new MongoError(5787902, `Value for 'n' must be of integral type, but found ${typeName(n)}`);
      if (count < 1n) throw new MongoError(5787908, `'n' must be greater than 0, found ${count}`);
      if (isNullish(input)) return null;
      if (!Array.isArray(input)) throw new MongoError(5788200, `Input must be an array for ${name}`);
      return pick(input, Number(count));
    },
  );
}

const sorted = (array: BsonValue[], direction: number) =>
  array.filter((value) => !isNullish(value)).sort((a, b) => compareValues(a, b) * direction);

const sortArray: CompileOperator = (operand, compiler, name) => {
  const { input, sortBy } = namedArguments(operand, name, {
    notDocument: 2942500,
    unknown: 2942501,
    missing: 2942502,
    required: ["input", "sortBy"],
    optional: [],
  });
  const { collation } = compiler.context;
  let compare: (a: BsonValue, b: BsonValue) => number;
  if (isDocument(sortBy)) {
    const byFields = compileSort(sortBy, collation);
    compare = (a, b) => byFields(isDocument(a) ? a : {}, isDocument(b) ? b : {});
  } else {
    const direction = isNumber(sortBy) ? toDouble(sortBy) : 0;
    if (Math.abs(direction) !== 1) throw new MongoError(2942507, "The $sort element value must be either 1 or -1");
    compare = (a, b) => compareValues(a, b, collation) * direction;
  }
  const array = compiler.compile(input);
  return (frame) => {
    const value = array(frame);
    if (isNullish(value)) return null;
    if (!Array.isArray(value)) {
      throw new MongoError(
        2942504,
        `The input argument to $sortArray must be an array, but was of type: ${typeName(value)}`,
      );
    }
    return [...value].sort(compare);
  };
};

const zip: CompileOperator = (operand, compiler, name) => {
  const { inputs, useLongestLength, defaults } = namedArguments(operand, name, {
    notDocument: 34460,
    unknown: 34464,
    missing: 34465,
    required: ["inputs"],
    optional: ["useLongestLength", "defaults"],
  });
  if (!Array.isArray(inputs))
    throw new MongoError(34461, `inputs must be an array of expressions, found ${typeName(inputs)}`);
  if (inputs.length === 0) throw new MongoError(34465, "$zip requires at least one input array");
  const arrays = compileArguments(inputs, compiler, name, 1, Number.POSITIVE_INFINITY);
  const fill = defaults === undefined ? undefined : compiler.compile(defaults);
  return (frame) => {
    const values = arrays.map((array) => array(frame));
    if (values.some(isNullish)) return null;
    const bad = values.find((value) => !Array.isArray(value));
    if (bad !== undefined) throw new MongoError(34468, `$zip found a non-array expression in input: ${typeName(bad)}`);
    const lists = values as BsonValue[][];
    const lengths = lists.map((list) => list.length);
    const longer = useLongestLength === true ? Math.max : Math.min;
    const length = lengths.reduce((a, b) => longer(a, b));
    const filling = fill?.(frame);
    return Array.from({ length }, (_, at) =>
      lists.map((list, which) =>
        at < list.length ? (list[at] as BsonValue) : Array.isArray(filling) ? (filling[which] ?? null) : null,
      ),
    );
  };
};

function arrayToObject([array]: BsonValue[]): BsonValue {
  if (isNullish(array)) return null;
  if (!Array.isArray(array)) {
    throw new MongoError(40386, `$arrayToObject requires an array input, found: ${typeName(array)}`);
  }
  const doc: BsonDocument = {};
  for (const entry of array) {
    const [key, value] = Array.isArray(entry) ? pairOf(entry) : keyAndValue(entry);
    if (typeof key !== "string") {
      throw new MongoError(
        Array.isArray(entry) ? 40395 : 40394,
        `$arrayToObject requires an object with keys 'k' and 'v', where the value of 'k' must be of type string. Found type: ${typeName(key)}`,
      );
    }
    setField(doc, key, value);
  }
  return doc;
}

function pairOf(entry: BsonValue[]): [BsonValue, BsonValue] {
  if (entry.length !== 2)
    throw new MongoError(
      40397,
      `$arrayToObject requires an array of size 2 arrays,found array of size: ${entry.length}`,
    );
  return [entry[0], entry[1]];
}

function keyAndValue(entry: BsonValue): [BsonValue, BsonValue] {
  if (!isDocument(entry)) {
    throw new MongoError(40398, `Unrecognised input type format for $arrayToObject: ${typeName(entry)}`);
  }
  if (fieldNames(entry).length !== 2) {
    throw new MongoError(
      40392,
      `$arrayToObject requires an object keys of 'k' and 'v'. Found incorrect number of keys:${fieldNames(entry).length}`,
    );
  }
  if (!("k" in entry && "v" in entry)) {
    throw new MongoError(
      40393,
      "$arrayToObject requires an object with keys 'k' and 'v'. Missing either or both keys from: {}",
    );
  }
  return [entry.k, entry.v];
}

export const ARRAYS: Record<string, CompileOperator> = {
  $arrayElemAt: operator(2, 2, elementAt),
  $first: end("$first", 0),
  $last: end("$last", -1),
  $firstN: several((array, n) => array.slice(0, n)),
  $lastN: several((array, n) => array.slice(-n)),
  $minN: several((array, n) => sorted(array, 1).slice(0, n)),
  $maxN: several((array, n) => sorted(array, -1).slice(0, n)),
  $concatArrays: operator(0, Number.POSITIVE_INFINITY, (args) => {
    for (const arg of args) {
      if (isNullish(arg)) return null;
      if (!Array.isArray(arg)) throw new MongoError(28664, `$concatArrays only supports arrays, not ${typeName(arg)}`);
    }
    const [first = [], second] = args as BsonValue[][];
    // Copied by the engine in one go, which is what a $reduce that appends needs; flat() takes any number of arrays.
    return args.length <= 2 ? first.concat(second ?? []) : (args as BsonValue[][]).flat();
  }),
  $filter: filter,
  $map: map,
  $reduce: reduce,
  $in: (operand, compiler, name) => {
    const [wanted, list] = compileArguments(operand, compiler, name, 2, 2) as [Expression, Expression];
    const { collation } = compiler.context;
    // One array is often asked for many values: in a $filter or $map over another.
    let last: { array: BsonValue[]; set: ValueSet | undefined } | undefined;
    return (frame) => {
      const array = list(frame);
      if (!Array.isArray(array))
        throw new MongoError(40081, `$in requires an array as a second argument, found: ${typeName(array)}`);
      const value = wanted(frame);
      if (last?.array !== array) {
        last = { array, set: undefined };
        return array.some((element) => compareValues(element, value, collation) === 0);
      }
      last.set ??= new ValueSet(array, collation);
      return last.set.has(value);
    };
  },
  $indexOfArray: operator(2, 4, indexOfArray),
  $isArray: operator(1, 1, ([value]) => Array.isArray(value)),
  $range: operator(2, 3, range),
  $reverseArray: operator(1, 1, ([array]) => {
    if (isNullish(array)) return null;
    if (!Array.isArray(array))
      throw new MongoError(
        34435,
        `The argument to $reverseArray must be an array, but was of type: ${typeName(array)}`,
      );
    return [...array].reverse();
  }),
  $size: operator(1, 1, ([array]) => {
    if (!Array.isArray(array))
      throw new MongoError(17124, `The argument to $size must be an array, but was of type: ${typeName(array)}`);
    return new Int32(array.length);
  }),
  $slice: operator(2, 3, slice),
  $sortArray: sortArray,
  $zip: zip,
  $arrayToObject: operator(1, 1, arrayToObject),
  $objectToArray: operator(1, 1, ([doc]) => {
    if (isNullish(doc)) return null;
    if (!isDocument(doc))
      throw new MongoError(40390, `$objectToArray requires a document input, found: ${typeName(doc)}`);
    return fieldNames(doc).map((k) => ({ k, v: doc[k] }));
  }),
};
