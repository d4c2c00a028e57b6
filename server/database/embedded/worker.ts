import { parentPort, workerData } from "node:worker_threads";
import { type ServerOptions, WireServer } from "./wire/server.ts";

/** What the worker tells the thread that started it. */
export type WorkerMessage =
  | { kind: "ready"; port: number | undefined }
  | { kind: "failed"; message: string }
  | { kind: "stopped" }
  | { kind: "log"; level: "info" | "warn" | "error"; message: string };

const port = parentPort;
if (!port) throw new Error("worker.ts runs as a worker thread");
const tell = (message: WorkerMessage) => port.postMessage(message);
const options = workerData as ServerOptions;

try {
  const server = new WireServer(options, (level, message) => tell({ kind: "log", level, message }));
  port.once("message", async () => {
    await server.stop();
    tell({ kind: "stopped" });
    port.close();
  });
  tell({ kind: "ready", port: await server.listen(options) });
} catch (error) {
  tell({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  port.close();
}
