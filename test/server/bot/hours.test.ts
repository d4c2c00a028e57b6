import { expect, it } from "vitest";
import type { BusinessHours } from "../../../contract/hours.ts";
import { nextOpening } from "../../../server/business-hours.ts";

const weekdays = [{ from: "09:00", to: "18:00" }];
const hours = (more: Partial<BusinessHours> = {}): BusinessHours => ({
  timeZone: "Europe/Berlin",
  week: { mon: weekdays, tue: weekdays, wed: weekdays, thu: weekdays, fri: weekdays },
  holidays: [],
  ...more,
});

it.each([
  ["in the middle of a day", "2026-03-04T11:00:00Z", undefined],
  ["before it opens", "2026-03-04T05:00:00Z", "2026-03-04T08:00:00.000Z"],
  ["in the evening", "2026-03-04T17:00:00Z", "2026-03-05T08:00:00.000Z"],
  ["on a Friday evening", "2026-03-06T19:00:00Z", "2026-03-09T08:00:00.000Z"],
  // Clocks go forward on 29 March: nine o'clock is an hour earlier in UTC.
  ["over the change to summer time", "2026-03-28T12:00:00Z", "2026-03-30T07:00:00.000Z"],
])("%s the team is back at the right hour", (_when, now, back) => {
  const found = nextOpening(hours(), new Date(now));
  expect(found?.toISOString()).toBe(back);
});

it("knows holidays, nights that end at midnight, and shops that never open", () => {
  const closed = hours({ holidays: ["2026-03-05", "2026-03-06"] });
  expect(nextOpening(closed, new Date("2026-03-05T10:00:00Z"))?.toISOString()).toBe("2026-03-09T08:00:00.000Z");
  const night = hours({ timeZone: "Asia/Shanghai", week: { wed: [{ from: "20:00", to: "24:00" }] } });
  expect(nextOpening(night, new Date("2026-03-04T15:59:00Z"))).toBeUndefined();
  expect(nextOpening(night, new Date("2026-03-04T16:00:00Z"))?.toISOString()).toBe("2026-03-11T12:00:00.000Z");
  expect(nextOpening(hours({ week: {} }), new Date("2026-03-04T11:00:00Z"))).toBeNull();
});
