import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

/**
 * For development: the hub, restarted when the server changes, and the screens, built again when they change. The hub serves them
 * as in production, under the same headers; reload the page to see a change.
 */
const root = join(import.meta.dirname, "..");

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...args], { cwd: root, stdio: "inherit" });
}

const children = [
  start(join("scripts", "build.ts"), "--watch"),
  start("--watch", "--watch-preserve-output", join("server", "main.ts")),
];

function stop(): void {
  for (const child of children) child.kill("SIGTERM");
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
for (const child of children) child.once("exit", stop);
