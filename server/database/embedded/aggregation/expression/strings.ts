import { BSONSymbol, Int32, Timestamp } from "bson";
import { MongoError } from "../../errors.ts";
import { compileToRegExp } from "../../matcher/regex.ts";
import type { BsonDocument, BsonValue } from "../../types.ts";
import { compareStrings, makeRegExp, toRegExp } from "../../values/compare.ts";
import { toDouble, toExactInteger } from "../../values/numbers.ts";
import { isNullish, isNumber, Type, typeName, typeOf } from "../../values/types.ts";
import type { CompileOperator } from "./compiler.ts";
import { toText } from "./convert.ts";
import { type NamedArguments, namedOperator, operator } from "./helpers.ts";

/** What $toUpper, $substr and the like make of a value that is no string. */
function coerced(value: BsonValue): string {
  if (isNullish(value)) return "";
  if (typeof value === "string") return value;
  if (value instanceof BSONSymbol) return value.value;
  if (isNumber(value) || value instanceof Date || value instanceof Timestamp) return toText(value);
  throw new MongoError(16007, `can't convert from BSON type ${typeName(value)} to String`);
}

const ascii = (text: string, change: (letter: string) => string, pattern: RegExp) => text.replace(pattern, change);

function concat(args: BsonValue[]): BsonValue {
  let out = "";
  for (const arg of args) {
    if (isNullish(arg)) return null;
    if (typeof arg !== "string") throw new MongoError(16702, `$concat only supports strings, not ${typeName(arg)}`);
    out += arg;
  }
  return out;
}

function split([text, separator]: BsonValue[]): BsonValue {
  if (isNullish(text) || isNullish(separator)) return null;
  if (typeof text !== "string") {
    throw new MongoError(
      40085,
      `$split requires an expression that evaluates to a string as a first argument, found: ${typeName(text)}`,
    );
  }
  if (typeof separator !== "string") {
    throw new MongoError(
      40086,
      `$split requires an expression that evaluates to a string as a second argument, found: ${typeName(separator)}`,
    );
  }
  if (separator === "") throw new MongoError(40087, "$split requires a non-empty separator");
  return text.split(separator);
}

function count(value: BsonValue, what: string, code: number): number {
  if (!isNumber(value)) throw new MongoError(code, `${what} must be a numeric type (is BSON type ${typeName(value)})`);
  return Math.trunc(toDouble(value));
}

/** By bytes of UTF-8; cutting a character in two is refused. */
function substringBytes([value, from, length]: BsonValue[]): BsonValue {
  const start = count(from, "$substrBytes: starting index", 16034);
  const size = count(length, "$substrBytes: length", 16035);
  if (start < 0) throw new MongoError(50752, `$substrBytes: starting index must be non-negative (got: ${start})`);
  const bytes = Buffer.from(coerced(value));
  if (start >= bytes.length) return "";
  const end = size < 0 ? bytes.length : Math.min(bytes.length, start + size);
  const splits = (at: number) => at < bytes.length && ((bytes[at] as number) & 0xc0) === 0x80;
  if (splits(start))
    throw new MongoError(28656, "$substrBytes:  Invalid range, starting index is a UTF-8 continuation byte.");
  if (splits(end))
    throw new MongoError(28657, "$substrBytes:  Invalid range, ending index is in the middle of a UTF-8 character.");
  return bytes.toString("utf8", start, end);
}

function substringCodePoints([value, from, length]: BsonValue[]): BsonValue {
  const text = coerced(value);
  const start = codePointArgument(from, "starting index", 34450, 34455);
  const size = codePointArgument(length, "length", 34452, 34454);
  return [...text].slice(start, start + size).join("");
}

function codePointArgument(value: BsonValue, what: string, typeCode: number, signCode: number): number {
  if (!isNumber(value)) {
    throw new MongoError(typeCode, `$substrCP: ${what} must be a numeric type (is BSON type ${typeName(value)})`);
  }
  const exact = toExactInteger(value);
  if (exact === undefined)
    throw new MongoError(
      typeCode + 1,
      `$substrCP: ${what} cannot be represented as a 32-bit integral value: ${toDouble(value)}`,
    );
  if (exact < 0n) throw new MongoError(signCode, `$substrCP: ${what} must be a nonnegative integer.`);
  return Number(exact);
}

function indexOf(name: "$indexOfBytes" | "$indexOfCP"): CompileOperator {
  const units = (text: string): { length: number; at(index: number): number } => {
    const lengths = [...text].map((char) => (name === "$indexOfBytes" ? Buffer.byteLength(char) : 1));
    return {
      length: lengths.reduce((sum, size) => sum + size, 0),
      at: (index) => [...text.slice(0, index)].reduce((sum, _char, i) => sum + (lengths[i] as number), 0),
    };
  };
  return operator(2, 4, (args) => {
    const [text, wanted, from, to] = args;
    if (isNullish(text)) return null;
    if (typeof text !== "string")
      throw new MongoError(40091, `${name} requires a string as the first argument, found: ${typeName(text)}`);
    if (typeof wanted !== "string")
      throw new MongoError(40092, `${name} requires a string as the second argument, found: ${typeName(wanted)}`);
    const measure = units(text);
    const start = from === undefined ? 0 : bound(name, from, "starting");
    const stop = to === undefined ? measure.length : Math.min(bound(name, to, "ending"), measure.length);
    for (let index = text.indexOf(wanted); index >= 0; index = text.indexOf(wanted, index + 1)) {
      const at = measure.at(index);
      if (at >= start && at + units(wanted).length <= stop) return new Int32(at);
      if (index >= text.length) break;
    }
    return new Int32(-1);
  });
}

function bound(name: string, value: BsonValue, what: string): number {
  const exact = isNumber(value) ? toExactInteger(value) : undefined;
  if (exact === undefined)
    throw new MongoError(
      40096,
      `${name} requires an integral ${what} index, found a value of type: ${typeName(value)}`,
    );
  if (exact < 0n) throw new MongoError(40097, `${name} requires a nonnegative ${what} index, found: ${exact}`);
  return Number(exact);
}

const WHITESPACE = "\0\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a";

function trim(left: boolean, right: boolean): CompileOperator {
  const rule: NamedArguments = {
    notDocument: 50696,
    unknown: 50694,
    missing: 50695,
    required: ["input"],
    optional: ["chars"],
  };
  return namedOperator(rule, ({ input, ...rest }, name) => {
    if (isNullish(input)) return null;
    if (typeof input !== "string") {
      throw new MongoError(
        50699,
        `${name} requires its input to be a string, got ${JSON.stringify(input)} (of type ${typeName(input)}) instead.`,
      );
    }
    let chars: BsonValue = WHITESPACE;
    if ("chars" in rest) {
      chars = rest.chars;
      if (isNullish(chars)) return null;
      if (typeof chars !== "string")
        throw new MongoError(50700, `${name} requires 'chars' to be a string, got ${typeName(chars)} instead.`);
    }
    const set = new Set(chars as string);
    const points = [...input];
    let start = 0;
    let end = points.length;
    while (left && start < end && set.has(points[start] as string)) start++;
    while (right && end > start && set.has(points[end - 1] as string)) end--;
    return points.slice(start, end).join("");
  });
}

function replace(name: "$replaceOne" | "$replaceAll"): CompileOperator {
  const rule: NamedArguments = {
    notDocument: 51751,
    unknown: 51750,
    missing: 51749,
    required: ["input", "find", "replacement"],
    optional: [],
  };
  return namedOperator(rule, ({ input, find, replacement }) => {
    for (const [code, what, value] of [
      [51746, "input", input],
      [51745, "find", find],
      [51744, "replacement", replacement],
    ] as const) {
      if (!isNullish(value) && typeof value !== "string") {
        throw new MongoError(code, `${name} requires that '${what}' be a string, found: ${JSON.stringify(value)}`);
      }
    }
    if (isNullish(input) || isNullish(find) || isNullish(replacement)) return null;
    const [text, from, to] = [input, find, replacement] as [string, string, string];
    return name === "$replaceOne" ? text.replace(from, () => to) : text.replaceAll(from, () => to);
  });
}

interface Found {
  match: string;
  idx: Int32;
  captures: BsonValue[];
}

/** Every match of the pattern, positions in code points. */
function* search(name: string, { input, regex, options }: Record<string, BsonValue>): Generator<Found> {
  if (!isNullish(input) && typeof input !== "string")
    throw new MongoError(51104, `${name} needs 'input' to be of type string`);
  if (!isNullish(options) && typeof options !== "string")
    throw new MongoError(51106, `${name} needs 'options' to be of type string`);
  if (isNullish(input) || isNullish(regex)) return;
  if (typeof regex !== "string" && typeOf(regex) !== Type.regex) {
    throw new MongoError(51105, `${name} needs 'regex' to be of type string or regex`);
  }
  const own = typeof regex === "string" ? makeRegExp(regex, "") : toRegExp(regex);
  if (own.options !== "" && !isNullish(options)) {
    throw new MongoError(51107, `${name}: found regex option(s) specified in both 'regex' and 'option' fields`);
  }
  const pattern = compileToRegExp(makeRegExp(own.pattern, own.options || ((options as string | undefined) ?? "")), "g");
  for (const match of (input as string).matchAll(pattern)) {
    yield {
      match: match[0],
      idx: new Int32([...(input as string).slice(0, match.index)].length),
      captures: match.slice(1).map((capture) => capture ?? null),
    };
  }
}

const REGEX_RULE: NamedArguments = {
  notDocument: 51103,
  unknown: 31024,
  missing: 31022,
  required: ["input", "regex"],
  optional: ["options"],
};

const asDocument = ({ match, idx, captures }: Found): BsonDocument => ({ match, idx, captures });

function length(name: string, code: number, measure: (text: string) => number): CompileOperator {
  return operator(1, 1, ([value]) => {
    if (typeof value !== "string")
      throw new MongoError(code, `${name} requires a string argument, found: ${typeName(value)}`);
    return new Int32(measure(value));
  });
}

export const STRINGS: Record<string, CompileOperator> = {
  $concat: operator(0, Number.POSITIVE_INFINITY, concat),
  $split: operator(2, 2, split),
  $toUpper: operator(1, 1, ([value]) => ascii(coerced(value), (letter) => letter.toUpperCase(), /[a-z]/g)),
  $toLower: operator(1, 1, ([value]) => ascii(coerced(value), (letter) => letter.toLowerCase(), /[A-Z]/g)),
  $strcasecmp: operator(2, 2, ([a, b]) => {
    const upper = (value: BsonValue) => ascii(coerced(value), (letter) => letter.toUpperCase(), /[a-z]/g);
    return new Int32(compareStrings(upper(a), upper(b)));
  }),
  $substr: operator(3, 3, substringBytes),
  $substrBytes: operator(3, 3, substringBytes),
  $substrCP: operator(3, 3, substringCodePoints),
  $strLenBytes: length("$strLenBytes", 34473, (text) => Buffer.byteLength(text)),
  $strLenCP: length("$strLenCP", 34471, (text) => [...text].length),
  $indexOfBytes: indexOf("$indexOfBytes"),
  $indexOfCP: indexOf("$indexOfCP"),
  $trim: trim(true, true),
  $ltrim: trim(true, false),
  $rtrim: trim(false, true),
  $replaceOne: replace("$replaceOne"),
  $replaceAll: replace("$replaceAll"),
  $regexMatch: namedOperator(REGEX_RULE, (args, name) => !search(name, args).next().done),
  $regexFind: namedOperator(REGEX_RULE, (args, name) => {
    const found = search(name, args).next();
    return found.done ? null : asDocument(found.value);
  }),
  $regexFindAll: namedOperator(REGEX_RULE, (args, name) => [...search(name, args)].map(asDocument)),
};
