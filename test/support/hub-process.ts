import { startApp } from "../../server/app.ts";
import { createLog } from "../../server/log.ts";
import { testConfig } from "./app.ts";

/**
 * A hub in a process of its own, for tests that kill it. Arguments: data folder, port. Prints its address as the
 * first line. Floods are allowed: a test's many shoppers share one address.
 */
const [dataDir = "", port = "0"] = process.argv.slice(2);
const many = { points: 1_000_000, seconds: 1 };
const app = await startApp({
  config: testConfig(dataDir, {
    PORT: port,
    ...(JSON.parse(process.env.TEST_HUB_ENV ?? "{}") as Record<string, string>),
  }),
  log: createLog(process.env.TEST_LOG_LEVEL ?? "silent"),
  refuseScans: true,
  socketLimits: { connect: many, message: many, read: many },
});
process.stdout.write(`${app.url}\n`);
process.on("SIGTERM", () => app.stop().then(() => process.exit(0)));
