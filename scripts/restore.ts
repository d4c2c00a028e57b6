import { restore } from "../server/database/embedded/storage/backup.ts";
import { embeddedDirectory, fail, say } from "./embedded.ts";

/** `npm run restore -- FILE`: puts a backup in place of the embedded database; the hub must be stopped. */
const file = process.argv[2];
if (!file) fail("usage: npm run restore -- FILE");
try {
  const kept = restore(embeddedDirectory(), file);
  say(`restored from ${file}${kept ? `; what was there before is now ${kept}` : ""}`);
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
