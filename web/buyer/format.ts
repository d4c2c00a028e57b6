import { dayKey, timeOfDay } from "../ui/chat/format.ts";

/** Day and month, with the year when it is another one. */
export function shortDate(instant: string, locale: string, now = new Date()): string {
  const date = new Date(instant);
  return new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    ...(date.getFullYear() !== now.getFullYear() && { year: "numeric" }),
  }).format(date);
}

/** The time of today's, the date of others. */
export function listTime(instant: string, locale: string): string {
  return dayKey(instant) === dayKey(new Date().toISOString()) ? timeOfDay(instant, locale) : shortDate(instant, locale);
}

/** A text of another direction, such as an address in Arabic, kept together within a sentence. */
export function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}
