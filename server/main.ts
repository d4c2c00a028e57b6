import { startApp } from "./app.ts";
import { loadConfigOrExit } from "./config.ts";
import { createLog } from "./log.ts";
import { startBox } from "./start-box.ts";

const config = loadConfigOrExit();
const log = createLog(config.logLevel);

try {
  const app = await startApp({ config, log });
  process.stdout.write(startBox({ config, url: app.url, firstStart: app.firstStart }));
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
  const problem = error instanceof Error ? error : new Error(String(error));
  const port = (problem as NodeJS.ErrnoException).code === "EADDRINUSE";
  const hint = port ? `port ${config.port} is taken: stop what uses it, or set PORT` : problem.message;
  log.debug({ err: problem }, "start failed");
  process.stderr.write(`Parley cannot start: ${hint}\n`);
  process.exit(1);
}
