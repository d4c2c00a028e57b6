import { rmSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { SortBuffer } from "../../../../../server/database/embedded/aggregation/sort-buffer.ts";
import { Breath } from "../../../../../server/database/embedded/aggregation/streams.ts";
import { Spill } from "../../../../../server/database/embedded/storage/spill.ts";
import { Store } from "../../../../../server/database/embedded/storage/store.ts";
import type { AggregationContext, BsonDocument } from "../../../../../server/database/embedded/types.ts";
import { compileSortKeys } from "../../../../../server/database/embedded/values/sort.ts";
import { temporaryDirectory } from "../support.ts";

const dataDir = temporaryDirectory();
const store = new Store(dataDir);
afterAll(() => {
  store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const spills = () => store.sql.prepare("SELECT name FROM temp.sqlite_master WHERE name LIKE 'sort%'").all().length;

/** Sorts `count` documents, by few values so that many are equal, and reads at most `limit` of them back. */
async function sortMany(count: number, limit?: number): Promise<BsonDocument[]> {
  const context: AggregationContext = {
    namespace: "test.many",
    find: async function* () {},
    replaceCollection: async () => {},
    merge: async () => ({ matched: false }),
    hasUniqueIndex: () => false,
    spill: () => new Spill(store),
  };
  const { keyOf, compareKeys } = compileSortKeys({ group: 1, text: -1 });
  const buffer = new SortBuffer({ context, breath: new Breath(context) }, [1, -1], compareKeys);
  const docs = Array.from({ length: count }, (_, n) => ({ n, group: (n * 7919) % 13, text: `text ${n % 5}` }));
  async function* input() {
    for (let start = 0; start < count; start += 500) yield docs.slice(start, start + 500);
  }
  await buffer.fill(input(), keyOf);
  const sorted: BsonDocument[] = [];
  for await (const batch of buffer.sorted(limit)) sorted.push(...batch);
  return sorted;
}

test("a sort of more documents than memory should hold is right, and stable", async () => {
  const sorted = await sortMany(25_000);
  const numbers = sorted.map(({ group, text, n }) => [Number(group), String(text), Number(n)] as const);
  const expected = [...numbers].sort(([a, s, n], [b, t, m]) => a - b || (s < t ? 1 : s > t ? -1 : n - m));
  expect(numbers).toEqual(expected);
});

test("a sort leaves no table behind, whether it is read to its end or not", async () => {
  expect(await sortMany(25_000, 10)).toHaveLength(10);
  await expect.poll(spills).toBe(0);
});
