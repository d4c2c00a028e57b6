import { startEmbedded } from "../../../../server/database/embedded/index.ts";

/** A process of its own for the crash test: serves the directory until it is killed. */
const [dataDir = "", socketPath = ""] = process.argv.slice(2);
const { uri } = await startEmbedded({ dataDir, socketPath });
process.stdout.write(`${uri}\n`);
