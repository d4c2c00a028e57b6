export const SNOOZE_PRESETS = ["hour", "laterToday", "tomorrow", "weekend", "nextWeek"] as const;
export type SnoozePreset = (typeof SNOOZE_PRESETS)[number];

const MORNING = 9;
const LATER_TODAY = 17;

/**
 * When each preset ends, in the browser's time zone (the agent's). Presets that make no sense now are left out:
 * "later today" after four, "weekend" on one.
 */
export function snoozeTimes(now: Date): { preset: SnoozePreset; until: Date }[] {
  const at = (days: number, hour: number) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour, 0, 0, 0);
  const day = now.getDay();
  const toSaturday = (6 - day + 7) % 7;
  const toMonday = (1 - day + 7) % 7 || 7;
  const times: { preset: SnoozePreset; until: Date }[] = [
    { preset: "hour", until: new Date(now.getTime() + 3_600_000) },
  ];
  if (now.getHours() < LATER_TODAY - 1) times.push({ preset: "laterToday", until: at(0, LATER_TODAY) });
  times.push({ preset: "tomorrow", until: at(1, MORNING) });
  if (day >= 1 && day <= 4) times.push({ preset: "weekend", until: at(toSaturday, MORNING) });
  if (toMonday > 1) times.push({ preset: "nextWeek", until: at(toMonday, MORNING) });
  return times;
}

/** The value of a datetime-local field, which knows no time zone: the wall clock's. */
export function toLocalInput(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}
