import { parentPort, workerData } from "node:worker_threads";
import type { HealthReport } from "./storage/health.ts";
import { type Trouble, troubleOf } from "./storage/opening.ts";
import { type ServerOptions, WireServer } from "./wire/server.ts";

/** What the worker tells the thread that started it. */
export type WorkerMessage =
  | { kind: "ready"; port: number | undefined }
  | { kind: "failed"; message: string; trouble: Trouble }
  | { kind: "health"; report: HealthReport }
  | { kind: "checked"; finds: string[] }
  | { kind: "stopped" }
  | { kind: "log"; level: "info" | "warn" | "error"; message: string };

const port = parentPort;
if (!port) throw new Error("worker.ts runs as a worker thread");
const tell = (message: WorkerMessage) => port.postMessage(message);
const options = workerData as ServerOptions;

try {
  const server = new WireServer(options, (level, message) => tell({ kind: "log", level, message }));
  server.onHealth((report) => tell({ kind: "health", report }));
  port.on("message", async (wanted: "stop" | "check") => {
    if (wanted === "check") return tell({ kind: "checked", finds: await server.check() });
    await server.stop();
    tell({ kind: "stopped" });
    port.close();
  });
  tell({ kind: "ready", port: await server.listen(options) });
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  tell({ kind: "failed", message, trouble: troubleOf(error) });
  port.close();
}
