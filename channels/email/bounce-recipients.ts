import type { ParsedMail } from "./mail.ts";
import { canonicalAddress } from "./parse.ts";

/** Whom a report in a server's own words is about: RFC 3464 has fields for it, and about half of all servers none. */
export const ADDRESS =
  /[^\s<>()[\]"',;:（）【】“”：；，]+@[^\s<>()[\]"',;:（）【】“”：；，]+\.[^\s<>()[\]"',;:（）【】“”：；，]*[\p{L}\p{N}]/gu;

export function addressesIn(text: string): string[] {
  return (
    text
      .slice(0, 20_000)
      .match(ADDRESS)
      ?.map((address) => address.replace(/^(?:mailto|smtp)[=:]?(?=[^@]+@)/i, "").replace(/^[-*.=]+/, "")) ?? []
  );
}

/** Labels of the mail that came back, and of who tells it: the addresses beside them are nobody's who missed it. */
const OTHER_LABEL =
  /^[\s>*|-]*(?:from|sender|subject|date|sent|reply-to|return-path|message-id|reporting-mta|received|contact|von|de|da|from \(?original|발신|发件人|寄件者|差出人|отправитель)\s*[:：]/iu;
/** Labels of the mail that came back, which say whom it was for, not who missed it. */
const TO_LABEL = /^[\s>*|-]*(?:to|cc|an|para|à|a|кому|收件人|收件者|宛先|받는 ?사람)\s*[:：]/iu;
/** A line that is about one address: it begins with it, or names it after a word or two and a colon. */
const STARTS_WITH_ADDRESS =
  /^[\s>*|•–—"'([-]*(?:"[^"\n]{0,80}"\s*)?[<(["']{0,2}[^\s<>()[\]"',;:@]+@[^\s<>()[\]"',;:]+/u;
const NAMES_ADDRESS =
  /^[\s>*|•–—"'([-]*(?:\p{L}[\p{L}\p{M}' _-]{1,40}[:：]\s*|(?:generated|expanded) from:?\s*|rcpt to:?\s*|rfc822;\s*)[<(["']{0,2}[^\s<>()[\]"',;:@]+@/iu;
/** "… from ana@…", "write to postmaster@…": whoever that is did not miss the mail. */
const BESIDES =
  /(?:(?<!generated |expanded )\bfrom|\bby|contact(?:ing)?|\bat|support|help(?:desk)?|(?:please|to) (?:send|write|e?-?mail|reply)[^@\n]{0,30}|assistance[^@\n]{0,40}|von|par|desde|от)[\s:<"'(]*$/iu;
const STAFF = /^(?:mailer-daemon|postmaster|abuse|support|noreply|no-reply)@/i;

/**
 * The addresses that the notice is about. Where some of them are among those our mail was sent to, only these: servers
 * name the ones an alias leads to as well.
 */
export function recipientsIn({
  notice,
  sentTo,
  mail,
}: {
  notice: string;
  sentTo: readonly string[];
  mail: Pick<ParsedMail, "to" | "from">;
}): string[] {
  const others = new Set([
    ...mail.to.map(({ address }) => fold(address)),
    ...(mail.from ? [fold(mail.from.address)] : []),
  ]);
  const known = new Set(sentTo.map(fold));
  const own: string[] = [];
  const named: string[] = [];
  const told: string[] = [];
  for (const line of notice.split("\n").slice(0, 1_000)) {
    if (OTHER_LABEL.test(line)) continue;
    const found = addressesIn(line).filter((address) => !STAFF.test(address));
    if (found.length === 0) continue;
    if (TO_LABEL.test(line)) told.push(...found);
    else if (STARTS_WITH_ADDRESS.test(line) || NAMES_ADDRESS.test(line)) own.push(found[0]!);
    else named.push(...found.filter((address) => !BESIDES.test(line.slice(0, line.indexOf(address)))));
  }
  for (const list of [own, named, told]) {
    const missed = list.filter((address) => !others.has(fold(address)));
    const sent = missed.filter((address) => known.has(fold(address)));
    if (sent.length > 0) return sent;
    if (missed.length > 0) return list === own ? missed : missed.slice(0, 1);
  }
  // Servers that name nobody return the mail to the only one it was for.
  return sentTo.length === 1 ? [...sentTo] : [];
}

export const fold = (address: string) => address.trim().toLowerCase();

export function uniqueAddresses(list: readonly string[]): string[] {
  const seen = new Set<string>();
  return list
    .filter((each) => {
      const key = fold(each);
      if (key === "" || seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .map((each) => (each.startsWith("<") ? each : canonicalAddress(each.trim())));
}
