import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** What the screens are built from. */
const SOURCES = ["web", "contract", "locales", "package-lock.json", "scripts/build.ts"];

/** A hash over names and contents: unlike times, it survives a clone, and it sees a file that was removed. */
export function hashSources(root: string, sources: readonly string[] = SOURCES): string {
  const hash = createHash("sha256");
  const configs = readdirSync(root).filter((name) => /^vite\..*config\.ts$|^vite\.config\.ts$/.test(name));
  for (const path of [...sources, ...configs].flatMap((source) => filesIn(root, source)).sort()) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update("\0");
  }
  return hash.digest("hex");
}

function filesIn(root: string, path: string): string[] {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  try {
    return readdirSync(full).flatMap((name) => filesIn(root, join(path, name)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOTDIR") throw error;
    return [path];
  }
}

/** Builds the screens into dist/web unless what is there was built from these very sources. Returns the exit status. */
export function buildIfStale(root: string, build: () => number): number {
  const stamp = join(root, "dist", "web.sha256");
  const current = hashSources(root);
  const isBuilt = existsSync(join(root, "dist", "web"));
  if (isBuilt && existsSync(stamp) && readFileSync(stamp, "utf8") === current) return 0;
  if (isBuilt && !hasVite(root)) {
    process.stderr.write(
      "The screens were built from other sources, and vite is not installed: serving them as they are.\n",
    );
    return 0;
  }
  const status = build();
  if (status !== 0) return status;
  mkdirSync(join(root, "dist"), { recursive: true });
  writeFileSync(stamp, current);
  return 0;
}

function hasVite(root: string): boolean {
  try {
    createRequire(join(root, "package.json")).resolve("vite/package.json");
    return true;
  } catch {
    return false;
  }
}

if (import.meta.main) {
  const root = join(import.meta.dirname, "..");
  process.exitCode = buildIfStale(root, () => {
    process.stdout.write("Building the screens …\n");
    const built = spawnSync(process.execPath, [join(root, "scripts", "build.ts")], { cwd: root, stdio: "inherit" });
    return built.status ?? 1;
  });
}
