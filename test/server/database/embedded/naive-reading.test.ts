import { Int32, ObjectId, Timestamp } from "bson";
import fc from "fast-check";
import { MongoBulkWriteError } from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MongoError } from "../../../../server/database/embedded/errors.ts";
import { compileFilter } from "../../../../server/database/embedded/matcher/index.ts";
import type { BsonDocument, BsonValue } from "../../../../server/database/embedded/types.ts";
import { compileUpdate } from "../../../../server/database/embedded/updater/index.ts";
import { encode } from "../../../../server/database/embedded/values/bson.ts";
import { compareValues } from "../../../../server/database/embedded/values/compare.ts";
import { compileSortKeys } from "../../../../server/database/embedded/values/sort.ts";
import * as rules from "../../../support/mongo-rules.ts";
import { canonical } from "./bson.ts";
import { openTestDatabase, type TestDatabase } from "./support.ts";
import { bsonScalar, bsonValue, cases } from "./values.ts";

/** All the cases together take minutes, on a busy machine many. */
const HOUR = 3_600_000;

const small = fc.oneof(
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 3 }).map((value) => new Int32(value)) },
  { weight: 1, arbitrary: bsonValue },
);
const nested = fc.dictionary(fc.constantFrom("a", "b"), small, { maxKeys: 2 }).map((doc): BsonValue => ({ ...doc }));
const field: fc.Arbitrary<BsonValue> = fc.oneof(small, nested, fc.array(fc.oneof(small, nested), { maxLength: 3 }));
const document = fc
  .record({ a: field, b: field, c: small }, { requiredKeys: [] })
  .map((doc): BsonDocument => ({ ...doc }));

/** $eq with a regular expression is the value; as a condition it would be a pattern, which the reference does not know. */
const operand = bsonScalar.filter((value) => !/RegExp/.test(Object.prototype.toString.call(value)) && !isRegExp(value));
function isRegExp(value: BsonValue): boolean {
  return typeof value === "object" && value !== null && "pattern" in value;
}
const equalTo = fc.oneof(
  operand,
  fc.array(operand, { maxLength: 2 }),
  nested.filter((value) => !JSON.stringify(value).includes("pattern")),
);

const condition: fc.Arbitrary<BsonValue> = fc.oneof(
  equalTo,
  fc.record({ $eq: equalTo }),
  fc.record({ $ne: equalTo }),
  fc.record({ $gt: operand }),
  fc.record({ $gte: operand, $lt: operand }),
  fc.record({ $lte: equalTo }),
  fc.record({ $in: fc.array(equalTo, { maxLength: 12 }) }),
  fc.record({ $nin: fc.array(equalTo, { maxLength: 3 }) }),
  fc.record({ $exists: fc.boolean() }),
  fc.record({ $type: fc.constantFrom("number", "string", "null", "array", "object") }),
  fc.record({ $size: fc.integer({ min: 0, max: 2 }).map((value) => new Int32(value)) }),
  fc.record({ $all: fc.array(equalTo, { maxLength: 2 }) }),
  fc.record({ $not: fc.record({ $gt: operand, $size: fc.constant(new Int32(1)) }, { requiredKeys: ["$gt"] }) }),
  fc.record({ $elemMatch: fc.record({ $gte: operand, $ne: operand }) }),
  fc.record({ $elemMatch: fc.record({ a: operand, b: fc.record({ $gte: operand }) }, { requiredKeys: ["a"] }) }),
);
const paths = fc.constantFrom("a", "b", "c", "a.a", "a.b", "b.0", "b.a", "a.0.b", "a.b.a", "a.1.0");
const fields = fc.dictionary(paths, condition, { maxKeys: 2 }).map((doc): BsonDocument => ({ ...doc }));
const filter: fc.Arbitrary<BsonDocument> = fc.oneof(
  { weight: 4, arbitrary: fields },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom("$and", "$or", "$nor"), fc.array(fields, { minLength: 1, maxLength: 3 }))
      .map(([name, branches]): BsonDocument => ({ [name]: branches })),
  },
);

const sortSpec = fc
  .dictionary(fc.constantFrom("a", "b", "a.a", "b.b"), fc.constantFrom(1 as const, -1 as const), {
    minKeys: 1,
    maxKeys: 2,
  })
  .map((spec) => ({ ...spec }));

const updatePaths = fc.constantFrom("a", "b", "c", "c.a", "d.a.b");
const one = fc.integer({ min: -2, max: 2 }).map((value) => new Int32(value));
const operators = fc.oneof(
  fc.tuple(fc.constantFrom("$set", "$min", "$max", "$push", "$addToSet"), updatePaths, bsonValue),
  fc.tuple(fc.constant("$unset"), updatePaths, fc.constant("")),
  fc.tuple(fc.constant("$inc"), updatePaths, one),
  fc.tuple(fc.constant("$pop"), updatePaths, fc.constantFrom(new Int32(1), new Int32(-1))),
  fc.tuple(fc.constant("$pullAll"), updatePaths, fc.array(small, { maxLength: 3 })),
);

/** The naive rule of sorts holds for it. */
const isPlain = (doc: object, spec: object) =>
  Object.keys(spec).filter((path) => rules.meetsArray(doc as rules.Doc, path.split("."))).length < 2;

describe("the naive reading of MongoDB's rules agrees", () => {
  test(
    "on the order of values",
    () => {
      fc.assert(
        fc.property(bsonValue, bsonValue, (a, b) => {
          const order = Math.sign(compareValues(a, b));
          if (order !== Math.sign(rules.compare(a, b))) expect(order).toBe(Math.sign(rules.compare(a, b)));
        }),
        cases(3000, 100_000),
      );
    },
    HOUR,
  );

  test(
    "on what a filter matches, from documents and from bytes",
    () => {
      fc.assert(
        fc.property(document, filter, (doc, wanted) => {
          const compiled = compileFilter(wanted);
          const expected = rules.matches(doc, wanted);
          const found = [compiled.matches(doc), compiled.matchesRaw(encode(doc))];
          if (found.includes(!expected)) expect(found).toEqual([expected, expected]);
        }),
        cases(5000, 100_000),
      );
    },
    HOUR,
  );

  test(
    "on the order that a sort gives",
    () => {
      fc.assert(
        fc.property(fc.array(document, { maxLength: 5 }), sortSpec, (docs, spec) => {
          const plain = docs.filter((doc) => isPlain(doc, spec));
          const { keyOf, compareKeys } = compileSortKeys(spec);
          const found = [...plain].sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
          expect(found.map(canonical)).toEqual(
            [...plain].sort(rules.compareBySort(spec)).map((doc) => canonical(doc as BsonDocument)),
          );
        }),
        cases(2000, 100_000),
      );
    },
    HOUR,
  );

  test(
    "on what an update makes of a document",
    () => {
      fc.assert(
        fc.property(document, fc.array(operators, { minLength: 1, maxLength: 3 }), (doc, list) => {
          const update: Record<string, BsonDocument> = {};
          const taken: string[] = [];
          for (const [name, path, value] of list) {
            if (taken.some((other) => other === path || other.startsWith(`${path}.`) || path.startsWith(`${other}.`)))
              continue;
            // A condition on the number's type: the reference adds to Int32 alone.
            if (name === "$inc" && rules.matches(doc, { [path]: { $exists: true } })) {
              const current = path.includes(".") ? undefined : doc[path];
              if (!(current instanceof Int32)) continue;
            }
            taken.push(path);
            update[name] = { ...update[name], [path]: value };
          }
          fc.pre(taken.length > 0);
          let expected: rules.Doc | undefined;
          try {
            expected = rules.update(doc, update);
          } catch (error) {
            if (!(error instanceof rules.Refused)) throw error;
          }
          let result: { doc: BsonDocument; changed: boolean } | undefined;
          try {
            result = compileUpdate(update).apply(doc, { inserting: false });
          } catch (error) {
            if (!(error instanceof MongoError)) throw error;
          }
          expect(result && canonical(result.doc)).toEqual(expected && canonical(expected as BsonDocument));
          if (result) expect(result.changed).toBe(Buffer.compare(encode(doc), encode(result.doc)) !== 0);
        }),
        cases(2000, 100_000),
      );
    },
    HOUR,
  );
});

describe("through the driver", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(async () => {
    await database.stop();
  });

  test(
    "filters and sorts answer alike with and without indexes, and as the naive reading does",
    async () => {
      const plain = database.db.collection<rules.Doc>("plain");
      const indexed = database.db.collection<rules.Doc>("indexed");
      await indexed
        .createIndexes([{ key: { a: 1 } }, { key: { b: -1, c: 1 } }, { key: { "a.b": 1 } }])
        .catch(() => undefined);
      // The server puts the time in the place of a timestamp of 0, 0 at the top of a document it inserts.
      const stored = document.filter(
        (doc) => !Object.values(doc).some((value) => value instanceof Timestamp && value.isZero()),
      );
      const asked = fc.array(fc.tuple(filter, sortSpec), { minLength: 10, maxLength: 10 });
      await fc.assert(
        fc.asyncProperty(fc.array(stored, { minLength: 5, maxLength: 15 }), asked, async (contents, queries) => {
          await Promise.all([plain.deleteMany({}), indexed.deleteMany({})]);
          const docs: rules.Doc[] = [];
          const all = contents.map((content) => ({ _id: new ObjectId(), ...content }));
          // Two arrays in one compound index are refused, by MongoDB too: such a document is in neither collection.
          const failure: unknown = await indexed.insertMany(all, { ordered: false }).catch((error: unknown) => error);
          const refused = failure instanceof MongoBulkWriteError ? [failure.writeErrors].flat() : [];
          docs.push(...all.filter((_, at) => !refused.some(({ index }) => index === at)));
          if (docs.length > 0) await plain.insertMany(docs);
          const check = async ([wanted, asked]: (typeof queries)[number]) => {
            const [[first, direction] = ["a", 1]] = Object.entries(asked) as [string, 1 | -1][];
            const spec = docs.every((doc) => isPlain(doc, asked)) ? asked : { [first]: direction };
            const sort = { ...spec, _id: 1 } as const;
            const expected = docs.filter((doc) => rules.matches(doc, wanted)).sort(rules.compareBySort(sort));
            const ids = expected.map((doc) => String(doc._id));
            for (const collection of [plain, indexed]) {
              const found = await collection.find(wanted as object, { sort, projection: { _id: 1 } }).toArray();
              expect(found.map((doc) => String(doc._id))).toEqual(ids);
            }
          };
          await Promise.all(queries.map(check));
        }),
        cases(15, 10_000),
      );
    },
    HOUR,
  );
});
