import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { parse as parseForwarded } from "forwarded-parse";
import proxyAddr from "proxy-addr";

/** Who sent a request, as far as the reverse proxies of TRUST_PROXY tell. */
export interface Client {
  /** IP address, without a port. */
  address: string | undefined;
  /** Whether the client's own connection is encrypted. */
  secure: boolean;
  /** The name the client asked for. */
  host: string | undefined;
}

type Trust = (address: string, hop: number) => boolean;
const trusts = new WeakMap<readonly string[], Trust>();

/**
 * The client behind a request, over HTTP or a socket. Headers of a proxy that is not trusted are not looked at.
 * A proxy adds its own entry at the end, so the list is read from there, up to the first address that is no trusted
 * proxy: what a client put in front of it is never reached.
 */
export function clientOf(config: { trustProxy: readonly string[] }, request: IncomingMessage): Client {
  const { headers, socket } = request;
  const peer = socket.remoteAddress;
  const direct: Client = { address: peer, secure: "encrypted" in socket, host: headers.host };
  const trust = trustOf(config.trustProxy);
  if (!peer || !trust(peer, 0)) return direct;

  const told = forwardedBy(request);
  if (!told) return direct;
  let address = peer;
  for (const [index, hop] of told.hops.toReversed().entries()) {
    const next = bareAddress(hop);
    if (next === undefined) break;
    address = next;
    if (!trust(address, index + 1)) break;
  }
  return {
    address,
    secure: told.proto === undefined ? direct.secure : told.proto.toLowerCase() === "https",
    host: told.host ?? direct.host,
  };
}

function trustOf(trustProxy: readonly string[]): Trust {
  let trust = trusts.get(trustProxy);
  if (!trust) {
    trust = trustProxy.length > 0 ? proxyAddr.compile([...trustProxy]) : () => false;
    trusts.set(trustProxy, trust);
  }
  return trust;
}

interface Told {
  /** The client first, the proxy nearest to us last. */
  hops: string[];
  proto: string | undefined;
  host: string | undefined;
}

/**
 * What the proxies tell, in X-Forwarded-* or in Forwarded (RFC 7239). A proxy sets one of them; the other may be what a
 * client sent through it. Where both are there and name different neighbours, neither is believed.
 */
function forwardedBy({ headers }: IncomingMessage): Told | undefined {
  const listed = listOf(headers["x-forwarded-for"]);
  const standard = readForwarded(headers.forwarded);
  const older: Told = {
    hops: listed,
    proto: listOf(headers["x-forwarded-proto"])[0],
    host: listOf(headers["x-forwarded-host"])[0],
  };
  if (!standard) return older;
  if (listed.length === 0)
    return { ...standard, proto: standard.proto ?? older.proto, host: standard.host ?? older.host };
  const near = bareAddress(listed.at(-1) ?? "");
  return near !== undefined && near === bareAddress(standard.hops.at(-1) ?? "") ? older : undefined;
}

function readForwarded(header: string | undefined): Told | undefined {
  if (header === undefined) return undefined;
  try {
    const elements = parseForwarded(header);
    const [first] = elements;
    return { hops: elements.map((element) => element.for ?? ""), proto: first?.proto, host: first?.host };
  } catch {
    return undefined;
  }
}

function listOf(header: string | string[] | undefined): string[] {
  return String(header ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** The address of a hop such as `192.0.2.1:4711` or `"[2001:db8::1]:4711"`; undefined for `unknown` and hidden ones. */
function bareAddress(hop: string): string | undefined {
  const bare = /^\[([0-9a-f:.]+)\](?::\d+)?$/i.exec(hop)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(hop)?.[1] ?? hop;
  return isIP(bare) ? bare : undefined;
}

/** Whether a request comes from one of the hub's own pages: the origin is the public address, or the host that was asked. */
export function isOwnOrigin(
  config: { trustProxy: readonly string[]; publicUrl?: string | undefined },
  request: IncomingMessage,
  origin: string,
): boolean {
  if (origin === config.publicUrl) return true;
  if (!URL.canParse(origin)) return false;
  // The scheme is not compared: behind a proxy that ends TLS and does not say so we do not see it.
  const { host } = new URL(origin);
  return host === request.headers.host || host === clientOf(config, request).host;
}
