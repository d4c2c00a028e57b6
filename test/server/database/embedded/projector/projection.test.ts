import { expect, test } from "vitest";
import { compileFilter } from "../../../../../server/database/embedded/matcher/index.ts";
import { compileProjection } from "../../../../../server/database/embedded/projector/index.ts";
import { bson, errorOf, plain } from "../bson.ts";

test.each<[spec: object, doc: object, result: object]>([
  [{ a: 1 }, { _id: 1, a: 2, b: 3 }, { _id: 1, a: 2 }],
  [
    { b: 1, a: 1 },
    { _id: 1, a: 2, b: 3 },
    { _id: 1, a: 2, b: 3 },
  ],
  [{ a: 1, _id: 0 }, { _id: 1, a: 2, b: 3 }, { a: 2 }],
  [{ a: 0 }, { _id: 1, a: 2, b: 3 }, { _id: 1, b: 3 }],
  [{ _id: 0 }, { _id: 1, a: 2 }, { a: 2 }],
  [{ _id: 1 }, { _id: 1, a: 2 }, { _id: 1 }],
  [{ _id: 0, a: 0 }, { _id: 1, a: 2, b: 3 }, { b: 3 }],
  [{}, { _id: 1, a: 2 }, { _id: 1, a: 2 }],
  [{ "a.b": 1 }, { _id: 1, a: { b: 1, c: 2 } }, { _id: 1, a: { b: 1 } }],
  [{ a: { b: 1 } }, { _id: 1, a: { b: 1, c: 2 } }, { _id: 1, a: { b: 1 } }],
  [{ "a.b": 0 }, { _id: 1, a: [{ b: 1, c: 2 }, 5] }, { _id: 1, a: [{ c: 2 }, 5] }],
  [{ "a.b": 1 }, { _id: 1, a: [{ b: 1, c: 2 }, 5, [{ b: 3 }]] }, { _id: 1, a: [{ b: 1 }, [{ b: 3 }]] }],
  [{ "a.b": 1 }, { _id: 1, a: 5 }, { _id: 1 }],
  [{ "_id.x": 1 }, { _id: { x: 1, y: 2 }, a: 1 }, { _id: { x: 1 } }],
  [{ a: { $slice: 2 } }, { _id: 1, a: [1, 2, 3], b: 1 }, { _id: 1, a: [1, 2], b: 1 }],
  [{ a: { $slice: -2 } }, { _id: 1, a: [1, 2, 3] }, { _id: 1, a: [2, 3] }],
  [{ a: { $slice: [1, 1] } }, { _id: 1, a: [1, 2, 3] }, { _id: 1, a: [2] }],
  [{ a: { $slice: [-5, 2] } }, { _id: 1, a: [1, 2, 3] }, { _id: 1, a: [1, 2] }],
  [
    { b: 1, a: { $slice: 1 } },
    { _id: 1, a: [1, 2], b: 1, c: 1 },
    { _id: 1, a: [1], b: 1 },
  ],
  [
    { c: 0, a: { $slice: 1 } },
    { _id: 1, a: [1, 2], b: 1, c: 1 },
    { _id: 1, a: [1], b: 1 },
  ],
  [{ a: { $elemMatch: { b: 2 } } }, { _id: 1, a: [{ b: 1 }, { b: 2, c: 1 }], d: 1 }, { _id: 1, a: [{ b: 2, c: 1 }] }],
  [
    { b: 0, a: { $elemMatch: { x: 1 } } },
    { _id: 1, a: [{ x: 2 }, { x: 1 }], b: 1, c: 1 },
    { _id: 1, c: 1, a: [{ x: 1 }] },
  ],
  [{ a: { $elemMatch: { $gt: 1 } } }, { _id: 1, a: [1, 2, 3] }, { _id: 1, a: [2] }],
  [{ a: { $elemMatch: { b: 9 } } }, { _id: 1, a: [{ b: 1 }] }, { _id: 1 }],
  [
    { x: { $add: ["$a", 1] }, y: "$a", z: "text" },
    { _id: 1, a: 2 },
    { _id: 1, x: 3, y: 2, z: "text" },
  ],
  [{ a: { b: { $literal: 5 } } }, { _id: 1, a: { c: 1 } }, { _id: 1, a: { b: 5 } }],
  [
    { a: true, b: 1.5 },
    { _id: 1, a: 1, b: 2, c: 3 },
    { _id: 1, a: 1, b: 2 },
  ],
])("%o of %o is %o", (spec, doc, result) => {
  expect(JSON.stringify(plain(compileProjection(bson(spec))(bson(doc))))).toBe(JSON.stringify(result));
});

test("the positional projection keeps the element that the filter matched", () => {
  const filter = compileFilter(bson({ "a.b": { $gt: 1 } }));
  const project = compileProjection(bson({ "a.$": 1 }), { filter });
  expect(plain(project(bson({ _id: 1, a: [{ b: 1 }, { b: 2 }, { b: 3 }], c: 1 })))).toEqual({ _id: 1, a: [{ b: 2 }] });
  const unmatched = compileProjection(bson({ "a.$": 1 }), { filter: compileFilter(bson({ c: 1 })) });
  expect(errorOf(() => unmatched(bson({ _id: 1, a: [1], c: 1 }))).code).toBe(51246);
});

test.each<[spec: object, code: number]>([
  [{ a: 1, b: 0 }, 31254],
  [{ a: 0, b: 1 }, 31253],
  [{ a: 1, "a.b": 1 }, 31249],
  [{ "a.b": 1, a: 1 }, 31250],
  [{ "a.$": 1, "b.$": 1 }, 31276],
  [{ "a.$.b": 1 }, 31394],
  [{ "a.$": 0 }, 31395],
  [{ a: 0, b: "$c" }, 31252],
  [{ a: {} }, 51270],
  [{ "a.": 1 }, 40353],
  [{ $a: 1 }, 16410],
  [{ a: { $foo: 1 } }, 31325],
  [{ a: { $meta: "textScore" } }, 40218],
  [{ "a.b": { $elemMatch: { c: 1 } } }, 31275],
])("the projection %o is refused with code %i", (spec, code) => {
  expect(errorOf(() => compileProjection(bson(spec))).code).toBe(code);
});
