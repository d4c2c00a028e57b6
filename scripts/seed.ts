import { parseArgs } from "node:util";
import { startApp } from "../server/app.ts";
import { loadConfigOrExit } from "../server/config.ts";
import { createLog } from "../server/log.ts";
import { listInboxes } from "../server/queries/inboxes.ts";
import { startProblem } from "../server/start-box.ts";
import { seedConversations } from "./seed/conversations.ts";

/** `npm run seed -- --conversations N`: fills the hub's database with made-up conversations and orders. Stop the hub first. */
const USAGE = "usage: npm run seed -- --conversations N   (1 to 5000000)\n";
const BAR = 30;

const count = countOf(process.argv.slice(2));
if (count === undefined) {
  process.stderr.write(USAGE);
  process.exit(2);
}
// Its own start makes the workspace and inboxes where there are none; no port of the hub's is taken.
const config = { ...loadConfigOrExit(), port: 0, smtpListenPort: 0 };
const app = await startApp({ config, log: createLog("error") }).catch((error: unknown) => {
  process.stderr.write(startProblem(config, error));
  process.exit(1);
});
const inboxes = await listInboxes(app.firstStart.workspaceId);
await seedConversations({
  inboxes,
  count,
  now: new Date(),
  orders: true,
  progress(made) {
    const done = Math.round((made / count) * BAR);
    process.stdout.write(`\r${"█".repeat(done)}${"░".repeat(BAR - done)} ${made} of ${count}`);
  },
});
process.stdout.write("\n");
if (app.firstStart.admin?.password) {
  process.stdout.write(`Log in as ${app.firstStart.admin.email} with ${app.firstStart.admin.password}\n`);
}
await app.stop();
process.exit(0);

function countOf(args: string[]): number | undefined {
  try {
    const { values } = parseArgs({ args, options: { conversations: { type: "string" } } });
    const number = Number(values.conversations);
    return Number.isInteger(number) && number >= 1 && number <= 5_000_000 ? number : undefined;
  } catch {
    return undefined;
  }
}
