import type { ImportColumn } from "../models/import.ts";

/** How people and programs call what an order has come to; `order events` types, or none of them. */
const STATUSES: Record<string, readonly string[]> = {
  created: [
    "created",
    "new",
    "open",
    "pending",
    "pendingpayment",
    "awaitingpayment",
    "unpaid",
    "onhold",
    "placed",
    "待付款",
    "等待买家付款",
    "未付款",
  ],
  paid: [
    "paid",
    "processing",
    "confirmed",
    "unfulfilled",
    "unshipped",
    "awaitingshipment",
    "awaitingfulfillment",
    "toship",
    "readytoship",
    "authorized",
    "已付款",
    "待发货",
    "等待卖家发货",
    "待處理",
  ],
  shipped: [
    "shipped",
    "fulfilled",
    "intransit",
    "dispatched",
    "sent",
    "partial",
    "partiallyshipped",
    "partiallyfulfilled",
    "已发货",
    "运输中",
    "等待买家收货",
    "已出貨",
  ],
  out_for_delivery: ["outfordelivery", "派送中"],
  delivered: ["delivered", "received", "已签收", "已送达", "已妥投"],
  completed: ["completed", "complete", "closed", "finished", "done", "archived", "已完成", "交易完成", "交易成功"],
  cancelled: ["cancelled", "canceled", "voided", "expired", "failed", "已取消", "交易关闭"],
  lost: ["lost", "丢失"],
  delayed: ["delayed", "exception", "延误"],
  refunded: ["refunded", "partiallyrefunded", "已退款"],
};
const BY_WORD = new Map(
  Object.entries(STATUSES).flatMap(([type, words]) => words.map((word) => [word, type] as const)),
);

/** The type of order event that a status word stands for. Undefined for an unknown one. */
export function statusOf(value: unknown): string | undefined {
  return BY_WORD.get(
    String(value)
      .normalize("NFKC")
      .toLowerCase()
      .replace(/^wc-/, "")
      .replace(/[^\p{L}\p{N}]/gu, ""),
  );
}

/** A number as people write it: `1,234.50`, `1.234,50`, `1 234,50 €`, `US$ 12`. Undefined when it is none. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  const text = String(value)
    .normalize("NFKC")
    .replace(/[\s'’]/g, "")
    .replace(/^[\p{Sc}\p{L}.]*(?=[-\d])|[\p{Sc}\p{L}]+\.?$/gu, "");
  if (!/^-?\d[\d.,]*$/.test(text)) return undefined;
  const comma = text.lastIndexOf(",");
  const dot = text.lastIndexOf(".");
  // The last sign divides the decimals, unless it repeats or stands before exactly three digits alone.
  const last = Math.max(comma, dot);
  const sign = text[last];
  const only = comma < 0 || dot < 0;
  const groups = last >= 0 && only && (text.split(sign ?? "").length > 2 || (sign === "," && /,\d{3}$/.test(text)));
  const decimal = last < 0 || groups ? undefined : last;
  const whole = (decimal === undefined ? text : text.slice(0, decimal)).replace(/[.,]/g, "");
  const number = Number(decimal === undefined ? whole : `${whole}.${text.slice(decimal + 1)}`);
  return Number.isFinite(number) ? number : undefined;
}

/** A moment as ISO 8601 in UTC; what names no zone is taken as UTC. Undefined when it is none. */
export function momentOf(value: unknown, dayFirst: boolean | undefined): string | undefined {
  if (typeof value === "number" || /^\d{10}(\d{3})?$/.test(String(value))) {
    const number = Number(value);
    return iso(new Date(number < 1e11 ? number * 1_000 : number));
  }
  const text = String(value).normalize("NFKC").trim();
  const time =
    "(?:[T ,]+(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:\\.\\d+)?)?\\s*(AM|PM)?\\s*(Z|UTC|GMT|[+-]\\d{2}:?\\d{2})?)?$";
  const yearFirst = new RegExp(`^(\\d{4})[-/.年](\\d{1,2})[-/.月](\\d{1,2})日?${time}`, "i").exec(text);
  if (yearFirst) {
    const [, year, month, day, ...rest] = yearFirst;
    return assemble(year, month, day, rest);
  }
  const yearLast = new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})[-/.](\\d{4})${time}`, "i").exec(text);
  if (yearLast) {
    const [, one, sign, two, year, ...rest] = yearLast;
    // With dots the day stands first wherever dots are used; with slashes the file's other rows tell, else it is the month.
    const days = sign === "." || (dayFirst ?? Number(one) > 12);
    return assemble(year, days ? two : one, days ? one : two, rest);
  }
  // "May 2, 2026, 9:00 AM", "02 May 2026": names of months.
  if (/[a-z]{3}/i.test(text) && /\d{4}/.test(text))
    return iso(new Date(/([+-]\d{2}:?\d{2}|Z|UTC|GMT|[A-Z]{3})$/.test(text) ? text : `${text} UTC`));
  return undefined;
}

function assemble(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  [hour = "0", minute = "0", second = "0", half, zone]: (string | undefined)[],
): string | undefined {
  const hours = half ? (Number(hour) % 12) + (half.toUpperCase() === "PM" ? 12 : 0) : Number(hour);
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day), hours, Number(minute), Number(second)));
  if (at.getUTCMonth() !== Number(month) - 1 || at.getUTCDate() !== Number(day) || hours > 23) return undefined;
  const offset = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? "");
  const minutes = offset ? (Number(offset[2]) * 60 + Number(offset[3])) * (offset[1] === "-" ? -1 : 1) : 0;
  return iso(new Date(at.getTime() - minutes * 60_000));
}

function iso(at: Date): string | undefined {
  const year = at.getUTCFullYear();
  return Number.isNaN(year) || year < 1990 || year > 2200 ? undefined : at.toISOString();
}

/** Whether some value of a column decides that in 03/04/2026 the day stands first. Undefined when none does. */
export function dayFirstIn(values: Iterable<unknown>): boolean | undefined {
  for (const value of values) {
    const match = /^(\d{1,2})[-/](\d{1,2})[-/]\d{4}/.exec(String(value));
    if (match && Number(match[1]) > 12) return true;
    if (match && Number(match[2]) > 12) return false;
  }
  return undefined;
}

const SAMPLES = 3;

/** A file's columns with the values of its first rows. */
export function describeColumns(columns: readonly string[], rows: readonly unknown[][]): ImportColumn[] {
  return columns.map((name, at) => {
    const samples = rows
      .slice(0, 50)
      .map((row) => row[at])
      .filter((value) => value !== undefined && value !== "")
      .slice(0, SAMPLES)
      .map((value) => (typeof value === "object" ? JSON.stringify(value) : String(value)).slice(0, 100).toWellFormed());
    const dayFirst = dayFirstIn(rows.map((row) => row[at]));
    return { name, samples, ...(dayFirst !== undefined && { dayFirst }) };
  });
}
