import { ObjectId } from "mongodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../support.ts";

/** What took time in the square of these took minutes: the test's own time limit is what would fail. */
const MANY = 40_000;
let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.stop());

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, n) => n + from);

interface Listing {
  _id: number;
  list: unknown[];
}

test("long arrays are joined, cut and sorted in time that grows with their length alone", async () => {
  const lists = database.db.collection<Listing>("lists");
  await lists.createIndex({ list: 1 });
  const ids = numbers(MANY).map(() => new ObjectId());
  await lists.insertOne({ _id: 1, list: ids.slice(0, 100) });
  await lists.updateOne({ _id: 1 }, { $addToSet: { list: { $each: ids } } });
  expect((await lists.findOne({ _id: 1 }))?.list).toHaveLength(MANY);
  const mixed: unknown[] = [...ids.slice(5), 1, "1", 1, { a: 1 }, { a: 1 }];
  await lists.updateOne({ _id: 1 }, { $addToSet: { list: { $each: mixed as never[] } } });
  expect((await lists.findOne({ _id: 1 }))?.list.slice(MANY)).toEqual([1, "1", { a: 1 }]);
  await lists.updateOne({ _id: 1 }, { $pullAll: { list: ids.slice(1) } });
  expect((await lists.findOne({ _id: 1 }))?.list).toEqual([ids[0], 1, "1", { a: 1 }]);
  expect(await lists.countDocuments({ list: ids[1] })).toBe(0);
  await lists.updateOne({ _id: 1 }, { $push: { list: { $each: numbers(MANY).reverse(), $sort: 1 } } });
  expect((await lists.findOne({ _id: 1 }))?.list.slice(0, 3)).toEqual([0, 1, 1]);
  await lists.updateOne({ _id: 1 }, { $pull: { list: { $in: numbers(MANY, 10) } } });
  expect((await lists.findOne({ _id: 1 }))?.list).toHaveLength(14);
}, 60_000);

test("sets in expressions may be large", async () => {
  const [found] = await database.db
    .aggregate([
      { $documents: [{ a: numbers(MANY), b: numbers(MANY, MANY / 2), c: [1, 2, 2, 2.5] }] },
      {
        $project: {
          union: { $size: { $setUnion: ["$a", "$b"] } },
          both: { $size: { $setIntersection: ["$a", "$b"] } },
          rest: { $size: { $setDifference: ["$a", "$b"] } },
          subset: { $setIsSubset: ["$c", "$a"] },
          few: { $setDifference: ["$c", [1]] },
          within: { $size: { $filter: { input: "$a", cond: { $in: ["$$this", "$b"] } } } },
        },
      },
    ])
    .toArray();
  const half = MANY / 2;
  expect(found).toEqual({ union: MANY + half, both: half, rest: half, subset: false, few: [2, 2.5], within: half });
}, 60_000);

test("half a million elements are joined", async () => {
  const double = { $concatArrays: ["$$value", "$$value"] };
  const [found] = await database.db
    .aggregate([
      { $documents: [{ list: numbers(1 << 14) }] },
      { $set: { list: { $reduce: { input: { $range: [0, 5] }, initialValue: "$list", in: double } } } },
      { $project: { size: { $size: "$list" }, last: { $last: { $concatArrays: ["$list", [], ["end"]] } } } },
    ])
    .toArray();
  expect(found).toEqual({ size: 1 << 19, last: "end" });
}, 60_000);

test("while one client asks for 100,000 values, others are answered", async () => {
  const docs = database.db.collection<{ _id: number }>("docs");
  await docs.insertMany(numbers(500).map((_id) => ({ _id })));
  let done = false;
  const asked = docs
    .find({ _id: { $in: numbers(100_000) } })
    .toArray()
    .finally(() => {
      done = true;
    });
  let between = 0;
  while (!done) {
    await docs.findOne({ _id: 1 });
    if (!done) between++;
  }
  expect(await asked).toHaveLength(500);
  expect(between).toBeGreaterThan(10);
});
