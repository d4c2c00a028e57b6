import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Collection, MongoClient } from "mongodb";
import { afterAll, expect, test } from "vitest";
import { temporaryDirectory } from "./support.ts";

const KILLS = process.env.PARLEY_LONG ? 200 : 5;
const WRITERS = 6;
/** A kill comes somewhere in this time after the writers have begun. */
const LONGEST_LIFE_MS = 250;

interface Entry {
  _id: string;
  /** Always set together: a difference would be half a write. */
  version: number;
  copy: number;
  tags: string[];
}

/** What a writer knows of one document: what was acknowledged, and what was under way when the server died. */
interface Known {
  acknowledged: number | undefined;
  pending: number | undefined | "none";
}

const dataDir = temporaryDirectory();
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

test(`after each of ${KILLS} kills every acknowledged write is there, whole, and in its indexes`, async () => {
  const known = new Map<string, Known>();
  let acknowledgedWrites = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const { child, uri } = await startServer();
    // Closing tells the server, which is dead then, of ended sessions: without a limit the driver may wait for its socket for good.
    const client = await MongoClient.connect(uri, { timeoutMS: 10_000 });
    const entries = client.db("crash").collection<Entry>("entries");
    await verify(entries, known);
    await entries.createIndexes([
      { key: { version: 1 } },
      { key: { tags: 1, version: -1 } },
      { key: { copy: 1 }, sparse: true },
    ]);
    const stop = { now: false };
    const writers = Array.from({ length: WRITERS }, (_, writer) => write(entries, known, `${kill}-${writer}`, stop));
    // Not a wait for something: the moment of the kill is what this test varies.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_LIFE_MS));
    child.kill("SIGKILL");
    stop.now = true;
    await once(child, "exit");
    await client.close(true);
    for (const count of await Promise.all(writers)) acknowledgedWrites += count;
  }
  const { child, uri } = await startServer();
  const client = await MongoClient.connect(uri);
  await verify(client.db("crash").collection<Entry>("entries"), known);
  await client.close();
  child.kill();
  await once(child, "exit");
  expect(acknowledgedWrites).toBeGreaterThan(KILLS);
}, 600_000);

/** Inserts, updates and deletes its own documents until the server is gone; returns how many writes were acknowledged. */
async function write(entries: Collection<Entry>, known: Map<string, Known>, name: string, stop: { now: boolean }) {
  let acknowledged = 0;
  const run = async (_id: string, version: number | undefined, action: () => Promise<unknown>) => {
    const state = known.get(_id) ?? { acknowledged: undefined, pending: "none" };
    state.pending = version;
    known.set(_id, state);
    await action();
    Object.assign(state, { acknowledged: version, pending: "none" });
    acknowledged++;
  };
  try {
    for (let n = 0; !stop.now; n++) {
      const _id = `${name}-${n}`;
      await run(_id, 1, () => entries.insertOne({ _id, version: 1, copy: 1, tags: ["new", name] }));
      if (n % 2) {
        const change = { $inc: { version: 1, copy: 1 }, $push: { tags: `changed-${n}` } };
        await run(_id, 2, () => entries.updateOne({ _id }, change));
      }
      if (n % 5 === 0) await run(_id, undefined, () => entries.deleteOne({ _id }));
    }
  } catch (error) {
    if (!stop.now) throw error;
  }
  return acknowledged;
}

async function verify(entries: Collection<Entry>, known: Map<string, Known>): Promise<void> {
  const stored = new Map((await entries.find().toArray()).map((entry) => [entry._id, entry]));
  for (const [_id, state] of known) {
    const entry = stored.get(_id);
    const possible = [state.acknowledged, ...(state.pending === "none" ? [] : [state.pending])];
    expect(possible, `version of ${_id}`).toContain(entry?.version);
    if (entry) expect(entry.copy).toBe(entry.version);
    Object.assign(state, { acknowledged: entry?.version, pending: "none" });
    stored.delete(_id);
  }
  expect([...stored.keys()]).toEqual([]);
  if (known.size === 0) return;
  const report = await entries.db.command({ validate: "entries" });
  expect(report.errors).toEqual([]);
}

async function startServer(): Promise<{ child: ChildProcess; uri: string }> {
  const script = new URL("./crash-server.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, dataDir, join(dataDir, "crash.sock")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const uri of createInterface({ input: child.stdout as NodeJS.ReadableStream })) return { child, uri };
  throw new Error("the server did not start");
}
