/** Formatting by locale. Every function takes the reader's locale; instants are ISO 8601 strings or Dates. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const cache = new Map<string, unknown>();
/** Intl objects are slow to build and a list shows hundreds of labels. */
function cached<T>(key: string, build: () => T): T {
  const known = cache.get(key);
  if (known) return known as T;
  const made = build();
  cache.set(key, made);
  return made;
}

function unit(locale: string, name: string, display: "narrow" | "short" | "long", value: number): string {
  return cached(
    `unit ${locale} ${name} ${display}`,
    () => new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: display }),
  ).format(value);
}

/**
 * How long something lasts: "40s", "12m", "2h", "3d". Negative counts as zero. `display` long is for screen readers and
 * says two units: "2 hours 5 minutes".
 */
export function formatDuration(ms: number, locale: string, display: "narrow" | "long" = "narrow"): string {
  const span = Math.max(0, ms);
  if (span < MINUTE) return unit(locale, "second", display, Math.floor(span / 1_000));
  if (span < HOUR) return unit(locale, "minute", display, Math.floor(span / MINUTE));
  if (span < DAY) {
    const minutes = Math.floor((span % HOUR) / MINUTE);
    const hours = unit(locale, "hour", display, Math.floor(span / HOUR));
    return minutes && display === "long" ? `${hours} ${unit(locale, "minute", display, minutes)}` : hours;
  }
  const hours = Math.floor((span % DAY) / HOUR);
  const days = unit(locale, "day", display, Math.floor(span / DAY));
  return hours && display === "long" ? `${days} ${unit(locale, "hour", display, hours)}` : days;
}

/** "in 3 hours", "2 days ago". */
export function formatRelative(at: string | Date, now: number, locale: string): string {
  const format = cached(`rel ${locale}`, () => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));
  const diff = new Date(at).getTime() - now;
  const size = Math.abs(diff);
  if (size < MINUTE) return format.format(Math.round(diff / 1_000), "second");
  if (size < HOUR) return format.format(Math.round(diff / MINUTE), "minute");
  if (size < DAY) return format.format(Math.round(diff / HOUR), "hour");
  return format.format(Math.round(diff / DAY), "day");
}

type DateStyle = "time" | "day" | "full" | "weekdayTime" | "dayShort";
const STYLES: Record<DateStyle, Intl.DateTimeFormatOptions> = {
  time: { hour: "2-digit", minute: "2-digit" },
  day: { weekday: "long", day: "numeric", month: "long" },
  dayShort: { day: "numeric", month: "short" },
  full: { dateStyle: "medium", timeStyle: "short" },
  weekdayTime: { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
};

/** An instant in the reader's time zone, or in `timeZone` when given. */
export function formatDate(at: string | Date, style: DateStyle, locale: string, timeZone?: string): string {
  return cached(
    `date ${locale} ${style} ${timeZone ?? ""}`,
    () => new Intl.DateTimeFormat(locale, { ...STYLES[style], timeZone }),
  ).format(new Date(at));
}

/** 0.914 → "91%". */
export function formatPercent(share: number, locale: string): string {
  return cached(
    `percent ${locale}`,
    () => new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }),
  ).format(share);
}

/** A score from 0 to 1 with two digits. */
export function formatScore(score: number, locale: string): string {
  return cached(
    `score ${locale}`,
    () => new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
  ).format(score);
}

export function formatNumber(value: number, locale: string): string {
  return cached(`number ${locale}`, () => new Intl.NumberFormat(locale)).format(value);
}

/** An amount in a currency (ISO 4217), or as a plain number where the currency is not one. */
export function formatMoney(amount: number, currency: string | undefined, locale: string): string {
  if (!currency) return formatNumber(amount, locale);
  try {
    return cached(
      `money ${locale} ${currency}`,
      () => new Intl.NumberFormat(locale, { style: "currency", currency }),
    ).format(amount);
  } catch {
    return `${formatNumber(amount, locale)} ${currency}`;
  }
}

/** File sizes as shops' agents know them: steps of 1024, one decimal below ten. */
export function formatBytes(bytes: number, locale: string): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  let value = bytes;
  let step = 0;
  while (value >= 1024 && step < units.length - 1) {
    value /= 1024;
    step += 1;
  }
  const rounded = step > 0 && value < 10 ? Math.round(value * 10) / 10 : Math.round(value);
  return unit(locale, units[step]!, "short", rounded);
}

/** What is meant by these two is the script: "Simplified Chinese", not "Chinese (China)". */
const BY_SCRIPT: Record<string, string> = { "zh-CN": "zh-Hans", "zh-TW": "zh-Hant" };

/** A language's or country's name in the reader's language; the code itself when it is not one. */
export function displayName(kind: "language" | "region", code: string, locale: string): string {
  try {
    const names = cached(`${kind} ${locale}`, () => new Intl.DisplayNames(locale, { type: kind }));
    return names.of(BY_SCRIPT[code] ?? code) ?? code;
  } catch {
    return code;
  }
}

/** The same calendar day in the reader's time zone. */
export function sameDay(a: string | Date, b: string | Date): boolean {
  const [first, second] = [new Date(a), new Date(b)];
  return (
    first.getFullYear() === second.getFullYear() &&
    first.getMonth() === second.getMonth() &&
    first.getDate() === second.getDate()
  );
}

/** True for an IANA time zone name this browser knows. */
export function isTimeZone(name: string | undefined): name is string {
  if (!name) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
