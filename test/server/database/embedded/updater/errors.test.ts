import { expect, test } from "vitest";
import type { BsonDocument } from "../../../../../server/database/embedded/types.ts";
import { compileUpdate, upsertDocument } from "../../../../../server/database/embedded/updater/index.ts";
import { bson, bsonList, errorOf, plain } from "../bson.ts";

type Case = [update: object, doc: object, code: number, message: string | RegExp, arrayFilters?: object[]];

const CASES: Case[] = [
  [{ $foo: { a: 1 } }, {}, 9, /^Unknown modifier: \$foo\. Expected a valid update modifier/],
  [{ $set: 1 }, {}, 9, /^Modifiers operate on fields but we found type int instead/],
  [{ a: 1, $set: { b: 1 } }, {}, 52, /The dollar \(\$\) prefixed field '\$set' in '\$set' is not allowed/],
  [{ $set: { a: 1 }, b: 1 }, {}, 9, /^Unknown modifier: b/],
  [{ $set: { a: 1 }, $inc: { a: 1 } }, {}, 40, "Updating the path 'a' would create a conflict at 'a'"],
  [{ $set: { a: 1, "a.b": 1 } }, {}, 40, "Updating the path 'a.b' would create a conflict at 'a'"],
  [{ $rename: { a: "b" }, $set: { b: 1 } }, {}, 40, "Updating the path 'b' would create a conflict at 'b'"],
  [{ $set: { "a.$[]": 1, "a.0": 1 } }, { a: [1] }, 40, /would create a conflict at 'a'/],
  [{ $set: { _id: 2 } }, {}, 66, "Performing an update on the path '_id' would modify the immutable field '_id'"],
  [{ $unset: { _id: 1 } }, {}, 66, /immutable field '_id'/],
  [{ _id: 2 }, {}, 66, /the \(immutable\) field '_id' was found to have been altered/],
  [[{ $set: { _id: 2 } }], {}, 66, /_id/],
  [{ $set: { "": 1 } }, {}, 56, "An empty update path is not valid."],
  [{ $set: { "a.": 1 } }, {}, 56, "The update path 'a.' contains an empty field name, which is not allowed."],
  [{ $set: { $a: 1 } }, {}, 52, /prefixed field '\$a'/],
  [{ $set: { "a.b": 1 } }, { a: 5 }, 28, "Cannot create field 'b' in element {a: 5}"],
  [{ $set: { "a.b": 1 } }, { a: [1] }, 28, "Cannot create field 'b' in element {a: [ 1 ]}"],
  [{ $set: { "a.b.c": 1 } }, { a: null }, 28, "Cannot create field 'b' in element {a: null}"],
  [{ $inc: { a: "x" } }, {}, 14, 'Cannot increment with non-numeric argument: {a: "x"}'],
  [
    { $inc: { a: 1 } },
    { a: "x" },
    14,
    "Cannot apply $inc to a value of non-numeric type. {_id: 1} has the field 'a' of non-numeric type string",
  ],
  [{ $mul: { a: 1 } }, { a: null }, 14, /Cannot apply \$mul to a value of non-numeric type/],
  [{ $push: { a: 1 } }, { a: 1 }, 2, "The field 'a' must be an array but is of type int in document {_id: 1}"],
  [{ $push: { a: { $each: 1 } } }, {}, 2, "The argument to $each in $push must be an array but it was of type: int"],
  [{ $push: { a: { $each: [], $foo: 1 } } }, {}, 2, "Unrecognized clause in $push: $foo"],
  [{ $push: { a: { $each: [], $sort: 2 } } }, {}, 2, "The $sort element value must be either 1 or -1"],
  [
    { $addToSet: { a: 1 } },
    { a: 1 },
    2,
    "Cannot apply $addToSet to non-array field. Field named 'a' has non-array type int",
  ],
  [{ $pop: { a: 2 } }, {}, 9, /\$pop expects 1 or -1, found: 2/],
  [{ $pop: { a: 1 } }, { a: 1 }, 14, "Path 'a' contains an element of non-array type 'int'"],
  [{ $pull: { a: 1 } }, { a: 1 }, 2, "Cannot apply $pull to a non-array value"],
  [{ $pullAll: { a: 1 } }, {}, 2, "$pullAll requires an array argument but was given a int"],
  [{ $bit: { a: { foo: 1 } } }, {}, 2, /only supports 'and', 'or', and 'xor', not 'foo'/],
  [{ $bit: { a: { and: 1 } } }, { a: 1.5 }, 2, /Cannot apply \$bit to a value of non-integral type/],
  [{ $rename: { a: 1 } }, {}, 2, "The 'to' field for $rename must be a string: a: 1"],
  [{ $rename: { a: "a.b" } }, {}, 2, /must not be on the same path/],
  [{ $rename: { "a.0": "b" } }, { a: [1] }, 2, /The source field cannot be an array element/],
  [{ $currentDate: { a: "x" } }, {}, 2, /^string is not valid type for \$currentDate/],
  [{ $set: { "a.$": 1 } }, { a: [1] }, 2, "The positional operator did not find the match needed from the query."],
  [{ $set: { "a.$.b.$": 1 } }, {}, 2, /^Too many positional/],
  [{ $set: { "a.$[]": 1 } }, {}, 2, "The path 'a' must exist in the document in order to apply array updates."],
  [{ $set: { "a.$[]": 1 } }, { a: 1 }, 2, "Cannot apply array updates to non-array element a: 1"],
  [{ $set: { "a.$[x]": 1 } }, {}, 2, "No array filter found for identifier 'x' in path 'a.$[x]'"],
  [{ $set: { a: 1 } }, {}, 9, /The array filter for identifier 'x' was not used in the update/, [{ x: 1 }]],
  [
    { $set: { "a.$[x]": 1 } },
    {},
    9,
    /Found multiple array filters with the same top-level field name x/,
    [{ x: 1 }, { "x.b": 1 }],
  ],
  [{ $set: { "a.$[x]": 1 } }, {}, 9, /Expected a single top-level field name, found 'x' and 'y'/, [{ x: 1, y: 2 }]],
  [[{ $group: { _id: 1 } }], {}, 72, "$group is not allowed to be used within an update"],
];

test.each(CASES)("%o on %o is refused with code %i", (update, doc, code, message, arrayFilters) => {
  const { v } = bson({ v: update }) as { v: BsonDocument };
  const options = arrayFilters ? { arrayFilters: bsonList(arrayFilters) } : {};
  const error = errorOf(() => compileUpdate(v, options).apply(bson({ _id: 1, ...doc }), { inserting: false }));
  expect(error.message).toMatch(message);
  expect(error.code).toBe(code);
});

test.each<[filter: object, update: object, inserted: object]>([
  [{ a: 1, b: { $gt: 2 } }, { $set: { c: 3 } }, { a: 1, c: 3 }],
  [{ "a.b": 1 }, { $setOnInsert: { c: 2 } }, { a: { b: 1 }, c: 2 }],
  [{ $and: [{ a: 1 }, { b: { $eq: 2 } }] }, { $inc: { b: 1 } }, { a: 1, b: 3 }],
  [{ a: { $in: [5] }, b: { $all: [6] }, c: /x/ }, { $set: {} }, { a: 5, b: 6 }],
  [{ $or: [{ a: 1 }, { b: 1 }] }, { $set: { c: 1 } }, { c: 1 }],
  [{ a: 1 }, { b: 2 }, { b: 2 }],
  [{ a: 1 }, [{ $set: { b: "$a" } }], { a: 1, b: 1 }],
  [{ a: [] }, { $push: { a: 1 } }, { a: [1] }],
])("an upsert of %o with %o inserts %o", (filter, update, inserted) => {
  const { v } = bson({ v: update }) as { v: BsonDocument };
  const { _id, ...rest } = plain(upsertDocument(bson(filter), v)) as Record<string, unknown>;
  expect(rest).toEqual(inserted);
  expect(_id).toHaveProperty("$oid");
});

test("an upsert takes its _id from the filter, the update or the replacement, and puts it first", () => {
  const upsert = (filter: object, update: object) => JSON.stringify(plain(upsertDocument(bson(filter), bson(update))));
  expect(upsert({ a: 1, _id: 5 }, { $set: { b: 1 } })).toBe('{"_id":5,"a":1,"b":1}');
  expect(upsert({ a: 1 }, { $set: { _id: 6 } })).toBe('{"_id":6,"a":1}');
  expect(upsert({ a: 1 }, { b: 1, _id: 7 })).toBe('{"_id":7,"b":1}');
  expect(errorOf(() => upsert({ _id: 5 }, { $set: { _id: 6 } })).code).toBe(66);
  expect(errorOf(() => upsert({ a: 1, $and: [{ a: 2 }] }, { $set: { b: 1 } })).code).toBe(54);
  expect(errorOf(() => upsert({ $expr: true }, { $set: { b: 1 } })).code).toBe(224);
});
