import { createHash, randomBytes } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";

export const SESSION_COOKIE = "parley_session";
export const API_KEY_PREFIX = "pk_";
const SHOWN_PREFIX_LENGTH = API_KEY_PREFIX.length + 8;

/** A new random token: 256 bits in URL-safe characters. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

/** What is stored of a token or key. */
export function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** A new API key with what is stored and shown of it. */
export function newApiKey(): { key: string; prefix: string; keyHash: string } {
  const key = `${API_KEY_PREFIX}${newToken()}`;
  return { key, prefix: key.slice(0, SHOWN_PREFIX_LENGTH), keyHash: tokenHash(key) };
}

/** A password for someone to use once: 120 bits, no characters that look alike. */
export function newOneTimePassword(): string {
  const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";
  const characters = [...randomBytes(24)].map((byte) => alphabet[byte % alphabet.length]);
  return (characters.join("").match(/.{6}/g) ?? []).join("-");
}

/** Argon2id with OWASP's parameters (19 MiB, 2 passes), which are the library's defaults. */
export function hashPassword(password: string): Promise<string> {
  return hash(password);
}

let decoy: Promise<string> | undefined;

/**
 * Whether a password fits. Without a stored hash (an unknown account) it takes as long and says no, so that
 * the time does not tell which accounts exist.
 */
export async function verifyPassword(stored: string | undefined, password: string): Promise<boolean> {
  decoy ??= hashPassword(newToken());
  const fits = await verify(stored ?? (await decoy), password);
  return fits && stored !== undefined;
}
