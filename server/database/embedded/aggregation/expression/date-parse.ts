import { MongoError } from "../../errors.ts";
import { fromLocal, UTC, type Zone, zoneOf } from "./zones.ts";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MONTH_NAMES = "January|February|March|April|May|June|July|August|September|October|November|December";

/** What each specifier reads. Source: manual, "$dateFromString", format specifiers. */
const SPECIFIERS: Record<string, [name: string, pattern: string]> = {
  Y: ["year", "\\d{4}"],
  G: ["isoYear", "\\d{4}"],
  m: ["month", "\\d{1,2}"],
  b: ["monthName", "[A-Za-z]{3}"],
  B: ["monthName", MONTH_NAMES],
  d: ["day", "\\d{1,2}"],
  j: ["dayOfYear", "\\d{1,3}"],
  H: ["hour", "\\d{1,2}"],
  M: ["minute", "\\d{1,2}"],
  S: ["second", "\\d{1,2}"],
  L: ["millisecond", "\\d{1,3}"],
  u: ["isoDay", "[1-7]"],
  V: ["isoWeek", "\\d{1,2}"],
  z: ["zone", "(?:[+-]\\d{2}:?\\d{2}|Z)"],
  Z: ["minutes", "[+-]\\d{1,4}"],
};

function failure(text: string, why: string): MongoError {
  return new MongoError("ConversionFailure", `Error parsing date string '${text}'; ${why}`);
}

/** A date from text, in ISO 8601 and a few close forms, or by `format`. Throws ConversionFailure (241). */
export function parseDate(text: string, format: string | undefined, zone: Zone | undefined): Date {
  const parts = format === undefined ? parseIso(text) : parseFormatted(text, format);
  if (parts.zone !== undefined && zone && zone !== UTC) {
    throw failure(
      text,
      "you cannot pass in a date/time string with time zone information together with a timezone argument",
    );
  }
  const local = parts.isoYear === undefined ? calendarTime(parts) : isoTime(parts);
  if (parts.minutes !== undefined) return new Date(local - parts.minutes * 60_000);
  const where = parts.zone === undefined ? (zone ?? UTC) : zoneOf(parts.zone);
  return new Date(fromLocal(local, where));
}

interface Parts {
  year?: number;
  isoYear?: number;
  month?: number;
  day?: number;
  dayOfYear?: number;
  isoWeek?: number;
  isoDay?: number;
  hour?: number;
  minute?: number;
  second?: number;
  millisecond?: number;
  minutes?: number;
  zone?: string;
}

const ISO =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ]\s*(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?|[A-Za-z]+\/[A-Za-z_]+)?$/;

function parseIso(text: string): Parts {
  const match = ISO.exec(text.trim());
  if (!match) {
    // RFC 2822 and the like: "Sat, 27 Oct 2018 11:02:23 GMT", "July 4th, 2017".
    const loose = Date.parse(/(?:Z|GMT|UTC|[+-]\d{2}:?\d{2})\s*$/i.test(text) ? text : `${text} UTC`);
    if (Number.isNaN(loose) || !/\d{4}/.test(text) || !/[A-Za-z/]/.test(text)) {
      throw failure(
        text,
        "0: passing a time zone identifier as part of the string is not allowed, or the format is unknown",
      );
    }
    return partsOf(new Date(loose));
  }
  const number = (at: number) => Number(match[at] ?? 0);
  return {
    year: number(1),
    month: number(2),
    day: number(3),
    hour: number(4),
    minute: number(5),
    second: number(6),
    millisecond: Math.trunc(Number(`0.${match[7] ?? 0}`) * 1000 + 1e-6),
    ...(match[8] === undefined ? {} : { zone: match[8] }),
  };
}

function partsOf(date: Date): Parts {
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    millisecond: date.getTime() % 86_400_000,
  };
}

function parseFormatted(text: string, format: string): Parts {
  const names: string[] = [];
  const source = format.replace(/%(.)|([\\^$.*+?()[\]{}|/])/gs, (_all, letter: string | undefined, special: string) => {
    if (letter === undefined) return `\\${special}`;
    if (letter === "%") return "%";
    const specifier = SPECIFIERS[letter];
    if (!specifier) throw new MongoError(18536, `Invalid format character '%${letter}' in format string`);
    names.push(specifier[0]);
    return `(${specifier[1]})`;
  });
  const match = new RegExp(`^${source}$`, "i").exec(text);
  if (!match) throw failure(text, `0: Format literal not found "${text.charAt(0)}"`);
  const parts: Record<string, number | string> = {};
  for (const [at, name] of names.entries()) {
    const value = match[at + 1] as string;
    if (name === "monthName") parts.month = MONTHS.indexOf(value.slice(0, 3).toLowerCase()) + 1;
    else if (name === "zone") parts.zone = value;
    else if (name === "millisecond") parts.millisecond = Number(value.padEnd(3, "0"));
    else parts[name] = Number(value);
  }
  if (parts.month === 0) throw failure(text, "unknown month name");
  if (parts.year === undefined && parts.isoYear === undefined) {
    throw failure(text, "an incomplete date/time string has been found");
  }
  return parts as Parts;
}

function calendarTime({ year = 1970, month = 1, day = 1, dayOfYear, ...time }: Parts): number {
  return timeOf(year, dayOfYear === undefined ? month : 1, dayOfYear ?? day, time);
}

function isoTime({ isoYear = 1970, isoWeek = 1, isoDay = 1, ...time }: Parts): number {
  return isoWeekStart(isoYear) + ((isoWeek - 1) * 7 + (isoDay - 1)) * 86_400_000 + timeOf(1970, 1, 1, time);
}

/** Midnight UTC of the Monday that begins week 1 of an ISO year. */
export function isoWeekStart(year: number): number {
  const fourth = timeOf(year, 1, 4, {});
  const weekday = new Date(fourth).getUTCDay() || 7;
  return fourth - (weekday - 1) * 86_400_000;
}

/** Milliseconds of a calendar date taken as UTC; parts out of range carry over. */
export function timeOf(
  year: number,
  month: number,
  day: number,
  {
    hour = 0,
    minute = 0,
    second = 0,
    millisecond = 0,
  }: { hour?: number; minute?: number; second?: number; millisecond?: number },
): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + millisecond;
}
