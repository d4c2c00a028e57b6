import { getDomain } from "tldts";
import type { SenderProof } from "../../../contract/message.ts";
import { isNoSender } from "../sender.ts";

/** What the checks of a mail found. */
export interface MailEvidence {
  /** Addresses in its From headers, and how many such headers it has. */
  from: string[];
  fromHeaders: number;
  dkim: DkimFinding[];
  /** Absent where the mail did not come from its sender's server by SMTP. */
  spf?: { result: string; domain: string };
  /** `none`: the domain publishes no policy. */
  dmarc: { result: "found" | "none" | "temperror"; strictDkim: boolean; strictSpf: boolean };
  arc?: ArcFinding;
}
export interface DkimFinding {
  domain: string;
  /** pass, fail, neutral, policy, temperror (RFC 8601 section 2.7.1). */
  result: string;
  /** The signature covers all of the body, with a hash that is still safe (RFC 8301). */
  whole: boolean;
}
export interface ArcFinding {
  result: string;
  /** Who sealed it last, and what that server says it found when the mail came to it. */
  sealer: string;
  found: string;
}

export interface Verdict {
  proof: SenderProof;
  /** The DNS did not answer: asked again later, it may be known. */
  again: boolean;
}

const OPTIONS = { allowIcannDomains: true, allowPrivateDomains: true };

export function domainOf(address: string): string {
  const domain = address.slice(address.lastIndexOf("@") + 1).toLowerCase();
  // Punycode, as DNS and signatures have it.
  const ascii = URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : domain;
  return ascii.replace(/\.$/, "");
}

export function sameAddress(one: string, other: string): boolean {
  const local = (address: string) => address.slice(0, address.lastIndexOf("@")).toLowerCase();
  return local(one) === local(other) && domainOf(one) === domainOf(other);
}

/** The registered domain of an address: of `ana@mail.shop.example` that is `shop.example`. */
export function organisationOf(address: string): string {
  const domain = domainOf(address);
  return getDomain(domain, OPTIONS) ?? domain;
}

/** RFC 7489 section 3.1: the same domain, or, where not strict, of the same organisation. */
export function aligned(domain: string, from: string, strict = false): boolean {
  const one = domainOf(domain);
  const other = domainOf(from);
  if (one === other) return one !== "";
  if (strict) return false;
  const organisation = getDomain(one, OPTIONS);
  return organisation !== null && organisation === getDomain(other, OPTIONS);
}

const KNOWN_SEALERS = [
  "google.com",
  "microsoft.com",
  "outlook.com",
  "messagingengine.com",
  "fastmail.com",
  "zohomail.com",
];

/**
 * Whether a mail comes from the address that the hub takes for its sender.
 * pass: an aligned DKIM signature or SPF (DMARC's two ways), or a well-known forwarder that found one and sealed it.
 * fail: the domain publishes how to tell its mails (DMARC, or SPF that ends in `-all`), and this one is none of them; or From
 * names several people or nobody, as only those write whom a domain's rules stand in the way of (RFC 7489 section 6.6.1).
 * unknown: there is nothing to judge by, or the DNS did not answer.
 */
export function verdictOf(evidence: MailEvidence, sender: string): Verdict {
  const { from, fromHeaders, dkim, spf, dmarc, arc } = evidence;
  const [only, ...others] = from;
  // Nobody can be judged where there is nobody.
  if (isNoSender(sender)) return unknown(false);
  if (!only || others.some((other) => !sameAddress(only, other))) return FAIL;
  // The same twice, or another than the one who is answered (contact forms, lists): nobody vouches for that.
  if (others.length > 0 || fromHeaders !== 1 || !sameAddress(only, sender)) return unknown(false);
  const domain = domainOf(sender);
  const signed = dkim.filter((each) => aligned(each.domain, domain, dmarc.strictDkim));
  const sent = spf && aligned(spf.domain, domain, dmarc.strictSpf) ? spf.result : undefined;
  // Without its policy, strictness is not known either.
  const unclear = dmarc.result === "temperror";
  if (!unclear && (signed.some(({ result, whole }) => result === "pass" && whole) || sent === "pass")) return PASS;
  if (unclear || signed.some(({ result }) => result === "temperror") || spf?.result === "temperror")
    return unknown(true);
  if (arc && sealedPass(arc, domain)) return PASS;
  // Fetched mail shows no address to hold SPF against: without a signature it may still be genuine.
  if (!spf) return unknown(false);
  if (dmarc.result === "found" || sent === "fail") return FAIL;
  return unknown(false);
}

const PASS: Verdict = { proof: "pass", again: false };
const FAIL: Verdict = { proof: "fail", again: false };
const unknown = (again: boolean): Verdict => ({ proof: "unknown", again });

function sealedPass({ result, sealer, found }: ArcFinding, domain: string): boolean {
  if (result !== "pass" || !KNOWN_SEALERS.includes(sealer.toLowerCase())) return false;
  return reportedVerdict(found.replace(/^\s*i\s*=\s*\d+\s*;/i, ""), domain) === "pass";
}

/** What an Authentication-Results header (RFC 8601) says of mails from a domain; undefined where it does not tell. */
export function reportedVerdict(value: string, domain: string): "pass" | "fail" | undefined {
  const { results } = parseResults(value);
  const dmarc = results.find(({ method }) => method === "dmarc");
  const about = dmarc?.properties.get("header.from");
  if (dmarc && (about === undefined || aligned(about, domain))) {
    if (dmarc.result === "pass" || dmarc.result === "fail") return dmarc.result;
  }
  let refused = false;
  for (const { method, result, properties } of results) {
    if (method === "dkim" && result === "pass") {
      const signer = properties.get("header.d") ?? properties.get("header.i");
      if (signer && aligned(signer, domain)) return "pass";
    }
    if (method !== "spf") continue;
    const sender = properties.get("smtp.mailfrom") || properties.get("smtp.helo");
    if (!sender || !aligned(sender, domain)) continue;
    if (result === "pass") return "pass";
    if (result === "fail") refused = true;
  }
  return refused ? "fail" : undefined;
}

interface Reported {
  method: string;
  result: string;
  properties: Map<string, string>;
}

/** An Authentication-Results header in its parts. The server's name is empty where it gives none, as Microsoft does. */
export function parseResults(value: string): { server: string; results: Reported[] } {
  const parts = withoutComments(value.slice(0, 10_000))
    .split(";")
    .map((part) => part.trim());
  const first = parts[0] ?? "";
  const named = !first.includes("=");
  const results = parts.slice(named ? 1 : 0).flatMap((part) => {
    const [head = "", ...rest] = part.split(/\s+/);
    const match = /^([a-z-]+)(?:\/\d+)?\s*=\s*([a-z]+)$/i.exec(head);
    if (!match) return [];
    const pairs = rest.flatMap((pair): [string, string][] => {
      const at = pair.indexOf("=");
      return at < 1 ? [] : [[pair.slice(0, at).toLowerCase(), pair.slice(at + 1).replace(/^"|"$/g, "")]];
    });
    return [{ method: match[1]!.toLowerCase(), result: match[2]!.toLowerCase(), properties: new Map(pairs) }];
  });
  return { server: named ? (first.split(/\s+/)[0] ?? "").toLowerCase() : "", results };
}

/** Comments nest (RFC 5322 section 3.2.2); strangers' words stand in them. Quoted text keeps no separators. */
function withoutComments(value: string): string {
  let depth = 0;
  let quoted = false;
  let text = "";
  for (let at = 0; at < value.length; at++) {
    const char = value[at]!;
    if (char === "\\") at++;
    else if (char === '"' && depth === 0) quoted = !quoted;
    else if (char === "(" && !quoted) depth++;
    else if (char === ")" && !quoted && depth > 0) depth--;
    else if (depth === 0) text += quoted && /[;\s]/.test(char) ? "_" : char;
  }
  return text.replace(/\s+/g, " ").replace(/ ?= ?/g, "=");
}
