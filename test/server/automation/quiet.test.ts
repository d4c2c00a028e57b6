import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isQuiet, nextAllowed } from "../../../server/automation/quiet.ts";
import { lastTick } from "../../../server/automation/schedules.ts";
import { zonesOfCountry } from "../../../server/automation/zones.ts";

const COUNTRIES = [
  "US",
  "RU",
  "AU",
  "BR",
  "MX",
  "CA",
  "ID",
  "ES",
  "DE",
  "CN",
  "IN",
  "NP",
  "NZ",
  "JP",
  "EG",
  "CL",
  "KZ",
  "GB",
  "VN",
  "PF",
];
const QUIET = { from: "20:00", to: "09:00" };
const RUNS = process.env.PARLEY_LONG ? 20_000 : 500;
const DAY = 86_400_000;
const instants = fc.date({ min: new Date("2026-01-01"), max: new Date("2027-12-31"), noInvalidDate: true });
const times = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom("00", "15", "30", "45"))
  .map(([hour, minute]) => `${String(hour).padStart(2, "0")}:${minute}`);

describe("quiet hours", () => {
  it("are over, in the country's main zone, when a message may leave, within a day and a bit", () => {
    fc.assert(
      fc.property(instants, fc.constantFrom(...COUNTRIES), (now, country) => {
        const zones = zonesOfCountry(country);
        expect(zones.length).toBeGreaterThan(0);
        const at = nextAllowed(now, QUIET, zones);
        expect(isQuiet(at, QUIET, zones[0] ?? "")).toBe(false);
        expect(at >= now).toBe(true);
        expect(at.getTime() - now.getTime()).toBeLessThan(1.3 * DAY);
      }),
      { numRuns: RUNS },
    );
  });

  it("are over in every zone of a country that has several, for usual hours", () => {
    fc.assert(
      fc.property(instants, fc.constantFrom("US", "CA", "AU", "BR", "MX", "ID", "RU"), (now, country) => {
        const zones = zonesOfCountry(country);
        const at = nextAllowed(now, QUIET, zones);
        expect(zones.filter((zone) => isQuiet(at, QUIET, zone))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it("let a message leave at once in the daytime, and never put it off when they are none", () => {
    fc.assert(
      fc.property(
        instants,
        times,
        times,
        fc.constantFrom("Europe/Madrid", "Asia/Kolkata", "America/St_Johns"),
        (now, from, to, zone) => {
          const at = nextAllowed(now, { from, to }, [zone]);
          expect(isQuiet(at, { from, to }, zone)).toBe(false);
          if (!isQuiet(now, { from, to }, zone)) expect(at).toEqual(now);
          if (from === to) expect(at).toEqual(now);
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe("a schedule", () => {
  const schedule = {
    type: "schedule",
    over: "orders",
    at: "09:30",
    timeZone: "Europe/Madrid",
    weekdays: [],
    withinDays: 30,
  } as const;

  it("runs at its time on its own clock, before and after the change to summer time", () => {
    const tick = (now: string) => lastTick({ ...schedule, weekdays: [] }, new Date(now))?.toISOString();
    expect(tick("2026-03-28T12:00:00Z")).toBe("2026-03-28T08:30:00.000Z");
    expect(tick("2026-03-29T12:00:00Z")).toBe("2026-03-29T07:30:00.000Z");
    expect(tick("2026-03-29T07:29:00Z")).toBe("2026-03-28T08:30:00.000Z");
  });

  it("keeps to its weekdays", () => {
    expect(lastTick({ ...schedule, weekdays: ["mon"] }, new Date("2026-05-06T12:00:00Z"))?.toISOString()).toBe(
      "2026-05-04T07:30:00.000Z",
    );
  });
});
