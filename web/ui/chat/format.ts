/** "1.2 MB" in the reader's language; less than a kilobyte counts as one. */
export function fileSize(bytes: number, locale: string): string {
  const isLarge = bytes >= 1_048_576;
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: isLarge ? "megabyte" : "kilobyte",
    unitDisplay: "short",
    maximumFractionDigits: isLarge ? 1 : 0,
  }).format(isLarge ? bytes / 1_048_576 : Math.max(1, bytes / 1_024));
}

/** Hour and minute. */
export function timeOfDay(instant: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" }).format(new Date(instant));
}

/** Date and time in full, for a label that is asked for. */
export function fullTime(instant: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" }).format(new Date(instant));
}

/** "Today", "yesterday", else the date, with the year when it is another. `now` in milliseconds. */
export function dayLabel(instant: string, locale: string, now = Date.now()): string {
  const date = new Date(instant);
  const days = Math.round((startOfDay(date) - startOfDay(new Date(now))) / 86_400_000);
  if (days === 0 || days === -1) {
    const text = new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(days, "day");
    return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
  }
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(!sameYear && { year: "numeric" }),
  }).format(date);
}

/** A key that is the same for all instants of the reader's day. */
export function dayKey(instant: string): string {
  return new Date(instant).toDateString();
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
