import { arc as verifyArc } from "mailauth/lib/arc/index.js";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";
import { dmarc as findDmarc } from "mailauth/lib/dmarc/index.js";
import { spf as verifySpf } from "mailauth/lib/spf/index.js";
import type { MailResolver } from "./dns.ts";
import type { MailEvidence } from "./verdict.ts";

/** Who handed a mail over by SMTP. */
export interface SmtpClient {
  address: string;
  /** What it called itself. */
  helo: string;
  /** MAIL FROM; empty for `<>`. */
  mailFrom: string;
}

const SHORTEST_KEY_BITS = 1_024;

/** Runs SPF, DKIM, DMARC and ARC over a raw mail. `client` undefined: SPF has nothing to go by. */
export async function gatherEvidence(
  raw: Buffer,
  client: SmtpClient | undefined,
  resolver: MailResolver,
): Promise<MailEvidence> {
  const [signatures, spf] = await Promise.all([
    dkimVerify(raw, { resolver, sender: client?.mailFrom ?? "", minBitLength: SHORTEST_KEY_BITS }),
    client && verifySpf({ ip: client.address, helo: client.helo, sender: client.mailFrom, mta: "parley", resolver }),
  ]);
  const from = signatures.headerFrom;
  const [dmarc, arc] = await Promise.all([
    // Alignment is judged by us: only the policy is wanted here.
    from.length === 1 ? findDmarc({ headerFrom: from, spfDomains: [], dkimDomains: [], resolver }) : undefined,
    signatures.arc?.chain ? verifyArc(signatures.arc, { resolver, minBitLength: SHORTEST_KEY_BITS }) : undefined,
  ]);
  const record = dmarc ? dmarc.rr : undefined;
  const policy = tags(record ?? "");
  const last = signatures.arc?.lastEntry;
  return {
    from,
    fromHeaders: signatures.headers?.parsed.filter(({ key }) => key === "from").length ?? 0,
    dkim: signatures.results.flatMap(({ signingDomain, algo, status }) =>
      signingDomain
        ? [{ domain: signingDomain, result: status.result, whole: !status.underSized && !/-sha1$/i.test(algo ?? "") }]
        : [],
    ),
    ...(spf && { spf: { result: spf.status.result, domain: spf.domain } }),
    dmarc: {
      result: !dmarc || dmarc.status.result === "none" ? "none" : record ? "found" : "temperror",
      strictDkim: policy.get("adkim") === "s",
      strictSpf: policy.get("aspf") === "s",
    },
    ...(arc &&
      last && {
        arc: {
          result: arc.status.result,
          sealer: last["arc-seal"]?.parsed.d?.value ?? "",
          found: headerText(last["arc-authentication-results"]?.original),
        },
      }),
  };
}

function tags(record: string): Map<string, string> {
  return new Map(
    record.split(";").map((part) => {
      const [name = "", value = ""] = part.split("=");
      return [name.trim().toLowerCase(), value.trim().toLowerCase()];
    }),
  );
}

/** A header line without its name. */
function headerText(line: Uint8Array | string | undefined): string {
  const text = typeof line === "string" ? line : Buffer.from(line ?? []).toString("utf8");
  return text
    .slice(text.indexOf(":") + 1)
    .replace(/\r?\n/g, " ")
    .trim();
}
