import { lookup as lookupName } from "node:dns";
import type { LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { Agent, request } from "undici";

/** A network in CIDR form, such as `10.0.0.0/8`, parsed. */
export type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Why an outside address gave no answer. */
export type OutboundFailure =
  | "refused_address"
  | "unknown_host"
  | "timeout"
  | "too_many_redirects"
  | "connection_failed";

export class OutboundError extends Error {
  readonly reason: OutboundFailure;
  constructor(reason: OutboundFailure, options?: { cause?: unknown }) {
    super(reason, options);
    this.name = "OutboundError";
    this.reason = reason;
  }
}

export interface OutboundRequest {
  method: "GET" | "POST";
  headers?: Record<string, string>;
  body?: string;
  /** For all of it: name, connection, redirects, answer. */
  timeoutMs: number;
  /** What is read of the answer; the rest is not waited for. */
  maxBytes: number;
  /** How many redirects are followed; none when absent. */
  redirects?: number;
}

/** Whatever the hub fetches from addresses that people name goes through this. */
export interface OutboundHttp {
  /** @throws OutboundError when there is no answer */
  request(url: string, options: OutboundRequest): Promise<{ status: number; text: string }>;
  close(): Promise<void>;
}

/** Looks a name up: as `dns.lookup` with `all`. Replaced in tests. */
export type Resolve = (
  host: string,
  done: (error: Error | null, addresses: { address: string; family: number }[]) => void,
) => void;

/** Public by its range, but every Azure machine reaches its host's metadata there. */
const METADATA = new Set(["168.63.129.16"]);

const RETIRED: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse("::"), 96];

/** Whether an address is on the open internet, or in a network that the operator allows. */
export function isAllowedAddress(address: string, allowed: readonly Network[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  // IPv4 in IPv6 clothes (::ffff:10.0.0.1) counts as what it is.
  const parsed = plain(ipaddr.process(address));
  if (allowed.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits))) return true;
  return parsed.range() === "unicast" && !METADATA.has(parsed.toString());
}

/** ::10.0.0.1, the retired form of IPv4 in IPv6 (RFC 4291 section 2.5.5.1), also counts as what it is. */
function plain(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (address.range() !== "unicast" || !(address instanceof ipaddr.IPv6) || !address.match(RETIRED)) return address;
  return new ipaddr.IPv4(address.toByteArray().slice(12));
}

/** The host of a URL without an IPv6 address's brackets. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

/** Whether a URL may be asked at all: http or https, no credentials, no refused literal address. Names are checked when used. */
export function isAllowedUrl(url: string, allowed: readonly Network[]): boolean {
  if (!URL.canParse(url)) return false;
  const parsed = new URL(url);
  if (!["http:", "https:"].includes(parsed.protocol) || parsed.username || parsed.password) return false;
  const host = hostOf(parsed);
  // RFC 6761 section 6.3: these names are this machine, whatever a resolver says.
  if (/(^|\.)localhost\.?$/.test(host)) return isAllowedAddress("127.0.0.1", allowed);
  return !ipaddr.isValid(host) || isAllowedAddress(host, allowed);
}

const resolveWithSystem: Resolve = (host, done) => {
  lookupName(host, { all: true }, (error, addresses) => done(error, addresses ?? []));
};

/**
 * The address of a server that people name for mail, to connect to instead of the name: a name that resolves differently a
 * moment later gains nothing. @throws OutboundError refused_address, unknown_host
 */
export type CheckHost = (host: string) => Promise<string>;

export function createHostCheck({
  allowed,
  resolve = resolveWithSystem,
}: {
  allowed: readonly Network[];
  resolve?: Resolve;
}): CheckHost {
  return async (named) => {
    const host = named.replace(/^\[|\]$/g, "");
    if (/(^|\.)localhost\.?$/i.test(host) && !isAllowedAddress("127.0.0.1", allowed)) {
      throw new OutboundError("refused_address");
    }
    const addresses = ipaddr.isValid(host)
      ? [host]
      : await new Promise<string[]>((done, failed) =>
          resolve(host, (error, found) =>
            error
              ? failed(new OutboundError("unknown_host", { cause: error }))
              : done(found.map(({ address }) => address)),
          ),
        );
    const [first] = addresses;
    if (first === undefined) throw new OutboundError("unknown_host");
    if (!addresses.every((address) => isAllowedAddress(address, allowed))) throw new OutboundError("refused_address");
    return first;
  };
}

/**
 * The one HTTP client for the outside. The connection goes to the very address that was checked, so a name that
 * resolves differently a moment later gains nothing; each redirect is checked the same way.
 */
export function createOutboundHttp({
  allowed,
  resolve = resolveWithSystem,
}: {
  allowed: readonly Network[];
  resolve?: Resolve;
}): OutboundHttp {
  const lookup: LookupFunction = (host, options, done) => {
    resolve(host, (error, addresses) => {
      if (error) return done(new OutboundError("unknown_host", { cause: error }), "", 0);
      const [first] = addresses;
      // One refused address is enough: such a name is a mistake or an attack.
      if (!first || !addresses.every(({ address }) => isAllowedAddress(address, allowed))) {
        return done(new OutboundError(first ? "refused_address" : "unknown_host"), "", 0);
      }
      return options.all ? done(null, addresses) : done(null, first.address, first.family);
    });
  };
  const agent = new Agent({ connect: { lookup, timeout: 10_000 }, keepAliveTimeout: 10_000 });

  async function once(url: string, options: OutboundRequest, signal: AbortSignal) {
    if (!isAllowedUrl(url, allowed)) throw new OutboundError("refused_address");
    const { method, headers, body } = options;
    const answer = await request(url, { dispatcher: agent, method, headers, body: body ?? null, signal });
    const text = await readSome(answer.body, options.maxBytes);
    const { location } = answer.headers;
    return { status: answer.statusCode, text, location: typeof location === "string" ? location : undefined };
  }

  return {
    async request(url, options) {
      const signal = AbortSignal.timeout(options.timeoutMs);
      let at = url;
      try {
        for (let left = options.redirects ?? 0; ; left -= 1) {
          const answer = await once(at, options, signal);
          if (!followed(options.method, answer.status) || answer.location === undefined) return answer;
          if (options.redirects === undefined) return answer;
          if (left === 0) throw new OutboundError("too_many_redirects");
          if (!URL.canParse(answer.location, at)) return answer;
          at = new URL(answer.location, at).href;
        }
      } catch (error) {
        throw outboundError(error, signal);
      }
    },
    close: () => agent.destroy(),
  };
}

/** 301 to 303 would turn a POST into a GET (RFC 9110 section 15.4): only 307 and 308 keep it what it is. */
function followed(method: OutboundRequest["method"], status: number): boolean {
  return status === 307 || status === 308 || (method === "GET" && [301, 302, 303].includes(status));
}

async function readSome(body: AsyncIterable<Buffer> & { destroy(): unknown }, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    // Leaving the loop destroys the body: the rest is not read.
    if (size >= maxBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBytes).toString("utf8");
}

function outboundError(error: unknown, signal: AbortSignal): OutboundError {
  if (error instanceof OutboundError) return error;
  const { cause } = error as { cause?: unknown };
  if (cause instanceof OutboundError) return cause;
  if (signal.aborted) return new OutboundError("timeout", { cause: error });
  return new OutboundError("connection_failed", { cause: error });
}
