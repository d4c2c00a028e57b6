import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import { afterAll, expect, test } from "vitest";
import { startEmbedded } from "../../../../server/database/embedded/index.ts";
import { backUp, restore } from "../../../../server/database/embedded/storage/backup.ts";
import { temporaryDirectory } from "./support.ts";

const directory = temporaryDirectory();
afterAll(() => rmSync(directory, { recursive: true }));
const dataDir = join(directory, "data");
const file = join(directory, "backup.db");

async function withDatabase<T>(work: (client: MongoClient) => Promise<T>): Promise<T> {
  const server = await startEmbedded({ dataDir });
  const client = await MongoClient.connect(server.uri);
  try {
    return await work(client);
  } finally {
    await client.close();
    await server.stop();
  }
}

test("a backup taken while clients write is of one moment, and restores with its indexes", async () => {
  await withDatabase(async (client) => {
    const pairs = client.db("test").collection<{ _id: number; n: number }>("pairs");
    await pairs.createIndex({ n: 1 });
    await pairs.insertMany(Array.from({ length: 500 }, (_, n) => ({ _id: n, n })));
    const writing = { on: true };
    const writer = (async () => {
      for (let n = 500; writing.on; n++) await pairs.insertOne({ _id: n, n });
    })();
    const size = backUp(dataDir, file);
    writing.on = false;
    await writer;
    expect(size).toBeGreaterThan(10_000);
    await pairs.deleteMany({});
    expect(() => restore(dataDir, file)).toThrow(/is in use by another process/);
  });
  const kept = restore(dataDir, file);
  expect(kept && existsSync(kept)).toBe(true);
  await withDatabase(async (client) => {
    const pairs = client.db("test").collection("pairs");
    expect(await pairs.countDocuments({ n: { $lt: 500 } })).toBe(500);
    expect((await client.db("test").command({ validate: "pairs", full: true })).errors).toEqual([]);
  });
});

test("a backup overwrites nothing, and what is no backup is not restored", async () => {
  expect(() => backUp(dataDir, file)).toThrow(/exists already/);
  expect(() => backUp(join(directory, "nowhere"), join(directory, "other.db"))).toThrow(/holds no database/);
  const garbage = join(directory, "garbage.db");
  writeFileSync(garbage, Buffer.alloc(9000, 7));
  expect(() => restore(dataDir, garbage)).toThrow(/damaged or is not a database/);
  await withDatabase(async (client) => {
    expect(await client.db("test").collection("pairs").countDocuments()).toBeGreaterThanOrEqual(500);
  });
});
