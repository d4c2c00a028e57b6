import { salvage } from "../server/database/embedded/storage/salvage.ts";
import { fail, say } from "./embedded.ts";

/** `npm run salvage -- DAMAGED NEW`: writes what is whole in a damaged database file to a new one; the hub must be stopped. */
const [damaged, target] = process.argv.slice(2);
if (!damaged || !target) fail("usage: npm run salvage -- DAMAGED NEW");
try {
  const { documents, lost } = await salvage(damaged, target);
  for (const what of lost) say(`lost: ${what}`);
  say(
    `${target}: ${documents} documents${lost.length > 0 ? "" : ", nothing lost"}. Next: npm run restore -- ${target}`,
  );
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
