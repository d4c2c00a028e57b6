import { UNATTENDED_SENDERS } from "./automatic-phrases.ts";
import type { Address, ParsedMail } from "./mail.ts";
import { bareAddress } from "./thread.ts";

/** Local parts that web sites send what people filled in from. */
const FORM_SENDERS =
  /^(?:mailer|forms?(?:[-._].*)?|contact-?form|wordpress|www(?:-data)?|web-?(?:site|form|server|master)|apache|nobody)$/i;

const domainOf = ({ address }: Address) => address.slice(address.lastIndexOf("@") + 1).toLowerCase();
const localOf = ({ address }: Address) => address.slice(0, address.lastIndexOf("@"));

/**
 * Who filled in the contact form that this mail comes from: it is sent from an address that nobody reads, or from the shop
 * to itself, and asks for answers to somebody elsewhere. Undefined for every other mail.
 */
export function formWriter(mail: Pick<ParsedMail, "from" | "replyTo" | "to">): Address | undefined {
  const { from, to } = mail;
  const [writer, another] = mail.replyTo;
  if (!from || !writer || another || domainOf(writer) === domainOf(from)) return undefined;
  if (UNATTENDED_SENDERS.test(localOf(writer))) return undefined;
  const toItself = to.some(({ address }) => bareAddress(address) === bareAddress(from.address));
  const unread = UNATTENDED_SENDERS.test(localOf(from)) || FORM_SENDERS.test(localOf(from));
  return toItself || unread ? { address: writer.address, name: writer.name || from.name } : undefined;
}
