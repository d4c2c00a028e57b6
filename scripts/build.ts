import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";

/**
 * Builds the screens into dist/web: one vite configuration each (`vite.<name>.config.ts`), since the widget is one small
 * script and the console is not. With `--watch`, builds again whenever a source changes.
 */
const root = join(import.meta.dirname, "..");
const watch = process.argv.includes("--watch");
const configs = readdirSync(root).filter((name) => /^vite\.\w+\.config\.ts$/.test(name));

if (!watch) rmSync(join(root, "dist", "web"), { recursive: true, force: true });
await Promise.all(
  configs.map((name) =>
    build({
      configFile: join(root, name),
      logLevel: watch ? "info" : "warn",
      // The folders are emptied above, once: several builds write into the same one.
      build: { emptyOutDir: false, ...(watch && { watch: {} }) },
    }),
  ),
);
