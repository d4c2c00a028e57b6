import { Decimal128, Double, Int32, Long } from "bson";
import { MongoError } from "../errors.ts";
import type { BsonDocument, BsonValue, Collation } from "../types.ts";
import { compareValues } from "../values/compare.ts";
import {
  addDecimals,
  type DecimalParts,
  decimalOfDouble,
  decimalOfInteger,
  divideDecimals,
  makeDecimal,
} from "../values/decimal.ts";
import { hashKey } from "../values/key.ts";
import { makeInteger, toDecimalParts, toDouble, toExactInteger } from "../values/numbers.ts";
import { isNullish, isNumber } from "../values/types.ts";
import { mergeObjects } from "./expression/objects.ts";

/** Takes the values of one group one by one; holds no more than the result needs. */
export interface Accumulator {
  add(value: BsonValue): void;
  result(): BsonValue;
}

/**
 * Adds numbers exactly while they are integers, with compensation (Neumaier) once doubles come in, in decimal once decimals do.
 * The result has the widest type that came in; an integer that outgrows Int32 becomes a Long, one that outgrows Long a Double.
 */
export class Sum implements Accumulator {
  #small = 0;
  #large = 0n;
  #double = 0;
  #compensation = 0;
  #decimal: DecimalParts | undefined;
  #type: "int" | "long" | "double" = "int";
  count = 0;

  add(value: BsonValue): void {
    if (!isNumber(value)) return;
    this.count += 1;
    if (value instanceof Decimal128) {
      const parts = toDecimalParts(value);
      this.#decimal = this.#decimal ? addDecimals(this.#decimal, parts) : parts;
    } else if (value instanceof Int32) this.#addSmall(value.value);
    else if (value instanceof Double) this.#addDouble(value.value);
    else if (value instanceof Long || typeof value === "bigint") {
      if (this.#type === "int") this.#type = "long";
      this.#large += toExactInteger(value) as bigint;
    } else if (Number.isInteger(value)) this.#addSmall(value as number);
    else this.#addDouble(value as number);
  }

  #addSmall(value: number): void {
    this.#small += value;
    if (Math.abs(this.#small) > 2 ** 52) {
      this.#large += BigInt(this.#small);
      this.#small = 0;
    }
  }

  #addDouble(value: number): void {
    this.#type = "double";
    const sum = this.#double + value;
    if (Number.isFinite(sum)) {
      this.#compensation +=
        Math.abs(this.#double) >= Math.abs(value) ? this.#double - sum + value : value - sum + this.#double;
    }
    this.#double = sum;
  }

  get #integers(): bigint {
    return this.#large + BigInt(this.#small);
  }

  get #doubles(): number {
    return Number.isFinite(this.#double) ? this.#double + this.#compensation : this.#double;
  }

  result(): BsonValue {
    if (this.#decimal) return makeDecimal(this.#asDecimal());
    if (this.#type === "double") return new Double(this.#doubles + Number(this.#integers));
    return makeInteger(this.#integers, this.#type);
  }

  #asDecimal(): DecimalParts {
    const exact = addDecimals(decimalOfInteger(this.#integers), decimalOfDouble(this.#doubles));
    return this.#decimal ? addDecimals(this.#decimal, exact) : exact;
  }

  mean(): BsonValue {
    if (this.count === 0) return null;
    if (this.#decimal) return makeDecimal(divideDecimals(this.#asDecimal(), decimalOfInteger(BigInt(this.count))));
    return new Double((this.#doubles + Number(this.#integers)) / this.count);
  }
}

export class Average implements Accumulator {
  readonly #sum = new Sum();
  add(value: BsonValue): void {
    this.#sum.add(value);
  }
  result(): BsonValue {
    return this.#sum.mean();
  }
}

/** $min and $max: nullish values do not count. */
export class Extreme implements Accumulator {
  readonly #direction: 1 | -1;
  readonly #collation: Collation | undefined;
  #best: BsonValue = null;
  #any = false;

  constructor(direction: 1 | -1, collation: Collation | undefined) {
    this.#direction = direction;
    this.#collation = collation;
  }

  add(value: BsonValue): void {
    if (isNullish(value)) return;
    if (!this.#any || compareValues(value, this.#best, this.#collation) * this.#direction > 0) this.#best = value;
    this.#any = true;
  }

  result(): BsonValue {
    return this.#best;
  }
}

/** Standard deviation by Welford's method. */
export class Deviation implements Accumulator {
  readonly #sample: boolean;
  #count = 0;
  #mean = 0;
  #squares = 0;

  constructor(sample: boolean) {
    this.#sample = sample;
  }

  add(value: BsonValue): void {
    if (!isNumber(value)) return;
    const double = toDouble(value);
    this.#count += 1;
    const before = double - this.#mean;
    this.#mean += before / this.#count;
    this.#squares += before * (double - this.#mean);
  }

  result(): BsonValue {
    const divisor = this.#sample ? this.#count - 1 : this.#count;
    return divisor <= 0 ? null : new Double(Math.sqrt(this.#squares / divisor));
  }
}

class First implements Accumulator {
  #value: BsonValue = null;
  #any = false;
  add(value: BsonValue): void {
    if (this.#any) return;
    this.#any = true;
    this.#value = value ?? null;
  }
  result(): BsonValue {
    return this.#value;
  }
}

class Last implements Accumulator {
  #value: BsonValue = null;
  add(value: BsonValue): void {
    this.#value = value ?? null;
  }
  result(): BsonValue {
    return this.#value;
  }
}

class Push implements Accumulator {
  readonly #values: BsonValue[] = [];
  add(value: BsonValue): void {
    if (value !== undefined) this.#values.push(value);
  }
  result(): BsonValue {
    return this.#values;
  }
}

class AddToSet implements Accumulator {
  readonly #values = new Map<string, BsonValue>();
  readonly #collation: Collation | undefined;
  constructor(collation: Collation | undefined) {
    this.#collation = collation;
  }
  add(value: BsonValue): void {
    if (value === undefined) return;
    const key = hashKey(value, this.#collation);
    if (!this.#values.has(key)) this.#values.set(key, value);
  }
  result(): BsonValue {
    return [...this.#values.values()];
  }
}

class MergeObjects implements Accumulator {
  #doc: BsonDocument = {};
  add(value: BsonValue): void {
    this.#doc = mergeObjects([this.#doc, value]);
  }
  result(): BsonValue {
    return this.#doc;
  }
}

/** $firstN and $lastN. */
class Several implements Accumulator {
  readonly #n: number;
  readonly #fromEnd: boolean;
  readonly #values: BsonValue[] = [];
  constructor(n: number, fromEnd: boolean) {
    this.#n = n;
    this.#fromEnd = fromEnd;
  }
  add(value: BsonValue): void {
    if (this.#fromEnd) {
      this.#values.push(value ?? null);
      if (this.#values.length > this.#n) this.#values.shift();
    } else if (this.#values.length < this.#n) this.#values.push(value ?? null);
  }
  result(): BsonValue {
    return this.#values;
  }
}

/** The n least by an order: $minN, $maxN, $topN, $bottomN. Holds 2n values at most. */
export class Least<T> {
  readonly #n: number;
  readonly #compare: (a: T, b: T) => number;
  #values: T[] = [];
  constructor(n: number, compare: (a: T, b: T) => number) {
    this.#n = n;
    this.#compare = compare;
  }
  add(value: T): void {
    this.#values.push(value);
    if (this.#values.length >= 2 * this.#n + 16) this.#trim();
  }
  #trim(): void {
    this.#values = this.#values.sort(this.#compare).slice(0, this.#n);
  }
  result(): T[] {
    this.#trim();
    return this.#values;
  }
}

class ExtremeSeveral implements Accumulator {
  readonly #least: Least<BsonValue>;
  constructor(n: number, direction: 1 | -1, collation: Collation | undefined) {
    this.#least = new Least(n, (a, b) => compareValues(a, b, collation) * direction);
  }
  add(value: BsonValue): void {
    if (!isNullish(value)) this.#least.add(value);
  }
  result(): BsonValue {
    return this.#least.result();
  }
}

class Percentiles implements Accumulator {
  readonly #wanted: BsonValue[] | undefined;
  readonly #values: BsonValue[] = [];
  constructor(wanted: BsonValue[] | undefined) {
    this.#wanted = wanted;
  }
  add(value: BsonValue): void {
    if (isNumber(value)) this.#values.push(value);
  }
  result(): BsonValue {
    const found = percentilesOf(this.#values, this.#wanted ?? [0.5]);
    return this.#wanted ? found : (found[0] ?? null);
  }
}

/** Discrete percentiles, as doubles: the value at rank ceil(p × n). */
export function percentilesOf(values: readonly BsonValue[], wanted: readonly BsonValue[]): BsonValue[] {
  const sorted = values
    .filter(isNumber)
    .map(toDouble)
    .sort((a, b) => a - b);
  return wanted.map((p) => {
    const fraction = isNumber(p) ? toDouble(p) : Number.NaN;
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new MongoError(7750303, "The $percentile 'p' field must be an array of numbers from [0.0, 1.0]");
    }
    if (sorted.length === 0) return null;
    return new Double(sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)] as number);
  });
}

/** Accumulators that take one value; `collation` decides what is equal or less. */
export const ACCUMULATORS: Record<string, (collation: Collation | undefined) => Accumulator> = {
  $sum: () => new Sum(),
  $avg: () => new Average(),
  $min: (collation) => new Extreme(-1, collation),
  $max: (collation) => new Extreme(1, collation),
  $first: () => new First(),
  $last: () => new Last(),
  $push: () => new Push(),
  $addToSet: (collation) => new AddToSet(collation),
  $stdDevPop: () => new Deviation(false),
  $stdDevSamp: () => new Deviation(true),
  $mergeObjects: () => new MergeObjects(),
};

/** Accumulators of the form `{input, n}`. */
export const ACCUMULATORS_OF_N: Record<string, (n: number, collation: Collation | undefined) => Accumulator> = {
  $firstN: (n) => new Several(n, false),
  $lastN: (n) => new Several(n, true),
  $minN: (n, collation) => new ExtremeSeveral(n, 1, collation),
  $maxN: (n, collation) => new ExtremeSeveral(n, -1, collation),
};

export function percentileAccumulator(wanted: BsonValue[] | undefined): Accumulator {
  return new Percentiles(wanted);
}
