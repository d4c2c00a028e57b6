import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Db, MongoClient, type MongoClientOptions } from "mongodb";
import { type EmbeddedOptions, startEmbedded } from "../../../../server/database/embedded/index.ts";

/** A real MongoDB to run the same suite against, instead of the embedded database. */
export const realMongo = process.env.TEST_MONGODB_URI;

let lastDatabase = 0;

export interface TestDatabase {
  uri: string;
  client: MongoClient;
  /** An empty database of this test's own. */
  db: Db;
  stop(): Promise<void>;
}

/** A server to test: the embedded one in a directory of its own, or the MongoDB that TEST_MONGODB_URI names. */
export async function openTestDatabase(
  options: Partial<EmbeddedOptions> & { client?: MongoClientOptions } = {},
): Promise<TestDatabase> {
  const { client: clientOptions, ...embedded } = options;
  const server = realMongo ? { uri: realMongo, stop: async () => {} } : await startInTemporaryDirectory(embedded);
  const client = await MongoClient.connect(server.uri, clientOptions);
  const db = client.db(`parley-test-${process.pid}-${++lastDatabase}`);
  return {
    uri: server.uri,
    client,
    db,
    async stop() {
      if (realMongo) await db.dropDatabase();
      await client.close();
      await server.stop();
    },
  };
}

export async function startInTemporaryDirectory(options: Partial<EmbeddedOptions> = {}) {
  const dataDir = options.dataDir ?? temporaryDirectory();
  const server = await startEmbedded({ ...options, dataDir });
  return {
    uri: server.uri,
    dataDir,
    async stop() {
      await server.stop();
      if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), "parley-db-"));
}
