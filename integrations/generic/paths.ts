import { z } from "zod";
import { instant, present } from "../values.ts";

/** Where a value stands in JSON: names and numbers divided by dots, such as `data.order.items.0.name`; `.` is all of it. */
export const pathSchema = z.string().min(1).max(300);

function at(value: unknown, path: string | undefined): unknown {
  if (path === undefined) return undefined;
  let found: unknown = value;
  for (const name of path.split(".").filter(Boolean)) {
    // Own names alone: `constructor` is no part of what was sent.
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found ?? undefined;
}

/** The list at a path; what is no list is the only one. */
export function listAt(value: unknown, path: string | undefined): unknown[] {
  const found = path === undefined ? value : at(value, path);
  return Array.isArray(found) ? found.slice(0, 1_000) : found === undefined ? [] : [found];
}

/** A text, number or truth value as text. */
export function textAt(value: unknown, path: string | undefined): string | undefined {
  const found = at(value, path);
  return ["string", "number", "boolean"].includes(typeof found) && found !== "" ? String(found) : undefined;
}

export function numberAt(value: unknown, path: string | undefined): number | undefined {
  const number = Number(textAt(value, path) ?? Number.NaN);
  return Number.isFinite(number) ? number : undefined;
}

/** ISO 8601, or seconds or milliseconds since 1970. */
export function momentAt(value: unknown, path: string | undefined): string | undefined {
  const text = textAt(value, path);
  if (text !== undefined && /^\d{10}(\d{3})?$/.test(text)) {
    return new Date(Number(text) * (text.length === 10 ? 1_000 : 1)).toISOString();
  }
  return instant(text);
}

/** An order's items: the list's path, and the paths within one of it. */
export function itemsAt(
  value: unknown,
  mapping: {
    items?: string | undefined;
    itemName?: string | undefined;
    itemSku?: string | undefined;
    itemQuantity?: string | undefined;
    itemPrice?: string | undefined;
  },
) {
  if (mapping.items === undefined) return undefined;
  return listAt(value, mapping.items)
    .slice(0, 500)
    .flatMap((one) => {
      const sku = textAt(one, mapping.itemSku);
      const name = textAt(one, mapping.itemName) ?? sku;
      if (name === undefined) return [];
      const quantity = Math.max(1, Math.round(numberAt(one, mapping.itemQuantity) ?? 1));
      return [present({ name, sku, quantity, price: numberAt(one, mapping.itemPrice) })];
    });
}
