/** What the demo shop has on its shelf; names and descriptions are `demo.product.*` in pages.json. */
export const PRODUCTS = ["tea", "lamp", "bag", "earbuds"] as const;
export type Product = (typeof PRODUCTS)[number];

/** US dollars. */
export const PRICES: Record<Product, number> = { tea: 64, lamp: 89, bag: 72, earbuds: 49 };
