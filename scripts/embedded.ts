import { join, resolve } from "node:path";

/** Where the embedded database of this installation is, as the server has it. */
export function embeddedDirectory(): string {
  if (process.env.MONGODB_URI)
    fail("MONGODB_URI is set: use that server's own tools (mongodump, mongorestore, mongosh).");
  return join(resolve(process.env.DATA_DIR || "./data"), "database");
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function fail(line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}
