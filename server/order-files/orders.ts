import { createHash } from "node:crypto";
import { z } from "zod";
import { addressesOf, guestId, isNobody } from "../../contract/buyer-id.ts";
import { webUrlSchema } from "../../contract/common.ts";
import type { ImportMapping, OrderImportField } from "../../contract/import.ts";
import { orderFactsSchema, type ReportedOrderEvent } from "../../contract/order.ts";
import type { ImportColumn, ImportProblem } from "../models/import.ts";
import { momentOf, numberOf, statusOf } from "./values.ts";

/** What rows of one order come to: events to record, or why not. */
export type OrderRows =
  | { orderId: string; events: ReportedOrderEvent[]; problems?: undefined }
  | { orderId?: string; events?: undefined; problems: ImportProblem[] };

type Cells = Partial<Record<OrderImportField, unknown>>;

/** Events in the order of a way that an order goes. */
const MOMENTS = [
  ["createdAt", "created"],
  ["paidAt", "paid"],
  ["shippedAt", "shipped"],
  ["deliveredAt", "delivered"],
  ["cancelledAt", "cancelled"],
] as const;
const AMOUNTS = ["total", "shipping", "tax", "discount"] as const;
const SHOWN_VALUE = 100;

/** Reads rows with a file's columns and mapping. */
export class RowReader {
  readonly #at: Partial<Record<OrderImportField, { index: number; column: ImportColumn }>>;
  readonly #columns: number;

  constructor(columns: readonly ImportColumn[], mapping: ImportMapping) {
    this.#columns = columns.length;
    this.#at = Object.fromEntries(
      Object.entries(mapping).flatMap(([field, name]) => {
        const index = columns.findIndex((column) => column.name === name);
        const column = columns[index];
        return column ? [[field, { index, column }]] : [];
      }),
    );
  }

  /** The order that a row is about: neighbouring rows of one order are its items. */
  orderKey(values: readonly unknown[]): string | undefined {
    const cells = this.#cells(values);
    const key = cells.orderId ?? cells.number;
    return key === undefined ? undefined : String(key).trim();
  }

  /**
   * What rows of one order report. An event's id follows from what it says: the same row again is a repeat, a corrected one
   * is not. @param importedAt counts where the file names no time
   */
  read(rows: readonly (readonly unknown[])[], importedAt: Date): OrderRows {
    const problems: ImportProblem[] = [];
    if (rows.some((row) => row.length !== this.#columns)) problems.push({ code: "malformed_row" });
    const [first = {}, ...rest] = rows.map((row) => this.#cells(row));
    const orderId = this.orderKey(rows[0] ?? []);
    if (orderId === undefined) problems.push(this.#problem("missing", this.#at.orderId ? "orderId" : "number", ""));
    else if (orderId.length > 200) problems.push(this.#problem("too_long", "orderId", orderId));
    const order = this.#facts([first, ...rest], problems);
    const buyer = this.#buyer(first, problems);
    const tracking = {
      ...(first.carrier !== undefined && { carrier: String(first.carrier).slice(0, 200) }),
      ...(first.trackingNumber !== undefined && { number: String(first.trackingNumber).slice(0, 200) }),
      ...(first.trackingUrl !== undefined &&
        webUrlSchema.safeParse(first.trackingUrl).success && { url: String(first.trackingUrl) }),
    };
    const moments = this.#moments(first, problems);
    if (problems.length > 0 || orderId === undefined) return { ...(orderId && { orderId }), problems };
    const facts = {
      order,
      ...(Object.keys(buyer).length > 0 && { buyer }),
      ...(Object.keys(tracking).length > 0 && { tracking }),
    };
    const events = moments.map(({ type, at }): ReportedOrderEvent => {
      // A repeat may come later: a time that is not the file's own does not make it another.
      const eventId = `import:${digest({ orderId, type, at, facts })}`;
      return { eventId, type, occurredAt: at ?? importedAt.toISOString(), orderId, ...facts };
    });
    return { orderId, events };
  }

  #cells(values: readonly unknown[]): Cells {
    return Object.fromEntries(
      Object.entries(this.#at).flatMap(([field, { index }]) => {
        const value = values[index];
        const empty = value === undefined || value === null || (typeof value === "string" && value.trim() === "");
        return empty ? [] : [[field, typeof value === "string" ? value.trim().toWellFormed() : value]];
      }),
    );
  }

  #moments(cells: Cells, problems: ImportProblem[]): { type: string; at: string | undefined }[] {
    const moments: { type: string; at: string | undefined }[] = [];
    for (const [field, type] of MOMENTS) {
      if (cells[field] === undefined) continue;
      const at = momentOf(cells[field], this.#at[field]?.column.dayFirst);
      if (at === undefined) problems.push(this.#problem("not_a_date", field, cells[field]));
      else moments.push({ type, at });
    }
    if (cells.status !== undefined) {
      const type = statusOf(cells.status);
      const latest = moments
        .map(({ at }) => at)
        .sort()
        .at(-1);
      if (type === undefined) problems.push(this.#problem("unknown_status", "status", cells.status));
      else if (!moments.some((one) => one.type === type)) moments.push({ type, at: latest });
    }
    return moments.length > 0 ? moments : [{ type: "created", at: undefined }];
  }

  #buyer(cells: Cells, problems: ImportProblem[]): NonNullable<ReportedOrderEvent["buyer"]> {
    const email = cells.buyerEmail === undefined ? undefined : String(cells.buyerEmail).toLowerCase();
    if (email !== undefined && !z.email().max(254).safeParse(email).success) {
      problems.push(this.#problem("not_an_email", "buyerEmail", email));
    }
    const country = cells.buyerCountry === undefined ? undefined : countryOf(String(cells.buyerCountry));
    if (country === null) problems.push(this.#problem("not_a_country", "buyerCountry", cells.buyerCountry));
    const phone = cells.buyerPhone === undefined ? undefined : String(cells.buyerPhone).slice(0, 40);
    // Whoever has no account is known by address or number.
    const named = cells.buyerId === undefined || isNobody(String(cells.buyerId)) ? undefined : String(cells.buyerId);
    const externalId = named?.slice(0, 200) ?? guestId(addressesOf({ email, phone }));
    return {
      ...(externalId && { externalId }),
      ...(cells.buyerName !== undefined && { name: String(cells.buyerName).slice(0, 200) }),
      ...(email !== undefined && { email }),
      ...(phone !== undefined && { phone }),
      ...(country && { country }),
      ...(cells.buyerLocale !== undefined && { locale: String(cells.buyerLocale).slice(0, 35) }),
    };
  }

  #facts(rows: Cells[], problems: ImportProblem[]): NonNullable<ReportedOrderEvent["order"]> {
    const [first = {}] = rows;
    const facts: Record<string, unknown> = {};
    if (first.number !== undefined) facts.number = String(first.number).slice(0, 100);
    for (const field of AMOUNTS) {
      if (first[field] === undefined) continue;
      const amount = numberOf(first[field]);
      if (amount === undefined) problems.push(this.#problem("not_a_number", field, first[field]));
      else facts[field] = amount;
    }
    if (first.currency !== undefined) {
      const currency = String(first.currency).toUpperCase();
      if (/^[A-Z]{3}$/.test(currency)) facts.currency = currency;
      else problems.push(this.#problem("not_a_currency", "currency", first.currency));
    }
    if (first.promisedAt !== undefined) {
      const at = momentOf(first.promisedAt, this.#at.promisedAt?.column.dayFirst);
      if (at === undefined) problems.push(this.#problem("not_a_date", "promisedAt", first.promisedAt));
      else facts.promisedAt = at;
    }
    const items = rows.flatMap((row) => this.#items(row, problems));
    if (items.length > 0) facts.items = items.slice(0, 500);
    const parsed = orderFactsSchema.safeParse(facts);
    if (parsed.success) return parsed.data;
    problems.push({ code: "not_valid", value: parsed.error.issues[0]?.path.join(".") ?? "" });
    return {};
  }

  #items(cells: Cells, problems: ImportProblem[]): object[] {
    if (Array.isArray(cells.items)) return cells.items.flatMap((one: unknown) => itemOf(one));
    if (cells.itemName === undefined && cells.itemSku === undefined) return [];
    const quantity = cells.itemQuantity === undefined ? 1 : numberOf(cells.itemQuantity);
    const price = cells.itemPrice === undefined ? undefined : numberOf(cells.itemPrice);
    if (quantity === undefined) problems.push(this.#problem("not_a_number", "itemQuantity", cells.itemQuantity));
    if (price === undefined && cells.itemPrice !== undefined) {
      problems.push(this.#problem("not_a_number", "itemPrice", cells.itemPrice));
    }
    return [
      {
        name: String(cells.itemName ?? cells.itemSku).slice(0, 500),
        quantity: Math.max(1, Math.round(quantity ?? 1)),
        ...(cells.itemSku !== undefined && { sku: String(cells.itemSku).slice(0, 200) }),
        ...(price !== undefined && { price }),
      },
    ];
  }

  #problem(code: ImportProblem["code"], field: OrderImportField, value: unknown): ImportProblem {
    const column = this.#at[field]?.column.name ?? field;
    const shown = (typeof value === "object" ? JSON.stringify(value) : String(value))
      .slice(0, SHOWN_VALUE)
      .toWellFormed();
    return { code, column, ...(shown !== "" && { value: shown }) };
  }
}

/** An item of a JSON list, by the names that exports use. */
function itemOf(value: unknown): object[] {
  if (typeof value === "string") return [{ name: value.slice(0, 500), quantity: 1 }];
  if (typeof value !== "object" || value === null) return [];
  const fields = new Map(Object.entries(value).map(([name, one]) => [name.toLowerCase().replace(/[^a-z]/g, ""), one]));
  const first = (...names: string[]) =>
    names.map((name) => fields.get(name)).find((one) => one !== undefined && one !== null);
  const sku = first("sku", "itemsku", "sellersku");
  const name = first("name", "title", "productname", "itemname") ?? sku;
  const price = numberOf(first("price", "unitprice", "itemprice") ?? "");
  if (name === undefined) return [];
  return [
    {
      name: String(name).slice(0, 500),
      quantity: Math.max(1, Math.round(numberOf(first("quantity", "qty", "currentquantity") ?? 1) ?? 1)),
      ...(sku !== undefined && { sku: String(sku).slice(0, 200) }),
      ...(price !== undefined && { price }),
    },
  ];
}

let countries: Map<string, string> | undefined;

/** ISO 3166-1 alpha-2 of a code or an English or Chinese name; null for what is neither. */
function countryOf(text: string): string | null {
  if (/^[A-Za-z]{2}$/.test(text)) return text.toUpperCase();
  countries ??= namesOfCountries();
  return countries.get(text.toLowerCase()) ?? null;
}

function namesOfCountries(): Map<string, string> {
  const names = new Map<string, string>();
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (const locale of ["en", "zh-CN"]) {
    const shown = new Intl.DisplayNames(locale, { type: "region", fallback: "none" });
    for (const one of letters) {
      for (const two of letters) {
        const name = shown.of(one + two);
        if (name) names.set(name.toLowerCase(), one + two);
      }
    }
  }
  return names.set("usa", "US").set("uk", "GB");
}

function digest(value: object): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 40);
}
