import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface HubProcess {
  url: string;
  /** SIGKILL: no goodbye, nothing flushed. Resolves when the process is gone. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a hub in a process of its own on a data folder and port; resolves when it listens. */
export async function startHubProcess(
  dataDir: string,
  port: number,
  env: Record<string, string> = {},
): Promise<HubProcess> {
  const script = join(import.meta.dirname, "hub-process.ts");
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script, dataDir, String(port)], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TEST_HUB_ENV: JSON.stringify(env) },
  });
  const url = await firstLine(child);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  };
  return { url, kill: () => end("SIGKILL"), stop: () => end("SIGTERM") };
}

/** A port that was free a moment ago, for a server that comes back on the same one. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (!child.stdout) return reject(new Error("no output"));
    createInterface({ input: child.stdout }).once("line", resolve);
    child.once("exit", (code, signal) => reject(new Error(`the hub ended before it listened: ${code ?? signal}`)));
  });
}
