import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { startEmbedded } from "../server/database/embedded/index.ts";
import { embeddedDirectory, fail, say } from "./embedded.ts";

/**
 * `npm run mongo [-- PORT]`: the embedded database on a TCP port of the loopback address, for mongosh or Compass. While the
 * hub runs this hands connections on to it; otherwise it opens the files itself.
 */
const HOST = "127.0.0.1";
const port = Number(process.argv[2] ?? 27017);
if (!Number.isInteger(port) || port < 0 || port > 65535) fail("usage: npm run mongo [-- PORT]");
const dataDir = embeddedDirectory();

try {
  const socket = await liveSocket(join(dataDir, "run"));
  const uri = socket ? await relay(socket) : (await startEmbedded({ dataDir, host: HOST, port })).uri;
  say(`${uri}  ${socket ? "(through the running hub)" : ""}`);
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}

/** The socket of a hub that runs; one that a killed hub left behind answers no more. */
async function liveSocket(directory: string): Promise<string | undefined> {
  const names = existsSync(directory) ? readdirSync(directory) : [];
  for (const path of names.map((name) => join(directory, name))) {
    const probe = connect(path);
    const answers = await once(probe, "connect").then(
      () => true,
      () => false,
    );
    probe.destroy();
    if (answers) return path;
  }
  return undefined;
}

async function relay(socketPath: string): Promise<string> {
  const server = createServer((client) => {
    const hub = connect(socketPath);
    client.pipe(hub).pipe(client);
    for (const [one, other] of [
      [client, hub],
      [hub, client],
    ] as const)
      one.on("error", () => other.destroy()).on("close", () => other.destroy());
  });
  server.listen(port, HOST);
  await once(server, "listening");
  const address = server.address();
  return `mongodb://${HOST}:${typeof address === "object" ? address?.port : port}/?directConnection=true`;
}
