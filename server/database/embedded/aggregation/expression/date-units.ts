import { timeOf } from "./date-parse.ts";
import { fromLocal, type Zone } from "./zones.ts";

export const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** Units that always last the same, in milliseconds. */
export const UNIT_MS = {
  week: 604_800_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
} as const;
const MONTHS = { month: 1, quarter: 3, year: 12 } as const;

export type Unit = keyof typeof UNIT_MS | keyof typeof MONTHS;

export function isUnit(name: string): name is Unit {
  return Object.hasOwn(UNIT_MS, name) || Object.hasOwn(MONTHS, name);
}

function monthsIn(unit: Unit): number | undefined {
  return (MONTHS as Partial<Record<Unit, number>>)[unit];
}

/** Adds calendar units in the zone's local time; the day is clipped to the month's last one. */
export function addUnits(instant: number, unit: Unit, amount: number, zone: Zone): number {
  const months = monthsIn(unit);
  if (months === undefined) {
    const step = UNIT_MS[unit as keyof typeof UNIT_MS];
    if (step < UNIT_MS.day) return instant + amount * step;
    return fromLocal(instant + zone.offsetAt(instant) + amount * step, zone);
  }
  const local = new Date(instant + zone.offsetAt(instant));
  const month = local.getUTCFullYear() * 12 + local.getUTCMonth() + amount * months;
  const year = Math.floor(month / 12);
  const lastDay = new Date(timeOf(year, month - year * 12 + 2, 0, {})).getUTCDate();
  const day = Math.min(local.getUTCDate(), lastDay);
  return fromLocal(
    timeOf(year, month - year * 12 + 1, day, {
      millisecond: ((local.getTime() % UNIT_MS.day) + UNIT_MS.day) % UNIT_MS.day,
    }),
    zone,
  );
}

/** How many boundaries of the unit lie between two local times. */
export function differenceIn(unit: Unit, start: Date, end: Date, weekStart: number): number {
  const months = monthsIn(unit);
  if (months !== undefined) return monthIndex(end, months) - monthIndex(start, months);
  const step = UNIT_MS[unit as keyof typeof UNIT_MS];
  const origin = unit === "week" ? weekOrigin(weekStart) : 0;
  return Math.floor((end.getTime() - origin) / step) - Math.floor((start.getTime() - origin) / step);
}

function monthIndex(date: Date, months: number): number {
  return Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / months);
}

/** A day on which a week begins: 1970-01-01 was a Thursday. */
function weekOrigin(weekStart: number): number {
  return (weekStart - 4) * UNIT_MS.day;
}

/** The begin of the bin in which the instant lies; bins are counted from 2000-01-01 local time. */
export function truncateTo(instant: number, unit: Unit, size: number, zone: Zone, weekStart: number): number {
  const reference = timeOf(2000, 1, 1, {});
  const local = instant + zone.offsetAt(instant);
  const months = monthsIn(unit);
  if (months !== undefined) {
    const bin = size * months;
    const since = monthIndex(new Date(local), 1) - 2000 * 12;
    const month = 2000 * 12 + Math.floor(since / bin) * bin;
    return fromLocal(timeOf(Math.floor(month / 12), (month % 12) + 1, 1, {}), zone);
  }
  const bin = size * UNIT_MS[unit as keyof typeof UNIT_MS];
  // Bins of weeks count from the first week start on or after the reference.
  const shift = (weekStart - new Date(reference).getUTCDay() + 7) % 7;
  const origin = unit === "week" ? reference + shift * UNIT_MS.day : reference;
  return fromLocal(origin + Math.floor((local - origin) / bin) * bin, zone);
}
