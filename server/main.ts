import { startApp } from "./app.ts";
import { loadConfigOrExit } from "./config.ts";
import { createLog } from "./log.ts";
import { demoPages } from "./queries/demo.ts";
import { startBox, startProblem } from "./start-box.ts";

const config = { ...loadConfigOrExit(), beginAnew: process.argv.includes("--new") };
const log = createLog(config.logLevel);

try {
  const app = await startApp({ config, log });
  const demo = await demoPages(app.ctx);
  const { url, firstStart, mailroom } = app;
  process.stdout.write(startBox({ config, url, firstStart, demo, smtpPort: mailroom.smtpPort }));
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      log.info({ signal }, "stopping");
      app.stop().then(
        () => process.exit(0),
        (error) => {
          log.error({ err: error }, "did not stop cleanly");
          process.exit(1);
        },
      );
    });
  }
} catch (error) {
  log.debug({ err: error }, "start failed");
  process.stderr.write(startProblem(config, error));
  process.exit(1);
}
