import { domainOf, parseResults, reportedVerdict, sameAddress } from "./verdict.ts";

const HEAD_BYTES = 256 * 1024;

/** A raw mail's headers in order, unfolded. */
export function rawHeaders(raw: Buffer): { name: string; value: string }[] {
  const head = raw.subarray(0, HEAD_BYTES).toString("utf8");
  const end = /\r?\n\r?\n/.exec(head)?.index ?? head.length;
  return head
    .slice(0, end)
    .replace(/\r?\n[ \t]+/g, " ")
    .split(/\r?\n/)
    .map((line) => {
      const colon = line.indexOf(":");
      return { name: line.slice(0, Math.max(0, colon)).trim().toLowerCase(), value: line.slice(colon + 1).trim() };
    });
}

/** Mail services whose results may be believed where the mailbox lies with them: they write theirs into every mail. */
const SERVICES: readonly { imap: RegExp; server: string }[] = [
  { imap: /(?:^|\.)(?:imap\.gmail\.com|imap\.googlemail\.com)$/i, server: "mx.google.com" },
  // Microsoft's have no name.
  { imap: /(?:^|\.)(?:outlook\.office365\.com|outlook\.office\.com|imap-mail\.outlook\.com)$/i, server: "" },
];

/** The name in the results of the service that a mailbox lies with; undefined where it is not known. */
export function serverOfService(imapHost: string): string | undefined {
  return SERVICES.find(({ imap }) => imap.test(imapHost))?.server;
}

/**
 * What the Authentication-Results headers say that may be believed. A sender can write such headers too, in the name of
 * any server. Servers put theirs on top, so
 * - of those in the name of one of `servers`, the topmost counts;
 * - one above the topmost Received is of the server that delivered the mail (`delivered`: only where each mail went
 *   through such a server, or there may be no Received but the sender's own).
 */
export function trustedResults(
  raw: Buffer,
  sender: string,
  { servers, delivered }: { servers: readonly string[]; delivered: boolean },
): "pass" | "fail" | undefined {
  const headers = rawHeaders(raw);
  // The results are of the From header.
  if (!isFromIn(headers, sender)) return undefined;
  const received = headers.findIndex(({ name }) => name === "received");
  const seen = new Set<string>();
  for (const [at, { name, value }] of headers.entries()) {
    if (name !== "authentication-results") continue;
    const { server } = parseResults(value);
    const topmost = !seen.has(server);
    seen.add(server);
    const believed = (servers.includes(server) && topmost) || (delivered && at < received);
    const said = believed ? reportedVerdict(value, domainOf(sender)) : undefined;
    if (said) return said;
  }
  return undefined;
}

/** Whether a mail has one From header, and the sender's address alone in it. */
export function isFrom(raw: Buffer, sender: string): boolean {
  return isFromIn(rawHeaders(raw), sender);
}

function isFromIn(headers: ReturnType<typeof rawHeaders>, sender: string): boolean {
  const froms = headers.filter(({ name }) => name === "from");
  return froms.length === 1 && mentionsOnly(froms[0]!.value, sender);
}

function mentionsOnly(from: string, sender: string): boolean {
  // Inside quotes and comments is a name, whatever it looks like.
  if (from.length > 2_000) return false;
  const addresses = from.replace(/"(?:[^"\\]|\\.)*"/g, "").match(/[^\s<>,;:"()]+@[^\s<>,;:"()]+/g) ?? [];
  return addresses.length === 1 && sameAddress(addresses[0]!, sender);
}
