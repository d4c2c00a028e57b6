import { Int32, Long, ObjectId, Timestamp } from "bson";
import { MongoError } from "../../errors.ts";
import type { BsonDocument, BsonValue } from "../../types.ts";
import { fieldNames } from "../../values/document.ts";
import { toDouble, toExactInteger } from "../../values/numbers.ts";
import { isDocument, isNullish, isNumber, typeName } from "../../values/types.ts";
import type { CompileOperator, Expression } from "./compiler.ts";
import { isoWeekStart, parseDate, timeOf } from "./date-parse.ts";
import { addUnits, differenceIn, isUnit, truncateTo, type Unit, WEEKDAYS } from "./date-units.ts";
import { type NamedArguments, namedArguments, namedOperator } from "./helpers.ts";
import { fromLocal, UTC, type Zone, zoneOf } from "./zones.ts";

const DAY = 86_400_000;

/** Dates, ObjectIds and timestamps all name an instant. Throws 16006. */
export function instantOf(value: BsonValue): number {
  if (value instanceof Date) return value.getTime();
  if (value instanceof ObjectId) return value.getTimestamp().getTime();
  if (value instanceof Timestamp) return (value.high >>> 0) * 1000;
  throw new MongoError(16006, `can't convert from BSON type ${typeName(value)} to Date`);
}

/** Undefined stands for a nullish zone, which makes the result null. */
function zoneArgument(args: Record<string, BsonValue>): Zone | undefined {
  if (!("timezone" in args)) return UTC;
  const { timezone } = args;
  if (isNullish(timezone)) return undefined;
  if (typeof timezone !== "string")
    throw new MongoError(40517, `timezone must evaluate to a string, found ${typeName(timezone)}`);
  return zoneOf(timezone);
}

/** A local time as a Date whose UTC fields are what the zone's clock shows. */
function localDate(instant: number, zone: Zone): Date {
  return new Date(instant + zone.offsetAt(instant));
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - timeOf(date.getUTCFullYear(), 1, 1, {})) / DAY) + 1;
}

function isoYear(date: Date): number {
  const year = date.getUTCFullYear();
  if (date.getTime() >= isoWeekStart(year + 1)) return year + 1;
  return date.getTime() < isoWeekStart(year) ? year - 1 : year;
}

function isoWeek(date: Date): number {
  return Math.floor((date.getTime() - isoWeekStart(isoYear(date))) / (7 * DAY)) + 1;
}

/** Weeks begin on Sunday; days before the first one are in week 0. */
function week(date: Date): number {
  return Math.floor((dayOfYear(date) + 6 - date.getUTCDay()) / 7);
}

const PARTS: Record<string, (date: Date) => number> = {
  $year: (date) => date.getUTCFullYear(),
  $month: (date) => date.getUTCMonth() + 1,
  $dayOfMonth: (date) => date.getUTCDate(),
  $hour: (date) => date.getUTCHours(),
  $minute: (date) => date.getUTCMinutes(),
  $second: (date) => date.getUTCSeconds(),
  $millisecond: (date) => date.getUTCMilliseconds(),
  $dayOfYear: dayOfYear,
  $dayOfWeek: (date) => date.getUTCDay() + 1,
  $week: week,
  $isoDayOfWeek: (date) => date.getUTCDay() || 7,
  $isoWeek: isoWeek,
  $isoWeekYear: isoYear,
};

/** `{$year: date}` or `{$year: {date, timezone}}`. */
function part(name: string, read: (date: Date) => number): CompileOperator {
  return (operand, compiler) => {
    const single = Array.isArray(operand) && operand.length === 1 ? operand[0] : operand;
    if (Array.isArray(single)) {
      throw new MongoError(
        40536,
        `${name} accepts exactly one argument if given an array, but was given ${single.length}`,
      );
    }
    const isLong = isDocument(single) && !fieldNames(single)[0]?.startsWith("$");
    if (isLong) {
      for (const field of fieldNames(single)) {
        if (field !== "date" && field !== "timezone")
          throw new MongoError(40535, `unrecognized option to ${name}: "${field}"`);
      }
      if (!("date" in single))
        throw new MongoError(40539, `missing 'date' argument to ${name}, provided: ${JSON.stringify(single)}`);
    }
    const date = compiler.compile(isLong ? single.date : single);
    const timezone = isLong && "timezone" in single ? compiler.compile(single.timezone) : undefined;
    return (frame) => {
      const value = date(frame);
      const zone = timezone ? zoneArgument({ timezone: timezone(frame) }) : UTC;
      if (isNullish(value) || !zone) return null;
      const number = read(localDate(instantOf(value), zone));
      return name === "$isoWeekYear" ? Long.fromNumber(number) : new Int32(number);
    };
  };
}

const pad = (value: number, width: number) => String(value).padStart(width, "0");

/** Source: manual, "$dateToString", format specifiers. */
const FORMATS: Record<string, (date: Date, offset: number) => string> = {
  Y: (date) => pad(date.getUTCFullYear(), 4),
  G: (date) => pad(isoYear(date), 4),
  m: (date) => pad(date.getUTCMonth() + 1, 2),
  b: (date) => date.toLocaleString("en-US", { month: "short", timeZone: "UTC" }),
  B: (date) => date.toLocaleString("en-US", { month: "long", timeZone: "UTC" }),
  d: (date) => pad(date.getUTCDate(), 2),
  H: (date) => pad(date.getUTCHours(), 2),
  M: (date) => pad(date.getUTCMinutes(), 2),
  S: (date) => pad(date.getUTCSeconds(), 2),
  L: (date) => pad(date.getUTCMilliseconds(), 3),
  j: (date) => pad(dayOfYear(date), 3),
  w: (date) => String(date.getUTCDay() + 1),
  u: (date) => String(date.getUTCDay() || 7),
  U: (date) => pad(week(date), 2),
  V: (date) => pad(isoWeek(date), 2),
  z: (_date, offset) => {
    const minutes = Math.abs(offset) / 60_000;
    return `${offset < 0 ? "-" : "+"}${pad(Math.floor(minutes / 60), 2)}${pad(minutes % 60, 2)}`;
  },
  Z: (_date, offset) => `${offset < 0 ? "-" : "+"}${pad(Math.abs(offset) / 60_000, 3)}`,
  "%": () => "%",
};

function formatDate(instant: number, zone: Zone, format: string): string {
  const offset = zone.offsetAt(instant);
  const date = new Date(instant + offset);
  return format.replace(/%(.?)/gs, (_all, letter: string) => {
    const write = Object.hasOwn(FORMATS, letter) ? FORMATS[letter] : undefined;
    if (letter === "") throw new MongoError(18535, "Unmatched '%' at end of format string");
    if (!write) throw new MongoError(18536, `Invalid format character '%${letter}' in format string`);
    return write(date, offset);
  });
}

const dateToString: CompileOperator = (operand, compiler, name) => {
  const parts = namedArguments(operand, name, {
    notDocument: 18629,
    unknown: 18534,
    missing: 18628,
    required: ["date"],
    optional: ["format", "timezone", "onNull"],
  });
  const compiled = (field: string): Expression | undefined =>
    field in parts ? compiler.compile(parts[field]) : undefined;
  const [date, format, timezone, onNull] = [
    compiled("date"),
    compiled("format"),
    compiled("timezone"),
    compiled("onNull"),
  ];
  return (frame) => {
    const value = date?.(frame);
    if (isNullish(value)) return onNull ? onNull(frame) : null;
    const pattern = format?.(frame);
    const zone = timezone ? zoneArgument({ timezone: timezone(frame) }) : UTC;
    if (!zone || (format && isNullish(pattern))) return null;
    if (format && typeof pattern !== "string")
      throw new MongoError(18533, `$dateToString requires that 'format' be a string, found: ${typeName(pattern)}`);
    const standard = timezone ? "%Y-%m-%dT%H:%M:%S.%L" : "%Y-%m-%dT%H:%M:%S.%LZ";
    return formatDate(instantOf(value), zone, (pattern as string | undefined) ?? standard);
  };
};

const dateFromString: CompileOperator = (operand, compiler, name) => {
  const parts = namedArguments(operand, name, {
    notDocument: 40540,
    unknown: 40541,
    missing: 40542,
    required: ["dateString"],
    optional: ["format", "timezone", "onError", "onNull"],
  });
  const compiled = (field: string): Expression | undefined =>
    field in parts ? compiler.compile(parts[field]) : undefined;
  const [text, format, timezone] = [compiled("dateString"), compiled("format"), compiled("timezone")];
  const [onError, onNull] = [compiled("onError"), compiled("onNull")];
  return (frame) => {
    const value = text?.(frame);
    if (isNullish(value)) return onNull ? onNull(frame) : null;
    const pattern = format?.(frame);
    const zone = timezone ? zoneArgument({ timezone: timezone(frame) }) : UTC;
    if (!zone || (format && isNullish(pattern))) return null;
    try {
      if (typeof value !== "string")
        throw new MongoError(
          "ConversionFailure",
          `$dateFromString requires that 'dateString' be a string, found: ${typeName(value)} with value ${JSON.stringify(value)}`,
        );
      if (format && typeof pattern !== "string")
        throw new MongoError(40684, `$dateFromString requires that 'format' be a string, found: ${typeName(pattern)}`);
      return parseDate(value, pattern as string | undefined, timezone ? zone : undefined);
    } catch (error) {
      if (onError && error instanceof MongoError && error.code === 241) return onError(frame);
      throw error;
    }
  };
};

function partNumber(args: Record<string, BsonValue>, name: string, fallback: number): number | undefined {
  if (!(name in args)) return fallback;
  const value = args[name];
  if (isNullish(value)) return undefined;
  const exact = isNumber(value) ? toExactInteger(value) : undefined;
  if (exact === undefined)
    throw new MongoError(
      40515,
      `'${name}' must evaluate to an integer, found ${typeName(value)} with value ${JSON.stringify(value)}`,
    );
  if (name.endsWith("ear") && (exact < 1n || exact > 9999n)) {
    throw new MongoError(40523, `'${name}' must evaluate to an integer in the range 1 to 9999, found ${exact}`);
  }
  if (exact < -32768n || exact > 32767n) {
    if (!["second", "millisecond"].includes(name))
      throw new MongoError(31034, `'${name}' must evaluate to a value in the range [-32768, 32767]; value is ${exact}`);
  }
  return Number(exact);
}

function dateFromParts(args: Record<string, BsonValue>): BsonValue {
  const zone = zoneArgument(args);
  const iso = "isoWeekYear" in args;
  if (!iso && !("year" in args))
    throw new MongoError(40516, "$dateFromParts requires either 'year' or 'isoWeekYear' to be present");
  const names = iso ? ["isoWeekYear", "isoWeek", "isoDayOfWeek"] : ["year", "month", "day"];
  const mixed = (iso ? ["year", "month", "day"] : ["isoWeek", "isoDayOfWeek"]).find((field) => field in args);
  if (mixed)
    throw new MongoError(iso ? 40489 : 40525, `$dateFromParts does not allow mixing natural dates with ISO dates`);
  const numbers = [...names, "hour", "minute", "second", "millisecond"].map((field, at) =>
    partNumber(args, field, at < 3 ? 1 : 0),
  );
  if (!zone || numbers.includes(undefined)) return null;
  const [year, middle, day, hour, minute, second, millisecond] = numbers as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const time = { hour, minute, second, millisecond };
  const local = iso
    ? isoWeekStart(year) + ((middle - 1) * 7 + day - 1) * DAY + timeOf(1970, 1, 1, time)
    : timeOf(year, middle, day, time);
  return new Date(fromLocal(local, zone));
}

function dateToParts(args: Record<string, BsonValue>): BsonValue {
  const zone = zoneArgument(args);
  if (isNullish(args.date) || !zone || ("iso8601" in args && isNullish(args.iso8601))) return null;
  if ("iso8601" in args && typeof args.iso8601 !== "boolean") {
    throw new MongoError(40521, `iso8601 must evaluate to a bool, found ${typeName(args.iso8601)}`);
  }
  const date = localDate(instantOf(args.date), zone);
  const names = args.iso8601 === true ? ["isoWeekYear", "isoWeek", "isoDayOfWeek"] : ["year", "month", "day"];
  const out: BsonDocument = {};
  for (const field of [...names, "hour", "minute", "second", "millisecond"]) {
    const read = PARTS[field === "day" ? "$dayOfMonth" : `$${field}`] as (date: Date) => number;
    out[field] = new Int32(read(date));
  }
  return out;
}

function unitArgument(args: Record<string, BsonValue>, name: string): Unit | undefined {
  if (isNullish(args.unit)) return undefined;
  if (typeof args.unit !== "string")
    throw new MongoError(5439013, `${name} requires 'unit' to be a string, but got ${typeName(args.unit)}`);
  if (!isUnit(args.unit)) throw new MongoError("FailedToParse", `unknown time unit value: ${args.unit}`);
  return args.unit;
}

function weekStart(args: Record<string, BsonValue>, name: string): number | undefined {
  if (!("startOfWeek" in args)) return 0;
  if (isNullish(args.startOfWeek)) return undefined;
  const day = typeof args.startOfWeek === "string" ? WEEKDAYS.indexOf(args.startOfWeek.toLowerCase().slice(0, 3)) : -1;
  if (day < 0)
    throw new MongoError(
      5439015,
      `${name} parameter 'startOfWeek' value cannot be recognized as a day of a week: ${args.startOfWeek}`,
    );
  return day;
}

function shift(direction: 1 | -1): CompileOperator {
  return namedOperator(rule(5166400, ["startDate", "unit", "amount"], ["timezone"]), (args, name) => {
    const zone = zoneArgument(args);
    const unit = unitArgument(args, name);
    if (isNullish(args.startDate) || isNullish(args.amount) || !zone || !unit) return null;
    const amount = isNumber(args.amount) ? toExactInteger(args.amount) : undefined;
    if (amount === undefined) throw new MongoError(5166405, `${name} expects integer amount of time units`);
    if (!isInstant(args.startDate))
      throw new MongoError(5166403, `${name} requires startDate to be convertible to a date`);
    return new Date(addUnits(instantOf(args.startDate), unit, direction * Number(amount), zone));
  });
}

function isInstant(value: BsonValue): boolean {
  return value instanceof Date || value instanceof ObjectId || value instanceof Timestamp;
}

function dateDiff(args: Record<string, BsonValue>, name: string): BsonValue {
  const zone = zoneArgument(args);
  const unit = unitArgument(args, name);
  if (isNullish(args.startDate) || isNullish(args.endDate) || !zone || !unit) return null;
  for (const [field, code] of [
    ["startDate", 5166307],
    ["endDate", 5166308],
  ] as const) {
    if (!isInstant(args[field]))
      throw new MongoError(code, `${name} requires '${field}' to be a date, but got ${typeName(args[field])}`);
  }
  const start = weekStart(args, name);
  if (start === undefined && unit === "week") return null;
  return Long.fromNumber(
    differenceIn(
      unit,
      localDate(instantOf(args.startDate), zone),
      localDate(instantOf(args.endDate), zone),
      start ?? 0,
    ),
  );
}

function dateTrunc(args: Record<string, BsonValue>, name: string): BsonValue {
  const zone = zoneArgument(args);
  const unit = unitArgument(args, name);
  if (isNullish(args.date) || !zone || !unit) return null;
  if (!isInstant(args.date))
    throw new MongoError(5439012, `${name} requires 'date' to be a date, but got ${typeName(args.date)}`);
  let size = 1;
  if ("binSize" in args) {
    if (isNullish(args.binSize)) return null;
    size = isNumber(args.binSize) ? toDouble(args.binSize) : Number.NaN;
    if (!Number.isInteger(size))
      throw new MongoError(
        5439017,
        `${name} requires 'binSize' to be a 64-bit integer, but got value '${JSON.stringify(args.binSize)}' of type ${typeName(args.binSize)}`,
      );
    if (size < 1)
      throw new MongoError(5439018, `${name} requires 'binSize' to be greater than 0, but got value ${size}`);
  }
  const start = weekStart(args, name);
  if (start === undefined && unit === "week") return null;
  return new Date(truncateTo(instantOf(args.date), unit, size, zone, start ?? 0));
}

function rule(code: number, required: string[], optional: string[]): NamedArguments {
  return { notDocument: code, unknown: code + 1, missing: code + 2, required, optional };
}

export const DATES: Record<string, CompileOperator> = {
  ...Object.fromEntries(Object.entries(PARTS).map(([name, read]) => [name, part(name, read)])),
  $dateToString: dateToString,
  $dateFromString: dateFromString,
  $dateFromParts: namedOperator(
    {
      notDocument: 40519,
      unknown: 40518,
      missing: 40516,
      required: [],
      optional: [
        "year",
        "month",
        "day",
        "isoWeekYear",
        "isoWeek",
        "isoDayOfWeek",
        "hour",
        "minute",
        "second",
        "millisecond",
        "timezone",
      ],
    },
    dateFromParts,
  ),
  $dateToParts: namedOperator(
    { notDocument: 40524, unknown: 40520, missing: 40522, required: ["date"], optional: ["timezone", "iso8601"] },
    dateToParts,
  ),
  $dateAdd: shift(1),
  $dateSubtract: shift(-1),
  $dateDiff: namedOperator(rule(5166301, ["startDate", "endDate", "unit"], ["timezone", "startOfWeek"]), dateDiff),
  $dateTrunc: namedOperator(rule(5439007, ["date", "unit"], ["binSize", "timezone", "startOfWeek"]), dateTrunc),
};
