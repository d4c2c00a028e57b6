import { UNSUBSCRIBE_WORDS } from "./automatic-phrases.ts";
import { DISCLAIMER_GROUPS, DISCLAIMER_HEADS, FOOTER_PHRASES } from "./visible/footer-phrases.ts";

/** What gateways put above mails from outside. */
const BANNER =
  /external|outside (?:of )?(?:your|the|our) organi[sz]ation|caution|extern|externe|externo|esterno|外部|внешн/i;
const LONGEST_BANNER = 500;

/**
 * Whether two texts of people are the same words. Each way that a mail comes by may break its lines elsewhere and add a list's
 * footer, a notice or a banner; quotes and signatures are left out of both already (`visible/`).
 */
export function isSameWords(first: string, second: string): boolean {
  const [a, b] = [squeezed(first), squeezed(second)];
  if (a === b) return true;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (short === "") return false;
  if (long.startsWith(short)) return isFooter(long.slice(short.length).trim());
  if (long.endsWith(short)) {
    const above = long.slice(0, -short.length);
    return above.length <= LONGEST_BANNER && BANNER.test(above);
  }
  return false;
}

const squeezed = (text: string) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();

function isFooter(added: string): boolean {
  if (/^(?:[-_=*~] ?){2,}/.test(added)) return true;
  if (FOOTER_PHRASES.some((phrase) => added.includes(phrase)) || UNSUBSCRIBE_WORDS.test(added)) return true;
  return DISCLAIMER_HEADS.test(added) || DISCLAIMER_GROUPS.every((group) => group.test(added));
}
