import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { startEmbedded } from "../../server/database/embedded/index.ts";
import { measureFloor } from "./database/floor.ts";
import { CLIENTS, connect, fill, latency, type Message, measure, type Rates } from "./database/workload.ts";

const SMALL = 10_000;
const LARGE = Number(process.env.PARLEY_BENCH_DOCS ?? 1_000_000);
const TIME_MS = Number(process.env.PARLEY_BENCH_MS ?? 3000);
/** Keeps the data of the large database from run to run, where given. */
const KEEP = process.env.PARLEY_BENCH_DIR;

/**
 * The embedded database through the driver, next to the driver's own limit (canned replies) and the floor (SQLite alone), all
 * in one run; then the same with a million documents, opening it, its memory, and other clients' latency during a scan.
 */
export default async function bench(): Promise<unknown> {
  const directory = mkdtempSync(join(tmpdir(), "parley-bench-"));
  try {
    const limit = await driverLimit(directory);
    const floor = measureFloor(directory, SMALL, TIME_MS / 3);
    const small = await withDatabase(join(directory, "small"), SMALL, (db) => measure(db, SMALL, TIME_MS));
    const largeDirectory = KEEP ?? join(directory, "large");
    const large = await withDatabase(largeDirectory, LARGE, async (db, loadSeconds) => ({
      ...(await measure(db, LARGE, TIME_MS)),
      loadSeconds: Math.round(loadSeconds),
    }));
    const opened = await openOnly(largeDirectory);
    return {
      clients: CLIENTS,
      documents: { small: SMALL, large: LARGE },
      rates: { small, large, driverLimit: limit, floor },
      ofLimit: { small: ratios(small, lower(limit, floor)), large: ratios(large, lower(limit, floor)) },
      largeOfSmall: ratios(large, small),
      ...opened,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

type Work<T> = (
  db: Awaited<ReturnType<typeof connect>> extends { db(name: string): infer D } ? D : never,
  load: number,
) => Promise<T>;

async function withDatabase<T>(dataDir: string, count: number, work: Work<T>): Promise<T> {
  mkdirSync(dataDir, { recursive: true });
  const server = await startEmbedded({ dataDir });
  const client = await connect(server.uri);
  const db = client.db("bench");
  const result = await work(db, await fill(db, count));
  await client.close();
  await server.stop();
  return result;
}

async function driverLimit(directory: string): Promise<Rates> {
  const socketPath = join(directory, "canned.sock");
  const worker = new Worker(new URL("./database/canned-server.ts", import.meta.url), { workerData: { socketPath } });
  await once(worker, "message");
  const client = await connect(`mongodb://${encodeURIComponent(socketPath)}/?directConnection=true`);
  const rates = await measure(client.db("bench"), SMALL, TIME_MS);
  await client.close();
  await worker.terminate();
  return rates;
}

/** In a process of its own: time to open, latency idle and during a scan, resident memory after that. */
async function openOnly(dataDir: string): Promise<object> {
  const child = fork(new URL("./database/open-only.ts", import.meta.url).pathname, [dataDir]);
  const [{ uri, milliseconds }] = (await once(child, "message")) as [{ uri: string; milliseconds: number }];
  const client = await connect(uri);
  const db = client.db("bench");
  const residentMb = async () => {
    const answer = once(child, "message") as Promise<[{ residentMb: number }]>;
    child.send("memory");
    return (await answer)[0].residentMb;
  };
  const until = performance.now() + TIME_MS;
  const idle = await latency(db, LARGE, () => performance.now() < until);
  const residentIdle = await residentMb();
  const scanStart = performance.now();
  let scanning = true;
  const scan = db
    .collection<Message>("messages")
    .countDocuments({ text: "nothing has this text" })
    .then(() => {
      scanning = false;
    });
  const duringScan = await latency(db, LARGE, () => scanning);
  await scan;
  const scanSeconds = Number(((performance.now() - scanStart) / 1000).toFixed(1));
  const residentAfterScan = await residentMb();
  await client.close();
  child.kill();
  return {
    openMs: milliseconds,
    residentMb: { open: residentIdle, afterScan: residentAfterScan },
    latencyMs: { idle, duringScan, scanSeconds, p95Ratio: Number((duringScan.p95 / idle.p95).toFixed(2)) },
  };
}

function lower(a: Rates, b: Rates): Rates {
  const pick = (name: keyof Rates) => Math.min(a[name], b[name]);
  return { insert: pick("insert"), findOne: pick("findOne"), range: pick("range"), update: pick("update") };
}

function ratios(of: Rates, base: Rates): Rates {
  const ratio = (name: keyof Rates) => Number((of[name] / base[name]).toFixed(2));
  return { insert: ratio("insert"), findOne: ratio("findOne"), range: ratio("range"), update: ratio("update") };
}
