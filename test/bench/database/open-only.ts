import { startEmbedded } from "../../../server/database/embedded/index.ts";

/** A process with nothing but the database: how long it takes to open, and its memory on demand. */
const start = performance.now();
const { uri } = await startEmbedded({ dataDir: process.argv[2] ?? "" });
process.send?.({ uri, milliseconds: Math.round(performance.now() - start) });
process.on("message", () => process.send?.({ residentMb: Math.round(process.memoryUsage().rss / 1048576) }));
