import { execFile } from "node:child_process";
import { access, constants, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Browser, chromium, type LaunchOptions } from "playwright-core";

const run = promisify(execFile);

/**
 * A headless Chromium for tests, without a system install: the one CHROMIUM_PATH names when it is set, else the one
 * that npm brought (Linux x64), else the machine's Chrome. The npm one is unpacked once into node_modules/.cache.
 * The caller closes it.
 */
export async function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  const found = await findBrowser();
  return chromium.launch({
    ...found,
    ...options,
    // The sandbox needs privileges that containers rarely grant, and /dev/shm is tiny in them.
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", ...(options.args ?? [])],
    env: { ...(process.env as Record<string, string>), ...found.env, ...(options.env as Record<string, string>) },
  });
}

async function findBrowser(): Promise<{ executablePath?: string; channel?: string; env?: Record<string, string> }> {
  const named = process.env.CHROMIUM_PATH;
  if (named) return { executablePath: named };
  if (process.platform !== "linux" || process.arch !== "x64") return { channel: "chrome" };
  const folder = await unpackedFolder();
  const executablePath = join(folder, "chromium");
  return { executablePath, env: { ...(await fontEnv(folder)), ...(await libraryEnv(folder, executablePath)) } };
}

let unpacking: Promise<string> | undefined;

/** The folder with the unpacked browser; made on first use, safe with several processes at once. */
function unpackedFolder(): Promise<string> {
  unpacking ??= unpack();
  return unpacking;
}

async function unpack(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve("@sparticuz/chromium");
  const { version } = JSON.parse(await readFile(join(dirname(entry), "../../package.json"), "utf8")) as {
    version: string;
  };
  const cache = await writableCache();
  const folder = join(cache, `chromium-${version}`);
  if (await exists(join(folder, "chromium"))) return folder;
  const staging = await mkdtemp(join(cache, "unpack-"));
  // The package unpacks into the temporary directory of its process, where two processes would meet half-written
  // files; and it leaves the libraries out unless it believes to be on AWS. So it runs in a process of its own.
  const script = "const it = require(process.argv[1]); (it.default ?? it).executablePath()";
  try {
    await run(process.execPath, ["-e", script, entry], {
      env: { ...process.env, TMPDIR: staging, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x" },
    });
    await rename(staging, folder);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    // Another process may have been faster: its copy is as good.
    if (!(await exists(join(folder, "chromium")))) throw error;
  }
  return folder;
}

async function writableCache(): Promise<string> {
  const inModules = join(dirname(fileURLToPath(import.meta.url)), "../../node_modules/.cache/parley");
  for (const folder of [inModules, join(tmpdir(), "parley-cache")]) {
    try {
      await mkdir(folder, { recursive: true });
      await access(folder, constants.W_OK);
      return folder;
    } catch {
      // Read-only node_modules (an image built by someone else): the temporary directory serves.
    }
  }
  throw new Error("No writable folder to unpack the test browser into. Set CHROMIUM_PATH to an installed Chromium.");
}

/** Without fonts Chromium draws nothing; a machine without fontconfig gets the package's Open Sans. */
async function fontEnv(folder: string): Promise<Record<string, string>> {
  if (process.env.FONTCONFIG_PATH || process.env.FONTCONFIG_FILE || (await hasFonts())) return {};
  const file = join(folder, "fonts.conf");
  const text = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${join(folder, "fonts")}</dir><cachedir>${join(folder, "fonts-cache")}</cachedir></fontconfig>`;
  await writeFile(file, text);
  return { FONTCONFIG_FILE: file };
}

async function hasFonts(): Promise<boolean> {
  if (!(await exists("/etc/fonts/fonts.conf"))) return false;
  const fonts = await readdir("/usr/share/fonts").catch(() => []);
  return fonts.length > 0;
}

/** NSS and its friends from the package, when the loader misses them on this machine. */
async function libraryEnv(folder: string, executablePath: string): Promise<Record<string, string>> {
  try {
    await run(executablePath, ["--version"]);
    return {};
  } catch {
    const libraries = [join(folder, "al2023/lib"), process.env.LD_LIBRARY_PATH].filter(Boolean).join(":");
    return { LD_LIBRARY_PATH: libraries };
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
