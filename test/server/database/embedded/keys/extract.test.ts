import { expect, test } from "vitest";
import { extractKeys } from "../../../../../server/database/embedded/keys/extract.ts";
import { type BsonDocument, BsonUndefined } from "../../../../../server/database/embedded/types.ts";

const keys = (doc: BsonDocument, ...paths: string[]) =>
  extractKeys(
    doc,
    paths.map((path) => path.split(".")),
  ).values;

test("a field has one key, a missing field counts as undefined", () => {
  expect(keys({ a: 1 }, "a")).toEqual([[1]]);
  expect(keys({ b: 1 }, "a")).toEqual([[undefined]]);
  expect(keys({ a: { b: 2 } }, "a.b")).toEqual([[2]]);
  expect(keys({ a: 5 }, "a.b")).toEqual([[undefined]]);
});

test("an array has a key for each element, an empty one the key of undefined", () => {
  expect(keys({ a: [1, 2] }, "a")).toEqual([[1], [2]]);
  expect(keys({ a: [] }, "a")).toEqual([[new BsonUndefined()]]);
  expect(keys({ a: [[1, 2], 3] }, "a")).toEqual([[[1, 2]], [3]]);
  expect(keys({ a: [{ b: 1 }, { b: [2, 3] }, 4] }, "a.b")).toEqual([[1], [2], [3], [undefined]]);
  expect(keys({ a: [[{ b: 1 }]] }, "a.b")).toEqual([[undefined]]);
});

test("a number in a path is an array's position", () => {
  expect(keys({ a: [{ b: 1 }, { b: 2 }] }, "a.1.b")).toEqual([[2]]);
  expect(keys({ a: { 1: "x" } }, "a.1")).toEqual([["x"]]);
});

test("fields of one array's elements stay together, two arrays are refused", () => {
  expect(keys({ a: [{ b: 1, c: 2 }, { b: 3 }], d: 4 }, "a.b", "d", "a.c")).toEqual([
    [1, 4, 2],
    [3, 4, undefined],
  ]);
  expect(() => keys({ a: [1], b: [2] }, "a", "b")).toThrow("cannot index parallel arrays [b] [a]");
});
