import { backUp } from "../server/database/embedded/storage/backup.ts";
import { isDamage } from "../server/database/embedded/storage/problems.ts";
import { embeddedDirectory, fail, say } from "./embedded.ts";

/**
 * `npm run backup -- FILE`: a consistent copy of the embedded database, also while the hub runs. Of a damaged one it is
 * refused, unless `--damaged` asks for it as it is.
 */
const args = process.argv.slice(2);
const damaged = args.includes("--damaged");
const file = args.find((arg) => arg !== "--damaged");
if (!file) fail("usage: npm run backup -- FILE [--damaged]");
try {
  const bytes = backUp(embeddedDirectory(), file, { damaged });
  say(`${file}: ${bytes} bytes, ${damaged ? "not checked" : "checked"}`);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  fail(isDamage(error) ? `No backup was made: ${reason}. To copy it as it is, add --damaged.` : reason);
}
