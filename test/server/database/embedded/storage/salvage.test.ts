import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MongoClient } from "mongodb";
import { afterEach, expect, test } from "vitest";
import { startEmbedded } from "../../../../../server/database/embedded/index.ts";
import { backUp, restore } from "../../../../../server/database/embedded/storage/backup.ts";
import { salvage } from "../../../../../server/database/embedded/storage/salvage.ts";
import { temporaryDirectory } from "../support.ts";

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

function directory(): string {
  const path = temporaryDirectory();
  directories.push(path);
  return path;
}

interface Thing {
  _id: number;
  name: string;
  tags: number[];
}

async function use<T>(dataDir: string, work: (client: MongoClient) => Promise<T>): Promise<T> {
  const server = await startEmbedded({ dataDir });
  const client = await MongoClient.connect(server.uri);
  try {
    return await work(client);
  } finally {
    await client.close();
    await server.stop();
  }
}

const DOCUMENTS = 2000;

async function fill(dataDir: string): Promise<void> {
  await use(dataDir, async (client) => {
    const things = client.db("test").collection<Thing>("things");
    await things.createIndex({ tags: 1 });
    await things.createIndex({ name: 1 }, { unique: true });
    await things.insertMany(
      Array.from({ length: DOCUMENTS }, (_, n) => ({ _id: n, name: `thing ${n} ${"x".repeat(150)}`, tags: [n, -n] })),
    );
    await client.db("test").createCollection("log", { capped: true, size: 100_000 });
    await client.db("other").collection("empty").createIndex({ at: 1 }, { expireAfterSeconds: 60 });
  });
}

test("what is whole in a damaged file comes into a new one, with its indexes, and what is lost is named", async () => {
  const dataDir = directory();
  await fill(dataDir);
  const file = join(dataDir, "parley.db");
  const sql = new DatabaseSync(file);
  sql.exec("DELETE FROM i2 WHERE r BETWEEN 100 AND 200; UPDATE c1 SET sum = sum + 1 WHERE r IN (5, 6)");
  sql.close();
  const bytes = readFileSync(file);
  // A page in the middle of the documents: in the index the name has no field name before it.
  const stored = Buffer.from("name\0\xa2\0\0\0thing 1000 ", "latin1");
  const at = Math.floor(bytes.indexOf(stored) / 4096) * 4096;
  bytes.fill(0x5a, at, at + 4096);
  writeFileSync(file, bytes);
  const saved = join(directory(), "saved.db");
  const { documents, lost } = await salvage(file, saved);
  expect(documents).toBeGreaterThan(DOCUMENTS - 100);
  expect(documents).toBeLessThan(DOCUMENTS - 2);
  expect(lost).toEqual([`test.things: ${DOCUMENTS - documents} of ${DOCUMENTS} documents`]);
  expect(readdirSync(dirname(saved))).toEqual(["saved.db"]);
  restore(dataDir, saved);
  await use(dataDir, async (client) => {
    const things = client.db("test").collection<Thing>("things");
    expect(await things.countDocuments()).toBe(documents);
    expect(await things.countDocuments({ tags: { $in: [150, -150] } })).toBe(1);
    expect((await things.indexes()).map(({ name }) => name)).toEqual(["_id_", "tags_1", "name_1"]);
    expect((await client.db("test").command({ validate: "things", full: true })).errors).toEqual([]);
    expect(await client.db("test").collection("log").isCapped()).toBe(true);
    expect((await client.db("other").collection("empty").indexes())[1]).toMatchObject({ expireAfterSeconds: 60 });
  });
});

test("salvaging a sound file loses nothing, and overwrites nothing", async () => {
  const dataDir = directory();
  await fill(dataDir);
  const saved = join(dataDir, "saved.db");
  expect(await salvage(join(dataDir, "parley.db"), saved)).toEqual({ documents: DOCUMENTS, lost: [] });
  await expect(salvage(join(dataDir, "parley.db"), saved)).rejects.toThrow(/exists already/);
  const garbage = join(dataDir, "garbage.db");
  writeFileSync(garbage, Buffer.alloc(9000, 7));
  await expect(salvage(garbage, join(dataDir, "none.db"))).rejects.toThrow(/damaged or is not a database/);
  expect(existsSync(join(dataDir, "none.db"))).toBe(false);
  const copy = directory();
  restore(copy, saved);
  expect(backUp(copy, join(copy, "again.db"))).toBeGreaterThan(100_000);
});
