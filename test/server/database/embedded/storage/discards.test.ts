import { rmSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { Catalog } from "../../../../../server/database/embedded/storage/catalog.ts";
import { Store } from "../../../../../server/database/embedded/storage/store.ts";
import { encode } from "../../../../../server/database/embedded/values/bson.ts";
import { temporaryDirectory } from "../support.ts";

const dataDir = temporaryDirectory();
let store: Store;
afterEach(() => {
  store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

function fill(catalog: Catalog, count: number) {
  const collection = catalog.create("test", "large", {});
  catalog.finishIndex(catalog.addIndex(collection, { v: 2, key: { n: 1 }, name: "n_1" }));
  for (let n = 0; n < count; n++) {
    const doc = { _id: n, n, text: "x".repeat(200) };
    collection.insert({ doc, bytes: encode(doc) });
  }
  return collection;
}

/** Tables of documents and index entries that are in the file. */
const tables = () => store.sql.prepare("SELECT name FROM sqlite_master WHERE name GLOB '[ci][0-9]*'").all();

test("a large collection is gone at once, its room comes free bit by bit", async () => {
  store = new Store(dataDir);
  const catalog = new Catalog(store);
  catalog.drop(fill(catalog, 10_000));
  expect(catalog.get("test", "large")).toBeUndefined();
  expect(tables().length).toBeGreaterThan(0);
  const again = fill(catalog, 10);
  await expect.poll(() => tables().length).toBe(3);
  expect(again.count).toBe(10);
});

test("a drop that a stop cut short ends after the next start", async () => {
  store = new Store(dataDir);
  const catalog = new Catalog(store);
  catalog.drop(fill(catalog, 10_000));
  store.close();
  store = new Store(dataDir);
  expect(tables().length).toBeGreaterThan(0);
  expect(new Catalog(store).get("test", "large")).toBeUndefined();
  await expect.poll(() => tables().length).toBe(0);
});
