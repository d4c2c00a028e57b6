import { closeSync, existsSync, openSync, readFileSync, readSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync } from "node:zlib";
import { BSON, type Document, MongoClient } from "mongodb";
import { afterEach, expect, test } from "vitest";
import { type EmbeddedOptions, startEmbedded } from "../../../../../server/database/embedded/index.ts";
import { random } from "../random.ts";
import { temporaryDirectory } from "../support.ts";

const TRIES = process.env.PARLEY_LONG ? 200 : 1;
const FLIPS = 40;
const DOCUMENTS = 1500;

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function open(dataDir: string, options: Partial<EmbeddedOptions> = {}) {
  const server = await startEmbedded({ dataDir, ...options });
  const client = await MongoClient.connect(server.uri);
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await client.close();
    await server.stop();
  };
  cleanups.push(close);
  return { client, server, close, things: client.db("test").collection<Document & { _id: number }>("things") };
}

function directory(): string {
  const path = temporaryDirectory();
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function things(): (Document & { _id: number })[] {
  return Array.from({ length: DOCUMENTS }, (_, n) => ({
    _id: n,
    name: `thing ${n}`,
    text: `${n} words of a message `.repeat(3 + (n % 20)),
    at: new Date(1_700_000_000_000 + n),
    tags: [`a${n % 7}`, `b${n % 11}`],
  }));
}

/** A file with one collection, and the bytes of its documents by _id. */
async function fill(): Promise<{ image: Buffer; written: Map<number, string> }> {
  const dataDir = directory();
  const { things: collection, close } = await open(dataDir);
  const documents = things();
  await collection.createIndex({ tags: 1, at: 1 });
  await collection.insertMany(documents);
  await close();
  const written = new Map(documents.map((doc) => [doc._id, textOf(doc)]));
  return { image: readFileSync(join(dataDir, "parley.db")), written };
}

const textOf = (doc: Document) => Buffer.from(BSON.serialize(doc)).toString("base64");

test(`of ${FLIPS} flipped bits no document is read changed: the read fails and says what is damaged`, async () => {
  const { image, written } = await fill();
  const next = random(20261130);
  let [silent, told] = [0, 0];
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const dataDir = directory();
    const damaged = Buffer.from(image);
    // Behind the first pages, which hold the catalog: damage there keeps the database from starting.
    for (let flip = 0; flip < FLIPS; flip++) {
      const at = 8 * 4096 + next(damaged.length - 8 * 4096);
      damaged[at] = (damaged[at] as number) ^ (1 << next(8));
    }
    writeFileSync(join(dataDir, "parley.db"), damaged);
    const { things: collection, server, close } = await open(dataDir);
    for (let _id = 0; _id < DOCUMENTS; _id += 1) {
      try {
        const found = await collection.findOne({ _id });
        if (found && textOf(found) !== written.get(found._id)) silent++;
      } catch (error) {
        expect(error).toMatchObject({ code: 301, codeName: "DataCorruptionDetected" });
        told++;
      }
    }
    const all = await collection
      .find()
      .toArray()
      .catch(() => []);
    for (const doc of all) if (textOf(doc) !== written.get(doc._id)) silent++;
    if (told > 0) await expect.poll(() => server.health().damage.length).toBeGreaterThan(0);
    await close();
  }
  expect(silent).toBe(0);
  expect(told).toBeGreaterThan(TRIES);
}, 600_000);

test("a changed document is named with its collection, at the client, in the log and in the database's health", async () => {
  const { image } = await fill();
  const dataDir = directory();
  const at = image.indexOf("thing 700\0");
  image[at] = 0x54;
  writeFileSync(join(dataDir, "parley.db"), image);
  const log: string[] = [];
  const {
    things: collection,
    server,
    client,
  } = await open(dataDir, { log: (level, line) => log.push(`${level} ${line}`) });
  const words =
    /a document of the collection test\.things \(row 701\) is damaged; restore a backup, or salvage what is whole/;
  await expect(collection.findOne({ _id: 700 })).rejects.toThrow(words);
  await expect(collection.updateOne({ _id: 700 }, { $set: { name: "x" } })).rejects.toThrow(words);
  await expect(collection.find({ name: "thing 3" }).toArray()).rejects.toThrow(words);
  await expect(collection.aggregate([{ $group: { _id: "$name" } }]).toArray()).rejects.toThrow(words);
  // The log comes another way than the answer, and may be later.
  await expect.poll(() => log.join("\n")).toMatch(words);
  expect(server.health().damage).toEqual([expect.stringMatching(words)]);
  expect(await collection.findOne({ _id: 701 })).toMatchObject({ name: "thing 701" });
  const { errors } = await client.db("test").command({ validate: "things" });
  expect(errors).toContain("the document in row 701 is not what was written");
});

test("damage that makes a number or a text of a document is told like any other", async () => {
  const dataDir = directory();
  const first = await open(dataDir);
  await first.things.insertMany(things().slice(0, 10));
  await first.close();
  const sql = new DatabaseSync(join(dataDir, "parley.db"));
  sql.exec("UPDATE c1 SET doc = 7 WHERE r = 1; UPDATE c1 SET doc = 'text' WHERE r = 2");
  sql.exec("UPDATE c1 SET sum = 9223372036854775807 WHERE r = 3; UPDATE c1 SET sum = 'x' WHERE r = 4");
  sql.close();
  const { things: collection, client } = await open(dataDir);
  for (const _id of [0, 1, 2, 3])
    await expect(collection.findOne({ _id })).rejects.toMatchObject({ code: 301, message: /test\.things/ });
  await expect(collection.find().hint({ $natural: -1 }).toArray()).rejects.toMatchObject({ code: 301 });
  expect(await collection.findOne({ _id: 4 })).toMatchObject({ name: "thing 4" });
  await expect(client.db("test").command({ validate: "things" })).rejects.toMatchObject({ code: 1 });
});

test("an index that leads to a document that is gone says so instead of finding nothing", async () => {
  const dataDir = directory();
  const first = await open(dataDir);
  await first.things.insertMany(things().slice(0, 10));
  await first.close();
  const sql = new DatabaseSync(join(dataDir, "parley.db"));
  sql.exec("DELETE FROM c1 WHERE r = 4");
  sql.close();
  const { things: collection } = await open(dataDir);
  await expect(collection.findOne({ _id: 3 })).rejects.toThrow(/an index of the collection test\.things is damaged/);
});

test("a damaged catalog keeps the database from starting, in words", async () => {
  const dataDir = directory();
  const first = await open(dataDir);
  await first.things.createIndex({ place: 1 });
  await first.close();
  const file = openSync(join(dataDir, "parley.db"), "r+");
  const bytes = Buffer.alloc(40 * 4096);
  readSync(file, bytes, 0, bytes.length, 0);
  const at = bytes.indexOf("place\0");
  writeSync(file, Buffer.from("plane"), 0, 5, at);
  closeSync(file);
  await expect(startEmbedded({ dataDir })).rejects.toThrow(
    /cannot start: the description of an index of test\.things is damaged; restore a backup/,
  );
});

/** Makes the file look as versions without checksums wrote it. */
function toFormat1(path: string): void {
  const sql = new DatabaseSync(path);
  for (const { name } of sql.prepare("SELECT name FROM sqlite_schema WHERE name GLOB 'c[0-9]*'").all())
    sql.exec(`ALTER TABLE ${name} DROP COLUMN sum`);
  sql.exec(`ALTER TABLE collections DROP COLUMN sum; ALTER TABLE collections DROP COLUMN summed;
    ALTER TABLE indexes DROP COLUMN sum; PRAGMA user_version = 1`);
  sql.close();
}

function unsummed(path: string): number {
  const sql = new DatabaseSync(path, { readOnly: true });
  const { n } = sql.prepare("SELECT count(*) AS n FROM c1 WHERE sum IS NULL").get() as { n: number };
  sql.close();
  return n;
}

test("an older file opens as before and gets its checksums in the background, going on after a stop", async () => {
  const { image, written } = await fill();
  const dataDir = directory();
  const path = join(dataDir, "parley.db");
  writeFileSync(path, image);
  toFormat1(path);
  let left = DOCUMENTS;
  for (let start = 0; left > 0; start++) {
    const { things: collection, close } = await open(dataDir);
    // Each start stops early, so the work goes on over several.
    const all = await collection.find().toArray();
    expect(all.map((doc) => textOf(doc))).toEqual([...written.values()]);
    if (start === 0) {
      await collection.updateOne({ _id: 1400 }, { $set: { name: "changed meanwhile" } });
      written.set(1400, textOf((await collection.findOne({ _id: 1400 })) as Document));
    }
    await expect.poll(() => unsummed(path), { interval: 5 }).toBeLessThan(left);
    await close();
    const now = unsummed(path);
    expect(now).toBeLessThan(left);
    left = now;
  }
  const damaged = readFileSync(path);
  damaged[damaged.indexOf("thing 3\0")] = 0x54;
  writeFileSync(path, damaged);
  const { things: collection } = await open(dataDir);
  await expect(collection.findOne({ _id: 3 })).rejects.toMatchObject({ code: 301 });
});

const OLD_HUB = new URL("../../../../../../shared/data/hub-0.1.0.db.gz", import.meta.url);

test.skipIf(!process.env.PARLEY_LONG || !existsSync(OLD_HUB))(
  "the data of an earlier hub opens with every document as it was",
  async () => {
    const dataDir = directory();
    const path = join(dataDir, "parley.db");
    writeFileSync(path, gunzipSync(readFileSync(OLD_HUB)));
    const before = new DatabaseSync(path, { readOnly: true });
    const rows = before.prepare("SELECT id, db, name, count FROM collections").all();
    before.close();
    const { client } = await open(dataDir);
    for (const { db, name, count } of rows)
      expect(await client.db(String(db)).collection(String(name)).countDocuments()).toBe(count);
  },
);
