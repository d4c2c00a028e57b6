/** The parts of mailauth that are used here, which comes without types. */
declare module "mailauth/lib/dkim/verify.js" {
  interface Tag {
    value: string;
  }
  interface Signature {
    parsed: Record<string, Tag | undefined>;
    original: Uint8Array | string;
  }
  export interface ArcChain {
    chain?: unknown[] | false;
    lastEntry?: Record<"arc-seal" | "arc-message-signature" | "arc-authentication-results", Signature | undefined>;
  }
  export function dkimVerify(
    raw: Buffer,
    options: { resolver: unknown; sender: string; minBitLength: number },
  ): Promise<{
    headerFrom: string[];
    results: { signingDomain?: string; algo?: string; status: { result: string; underSized?: number } }[];
    headers?: { parsed: { key: string }[] };
    arc?: ArcChain;
  }>;
}
declare module "mailauth/lib/arc/index.js" {
  /** The headers of a seal, for tests. */
  export function sealMessage(
    raw: Buffer,
    seal: { signingDomain: string; selector: string; privateKey: string; authResults: string; cv: "none"; i: number },
  ): Promise<Buffer>;
  export function arc(
    chain: import("mailauth/lib/dkim/verify.js").ArcChain,
    options: { resolver: unknown; minBitLength: number },
  ): Promise<{ status: { result: string } }>;
}
declare module "mailauth/lib/dmarc/index.js" {
  export function dmarc(options: {
    headerFrom: string[];
    spfDomains: string[];
    dkimDomains: string[];
    resolver: unknown;
  }): Promise<{ status: { result: string }; rr?: string } | false>;
}
declare module "mailauth/lib/spf/index.js" {
  export function spf(options: {
    ip: string;
    helo: string;
    sender: string;
    mta: string;
    resolver: unknown;
  }): Promise<{ status: { result: string }; domain: string }>;
}
