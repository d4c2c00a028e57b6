import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { LRUCache } from "lru-cache";

const keys = new LRUCache<string, Buffer>({ max: 100 });

/** A key for one purpose, derived from SECRET_KEY, so that no two uses share one. */
function keyFor(secretKey: string, purpose: string): Buffer {
  const id = `${purpose} ${secretKey}`;
  const known = keys.get(id);
  if (known) return known;
  const key = Buffer.from(hkdfSync("sha256", secretKey, "", `parley ${purpose}`, 32));
  keys.set(id, key);
  return key;
}

/** URL-safe HMAC-SHA256 of a text for a purpose. */
export function sign(secretKey: string, purpose: string, text: string): string {
  return createHmac("sha256", keyFor(secretKey, purpose)).update(text).digest("base64url");
}

export function verifySignature(secretKey: string, purpose: string, text: string, signature: string): boolean {
  return equalInConstantTime(sign(secretKey, purpose, text), signature);
}

export function equalInConstantTime(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The key bytes for libraries that sign themselves. */
export function signingKey(secretKey: string, purpose: string): Uint8Array {
  return keyFor(secretKey, purpose);
}

/** AES-256-GCM: `v1.<iv>.<tag>.<text>`, for secrets that must be read again. */
export function encrypt(secretKey: string, text: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", keyFor(secretKey, "secrets"), iv);
  const data = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return ["v1", iv.toString("base64url"), cipher.getAuthTag().toString("base64url"), data.toString("base64url")].join(
    ".",
  );
}

/** @throws Error when the text was not encrypted with this key */
export function decrypt(secretKey: string, encrypted: string): string {
  const [version, iv, tag, data] = encrypted.split(".");
  if (version !== "v1" || !iv || !tag || data === undefined) throw new Error("not an encrypted secret");
  const decipher = createDecipheriv("aes-256-gcm", keyFor(secretKey, "secrets"), Buffer.from(iv, "base64url"));
  decipher.setAuthTag(Buffer.from(tag, "base64url"));
  return Buffer.concat([decipher.update(Buffer.from(data, "base64url")), decipher.final()]).toString("utf8");
}

/** What signs reply addresses and Message-IDs of mails. */
export function mailSecret(secretKey: string): string {
  return keyFor(secretKey, "mail").toString("hex");
}
