import { createHash, createPublicKey, verify } from "node:crypto";
import { z } from "zod";
import type { Connection } from "../integration.ts";
import { Refusal } from "../integration.ts";
import { callEbay, type EbayAccess } from "./api.ts";

/** Keys change seldom; a new one has another id. */
const KEY_SECONDS = 24 * 3_600;
/** A key of a made-up id is not asked for again and again. */
const signatureSchema = z.looseObject({
  kid: z.string().regex(/^[\w-]{1,100}$/),
  signature: z.base64().min(1),
});
const keySchema = z.looseObject({ key: z.string(), digest: z.string().optional() });

/**
 * Checks X-EBAY-SIGNATURE: base64 of `{alg, kid, signature, digest}`, an ECDSA signature over the body with a key that the
 * Notification API names by its id (https://developer.ebay.com/api-docs/commerce/notification/overview.html).
 * @throws Refusal, PlatformError when eBay does not give the key
 */
export async function verifySignature(
  header: string | undefined,
  rawBody: Buffer,
  connection: Connection<EbayAccess>,
): Promise<void> {
  const named = signatureSchema.safeParse(decoded(header));
  if (!named.success) throw new Refusal("invalid_signature");
  const { kid, signature } = named.data;
  const key = await connection.cached(`key:${kid}`, async () => {
    const answer = await callEbay(connection, { as: "app", path: `/commerce/notification/v1/public_key/${kid}` });
    const found = keySchema.safeParse(answer);
    if (!found.success) throw new Refusal("invalid_signature");
    return { value: JSON.stringify(found.data), seconds: KEY_SECONDS };
  });
  const { key: pem, digest = "SHA1" } = keySchema.parse(JSON.parse(key));
  const algorithm = digest.toUpperCase().replace("-", "") === "SHA256" ? "sha256" : "sha1";
  let right = false;
  try {
    right = verify(algorithm, rawBody, createPublicKey(inLines(pem)), Buffer.from(signature, "base64"));
  } catch (error) {
    throw new Refusal("invalid_signature", { cause: error });
  }
  if (!right) throw new Refusal("invalid_signature");
}

/** eBay gives the key as PEM without its line breaks. */
function inLines(pem: string): string {
  const body = pem.replace(/-----(BEGIN|END) PUBLIC KEY-----/g, "").replace(/\s/g, "");
  return `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----\n`;
}

function decoded(header: string | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(header ?? "", "base64").toString("utf8"));
  } catch {
    return undefined;
  }
}

/** The answer that proves the address ours: SHA-256 of challenge, verification token and endpoint, in hex. */
export function challengeResponse(challengeCode: string, { secret, url }: Pick<Connection, "secret" | "url">): string {
  return createHash("sha256").update(challengeCode).update(secret).update(url).digest("hex");
}
