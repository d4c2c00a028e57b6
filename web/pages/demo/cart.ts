import { browserStore, readJson, writeJson } from "../../ui/storage.ts";
import { PRICES, PRODUCTS, type Product } from "./products.ts";

export type Cart = Partial<Record<Product, number>>;

const KEY = "parley.demo.cart";
const store = browserStore("tab");

/** The cart of this tab. What others wrote there and is no cart counts as empty. */
export function loadCart(): Cart {
  const found = readJson<Record<string, unknown>>(store, KEY) ?? {};
  const cart: Cart = {};
  for (const product of PRODUCTS) {
    const count = found[product];
    if (typeof count === "number" && count > 0 && count < 100) cart[product] = Math.floor(count);
  }
  return cart;
}

/** The cart with that many of a product; none removes it. */
export function withCount(cart: Cart, product: Product, count: number): Cart {
  const { [product]: _before, ...rest } = cart;
  const next = count > 0 ? { ...rest, [product]: Math.min(count, 99) } : rest;
  writeJson(store, KEY, next);
  return next;
}

export function itemCount(cart: Cart): number {
  return Object.values(cart).reduce((sum, count) => sum + count, 0);
}

/** US dollars. */
export function total(cart: Cart): number {
  return PRODUCTS.reduce((sum, product) => sum + PRICES[product] * (cart[product] ?? 0), 0);
}
