import { MongoError } from "../errors.ts";
import type { Batches, BsonDocument, BsonValue } from "../types.ts";
import { compareValues } from "../values/compare.ts";
import { addNumbers, type BsonNumber, toDouble, toExactInteger } from "../values/numbers.ts";
import { valueAtExactPath } from "../values/path.ts";
import { isNullish, isNumber, typeName } from "../values/types.ts";
import { addUnits, isUnit, type Unit } from "./expression/date-units.ts";
import { UTC } from "./expression/zones.ts";
import { setAt } from "./simple-stages.ts";
import { SortBuffer } from "./sort-buffer.ts";
import type { StageContext } from "./stage.ts";
import { BATCH, type Stage } from "./streams.ts";
import { stageSpec } from "./window-stages.ts";

/** More documents than this are not made: a step that is small for its range would fill the memory. */
const MAX_MADE = 500_000;

interface Range {
  step: BsonNumber;
  unit: Unit | undefined;
  /** Explicit bounds, the upper one not included. */
  bounds: "full" | "partition" | [BsonValue, BsonValue];
}

/** Source: manual, "$densify". Within a partition the documents come out in the order of the field. */
export function densify(operand: BsonValue, stage: StageContext): Stage {
  const { field, partitionByFields, range } = stageSpec(
    "$densify",
    operand,
    ["field", "partitionByFields", "range"],
    ["field", "range"],
  );
  if (typeof field !== "string" || field === "") throw new MongoError("FailedToParse", "$densify needs a field's name");
  const { step, unit, bounds } = readRange(range);
  const path = field.split(".");
  const partitions = (Array.isArray(partitionByFields) ? partitionByFields : []).map((name) => String(name).split("."));
  const fieldOf = (doc: BsonDocument) => valueAtExactPath(doc, path);
  const partitionOf = (doc: BsonDocument) => partitions.map((names) => valueAtExactPath(doc, names));
  const after = (value: BsonValue, count: number): BsonValue => {
    if (unit) return new Date(addUnits((value as Date).getTime(), unit, toDouble(step) * count, UTC));
    let sum = value as BsonNumber;
    for (let i = 0; i < count; i++) sum = addNumbers(sum, step) ?? Number.NaN;
    return sum;
  };
  const checked = (value: BsonValue): BsonValue => {
    if (unit ? value instanceof Date : isNumber(value)) return value;
    throw new MongoError(
      unit ? 6053600 : 5733201,
      `$densify field type must be ${unit ? "a date with a unit" : "numeric without a unit"}, found ${typeName(value)}`,
    );
  };

  return async function* (input): Batches {
    const { context, breath } = stage;
    const buffer = new SortBuffer(stage, [...partitions.map(() => 1), 1], (a, b) =>
      a.reduce<number>((order, value, i) => order || compareValues(value, b[i], context.collation), 0),
    );
    const [least, most] = [new Extreme(-1), new Extreme(1)];
    const without: BsonDocument[] = [];
    await buffer.fill(apart(input, without), (doc) => {
      const value = checked(fieldOf(doc));
      least.see(value);
      most.see(value);
      return [...partitionOf(doc), value];
    });
    let made = 0;
    let out: BsonDocument[] = without;
    let current: { partition: BsonValue[]; next: BsonValue; start: BsonValue; count: number } | undefined;
    /** What is missing in the current partition up to `limit`; the limit itself too where asked. */
    const missing = function* (limit: BsonValue, inclusive: boolean): Generator<BsonDocument> {
      if (!current) return;
      for (;;) {
        const order = compareValues(current.next, limit);
        if (order > 0 || (order === 0 && !inclusive)) return;
        const doc: BsonDocument = {};
        for (const [i, names] of partitions.entries()) {
          const value = current.partition[i];
          if (value !== undefined) setAt(doc, names, value);
        }
        setAt(doc, path, current.next);
        advance(current);
        if (++made > MAX_MADE)
          throw new MongoError(
            5897900,
            `Generated ${made} documents in $densify, which is over the limit of ${MAX_MADE}. Increase the 'internalQueryMaxAllowedDensifyDocs' parameter to allow more`,
          );
        yield doc;
      }
    };
    const advance = (at: NonNullable<typeof current>): void => {
      at.count++;
      // Dates are counted from the start: the 31st of January and a month twice is the 31st of March.
      at.next = unit ? after(at.start, at.count) : after(at.next, 1);
    };
    const tail = (): Generator<BsonDocument> =>
      Array.isArray(bounds)
        ? missing(bounds[1], false)
        : missing(bounds === "full" ? most.value : current?.next, bounds === "full");

    const flushed = async function* (docs: Iterable<BsonDocument>): Batches {
      for (const doc of docs) {
        out.push(doc);
        if (out.length < BATCH) continue;
        yield out;
        out = [];
        if (breath.due) await breath.take();
      }
    };
    for await (const batch of buffer.sorted()) {
      for (const doc of batch) {
        const value = fieldOf(doc);
        const partition = partitionOf(doc);
        if (!current || compareValues(current.partition, partition, context.collation) !== 0) {
          if (current) yield* flushed(tail());
          const start = Array.isArray(bounds) ? bounds[0] : bounds === "full" ? least.value : value;
          current = { partition, start, next: start, count: 0 };
        }
        const end = Array.isArray(bounds) && compareValues(value, bounds[1]) > 0 ? bounds[1] : value;
        yield* flushed(missing(end, false));
        if (compareValues(current.next, value) === 0) advance(current);
        yield* flushed([doc]);
      }
    }
    // Explicit bounds are filled even where there is no document at all.
    if (!current && Array.isArray(bounds) && partitions.length === 0)
      current = { partition: [], start: bounds[0], next: bounds[0], count: 0 };
    if (current) yield* flushed(tail());
    if (out.length > 0) yield out;
  };

  /** Documents without the field pass as they are. */
  async function* apart(input: Batches, without: BsonDocument[]): Batches {
    for await (const batch of input) {
      const rest = batch.filter((doc) => {
        if (!isNullish(fieldOf(doc))) return true;
        without.push(doc);
        return false;
      });
      if (rest.length > 0) yield rest;
    }
  }
}

class Extreme {
  value: BsonValue;
  readonly #direction: 1 | -1;
  constructor(direction: 1 | -1) {
    this.#direction = direction;
  }
  see(value: BsonValue): void {
    if (this.value === undefined || compareValues(value, this.value) * this.#direction > 0) this.value = value;
  }
}

function readRange(range: BsonValue): Range {
  const { step, unit, bounds } = stageSpec("$densify.range", range, ["step", "unit", "bounds"], ["step", "bounds"]);
  if (!isNumber(step) || !(toDouble(step) > 0) || !Number.isFinite(toDouble(step)))
    throw new MongoError(5733401, "The step parameter in a range statement must be a strictly positive numeric value");
  if (unit !== undefined && (typeof unit !== "string" || !isUnit(unit)))
    throw new MongoError("FailedToParse", `unknown time unit value: ${unit}`);
  if (unit !== undefined && toExactInteger(step) === undefined)
    throw new MongoError(
      6586400,
      "The step parameter in a range satement must be a whole number when densifying a date range",
    );
  if (bounds === "full" || bounds === "partition") return { step, unit, bounds };
  if (typeof bounds === "string") throw new MongoError(5946802, "Bounds string must either be 'full' or 'partition'");
  const [low, high] = Array.isArray(bounds) ? bounds : [];
  if (!Array.isArray(bounds) || bounds.length !== 2)
    throw new MongoError(5733403, "a bounding array in a range statement must have exactly two elements");
  const fits = (value: BsonValue) => (unit ? value instanceof Date : isNumber(value));
  if (!fits(low) || !fits(high))
    throw new MongoError(5733402, "a bounding array must contain either both dates or both numeric types");
  if (compareValues(low, high) > 0)
    throw new MongoError(
      5733402,
      "the bounds in a range statement must be the string 'full', 'partition', or an ascending array",
    );
  return { step, unit, bounds: [low, high] };
}
