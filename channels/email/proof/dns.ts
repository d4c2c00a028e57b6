import { Resolver } from "node:dns/promises";
import { LRUCache } from "lru-cache";

/** What a DNS resolver answers, as `node:dns` gives it: TXT records as lists of strings, MX with `exchange`. */
export type DnsAnswer = string[] | string[][] | { exchange: string; priority: number }[];
/** Asks the DNS. Rejects with `code` ENOTFOUND or ENODATA where there is no such record. */
export type MailResolver = (name: string, type: string) => Promise<DnsAnswer>;

const QUERY = { timeout: 1_500, tries: 2 };
const TYPES: ReadonlySet<string> = new Set(["TXT", "A", "AAAA", "MX", "PTR"]);
const KEEP_MS = { found: 10 * 60_000, missing: 60_000, failed: 1_000 };
const MAX_NAMES = 5_000;
const MISSING: ReadonlySet<unknown> = new Set(["ENOTFOUND", "ENODATA"]);

/** The resolver of this machine, with an end to its patience. */
export function systemResolver(): MailResolver {
  const resolver = new Resolver(QUERY);
  return async (name, type) => (await resolver.resolve(name, type)) as DnsAnswer;
}

/** Asks each question once while its answer is fresh; those who ask at the same time wait for the same answer. */
export function cachedResolver(resolve: MailResolver): MailResolver {
  const answers = new LRUCache<string, Promise<DnsAnswer>>({ max: MAX_NAMES });
  return (name, type) => {
    // Names come from strangers' mails.
    if (!TYPES.has(type) || name.length > 253) return Promise.reject(noAnswer("ENOTFOUND"));
    const key = `${type} ${name.toLowerCase()}`;
    const known = answers.get(key);
    if (known) return known;
    const answer = resolve(name, type);
    const keep = (ttl: number) => {
      if (answers.peek(key) === answer) answers.set(key, answer, { ttl });
    };
    answers.set(key, answer, { ttl: KEEP_MS.found });
    answer.then(
      () => keep(KEEP_MS.found),
      (error: unknown) => keep(MISSING.has(codeOf(error)) ? KEEP_MS.missing : KEEP_MS.failed),
    );
    return answer;
  };
}

/** The code of a DNS error; EFAIL where it has none. */
export function codeOf(error: unknown): string {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "EFAIL";
}

/** A DNS error with a code. */
export function noAnswer(code: string): Error {
  return Object.assign(new Error(`no DNS answer: ${code}`), { code });
}
