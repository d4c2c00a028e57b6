import { z } from "zod";

/** An amount that a platform writes as a text or a number; undefined where it is neither. */
export const amount = z
  .union([z.number(), z.string()])
  .nullish()
  .transform((value) => {
    const number = value === null || value === undefined || value === "" ? Number.NaN : Number(value);
    return Number.isFinite(number) ? number : undefined;
  });

/** The sum of amounts, in cents so that no fraction of one appears. */
export function sumOf(amounts: readonly (number | undefined)[]): number {
  return amounts.reduce<number>((sum, one) => sum + Math.round((one ?? 0) * 100), 0) / 100;
}

/** A text that may be absent, null or a number. */
export const text = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined || value === "" ? undefined : String(value)));

/** ISO 8601 in UTC of a platform's time; what names no zone is UTC. Undefined when it is none. */
export function instant(value: string | null | undefined): string | undefined {
  if (!value) return undefined;
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(value) ? value : `${value}Z`;
  const at = new Date(zoned);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** Without what is undefined, so that later facts do not wipe earlier ones out. */
export function present<T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never;
}

/** ISO 3166-1 alpha-2, or nothing. */
export function country(value: string | undefined): string | undefined {
  return value && /^[A-Za-z]{2}$/.test(value) ? value.toUpperCase() : undefined;
}

/** An address if it is one. */
export function email(value: string | undefined): string | undefined {
  const parsed = z.email().max(254).safeParse(value);
  return parsed.success ? parsed.data.toLowerCase() : undefined;
}

/** ISO 4217, or nothing. */
export function currency(value: string | undefined): string | undefined {
  const code = value?.toUpperCase();
  return code && /^[A-Z]{3}$/.test(code) ? code : undefined;
}

/** An address of the web, or nothing. */
export function link(value: string | undefined): string | undefined {
  const parsed = z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** Marks of numbers that are unique at their own shop alone, so that those of two shops are never mixed up. */
export const prefixSchema = z
  .string()
  .max(60)
  .regex(/^[\w.:-]*$/, "must be letters, digits, dots, colons or dashes");
