import { MongoError } from "../../errors.ts";

/** Offsets of a time zone from UTC, in milliseconds. */
export interface Zone {
  offsetAt(utc: number): number;
}

export const UTC: Zone = { offsetAt: () => 0 };

const zones = new Map<string, Zone>();

/** An Olson name, `UTC`, `GMT`, `Z`, or an offset such as +05:30, +0530, -07. Throws 40485 for others. */
export function zoneOf(name: string): Zone {
  const known = zones.get(name);
  if (known) return known;
  const zone = makeZone(name);
  zones.set(name, zone);
  return zone;
}

function makeZone(name: string): Zone {
  if (name === "UTC" || name === "GMT" || name === "Z") return UTC;
  const offset = /^([+-])(\d{2})(?::?(\d{2}))?$/.exec(name);
  if (offset) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0);
    const milliseconds = (offset[1] === "-" ? -minutes : minutes) * 60_000;
    return { offsetAt: () => milliseconds };
  }
  let format: Intl.DateTimeFormat;
  try {
    if (/^[+-]/.test(name)) throw new RangeError(name);
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    throw new MongoError(40485, `unrecognized time zone identifier: "${name}"`);
  }
  return { offsetAt: (utc) => localTime(format, utc) - Math.floor(utc / 1000) * 1000 };
}

function localTime(format: Intl.DateTimeFormat, utc: number): number {
  const parts: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(utc)) parts[type] = value;
  const year = parts.era === "BC" ? 1 - Number(parts.year) : Number(parts.year);
  const date = new Date(0);
  date.setUTCFullYear(year, Number(parts.month) - 1, Number(parts.day));
  date.setUTCHours(Number(parts.hour), Number(parts.minute), Number(parts.second));
  return date.getTime();
}

/** The instant at which clocks of the zone show this local time, given as if it were UTC. */
export function fromLocal(local: number, zone: Zone): number {
  const guess = local - zone.offsetAt(local);
  return local - zone.offsetAt(guess);
}
