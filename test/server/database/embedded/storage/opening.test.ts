import { chmodSync, existsSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MongoClient } from "mongodb";
import { afterEach, expect, test } from "vitest";
import { type EmbeddedOptions, startEmbedded } from "../../../../../server/database/embedded/index.ts";
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

/** A directory with a database of some pages, stopped in order. */
async function withData(): Promise<{ dataDir: string; file: string }> {
  const dataDir = directory();
  await use({ dataDir }, (client) =>
    client
      .db("test")
      .collection("c")
      .insertMany(Array.from({ length: 500 }, (_, n) => ({ n, text: "x".repeat(200) }))),
  );
  return { dataDir, file: join(dataDir, "parley.db") };
}

async function use<T>(options: EmbeddedOptions, work: (client: MongoClient) => Promise<T>): Promise<T> {
  const server = await startEmbedded(options);
  const client = await MongoClient.connect(server.uri);
  try {
    return await work(client);
  } finally {
    await client.close();
    await server.stop();
  }
}

test("a database that is gone or empty is no first start where there was one before, unless asked for", async () => {
  const { dataDir, file } = await withData();
  const kept = join(dataDir, "elsewhere");
  renameSync(file, kept);
  await expect(startEmbedded({ dataDir })).rejects.toThrow(
    /cannot start: .*parley\.db is missing, although there was a database here before\. Put the file back, or restore a backup\./,
  );
  writeFileSync(file, "");
  rmSync(join(dataDir, "parley.lock"));
  await expect(startEmbedded({ dataDir, expected: true })).rejects.toMatchObject({
    trouble: "missing",
    message: expect.stringMatching(/is empty \(0 bytes\)/),
  });
  renameSync(kept, file);
  expect(await use({ dataDir }, (client) => client.db("test").collection("c").countDocuments())).toBe(500);
  rmSync(file);
  expect(
    await use({ dataDir, expected: true, anew: true }, (client) => client.db("test").collection("c").countDocuments()),
  ).toBe(0);
});

test("a first start says nothing and begins with an empty database", async () => {
  const said: string[] = [];
  await use({ dataDir: directory(), log: (_, line) => said.push(line) }, (client) =>
    client.db("test").command({ ping: 1 }),
  );
  expect(said).toEqual([]);
});

test("a log that is left without its database is not taken for a first start, and a new one does not read it", async () => {
  const { dataDir, file } = await withData();
  rmSync(file);
  writeFileSync(`${file}-wal`, Buffer.alloc(9000, 1));
  await expect(startEmbedded({ dataDir })).rejects.toThrow(/although its log parley\.db-wal is there/);
  expect(await use({ dataDir, anew: true }, (client) => client.db("test").collection("c").countDocuments())).toBe(0);
  expect(readdirSync(dataDir).some((name) => /^parley\.db\.before-.*-wal$/.test(name))).toBe(true);
});

test("a restore that was interrupted is told as such", async () => {
  const { dataDir, file } = await withData();
  renameSync(file, `${file}.before-2026-01-01`);
  await expect(startEmbedded({ dataDir })).rejects.toThrow(/a restore set parley\.db\.before-2026-01-01 aside/);
});

test("a file that was cut short, or lost its beginning, is refused at the start with what to do", async () => {
  const { dataDir, file } = await withData();
  truncateSync(file, 10 * 4096);
  await expect(startEmbedded({ dataDir })).rejects.toThrow(
    /(is cut short: 10 of \d+ pages are there|the database file is damaged); restore a backup, or salvage what is whole/,
  );
  truncateSync(file, 50);
  await expect(startEmbedded({ dataDir })).rejects.toThrow(/is damaged or is not a database; restore a backup/);
  writeFileSync(file, Buffer.alloc(40_000));
  await expect(startEmbedded({ dataDir })).rejects.toThrow(/is damaged or is not a database; restore a backup/);
  expect(existsSync(file)).toBe(true);
});

test("a file of a later version is refused, and left as it is", async () => {
  const { dataDir, file } = await withData();
  const sql = new DatabaseSync(file);
  sql.exec("PRAGMA user_version = 99");
  sql.close();
  await expect(startEmbedded({ dataDir })).rejects.toThrow(
    /has format 99, of a later version; this one reads up to format \d+\. Start the later version again\./,
  );
});

test.skipIf(process.getuid?.() === 0)("a file that may not be written is refused in plain words", async () => {
  const { dataDir, file } = await withData();
  chmodSync(file, 0o400);
  await expect(startEmbedded({ dataDir })).rejects.toThrow(/cannot start: no permission to write .*parley\.db/);
  chmodSync(dataDir, 0o500);
  await expect(startEmbedded({ dataDir })).rejects.toThrow(/cannot start: no permission to write/);
  chmodSync(dataDir, 0o700);
});
