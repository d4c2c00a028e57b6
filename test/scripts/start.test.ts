import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** The hub as whoever runs it starts it: by npm, which runs a shell, which runs Node. */
let dataDir: string;
let hub: ChildProcess;
let url: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "parley-start-"));
  // As after a loss of the database: without the argument the hub would refuse to begin with an empty one.
  await writeFile(join(dataDir, "secret.key"), "a secret of this hub, from before its database was lost");
  hub = npm("start", "--", "--new");
  let output = "";
  url = await new Promise((resolve, reject) => {
    hub.stdout?.on("data", (data: Buffer) => {
      output += data.toString();
      const address = /running at (http:\S+)/.exec(output)?.[1];
      if (address) resolve(address);
    });
    hub.stderr?.on("data", (data: Buffer) => {
      output += data.toString();
    });
    hub.once("exit", () => reject(new Error(output)));
  });
});
afterAll(async () => {
  hub.kill("SIGKILL");
  await rm(dataDir, { recursive: true, force: true });
});

function npm(...args: string[]): ChildProcess {
  const env = { ...process.env, DATA_DIR: dataDir, PORT: "0", SMTP_LISTEN_PORT: "0", LOG_LEVEL: "silent" };
  return spawn("npm", args, { cwd: join(import.meta.dirname, "..", ".."), env, stdio: ["ignore", "pipe", "pipe"] });
}

describe("npm start", () => {
  it.each([
    ["a second start", ["start"]],
    ["seeding", ["run", "seed", "--", "--conversations", "1"]],
  ])("keeps its data to itself: %s says so in one line", async (_what, args) => {
    const other = npm(...args);
    let said = "";
    other.stderr?.on("data", (data: Buffer) => {
      said += data.toString();
    });
    const [status] = (await once(other, "close")) as [number];
    expect(status).not.toBe(0);
    const lines = said.split("\n").filter((line) => line && !line.startsWith("npm "));
    expect(lines).toEqual([expect.stringMatching(/^Parley cannot start: .*is in use by another process/)]);
  });

  it("ends with the hub's ports closed when it is told to stop", async () => {
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const ended = once(hub, "close");
    hub.kill("SIGTERM");
    await ended;
    await expect(fetch(`${url}/healthz`)).rejects.toThrow("fetch failed");
  });
});
