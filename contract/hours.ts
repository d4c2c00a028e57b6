import { z } from "zod";

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

const timeSchema = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, "must be a time such as 09:30");

/** When the team answers. A day without a span is closed. */
export const businessHoursSchema = z
  .object({
    /** IANA name. */
    timeZone: z.string().max(60).refine(isTimeZone, "must be a time zone such as Europe/Madrid"),
    week: z.partialRecord(
      z.enum(WEEKDAYS),
      z
        .array(
          z
            .object({ from: timeSchema, to: timeSchema })
            .strict()
            .refine(({ from, to }) => from < to, "must end after it begins"),
        )
        .max(4),
    ),
    /** Days on which the team is away, such as 2026-12-25. */
    holidays: z.array(z.iso.date()).max(100).default([]),
  })
  .strict();
export type BusinessHours = z.output<typeof businessHoursSchema>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return name !== "";
  } catch {
    return false;
  }
}
