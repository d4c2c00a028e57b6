import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MongoClient } from "mongodb";
import { afterEach, expect, test } from "vitest";
import { type EmbeddedOptions, startEmbedded } from "../../../../../server/database/embedded/index.ts";
import { backUp, restore } from "../../../../../server/database/embedded/storage/backup.ts";
import { temporaryDirectory } from "../support.ts";

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function directory(): string {
  const path = temporaryDirectory();
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

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
  return {
    server,
    close,
    things: client.db("test").collection<{ _id: number; n?: number; tags?: number[] }>("things"),
  };
}

/** A stopped database with a document, an index entry and a counter that are wrong. */
async function damagedDirectory(): Promise<string> {
  const dataDir = directory();
  const { things, close } = await open(dataDir);
  await things.createIndex({ tags: 1 });
  await things.insertMany(Array.from({ length: 300 }, (_, n) => ({ _id: n, n, tags: [n, n + 1] })));
  await close();
  const sql = new DatabaseSync(join(dataDir, "parley.db"));
  sql.exec("UPDATE c1 SET doc = CAST(replace(hex(doc), '', '') AS BLOB) WHERE r = 7");
  sql.exec("DELETE FROM i2 WHERE r = 20; UPDATE collections SET count = 299");
  sql.close();
  return dataDir;
}

const FINDS = [
  "test.things: the document in row 7 is not what was written",
  "test.things: index tags_1 lacks the document in row 20",
];

test("a check of a sound database finds nothing, also while clients write", async () => {
  const { server, things } = await open(directory());
  await things.createIndex({ tags: 1, n: -1 });
  await things.createIndex({ n: 1 }, { sparse: true });
  await things.insertMany(Array.from({ length: 2000 }, (_, n) => ({ _id: n, n, tags: [n, n + 1] })));
  const writing = { on: true };
  const writer = (async () => {
    for (let n = 0; writing.on; n++) {
      await things.updateOne({ _id: n % 2000 }, { $push: { tags: n } });
      await things.deleteOne({ _id: 5000 + n - 3 });
      await things.insertOne({ _id: 5000 + n });
    }
  })();
  for (let i = 0; i < 3; i++) expect(await server.check()).toEqual([]);
  writing.on = false;
  await writer;
  expect(server.health()).toMatchObject({ damage: [], disk: "ok", checkedAt: expect.any(Date) });
});

test("a check finds by itself what nobody has read yet, and says it in the log and in the database's health", async () => {
  const log: string[] = [];
  const { server } = await open(await damagedDirectory(), {
    checkTimes: { after: 1, every: 1e9 },
    log: (level, line) => log.push(`${level}: ${line}`),
  });
  await expect.poll(() => server.health().checkedAt).toBeInstanceOf(Date);
  expect(server.health().damage).toEqual(expect.arrayContaining(FINDS));
  await expect.poll(() => log).toEqual(expect.arrayContaining(FINDS.map((find) => `error: check: ${find}`)));
  expect(await server.check()).toContain("test.things: 300 documents are there, 299 were counted");
});

test("no backup is made of a damaged database unless as it is, and such a backup is not restored", async () => {
  const dataDir = await damagedDirectory();
  const file = join(directory(), "backup.db");
  expect(() => backUp(dataDir, file)).toThrow(/row 7 is not what was written.* is damaged; restore a backup/);
  expect(existsSync(file)).toBe(false);
  expect(existsSync(`${file}.partial`)).toBe(false);
  expect(backUp(dataDir, file, { damaged: true })).toBeGreaterThan(10_000);
  expect(() => restore(dataDir, file)).toThrow(/lacks the document in row 20.* is damaged/);
});

test("a file with overwritten pages gives no backup", async () => {
  const dataDir = directory();
  const { things, close } = await open(dataDir);
  await things.insertMany(Array.from({ length: 3000 }, (_, n) => ({ _id: n, n, tags: [n] })));
  await close();
  const path = join(dataDir, "parley.db");
  const bytes = readFileSync(path);
  for (let page = 20; page < 25; page++) bytes.fill(0x5a, page * 4096, page * 4096 + 200);
  writeFileSync(path, bytes);
  const file = join(dataDir, "backup.db");
  expect(() => backUp(dataDir, file)).toThrow(/damaged/);
  expect(existsSync(file)).toBe(false);
});
