import type { Envelope } from "./classify.ts";
import { headerValue, headerValues, type ParsedMail } from "./mail.ts";
import { bareAddress } from "./thread.ts";

/** What shops call the address that customers write to: a list of that name is a team's mailbox, not a newsletter. */
const SERVICE_NAMES =
  /^(?:(?:customer|client|kunden|user|tech(?:nical)?)?[-_.]?(?:support|service|services|care|help|helpdesk|helpline|desk|dienst)|info|information|kontakt|contact|contacto|contatti|contato|contactus|contact-us|hello|hallo|hi|hola|bonjour|ciao|ola|ask|questions?|sales|verkauf|ventas|vendite|vendas|orders?|bestellung(?:en)?|pedidos|commandes|ordini|returns?|refunds?|retouren?|complaints?|shop|store|webshop|team|office|mail|post|sav|atendimento|atencion|soporte|suporte|assistance|assistenza|klantenservice|obsluga|destek|kefu|cs|cx)$/i;

/** The addresses of the lists and groups that a mail came through, in lower case. */
export function listAddresses(mail: Pick<ParsedMail, "headers">): string[] {
  const found: string[] = [];
  for (const value of headerValues(mail, "list-post")) {
    for (const [, address] of value.matchAll(/mailto:([^\s<>?,;"]{1,250}@[^\s<>?,;"]{1,250})/gi)) found.push(address!);
  }
  for (const value of [...headerValues(mail, "mailing-list"), ...headerValues(mail, "x-mailing-list")]) {
    const address = /[^\s<>,;:"]{1,250}@[^\s<>,;"]{1,250}/.exec(value)?.[0];
    if (address) found.push(address);
  }
  for (const value of headerValues(mail, "x-beenthere")) if (value.includes("@")) found.push(value.trim());
  // RFC 2919: an identifier in the form of a domain, which programs make of the address.
  for (const value of headerValues(mail, "list-id")) {
    const id = /<\s*([^\s<>@]{1,250})\s*>\s*$/.exec(value)?.[1] ?? /^[^\s<>@]{1,250}$/.exec(value.trim())?.[0];
    const dot = id?.indexOf(".") ?? -1;
    if (id && dot > 0) found.push(`${id.slice(0, dot)}@${id.slice(dot + 1)}`);
  }
  return [...new Set(found.map((address) => bareAddress(address)))];
}

/**
 * The shop's own address as a list: customers write to a group or a distribution list whose member is the hub. Known by
 * the address itself, by its domain, or by a name that shops give the address customers write to.
 */
export function isShopsList(mail: ParsedMail, { ours = [], recipients = [] }: Envelope): boolean {
  const lists = listAddresses(mail);
  if (lists.length === 0) return false;
  const own = new Set([...ours, ...recipients].map(bareAddress));
  if (lists.some((list) => own.has(list))) return true;
  const domains = new Set([...own].map(domainOf));
  const addressed = new Set([...mail.to, ...mail.cc].map(({ address }) => bareAddress(address)));
  return lists.some(
    (list) => addressed.has(list) && (domains.has(domainOf(list)) || SERVICE_NAMES.test(list.split("@")[0]!)),
  );
}

/** Whether headers name a list at all, with or without its address. */
export function listHeader(mail: Pick<ParsedMail, "headers">): string | undefined {
  return LIST_HEADERS.find((name) => headerValue(mail, name) !== undefined);
}
const LIST_HEADERS = [
  "list-id",
  "list-post",
  "list-subscribe",
  "list-owner",
  "list-archive",
  "x-mailing-list",
  "x-list",
  "mailing-list",
];

const domainOf = (address: string) => address.slice(address.lastIndexOf("@") + 1);
