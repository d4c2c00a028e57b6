import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";

const ROOT = join(import.meta.dirname, "../../..");

/** The widget and the pages as they ship, in a folder of their own: what is in dist may be of other sources. */
export async function buildScreens(): Promise<{ directory: string; remove: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), "parley-screens-"));
  const configs = [
    ["vite.widget.config.ts", directory],
    ["vite.pages.config.ts", join(directory, "pages")],
  ];
  await Promise.all(
    configs.map(([config, outDir]) =>
      build({ configFile: join(ROOT, config!), logLevel: "warn", build: { outDir: outDir!, emptyOutDir: false } }),
    ),
  );
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}
