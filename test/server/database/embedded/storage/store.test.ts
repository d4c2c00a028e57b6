import { rmSync } from "node:fs";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Store } from "../../../../../server/database/embedded/storage/store.ts";
import { WireServer } from "../../../../../server/database/embedded/wire/server.ts";
import { temporaryDirectory } from "../support.ts";

/** Syncs that the store has asked the disk for; the tests say when and how each ends. */
const disk = vi.hoisted(() => ({ syncs: [] as ((error: Error | null) => void)[] }));
vi.mock("node:fs", async (original) => ({
  ...(await original<typeof import("node:fs")>()),
  fdatasync: (_file: number, done: (error: Error | null) => void) => disk.syncs.push(done),
}));

let dataDir: string;
let store: Store;
beforeEach(() => {
  dataDir = temporaryDirectory();
  store = new Store(dataDir);
  store.sql.exec("CREATE TABLE notes (text TEXT)");
});
afterEach(() => {
  disk.syncs.length = 0;
  store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Writes, and tells how it went: undefined while the write is under way. */
function write(text: string): { outcome?: string } {
  const told: { outcome?: string } = {};
  store.write(() => store.sql.prepare("INSERT INTO notes VALUES (?)").run(text));
  store.durable()?.then(
    () => Object.assign(told, { outcome: "kept" }),
    (error: Error) => Object.assign(told, { outcome: error.message }),
  );
  return told;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const texts = () =>
  store.sql
    .prepare("SELECT text FROM notes")
    .all()
    .map((row) => row.text);

test("a write is acknowledged when the disk has it, not before", async () => {
  const first = write("first");
  await expect.poll(() => disk.syncs.length).toBe(1);
  await turn();
  expect(first.outcome).toBeUndefined();
  disk.syncs.shift()?.(null);
  await expect.poll(() => first.outcome).toBe("kept");
});

test("writes that come while the disk is busy share the next commit", async () => {
  const first = write("first");
  await expect.poll(() => disk.syncs.length).toBe(1);
  const later = [write("second"), write("third")];
  await turn();
  expect(disk.syncs.length).toBe(1);
  disk.syncs.shift()?.(null);
  await expect.poll(() => disk.syncs.length).toBe(1);
  expect(first.outcome).toBe("kept");
  expect(later.map(({ outcome }) => outcome)).toEqual([undefined, undefined]);
  disk.syncs.shift()?.(null);
  await expect.poll(() => later.map(({ outcome }) => outcome)).toEqual(["kept", "kept"]);
});

test("when the disk fails to keep a write, it and every later one get an error", async () => {
  const first = write("first");
  await expect.poll(() => disk.syncs.length).toBe(1);
  const second = write("second");
  disk.syncs.shift()?.(new Error("EIO: i/o error, fdatasync"));
  await expect.poll(() => first.outcome).toMatch(/EIO/);
  await expect.poll(() => second.outcome).toMatch(/the disk failed to keep a write .*start again/);
  expect(() => write("third")).toThrow(/the disk failed to keep a write/);
  expect(texts()).toEqual(["first"]);
});

test("a stop while the disk is busy keeps what has been written meanwhile", async () => {
  write("first");
  await expect.poll(() => disk.syncs.length).toBe(1);
  const second = write("second");
  store.close();
  disk.syncs.shift()?.(null);
  await expect.poll(() => second.outcome).toBe("kept");
  store = new Store(dataDir);
  expect(texts()).toEqual(["first", "second"]);
});

test("reads, and writes that ask for no journal, are answered without the disk; other writes wait for it", async () => {
  const directory = temporaryDirectory();
  const options = { dataDir: directory, socketPath: join(directory, "s.sock"), noTableScan: false };
  const server = new WireServer(options, () => {});
  await server.listen(options);
  const client = await MongoClient.connect(
    `mongodb://${encodeURIComponent(options.socketPath)}/?directConnection=true`,
  );
  const notes = client.db("test").collection<{ _id: number }>("notes");
  let kept = false;
  const journaled = notes.insertOne({ _id: 1 }).then(() => {
    kept = true;
  });
  await expect.poll(() => disk.syncs.length).toBe(1);
  await notes.insertOne({ _id: 2 }, { writeConcern: { w: 1, j: false } });
  expect(await notes.countDocuments({ _id: 2 })).toBe(1);
  expect(kept).toBe(false);
  await expect
    .poll(() => {
      disk.syncs.shift()?.(null);
      return kept;
    })
    .toBe(true);
  await journaled;
  await client.close();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});
