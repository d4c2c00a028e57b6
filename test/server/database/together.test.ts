import mongoose, { type Types } from "mongoose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findTogether, gather, insertTogether } from "../../../server/database/together.ts";
import { startTestApp, type TestApp } from "../../support/app.ts";

describe("calls made side by side", () => {
  test("leave as one, and what comes meanwhile as the next", async () => {
    const batches: number[][] = [];
    const double = gather<number, number>(async (jobs) => {
      batches.push([...jobs]);
      await new Promise((resolve) => setImmediate(resolve));
      return jobs.map((job) => job * 2);
    });
    const first = Promise.all([1, 2].map(double));
    const meanwhile = new Promise((resolve) => setImmediate(resolve)).then(() => Promise.all([3, 4].map(double)));
    expect(await first).toEqual([2, 4]);
    expect(await meanwhile).toEqual([6, 8]);
    expect(batches).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(await double(5)).toBe(10);
  });

  test("fail alone where the fault is theirs, and together where it is not", async () => {
    let broken = false;
    const odd = gather<number, number>(async (jobs) => {
      if (broken) throw new Error("away");
      return jobs.map((job) => (job % 2 ? job : new Error(`${job} is even`)));
    });
    expect(await Promise.allSettled([1, 2, 3].map(odd))).toMatchObject([
      { status: "fulfilled", value: 1 },
      { status: "rejected", reason: { message: "2 is even" } },
      { status: "fulfilled", value: 3 },
    ]);
    broken = true;
    expect((await Promise.allSettled([1, 3].map(odd))).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    broken = false;
    expect(await odd(7)).toBe(7);
  });
});

interface Thing {
  _id: Types.ObjectId;
  shop: string;
  name: string;
  count: number;
}

describe("in a database", () => {
  let app: TestApp;
  const schema = new mongoose.Schema<Thing>({ shop: String, name: String, count: Number }, { autoIndex: false });
  schema.index({ shop: 1, name: 1 }, { unique: true });
  const Things = mongoose.model<Thing>("togetherThing", schema, "together_things");
  const thing = (shop: string, name: string, count = 0): Thing => ({
    _id: new mongoose.Types.ObjectId(),
    shop,
    name,
    count,
  });

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app?.dispose());

  test("one refused insert says why and leaves the others", async () => {
    const insert = insertTogether(Things);
    await insert(thing("a", "one"));
    const results = await Promise.allSettled(
      [thing("a", "two"), thing("a", "one"), thing("a", "three")].map((each) => insert(each)),
    );
    expect(results).toMatchObject([
      { status: "fulfilled" },
      { status: "rejected", reason: { code: 11000, keyPattern: { shop: 1, name: 1 } } },
      { status: "fulfilled" },
    ]);
    expect(await Things.countDocuments({ shop: "a" })).toBe(3);
  });

  test("each look-up gets its own, across scopes", async () => {
    const insert = insertTogether(Things);
    await Promise.all([insert(thing("b", "x", 1)), insert(thing("b", "y", 2)), insert(thing("c", "x", 3))]);
    const find = findTogether<Thing, Pick<Thing, "shop" | "name">>(Things, "name", ["shop"]);
    const counts = async (shop: string, name: string) => (await find({ shop, name })).map(({ count }) => count);
    expect(
      await Promise.all([counts("b", "x"), counts("c", "x"), counts("b", "y"), counts("c", "y"), counts("b", "x")]),
    ).toEqual([[1], [3], [2], [], [1]]);
  });
});
