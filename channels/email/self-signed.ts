import { generateKeyPairSync, randomBytes, sign, X509Certificate } from "node:crypto";

/** A key and its certificate, in PEM form. */
export interface TlsIdentity {
  key: string;
  cert: string;
}

const DAY_MS = 24 * 3600 * 1_000;
const VALID_DAYS = 3_650;

/**
 * A certificate that nobody vouches for. Servers that hand mail over encrypt with whatever they are offered and check
 * nothing (RFC 7435): it keeps those who only listen out.
 * @param name the host name that it is for
 */
export function selfSigned(name: string, now = new Date()): TlsIdentity {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  // RFC 5280, section 4.1. The signature's algorithm is ecdsa-with-SHA256 (RFC 5758, section 3.2).
  const algorithm = sequence(ECDSA_WITH_SHA256);
  const subject = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(name.slice(0, 64))))));
  const names = sequence(der(0x82, Buffer.from(name)));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    // Positive and not zero.
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    subject,
    sequence(time(now.getTime() - DAY_MS), time(now.getTime() + VALID_DAYS * DAY_MS)),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(sequence(SUBJECT_ALTERNATIVE_NAME, der(0x04, names)))),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign("sha256", body, privateKey)]);
  const certificate = new X509Certificate(sequence(body, algorithm, der(0x03, signature)));
  return { key: privateKey.export({ type: "pkcs8", format: "pem" }) as string, cert: certificate.toString() };
}

const ECDSA_WITH_SHA256 = Buffer.from("06082a8648ce3d040302", "hex");
const COMMON_NAME = Buffer.from("0603550403", "hex");
const SUBJECT_ALTERNATIVE_NAME = Buffer.from("0603551d11", "hex");

/** One value in DER: tag, length, content (X.690, section 8.1). */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, ...parts);
}

/** Two digits of the year up to 2049, four from then on (RFC 5280, section 4.1.2.5). */
function time(milliseconds: number): Buffer {
  const digits = `${new Date(milliseconds).toISOString().replace(/\.\d+/, "").replace(/[-:T]/g, "")}`;
  return digits < "2050" ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits));
}
