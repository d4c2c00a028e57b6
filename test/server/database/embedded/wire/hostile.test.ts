import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Binary, Decimal128, Long, MaxKey, MinKey, ObjectId, serialize, Timestamp } from "bson";
import fc from "fast-check";
import { MongoClient } from "mongodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startInTemporaryDirectory } from "../support.ts";

const MESSAGES = process.env.PARLEY_LONG ? 100_000 : 2_000;
/** One connection takes the messages of this many cases, as far as it survives them. */
const PER_CONNECTION = 4;

let server: Awaited<ReturnType<typeof startInTemporaryDirectory>>;
let path: string;
let client: MongoClient;
const log: string[] = [];
beforeAll(async () => {
  server = await startInTemporaryDirectory({ log: (level, message) => log.push(`${level}: ${message}`) });
  path = decodeURIComponent(/mongodb:\/\/([^/]+)/.exec(server.uri)?.[1] ?? "");
  client = await MongoClient.connect(server.uri, { serverSelectionTimeoutMS: 2_000 });
});
afterAll(async () => {
  await client.close();
  await server.stop();
});

function header(length: number, opCode: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(length, 0);
  bytes.writeInt32LE(7, 4);
  bytes.writeInt32LE(opCode, 12);
  return bytes;
}

function opMsg(flags: number, ...sections: Uint8Array[]): Buffer {
  const body = Buffer.concat(sections);
  const lead = Buffer.alloc(4);
  lead.writeInt32LE(flags, 0);
  return Buffer.concat([header(20 + body.length, 2013), lead, body]);
}

const section = (doc: object) => Buffer.concat([Buffer.from([0]), serialize(doc)]);

/** Names that mean something to JavaScript or to BSON libraries, among any others. */
const key = fc.oneof(
  fc.string(),
  fc.constantFrom("toString", "valueOf", "__proto__", "constructor", "hasOwnProperty", "length", "then", "toJSON"),
  fc.constantFrom("_bsontype", "$ref", "$id", "$where", "a.b", "", "0"),
);
const bsonValue = fc.constantFrom(
  new ObjectId(),
  Long.MAX_VALUE,
  Decimal128.fromString("NaN"),
  new Timestamp({ t: 1, i: 1 }),
  new Binary(new Uint8Array(3)),
  new MinKey(),
  new MaxKey(),
  /(a+)+$/i,
);
const anyValue = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.anything({ key, maxDepth: 3, withBigInt: false, withDate: true, withNullPrototype: false }),
  },
  { weight: 1, arbitrary: bsonValue },
);
const names = (list: string) => fc.constantFrom(...list.split(" ").map((name) => `$${name}`));
const stage = names(
  "match group project sort limit skip unwind lookup addFields set unset replaceRoot replaceWith count sample facet bucket bucketAuto sortByCount graphLookup unionWith redact out merge setWindowFields densify fill collStats indexStats documents geoNear search",
);
const queryOperator = names(
  "eq ne gt gte lt lte in nin not and or nor exists type mod regex options expr jsonSchema all elemMatch size bitsAllSet bitsAnyClear comment where text geoWithin near",
);
const updateOperator = names(
  "set unset inc mul min max rename push addToSet pop pull pullAll currentDate bit setOnInsert each slice position",
);
const expression = names(
  "add subtract multiply divide mod abs ceil floor round trunc pow sqrt log exp concat substr substrCP split trim toUpper strLenCP indexOfCP regexMatch regexFind replaceAll cond ifNull switch and or not eq cmp in arrayElemAt filter map reduce size slice sortArray zip range reverseArray concatArrays setUnion setIntersection objectToArray arrayToObject mergeObjects getField setField dateToString dateFromString dateAdd dateDiff dateTrunc year convert toInt toDate toObjectId type literal let meta rand sum avg min max first last firstN function accumulator",
);
const commandName = fc.constantFrom(
  "find",
  "insert",
  "update",
  "delete",
  "aggregate",
  "findAndModify",
  "count",
  "distinct",
  "getMore",
  "killCursors",
  "create",
  "createIndexes",
  "listCollections",
  "explain",
  "collMod",
  "renameCollection",
  "hello",
  "endSessions",
  "validate",
  "listIndexes",
  "dropIndexes",
  "drop",
  "dataSize",
  "collStats",
  "dbStats",
  "currentOp",
  "killOp",
  "getParameter",
  "listDatabases",
  "serverStatus",
  "nonsense",
);
const argumentName = fc.constantFrom(
  "filter",
  "query",
  "sort",
  "projection",
  "limit",
  "skip",
  "batchSize",
  "documents",
  "updates",
  "deletes",
  "pipeline",
  "cursor",
  "collection",
  "indexes",
  "key",
  "update",
  "collation",
  "hint",
  "let",
  "validator",
  "index",
  "to",
  "maxTimeMS",
  "lsid",
  "cursors",
);
/** A well-formed message whose command is nonsense. */
const nonsense = fc
  .tuple(
    commandName,
    anyValue,
    fc.dictionary(argumentName, anyValue, { maxKeys: 4 }),
    fc.constantFrom("test", "admin", "", "a.b"),
  )
  .map(([name, value, rest, $db]) => {
    try {
      return opMsg(0, section({ [name]: value, ...rest, $db }));
    } catch {
      return opMsg(0, section({ [name]: "c", $db }));
    }
  });

/** The right shape with anything where the meaning is. */
const plausible = fc
  .tuple(
    fc.integer({ min: 0, max: 14 }),
    fc.array(anyValue, { minLength: 6, maxLength: 6 }),
    fc.tuple(stage, queryOperator, updateOperator, expression, expression),
  )
  .map(([kind, [a, b, c, d, e, f], [staged, queried, updated, computed, within]]) => {
    const commands = [
      { aggregate: "c", pipeline: [{ [staged]: a }, { $match: { b } }], cursor: {} },
      { aggregate: "c", pipeline: [{ [staged]: { a, b, _id: { [computed]: c }, d: { [within]: e } } }], cursor: {} },
      { find: "c", filter: { a: { [queried]: a }, [queried]: b }, collation: { locale: "en", strength: 2 } },
      { update: "c", updates: [{ q: { _id: 1 }, u: { [updated]: { a, b, "b.$[x]": c } }, arrayFilters: [{ x: d }] }] },
      {
        aggregate: "c",
        pipeline: [{ $project: { a: { [computed]: a }, b: { [within]: [b, { [computed]: c }] } } }],
        cursor: {},
      },
      {
        findAndModify: "c",
        query: { a: { [queried]: a } },
        update: [{ [staged]: { b: { [computed]: b } } }],
        upsert: true,
      },
      { update: "c", updates: [{ q: a, u: b, multi: c, upsert: d, arrayFilters: e, hint: f }] },
      {
        update: "c",
        updates: [{ q: {}, u: { $set: a, $push: { x: b }, $inc: c }, upsert: true, arrayFilters: [d], sort: e }],
      },
      { delete: "c", deletes: [{ q: a, limit: b, hint: c, collation: d }] },
      { find: "c", filter: { a, $or: [{ b }, { c: { $in: [c, d], $gt: e } }] }, sort: { a: f } },
      { find: "c", projection: { a, b: { $slice: b } }, hint: c, let: d, collation: { locale: e } },
      { findAndModify: "c", query: a, update: b, fields: c, new: d, sort: e, upsert: f },
      {
        createIndexes: "c",
        indexes: [{ key: { a, b }, name: c, unique: d, partialFilterExpression: e, collation: f }],
      },
      { aggregate: "c", pipeline: [{ $match: { a } }, { $group: { _id: b, n: c } }, { $project: d }, e], cursor: f },
      { insert: "c", documents: [a, { _id: b, c }], ordered: d, bypassDocumentValidation: e },
    ];
    try {
      return opMsg(0, section({ ...commands[kind], $db: "test" }));
    } catch {
      return opMsg(0, section({ ping: 1, $db: "test" }));
    }
  });

const valid = fc.constantFrom(
  opMsg(0, section({ find: "c", filter: { a: { $gt: 1 } }, sort: { b: 1 }, $db: "test" })),
  opMsg(0, section({ insert: "c", documents: [{ a: 1, b: [1, { c: "x" }] }], $db: "test" })),
  opMsg(0, section({ update: "c", updates: [{ q: { a: 1 }, u: { $set: { "b.$": 2 } } }], $db: "test" })),
  opMsg(0, section({ aggregate: "c", pipeline: [{ $group: { _id: "$a", n: { $sum: 1 } } }], cursor: {}, $db: "test" })),
);
/** A good message with bytes changed, cut off or added. */
const damaged = fc
  .tuple(
    valid,
    fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 }),
    fc.nat(),
    fc.boolean(),
  )
  .map(([message, changes, cut, truncate]) => {
    const bytes = Buffer.from(message);
    for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
    return truncate ? bytes.subarray(0, cut % bytes.length) : bytes;
  });
/** Honest length, damaged inside: gets past the framing into sections and BSON. */
const damagedInside = damaged.map((message) => {
  const bytes = Buffer.from(message);
  if (bytes.length >= 16) {
    bytes.writeInt32LE(bytes.length, 0);
    bytes.writeInt32LE(2013, 12);
  }
  return bytes;
});
const lyingHeader = fc
  .tuple(fc.integer(), fc.constantFrom(1, 2004, 2012, 2013, 2001, 2005, -1), fc.uint8Array({ maxLength: 200 }))
  .map(([length, opCode, body]) => Buffer.concat([header(length, opCode), body]));
const random = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const sections = fc
  .tuple(fc.integer({ min: 0, max: 0xffff }), fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 4 }))
  .map(([flags, parts]) => opMsg(flags, ...parts));

/** What is well formed is answered; of the rest nobody knows where it ends. */
const hostile = fc.oneof(
  fc.oneof(nonsense, plausible).map((message) => ({ message, answered: true })),
  fc.oneof(damaged, damagedInside, lyingHeader, random, sections).map((message) => ({ message, answered: false })),
);

test(`${MESSAGES} malformed and hostile messages neither crash nor hang the server`, async () => {
  const batches = fc.array(hostile, { minLength: PER_CONNECTION, maxLength: PER_CONNECTION });
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(batches, async (messages) => {
      let socket = await dial();
      for (const { message, answered } of messages) {
        // Behind bytes that never become a message, nothing is answered.
        if (answered || socket.destroyed || socket.readyState !== "open") {
          socket.destroy();
          socket = await dial();
        }
        socket.write(message);
        sent++;
        if (answered) await Promise.race([once(socket, "data"), once(socket, "close")]);
      }
      socket.destroy();
      // Another client is served as if nothing had happened.
      expect(await client.db("test").command({ ping: 1 })).toEqual({ ok: 1 });
    }),
    { numRuns: MESSAGES / PER_CONNECTION, endOnFailure: true },
  );
  expect(sent).toBe(MESSAGES);
  const notes = client.db("after").collection<{ _id: number }>("notes");
  await notes.insertOne({ _id: 1 });
  expect(await notes.findOne()).toEqual({ _id: 1 });
  // Every refusal is one of MongoDB's own: nothing failed in a way that nobody had thought of.
  expect(log.filter((line) => line.startsWith("error"))).toEqual([]);
}, 1_800_000);

test("a message that breaks the protocol costs its own connection alone", async () => {
  const socket = await dial();
  socket.write(header(5, 2013));
  await once(socket, "close");
  const other = await dial();
  other.write(opMsg(1 << 3, section({ ping: 1, $db: "test" })));
  await once(other, "close");
  expect(await client.db("test").command({ ping: 1 })).toEqual({ ok: 1 });
});

test("a command whose value has no text gets an error", async () => {
  const textless = { toString: 1, valueOf: 1 };
  for (const name of ["find", "insert", "getMore", "killCursors", "renameCollection", "dataSize", "nonsense"]) {
    await expect(client.db("test").command({ [name]: textless }), name).rejects.toMatchObject({
      code: expect.any(Number),
    });
  }
  expect(await client.db("test").command({ ping: 1 })).toEqual({ ok: 1 });
  expect(log.filter((line) => line.startsWith("error"))).toEqual([]);
});

async function dial(): Promise<Socket> {
  const socket = connect(path);
  socket.on("error", () => socket.destroy());
  socket.resume();
  await once(socket, "connect");
  return socket;
}
