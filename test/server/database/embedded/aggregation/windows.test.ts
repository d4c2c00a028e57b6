import { Decimal128, Long } from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../support.ts";

let database: TestDatabase;
let number = 0;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.stop());

async function answers(documents: object[], ...pipeline: object[]) {
  const collection = database.db.collection(`windows${++number}`);
  await collection.insertMany(documents);
  return collection.aggregate(pipeline).toArray();
}

const sales = [
  { _id: 1, shop: "x", day: 1, sold: 4 },
  { _id: 2, shop: "y", day: 1, sold: 1 },
  { _id: 3, shop: "x", day: 2, sold: 2 },
  { _id: 4, shop: "x", day: 4, sold: 2 },
];
const inOrder = { $sort: { _id: 1 } };
/** What one window function gives for each of the sales, by _id. */
async function column(output: object, rest: object = { sortBy: { day: 1, _id: 1 } }) {
  const stages = [{ $setWindowFields: { partitionBy: "$shop", ...rest, output: { at: output } } }, inOrder];
  return (await answers(sales, ...stages)).map((sale) => sale.at);
}

describe("$setWindowFields", () => {
  test.each([
    [{ $sum: "$sold", window: { documents: ["unbounded", "current"] } }, [4, 1, 6, 8]],
    [{ $sum: "$sold", window: { documents: [-1, 0] } }, [4, 1, 6, 4]],
    [{ $avg: "$sold" }, [8 / 3, 1, 8 / 3, 8 / 3]],
    [{ $push: "$sold", window: { documents: ["unbounded", "current"] } }, [[4], [1], [4, 2], [4, 2, 2]]],
    [{ $documentNumber: {} }, [1, 1, 2, 3]],
    [{ $shift: { output: "$sold", by: -1, default: "none" } }, ["none", "none", 4, 2]],
    [{ $first: "$sold", window: { documents: [1, 1] } }, [2, null, 2, null]],
  ])("%j", async (output, expected) => {
    expect(await column(output)).toEqual(expected);
  });

  test("ranges count from the value that the documents are sorted by, in numbers and in time", async () => {
    const byDay = { sortBy: { day: 1 } };
    expect(await column({ $sum: "$sold", window: { range: [-1, 0] } }, byDay)).toEqual([4, 1, 6, 2]);
    const times = [0, 1, 5].map((hour, i) => ({ _id: i, at: new Date(hour * 3_600_000) }));
    const window = { range: [-2, "current"], unit: "hour" };
    const stage = { $setWindowFields: { sortBy: { at: 1 }, output: { n: { $sum: 1, window } } } };
    expect((await answers(times, stage)).map(({ n }) => n)).toEqual([1, 2, 1]);
  });

  test("equal values share a rank", async () => {
    const rest = { sortBy: { sold: -1 } };
    expect(await column({ $rank: {} }, rest)).toEqual([1, 1, 2, 2]);
    expect(await column({ $denseRank: {} }, rest)).toEqual([1, 1, 2, 2]);
  });

  test("rates, areas and averages follow the order", async () => {
    const byDay = { sortBy: { day: 1 } };
    const slope = { $derivative: { input: "$sold" }, window: { documents: [-1, 0] } };
    expect(await column(slope, byDay)).toEqual([null, null, -2, 0]);
    const area = { $integral: { input: "$sold" }, window: { documents: ["unbounded", "current"] } };
    expect(await column(area, byDay)).toEqual([0, 0, 3, 7]);
    expect(await column({ $expMovingAvg: { input: "$sold", alpha: 0.5 } }, byDay)).toEqual([4, 1, 3, 2.5]);
    expect(await column({ $covariancePop: ["$day", "$sold"] }, byDay)).toEqual([-8 / 9, 0, -8 / 9, -8 / 9]);
  });

  test("Long and Decimal128 stay what they are", async () => {
    const big = Long.fromString("9007199254740993");
    const documents = [
      { _id: 1, long: big, decimal: Decimal128.fromString("0.1") },
      { _id: 2, long: big, decimal: Decimal128.fromString("0.2") },
    ];
    const output = { most: { $max: "$long" }, sum: { $sum: "$decimal" } };
    const collection = database.db.collection<{ _id: number }>("exact");
    await collection.insertMany(documents);
    const [first] = await collection.aggregate([{ $setWindowFields: { output } }], { promoteLongs: false }).toArray();
    expect(String(first?.most)).toBe("9007199254740993");
    expect(String(first?.sum)).toBe("0.3");
  });

  test.each([
    [{ $foo: "$sold" }, {}, 9, "Unrecognized window function, $foo"],
    [{ $rank: {} }, {}, 5371602, "sortBy"],
    [{ $sum: 1, window: { documents: [2, 1] } }, { sortBy: { day: 1 } }, 5339900, "Lower bound"],
    [{ $sum: 1, window: { range: [0, 1] } }, { sortBy: { shop: 1 } }, 5429414, "sortBy field to be a number"],
  ])("%j is refused", async (output, rest, code, message) => {
    const error = await column(output, rest).catch((caught) => caught);
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });
});

describe("$densify", () => {
  const shown = { $project: { _id: 0 } };

  test("makes the documents that are missing, for numbers and dates", async () => {
    const numbers = [{ v: 0 }, { v: 3 }, { other: 1 }];
    const full = await answers(numbers, { $densify: { field: "v", range: { step: 2, bounds: "full" } } }, shown);
    expect(full).toEqual([{ other: 1 }, { v: 0 }, { v: 2 }, { v: 3 }]);
    const month = (n: number, day = 31) => new Date(Date.UTC(2024, n, day));
    const range = { step: 1, unit: "month", bounds: "full" };
    const dates = await answers([{ at: month(0) }, { at: month(3, 30) }], { $densify: { field: "at", range } }, shown);
    expect(dates.map(({ at }) => at)).toEqual([month(0), month(1, 29), month(2), month(3, 30)]);
  });

  test("fills each partition, to its own ends or to those of all", async () => {
    const documents = [
      { p: "a", v: 0 },
      { p: "a", v: 2 },
      { p: "b", v: 1 },
    ];
    const densify = (bounds: unknown) => ({
      $densify: { field: "v", partitionByFields: ["p"], range: { step: 1, bounds } },
    });
    const pairs = async (bounds: unknown) =>
      (await answers(documents, densify(bounds), shown)).map(({ p, v }) => `${p}${v}`).sort();
    expect(await pairs("partition")).toEqual(["a0", "a1", "a2", "b1"]);
    expect(await pairs("full")).toEqual(["a0", "a1", "a2", "b0", "b1", "b2"]);
    expect(await pairs([0, 2])).toEqual(["a0", "a1", "a2", "b0", "b1"]);
  });

  test.each([
    [{ step: 0, bounds: "full" }, 5733401],
    [{ step: 1, bounds: "some" }, 5946802],
    [{ step: 1, bounds: [0, 1_000_000_000] }, 5897900],
  ])("a range of %j is refused and holds nobody up", async (range, code) => {
    const found = answers([{ v: 1 }], { $densify: { field: "v", range } }, { $count: "n" });
    await expect(found).rejects.toMatchObject({ code });
  });
});

test("$fill puts values, the last known one or the line between two", async () => {
  const documents = [
    { _id: 1, price: 10, stock: 5 },
    { _id: 2, price: null, note: "x" },
    { _id: 4, price: 40, stock: 7 },
  ];
  const output = { price: { method: "linear" }, stock: { method: "locf" }, note: { value: "none" } };
  expect(await answers(documents, { $fill: { sortBy: { _id: 1 }, output } })).toEqual([
    { _id: 1, price: 10, stock: 5, note: "none" },
    { _id: 2, price: 20, note: "x", stock: 5 },
    { _id: 4, price: 40, stock: 7, note: "none" },
  ]);
});
