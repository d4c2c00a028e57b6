import { LRUCache } from "lru-cache";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** Zones that never agree are given up after so many steps: then the first one alone decides. */
const MOST_STEPS = 12;

const clocks = new LRUCache<string, Intl.DateTimeFormat>({ max: 600 });

/** Minutes since midnight on a zone's clock. */
export function minutesOf(at: Date, timeZone: string): number {
  let clock = clocks.get(timeZone);
  if (!clock) {
    clock = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    clocks.set(timeZone, clock);
  }
  const [hours, minutes] = clock.format(at).split(":");
  return Number(hours) * 60 + Number(minutes);
}

/** Minutes since midnight of `09:30`. */
export function parseTime(time: string): number {
  const [hours, minutes] = time.split(":");
  return Number(hours) * 60 + Number(minutes);
}

export interface QuietHours {
  from: string;
  to: string;
}

/** Whether a zone's clock stands within quiet hours, which may pass midnight. None when they begin as they end. */
export function isQuiet(at: Date, { from, to }: QuietHours, timeZone: string): boolean {
  const now = minutesOf(at, timeZone);
  const begin = parseTime(from);
  const end = parseTime(to);
  return begin <= end ? now >= begin && now < end : now >= begin || now < end;
}

/**
 * The first instant from `now` on that is outside quiet hours in all of the zones; where there is none, in the first of
 * them. Changes of the clock are looked at as they come.
 */
export function nextAllowed(now: Date, quiet: QuietHours, zones: readonly string[]): Date {
  for (const asked of [zones, zones.slice(0, 1)]) {
    let at = now;
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const blocked = asked.find((zone) => isQuiet(at, quiet, zone));
      if (blocked === undefined) return at;
      const left = (parseTime(quiet.to) - minutesOf(at, blocked) + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
      at = new Date(Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS + left * MINUTE_MS);
    }
  }
  return now;
}
