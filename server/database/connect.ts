import { mkdirSync } from "node:fs";
import { join } from "node:path";
import mongoose from "mongoose";
import type { DatabaseHealth } from "../../contract/database.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import { type Embedded, OpeningError, startEmbedded } from "./embedded/index.ts";

export interface Database {
  uri: string;
  /** How it and its disk are, as far as it is known. */
  health(): DatabaseHealth;
  /** Rejects while the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Connects Mongoose to the MongoDB of MONGODB_URI, else to the embedded database in DATA_DIR. From here on
 * nothing in the hub knows which of the two it is.
 * @param refuseScans makes the embedded database refuse queries that no index serves: tests run so
 */
export async function connectDatabase(
  config: Pick<Config, "mongodbUri" | "dataDir" | "hadData" | "beginAnew">,
  log: Log,
  { refuseScans = false }: { refuseScans?: boolean } = {},
): Promise<Database> {
  const embedded = config.mongodbUri ? undefined : await openEmbedded(config, refuseScans, log);
  const uri = config.mongodbUri ?? embedded?.uri ?? "";
  try {
    await mongoose.connect(uri, { autoIndex: false, serverSelectionTimeoutMS: 10_000, dbName: databaseNameOf(uri) });
    // A new unique index may be refused by what is stored: better at the start than as a doubled message later.
    await Promise.all(Object.values(mongoose.models).map((model) => model.createIndexes()));
  } catch (error) {
    await mongoose.disconnect();
    await embedded?.stop();
    throw error;
  }
  log.info({ database: embedded ? "embedded" : "mongodb" }, "database connected");
  return {
    uri,
    health: () => healthOf(embedded),
    async ping() {
      await mongoose.connection.db?.command({ ping: 1 });
    },
    async close() {
      await mongoose.disconnect();
      await embedded?.stop();
    },
  };
}

async function openEmbedded(
  { dataDir, hadData, beginAnew = false }: Pick<Config, "dataDir" | "hadData" | "beginAnew">,
  noTableScan: boolean,
  log: Log,
): Promise<Embedded> {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return await startEmbedded({
      dataDir: join(dataDir, "database"),
      noTableScan,
      expected: hadData,
      anew: beginAnew,
      log: (level, message) => log[level]({ database: "embedded" }, message),
    });
  } catch (error) {
    if (!(error instanceof OpeningError)) throw error;
    throw new Error(`${error.message} ${HINTS[error.trouble]}`.trim(), { cause: error });
  }
}

function healthOf(embedded: Embedded | undefined): DatabaseHealth {
  if (!embedded) return { engine: "mongodb", disk: "ok", damage: [], checkedAt: null };
  const { disk, damage, checkedAt } = embedded.health();
  return {
    engine: "embedded",
    disk: disk === "read-only" ? "read_only" : disk,
    damage: [...damage],
    checkedAt: checkedAt?.toISOString() ?? null,
  };
}

/** What to do, in the hub's own commands. */
const HINTS = {
  missing: "(npm run restore -- FILE puts a backup in place; npm start -- --new begins with an empty database.)",
  damaged: "(npm run restore -- FILE, npm run salvage -- DAMAGED NEW; see docs/embedded-database.md)",
  other: "",
};

/** The database named in the URI, else `parley`. */
function databaseNameOf(uri: string): string {
  const path = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/.exec(uri)?.[1];
  return path ? decodeURIComponent(path) : "parley";
}
