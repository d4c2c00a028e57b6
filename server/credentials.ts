import { createHash, randomBytes } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";
import type { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { AppError } from "./errors.ts";

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

/** zxcvbn's score from 0 (at once) to 4 (never): below this one, ten thousand guesses or a list find it. */
const WEAKEST = 2;
/** What must be left without the owner's name and address. */
const SHORTEST_REST = 6;

/**
 * Refuses a new password that a list of common ones, a pattern or its owner's name or address finds. The lists are
 * loaded when they are first needed.
 * @throws AppError weak_password
 */
export async function assertStrongPassword(password: string, own: readonly (string | undefined)[]): Promise<void> {
  estimator ??= loadEstimator();
  const words = own
    .flatMap((text) => (text ? [text, ...text.split(/[\s@._+-]+/)] : []))
    .filter((word) => word.length > 2);
  const rest = words.reduce((left, word) => left.replaceAll(word.toLowerCase(), ""), password.toLowerCase());
  if (rest.length < SHORTEST_REST || (await estimator).check(password, words).score < WEAKEST) {
    throw new AppError("weak_password");
  }
}

let estimator: Promise<ZxcvbnFactory> | undefined;

async function loadEstimator(): Promise<ZxcvbnFactory> {
  const [core, { dictionary, adjacencyGraphs }] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
  ]);
  return new core.ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
}
