import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { checkDatabase } from "./storage/check.ts";

/** What the checking thread tells: each find, then that it is through. */
export type CheckerMessage = { find: string } | { done: true };

/** Works this long, then leaves the processor to others twice as long. */
const WORK_MS = 10;

const port = parentPort;
if (!port) throw new Error("checker.ts runs as a worker thread");
const { path, unhurried } = workerData as { path: string; unhurried: boolean };
const sql = new DatabaseSync(path, { readOnly: true });
sql.exec("PRAGMA cache_size = -4096; PRAGMA busy_timeout = 10000");
let began = performance.now();
for (const find of checkDatabase(sql)) {
  if (find !== undefined) port.postMessage({ find } satisfies CheckerMessage);
  const worked = performance.now() - began;
  if (!unhurried || worked < WORK_MS) continue;
  await pause(2 * worked);
  began = performance.now();
}
sql.close();
port.postMessage({ done: true } satisfies CheckerMessage);
