import { backUp } from "../server/database/embedded/storage/backup.ts";
import { embeddedDirectory, fail, say } from "./embedded.ts";

/** `npm run backup -- FILE`: a consistent copy of the embedded database, also while the hub runs. */
const file = process.argv[2];
if (!file) fail("usage: npm run backup -- FILE");
try {
  const bytes = backUp(embeddedDirectory(), file);
  say(`${file}: ${bytes} bytes, checked`);
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
