import { UNATTENDED_SENDERS } from "./automatic-phrases.ts";
import type { Envelope } from "./classify.ts";
import { isShopsList, listAddresses } from "./lists.ts";
import { type Address, headerValue, type ParsedMail } from "./mail.ts";
import { readAddress } from "./parse.ts";
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
  const { from } = mail;
  const [writer, another] = mail.replyTo;
  if (!from || !writer || another || domainOf(writer) === domainOf(from)) return undefined;
  if (UNATTENDED_SENDERS.test(localOf(writer))) return undefined;
  const unread = UNATTENDED_SENDERS.test(localOf(from)) || FORM_SENDERS.test(localOf(from));
  return isToItself(mail) || unread ? { address: writer.address, name: writer.name || from.name } : undefined;
}

/** From the shop to the shop, as contact forms send. */
export function isToItself({ from, to }: Pick<ParsedMail, "from" | "to">): boolean {
  return from !== undefined && to.some(({ address }) => bareAddress(address) === bareAddress(from.address));
}

/**
 * Who wrote a mail that a group of the shop's passed on under the group's own address, as Google Groups does for writers
 * whose domain forbids it (DMARC). Only where From is the shop's: anybody else's mail is from whom it says.
 */
export function groupWriter(mail: ParsedMail, envelope: Envelope): Address | undefined {
  const { from } = mail;
  if (!from) return undefined;
  const shops = new Set([...(envelope.ours ?? []), ...(envelope.recipients ?? [])].map(bareAddress));
  if (isShopsList(mail, envelope)) for (const list of listAddresses(mail)) shops.add(list);
  if (!shops.has(bareAddress(from.address))) return undefined;
  const { replyTo } = mail;
  const told = [
    readAddress(headerValue(mail, "x-original-from")),
    ...(replyTo.length === 1 ? replyTo : []),
    readAddress(headerValue(mail, "x-original-sender")),
  ];
  const writer = told.find((each) => each !== undefined && !shops.has(bareAddress(each.address)));
  return writer && { address: writer.address, name: writer.name || viaName(from.name) };
}

/** 'Nora Berg' via Support → Nora Berg. */
function viaName(name: string): string {
  return /^['"]?(.+?)['"]?\s+(?:via|über|par|vía|tramite|por meio de|через|経由|通过)\s/i.exec(name)?.[1] ?? "";
}

/** Addresses that we make up for mails that name no sender: RFC 6761 keeps the domain for what does not exist. */
const NO_SENDER = "@nobody.invalid";

/** Stands for the sender of a mail that names none. Another mail has another, so that two strangers are never one person. */
export function noSender(mail: string, name = ""): Address {
  return { address: `mail-${mail}${NO_SENDER}`, name };
}

/** Whether nobody can be written to at this address. */
export function isNoSender(address: string): boolean {
  return /@(?:[^@]*\.)?invalid$/i.test(address);
}
