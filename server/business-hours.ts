import { type BusinessHours, WEEKDAYS, type Weekday } from "../contract/hours.ts";

const DAY_MS = 24 * 3600 * 1000;
/** Days looked ahead for the next opening: longer holidays name no day. */
const AHEAD = 30;

/**
 * When the team is back, seen from an instant in which it is away; undefined while it is there, and null when no opening
 * is near.
 */
export function nextOpening(hours: BusinessHours, now: Date): Date | null | undefined {
  for (let day = 0; day <= AHEAD; day++) {
    const { date, weekday } = localDay(new Date(now.getTime() + day * DAY_MS), hours.timeZone);
    if (hours.holidays.includes(date)) continue;
    const spans = [...(hours.week[weekday] ?? [])].sort((a, b) => (a.from < b.from ? -1 : 1));
    for (const { from, to } of spans) {
      const opens = instantOf(date, from, hours.timeZone);
      if (instantOf(date, to, hours.timeZone) <= now) continue;
      return opens <= now ? undefined : opens;
    }
  }
  return null;
}

function localDay(at: Date, timeZone: string): { date: string; weekday: Weekday } {
  const parts = partsOf(at, timeZone);
  const date = `${parts.year}-${parts.month}-${parts.day}`;
  // Sunday is 0 there and last here.
  const weekday = WEEKDAYS[(new Date(`${date}T12:00:00Z`).getUTCDay() + 6) % 7]!;
  return { date, weekday };
}

/** The instant a clock in the zone shows a time; in the hour that summer time skips, the one after. */
function instantOf(date: string, time: string, timeZone: string): Date {
  const wanted = time === "24:00" ? Date.parse(`${date}T00:00:00Z`) + DAY_MS : Date.parse(`${date}T${time}:00Z`);
  let at = wanted;
  // Twice: the first guess may lie on the other side of a change of the clock.
  for (let round = 0; round < 2; round++) {
    const { year, month, day, hour, minute } = partsOf(new Date(at), timeZone);
    at += wanted - Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
  }
  return new Date(at);
}

function partsOf(at: Date, timeZone: string) {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    format.formatToParts(at).find((each) => each.type === type)?.value ?? "00";
  return {
    year: part("year"),
    month: part("month"),
    day: part("day"),
    hour: part("hour"),
    minute: part("minute"),
  };
}
