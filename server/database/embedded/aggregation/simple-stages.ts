import { Int32, Long } from "bson";
import { MongoError } from "../errors.ts";
import { compileFilter } from "../matcher/index.ts";
import type { BsonDocument, BsonValue } from "../types.ts";
import { copyDocument, fieldNames, getField, setField } from "../values/document.ts";
import { toDouble, toExactInteger } from "../values/numbers.ts";
import { textOfValue } from "../values/text.ts";
import { isDocument, isNumber, typeName } from "../values/types.ts";
import { createCompiler, type Frame } from "./expression/index.ts";
import type { CompileStage } from "./stage.ts";
import { drain, eachDocument, inBatches, type Stage } from "./streams.ts";
import { TRANSFORMS } from "./transforms.ts";

/** `$limit`'s and `$skip`'s number. */
export function countOf(operand: BsonValue, name: string, least: number): number {
  const exact = isNumber(operand) ? toExactInteger(operand) : undefined;
  const code = name === "$limit" ? 5107201 : 5107200;
  if (exact === undefined) {
    throw new MongoError(
      code,
      `invalid argument to ${name} stage: Expected ${isNumber(operand) ? "an integer" : "a number"} in: ${name}: ${textOfValue(operand)}`,
    );
  }
  if (exact < 0n) {
    throw new MongoError(
      code,
      `invalid argument to ${name} stage: Expected a non-negative number in: ${name}: ${exact}`,
    );
  }
  if (Number(exact) < least) throw new MongoError(15958, "the limit must be positive");
  return Number(exact);
}

function limitStage(most: number): Stage {
  return async function* (input) {
    let left = most;
    for await (const batch of input) {
      yield batch.length > left ? batch.slice(0, left) : batch;
      left -= batch.length;
      if (left <= 0) return;
    }
  };
}

function skipStage(count: number): Stage {
  return async function* (input) {
    let left = count;
    for await (const batch of input) {
      if (left < batch.length) yield left > 0 ? batch.slice(left) : batch;
      left = Math.max(0, left - batch.length);
    }
  };
}

const match: CompileStage = (operand, { context, breath, needs }) => {
  if (!isDocument(operand)) throw new MongoError(15959, "the match filter must be an expression in an object");
  const { matches, needs: read } = compileFilter(operand, context);
  if (read) for (const field of read) needs.add(field);
  else needs.all();
  return eachDocument(breath, (doc, out) => {
    if (matches(doc)) out.push(doc);
  });
};

const transform: CompileStage = (operand, { context, breath }, name) => {
  const change = (TRANSFORMS[name] as (typeof TRANSFORMS)[string])(operand, context);
  return eachDocument(breath, (doc, out) => {
    out.push(change(doc));
  });
};

const count: CompileStage = (operand, { breath }) => {
  if (typeof operand !== "string") throw new MongoError(40156, "the count field must be a non-empty string");
  if (operand === "") throw new MongoError(40157, "the count field must be a non-empty string");
  if (operand.startsWith("$")) throw new MongoError(40158, "the count field cannot be a $-prefixed path");
  if (operand.includes("\0")) throw new MongoError(40159, "the count field cannot contain a null byte");
  if (operand.includes(".")) throw new MongoError(40160, "the count field cannot contain '.'");
  return async function* (input) {
    let total = 0;
    for await (const batch of input) {
      total += batch.length;
      if (breath.due) await breath.take();
    }
    if (total > 0) yield [{ [operand]: total > 0x7fffffff ? Long.fromNumber(total) : new Int32(total) }];
  };
};

const unwind: CompileStage = (operand, { breath }) => {
  const { path, index, keep } = unwindOptions(operand);
  const names = path.split(".");
  return eachDocument(breath, (doc, out) => {
    const value = valueAt(doc, names);
    const one = (element: BsonValue, at: number | null) => {
      let copy = element === undefined ? doc : replaceAt(doc, names, element);
      if (index !== undefined)
        copy = setAt(
          copy === doc ? copyDocument(doc) : copy,
          index.split("."),
          at === null ? null : Long.fromNumber(at),
        );
      out.push(copy);
    };
    if (Array.isArray(value)) {
      value.forEach(one);
      if (value.length === 0 && keep) {
        const without = removeAt(doc, names);
        out.push(index === undefined ? without : setAt(without, index.split("."), null));
      }
    } else if (value === undefined || value === null) {
      if (keep) one(value, null);
    } else one(value, null);
  });
};

function unwindOptions(operand: BsonValue): { path: string; index: string | undefined; keep: boolean } {
  let spec: BsonValue = operand;
  if (typeof operand === "string") spec = { path: operand };
  if (!isDocument(spec)) {
    throw new MongoError(
      15981,
      `expected either a string or an object as specification for $unwind stage, got ${typeName(operand)}`,
    );
  }
  const unknown = fieldNames(spec).find(
    (name) => !["path", "includeArrayIndex", "preserveNullAndEmptyArrays"].includes(name),
  );
  if (unknown !== undefined) throw new MongoError(28811, `unrecognized option to $unwind stage: ${unknown}`);
  const { path, includeArrayIndex, preserveNullAndEmptyArrays = false } = spec;
  if (path === undefined || path === "") throw new MongoError(28812, "no path specified to $unwind stage");
  if (typeof path !== "string")
    throw new MongoError(28808, `expected a string as the path for $unwind stage, got ${typeName(path)}`);
  if (!path.startsWith("$"))
    throw new MongoError(28818, `path option to $unwind stage should be prefixed with a '$': ${path}`);
  if (typeof preserveNullAndEmptyArrays !== "boolean") {
    throw new MongoError(
      28809,
      `expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage, got ${typeName(preserveNullAndEmptyArrays)}`,
    );
  }
  if (includeArrayIndex !== undefined) {
    if (typeof includeArrayIndex !== "string" || includeArrayIndex === "") {
      throw new MongoError(
        28810,
        `expected a non-empty string for the includeArrayIndex  option to $unwind stage, got ${typeName(includeArrayIndex)}`,
      );
    }
    if (includeArrayIndex.startsWith("$")) {
      throw new MongoError(
        28822,
        `includeArrayIndex option to $unwind stage should not be prefixed with a '$': ${includeArrayIndex}`,
      );
    }
  }
  return { path: path.slice(1), index: includeArrayIndex, keep: preserveNullAndEmptyArrays };
}

function valueAt(doc: BsonDocument, names: readonly string[]): BsonValue {
  let current: BsonValue = doc;
  for (const name of names) {
    if (!isDocument(current)) return undefined;
    current = getField(current, name);
  }
  return current;
}

function replaceAt(doc: BsonDocument, names: readonly string[], value: BsonValue): BsonDocument {
  return setAt(copyDocument(doc), names, value);
}

/** Sets a nested field in a document that is ours, copying what lies on the way. */
export function setAt(doc: BsonDocument, [name, ...rest]: readonly string[], value: BsonValue): BsonDocument {
  if (name === undefined) return doc;
  if (rest.length === 0) setField(doc, name, value);
  else {
    const child = getField(doc, name);
    setField(doc, name, setAt(isDocument(child) ? copyDocument(child) : {}, rest, value));
  }
  return doc;
}

function removeAt(doc: BsonDocument, [name, ...rest]: readonly string[]): BsonDocument {
  const copy: BsonDocument = {};
  for (const field of fieldNames(doc)) {
    if (field !== name) setField(copy, field, doc[field]);
    else if (rest.length > 0) setField(copy, field, removeAt(doc[field] as BsonDocument, rest));
  }
  return copy;
}

/** Keeps a uniform sample of `size` documents (reservoir), in random order. */
const sample: CompileStage = (operand, { breath }) => {
  if (!isDocument(operand)) throw new MongoError(28745, "the $sample stage specification must be an object");
  const unknown = fieldNames(operand).find((name) => name !== "size");
  if (unknown !== undefined) throw new MongoError(28748, `unrecognized option to $sample: ${unknown}`);
  if (operand.size === undefined) throw new MongoError(28749, "$sample stage must specify a size");
  if (!isNumber(operand.size)) throw new MongoError(28746, "size argument to $sample must be a number");
  const size = toDouble(operand.size);
  if (size <= 0) throw new MongoError(28747, "size argument to $sample must be a positive integer");
  return async function* (input) {
    const kept: BsonDocument[] = [];
    let seen = 0;
    await drain(input, breath, (doc) => {
      seen += 1;
      if (kept.length < size) kept.push(doc);
      else {
        const at = Math.floor(Math.random() * seen);
        if (at < size) kept[at] = doc;
      }
    });
    for (let i = kept.length - 1; i > 0; i--) {
      const j = Math.floor(Math.random() * (i + 1));
      [kept[i], kept[j]] = [kept[j] as BsonDocument, kept[i] as BsonDocument];
    }
    yield* inBatches(kept);
  };
};

/** $$KEEP, $$PRUNE or $$DESCEND for every document and the documents in it. */
const redact: CompileStage = (operand, { context, breath }) => {
  const decide = createCompiler(context).compile(operand);
  const frame: Frame = { root: undefined, current: undefined, slots: [] };
  const visit = (doc: BsonDocument): BsonDocument | undefined => {
    frame.current = doc;
    const verdict = decide(frame);
    if (verdict === "$$KEEP") return doc;
    if (verdict === "$$PRUNE") return undefined;
    if (verdict !== "$$DESCEND") {
      throw new MongoError(
        17053,
        "$redact's expression should not return anything aside from the variables $$KEEP, $$DESCEND, and $$PRUNE, but returned " +
          textOfValue(verdict),
      );
    }
    const out: BsonDocument = {};
    for (const name of fieldNames(doc)) {
      const value = visitValue(doc[name]);
      if (value !== undefined) setField(out, name, value);
    }
    return out;
  };
  const visitValue = (value: BsonValue): BsonValue => {
    if (isDocument(value)) return visit(value);
    if (!Array.isArray(value)) return value;
    return value.map(visitValue).filter((element) => element !== undefined);
  };
  return eachDocument(breath, (doc, out) => {
    frame.root = doc;
    const kept = visit(doc);
    if (kept) out.push(kept);
  });
};

/** Stages that look at one document at a time, and those that only count or choose. */
export const SIMPLE_STAGES: Record<string, CompileStage> = {
  $match: match,
  $project: transform,
  $addFields: transform,
  $set: transform,
  $unset: transform,
  $replaceRoot: transform,
  $replaceWith: transform,
  $limit: (operand) => limitStage(countOf(operand, "$limit", 1)),
  $skip: (operand) => skipStage(countOf(operand, "$skip", 0)),
  $count: count,
  $unwind: unwind,
  $sample: sample,
  $redact: redact,
};
