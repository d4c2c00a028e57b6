import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Whether an earlier start has made the secret: then there is a hub's data that belongs to it. */
export function hasSecretKey(dataDir: string): boolean {
  return existsSync(join(dataDir, "secret.key"));
}

/**
 * The hub's secret, kept in `<dataDir>/secret.key`, readable by its owner alone. Made on the first start.
 * @throws when the folder can not be written or the file holds no usable key.
 */
export function loadOrCreateSecretKey(dataDir: string): string {
  const path = join(dataDir, "secret.key");
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const existing = read(path);
  if (existing !== undefined) return existing;
  // A link is atomic where a write is not: of two processes that start together both end with the same whole key.
  const draft = join(dataDir, `.secret-${randomBytes(8).toString("hex")}`);
  writeFileSync(draft, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft);
  }
  const key = read(path);
  if (key === undefined) throw new Error(`${path} was removed while it was read`);
  return key;
}

function read(path: string): string | undefined {
  let key: string;
  try {
    key = readFileSync(path, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  if (key.length < 32) throw new Error(`${path} holds no key of at least 32 characters`);
  chmodSync(path, 0o600);
  return key;
}
