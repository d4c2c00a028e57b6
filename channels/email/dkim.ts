import { createPrivateKey, createPublicKey, generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import type { DkimConfig } from "./config.ts";

const KEY_BITS = 2048;

/** A new private key in PEM form. */
export async function newDkimKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: KEY_BITS });
  return privateKey.export({ type: "pkcs8", format: "pem" }) as string;
}

/** Whether mails can be signed with it: RFC 8301 wants RSA of at least 1024 bits. */
export function isDkimKey(privateKey: string): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(privateKey);
    return asymmetricKeyType === "rsa" && (asymmetricKeyDetails?.modulusLength ?? 0) >= 1024;
  } catch {
    return false;
  }
}

/** The TXT record that the domain must publish (RFC 6376 section 3.6.1). */
export function dkimRecord({ domain, selector, privateKey }: DkimConfig): { name: string; value: string } {
  const key = createPublicKey(privateKey).export({ type: "spki", format: "der" }).toString("base64");
  return { name: `${selector}._domainkey.${domain}`, value: `v=DKIM1; k=rsa; p=${key}` };
}
