import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, closeSync, mkdirSync, openSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MongoClient } from "mongodb";
import { afterEach, expect, test } from "vitest";
import { startEmbedded } from "../../../../server/database/embedded/index.ts";
import { startInTemporaryDirectory, temporaryDirectory } from "./support.ts";

const directories: string[] = [];
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

function directory(): string {
  const path = temporaryDirectory();
  directories.push(path);
  return path;
}

async function open(dataDir: string, options: { log?: (level: string, message: string) => void } = {}) {
  const server = await startEmbedded({ dataDir, ...options });
  const client = await MongoClient.connect(server.uri);
  cleanups.push(
    () => server.stop(),
    () => client.close(),
  );
  return { client, server };
}

test("the socket and its directory are the user's alone", async () => {
  const { server } = await open(directory());
  const path = decodeURIComponent(/mongodb:\/\/([^/]+)/.exec(server.uri)?.[1] ?? "");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(path, "..")).mode & 0o777).toBe(0o700);
});

test("a collection keeps its UUID through a rename and a restart, and a new one of that name has another", async () => {
  const dataDir = directory();
  const uuidOf = async (client: MongoClient, name: string) =>
    (await client.db("test").listCollections({ name }, { nameOnly: false }).toArray())[0]?.info?.uuid?.toString("hex");
  const first = await open(dataDir);
  await first.client.db("test").createCollection("a");
  const uuid = await uuidOf(first.client, "a");
  expect(uuid).toMatch(/^[0-9a-f]{32}$/);
  await first.client.db("test").renameCollection("a", "b");
  await first.client.close();
  await first.server.stop();
  const { client } = await open(dataDir);
  expect(await uuidOf(client, "b")).toBe(uuid);
  await client.db("test").dropCollection("b");
  await client.db("test").createCollection("b");
  expect(await uuidOf(client, "b")).not.toBe(uuid);
});

test("a data directory too deep for a socket path still serves", async () => {
  const deep = join(directory(), "d".repeat(120));
  const { client } = await open(deep);
  expect(await client.db("test").command({ ping: 1 })).toEqual({ ok: 1 });
});

test("a second process on the same directory is told so, the first goes on", async () => {
  const dataDir = directory();
  const { client } = await open(dataDir);
  await expect(startEmbedded({ dataDir })).rejects.toThrow(/is in use by another process/);
  const script = new URL("./crash-server.ts", import.meta.url).pathname;
  const second = spawn(process.execPath, [script, dataDir, join(dataDir, "second.sock")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const said: Buffer[] = [];
  second.stderr.on("data", (chunk: Buffer) => said.push(chunk));
  const [code] = await once(second, "close");
  expect(code).not.toBe(0);
  expect(Buffer.concat(said).toString()).toMatch(/is in use by another process/);
  await client.db("test").collection("c").insertOne({ a: 1 });
});

test.skipIf(process.getuid?.() === 0)("a read-only directory is refused in plain words", async () => {
  const dataDir = directory();
  chmodSync(dataDir, 0o500);
  await expect(startEmbedded({ dataDir })).rejects.toThrow(/cannot start: .*read-only/);
  chmodSync(dataDir, 0o700);
});

test("a directory that can not be made is refused in plain words", async () => {
  const file = join(directory(), "file");
  writeFileSync(file, "");
  await expect(startEmbedded({ dataDir: join(file, "data") })).rejects.toThrow(/cannot start/);
});

test("a file of another program, and one that is no database, are left alone", async () => {
  const foreign = directory();
  const sql = new DatabaseSync(join(foreign, "parley.db"));
  sql.exec("PRAGMA application_id = 7; CREATE TABLE t (a)");
  sql.close();
  await expect(startEmbedded({ dataDir: foreign })).rejects.toThrow(/is not a database of this program/);
  const garbage = directory();
  writeFileSync(join(garbage, "parley.db"), Buffer.alloc(10_000, "garbage"));
  await expect(startEmbedded({ dataDir: garbage })).rejects.toThrow(/damaged or is not a database; restore a backup/);
});

test("a damaged page gives an error that says so, at the client and in the log", async () => {
  const dataDir = directory();
  const first = await startInTemporaryDirectory({ dataDir });
  const client = await MongoClient.connect(first.uri);
  await client
    .db("test")
    .collection("c")
    .insertMany(Array.from({ length: 2000 }, (_, n) => ({ n, text: "x".repeat(200) })));
  await client.close();
  await first.stop();
  const path = join(dataDir, "parley.db");
  const file = openSync(path, "r+");
  const { size } = statSync(path);
  for (let at = 8 * 4096; at < size; at += 4096) writeSync(file, Buffer.alloc(64, 0xff), 0, 64, at);
  closeSync(file);
  const log: string[] = [];
  const { client: reader } = await open(dataDir, { log: (level, message) => log.push(`${level}: ${message}`) });
  const failure = await reader
    .db("test")
    .collection("c")
    .find()
    .toArray()
    .catch((error: Error) => error);
  expect(String(failure)).toMatch(/the database file is damaged; restore a backup/);
  await expect.poll(() => log.join("\n")).toMatch(/error: find: the database file is damaged/);
});

test("a full disk fails the write as such, keeps what was acknowledged, and writing goes on when there is room", async () => {
  const dataDir = directory();
  const log: string[] = [];
  const { client } = await open(dataDir, { log: (_, message) => log.push(message) });
  const admin = client.db("admin");
  const notes = client.db("test").collection<{ _id: number; text: string }>("notes");
  await notes.insertOne({ _id: 1, text: "kept" });
  // SQLite's own page limit stands in for the disk: it fails with the same code at the same place.
  await admin.command({ setParameter: 1, maxPageCount: 60 });
  const large = Array.from({ length: 200 }, (_, n) => ({ _id: 100 + n, text: "x".repeat(5000) }));
  await expect(notes.insertMany(large)).rejects.toMatchObject({ code: 14031, codeName: "OutOfDiskSpace" });
  await expect.poll(() => log.join("\n")).toMatch(/the disk is full/);
  expect(await notes.findOne({ _id: 1 })).toEqual({ _id: 1, text: "kept" });
  await admin.command({ setParameter: 1, maxPageCount: 1_000_000 });
  await notes.insertOne({ _id: 2, text: "again" });
  expect(await notes.countDocuments({ _id: { $lte: 2 } })).toBe(2);
  expect((await client.db("test").command({ validate: "notes", full: true })).valid).toBe(true);
});

test("what was written is there after an ordered stop and start", async () => {
  const dataDir = directory();
  mkdirSync(dataDir, { recursive: true });
  const first = await startEmbedded({ dataDir });
  const client = await MongoClient.connect(first.uri);
  const c = client.db("test").collection("c");
  await c.createIndex({ a: 1 }, { unique: true, partialFilterExpression: { a: { $exists: true } } });
  await c.insertMany([{ a: 1 }, { a: [2, 3] }, {}]);
  await client.close();
  await first.stop();
  const { client: again } = await open(dataDir);
  const reopened = again.db("test").collection("c");
  expect(await reopened.countDocuments()).toBe(3);
  expect(await reopened.countDocuments({ a: 3 })).toBe(1);
  await expect(reopened.insertOne({ a: 2 })).rejects.toMatchObject({ code: 11000 });
});
