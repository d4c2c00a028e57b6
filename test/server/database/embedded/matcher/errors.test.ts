import { expect, test } from "vitest";
import { compileFilter } from "../../../../../server/database/embedded/matcher/index.ts";
import { bson, errorOf } from "../bson.ts";

type Case = [filter: object, code: number, message: string | RegExp];

const CASES: Case[] = [
  [{ a: { $foo: 1 } }, 2, "unknown operator: $foo"],
  [{ $foo: 1 }, 2, /^unknown top level operator: \$foo\./],
  [{ a: { $gt: 1, b: 2 } }, 2, "unknown operator: b"],
  [{ $and: {} }, 2, "$and must be an array"],
  [{ $or: [] }, 2, "$and/$or/$nor must be a nonempty array"],
  [{ $or: [1] }, 2, "$or/$and/$nor entries need to be full objects"],
  [{ a: { $in: 1 } }, 2, "$in needs an array"],
  [{ a: { $in: [{ $gt: 1 }] } }, 2, "cannot nest $ under $in"],
  [{ a: { $not: 1 } }, 2, "$not needs a regex or a document"],
  [{ a: { $ne: /x/ } }, 2, "Can't have regex as arg to $ne."],
  [{ a: { $gt: /x/ } }, 2, "Can't have RegEx as arg to predicate over field 'a'."],
  [{ a: { $type: "foo" } }, 2, "Unknown type name alias: foo"],
  [{ a: { $type: 99 } }, 2, "Invalid numerical type code: 99"],
  [{ a: { $size: -1 } }, 2, "Failed to parse $size. Expected a non-negative number in: $size: -1"],
  [{ a: { $mod: [0, 1] } }, 2, "divisor cannot be 0"],
  [{ a: { $mod: [1] } }, 2, "malformed mod, not enough elements"],
  [{ a: { $elemMatch: 1 } }, 2, "$elemMatch needs an Object"],
  [{ a: { $all: 1 } }, 2, "$all needs an array"],
  [{ a: { $options: "i" } }, 2, "$options needs a $regex"],
  [{ a: { $regex: 1 } }, 2, "$regex has to be a string"],
  [{ a: { $regex: "(" } }, 51091, /^Regular expression is invalid/],
  [{ a: { $regex: "a", $options: "q" } }, 51108, /invalid flag in regex options: q/],
  [{ $text: { $search: "x" } }, 27, "text index required for $text query"],
  [{ $where: "true" }, 2, /\$where is not allowed/],
  [{ a: { $near: [0, 0] } }, 291, /unable to find index for \$geoNear query/],
  [{ a: { $geoWithin: {} } }, 115, /\$geoWithin is not supported/],
  [{ $expr: { $foo: 1 } }, 168, "Unrecognized expression '$foo'"],
  [{ $jsonSchema: { foo: 1 } }, 9, "Unknown $jsonSchema keyword: foo"],
];

test.each(CASES)("the filter %o is refused with code %i", (filter, code, message) => {
  const error = errorOf(() => compileFilter(bson(filter)));
  expect(error.code).toBe(code);
  if (typeof message === "string") expect(error.message).toBe(message);
  else expect(error.message).toMatch(message);
});
