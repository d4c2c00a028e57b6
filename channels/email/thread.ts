import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { bodyText } from "./bounce.ts";
import { headerValues, type ParsedMail } from "./mail.ts";
import { baseSubject } from "./subject.ts";

/** A 24-digit hexadecimal id, as the store gives them. */
const ID = /^[0-9a-f]{24}$/;

/*
 * The address that buyers answer to carries the conversation: `support+rTOKEN@domain`. The token is the conversation's id
 * and a MAC over it, the inbox and a version, in lower-case base 32, because servers on the way may fold case.
 */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const MAC_BYTES = 10;
const TOKEN_LENGTH = Math.ceil(((12 + MAC_BYTES) * 8) / 5);
const TOKEN = new RegExp(`\\+r([${ALPHABET}]{${TOKEN_LENGTH}})@`, "i");

function base32(bytes: Buffer): string {
  let bits = 0;
  let value = 0;
  let text = "";
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(value >>> bits) & 31];
    }
    value &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET[(value << (5 - bits)) & 31] : text;
}

function fromBase32(text: string): Buffer {
  let bits = 0;
  let value = 0;
  const bytes: number[] = [];
  for (const char of text) {
    value = (value << 5) | ALPHABET.indexOf(char);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >>> bits) & 255);
    }
    value &= (1 << bits) - 1;
  }
  return Buffer.from(bytes);
}

function mac(secret: string, conversationId: string, inboxId: string): Buffer {
  return createHmac("sha256", secret)
    .update(`email-reply:1:${inboxId}:${conversationId}`)
    .digest()
    .subarray(0, MAC_BYTES);
}

/** The reply address of a conversation: `support@shop.example` → `support+r…@shop.example`. */
export function replyAddress(
  address: string,
  ids: { conversationId: string; inboxId: string },
  secret: string,
): string {
  const at = address.lastIndexOf("@");
  const token = base32(
    Buffer.concat([Buffer.from(ids.conversationId, "hex"), mac(secret, ids.conversationId, ids.inboxId)]),
  );
  const local = address.slice(0, at).replace(/\+.*$/, "");
  // RFC 5321 section 4.5.3.1.1: a longer local part is refused; such an address relies on References alone.
  return local.length + token.length + 2 > 64 ? address : `${local}+r${token}${address.slice(at)}`;
}

/** The conversation that an address carries for this inbox; undefined when it carries none or the token is not ours. */
export function conversationOfAddress(address: string, inboxId: string, secret: string): string | undefined {
  const token = TOKEN.exec(address)?.[1]?.toLowerCase();
  if (!token) return undefined;
  const bytes = fromBase32(token);
  const conversationId = bytes.subarray(0, 12).toString("hex");
  const given = bytes.subarray(12, 12 + MAC_BYTES);
  if (!ID.test(conversationId) || given.length !== MAC_BYTES) return undefined;
  return timingSafeEqual(given, mac(secret, conversationId, inboxId)) ? conversationId : undefined;
}

/** The address without what stands behind its plus sign, domain in lower case: what an inbox is found by. */
export function bareAddress(address: string): string {
  const at = address.lastIndexOf("@");
  return `${address.slice(0, at).replace(/\+.*$/, "").toLowerCase()}@${address.slice(at + 1).toLowerCase()}`;
}

/**
 * The Message-ID of message `seq` of a conversation: the same however often it is sent, so that a retry is the same
 * mail, and one that nobody can make up for another conversation.
 */
export function outgoingMessageId(conversationId: string, seq: number, domain: string, secret: string): string {
  return `<c.${conversationId}.${seq}.${idMac(secret, conversationId, seq)}@${domain}>`;
}

function idMac(secret: string, conversationId: string, seq: number): string {
  return createHmac("sha256", secret).update(`email-id:1:${conversationId}:${seq}`).digest("hex").slice(0, 20);
}

const OUTGOING = /^<c\.([0-9a-f]{24})\.(\d{1,9})\.([0-9a-f]{20})@[^<>\s]+>$/i;

/** Which message of ours a Message-ID names; undefined for others' and for forged ones. */
export function messageOfId(id: string, secret: string): { conversationId: string; seq: number } | undefined {
  const match = OUTGOING.exec(id.trim());
  if (!match) return undefined;
  const conversationId = match[1]!.toLowerCase();
  const seq = Number(match[2]);
  const given = Buffer.from(match[3]!.toLowerCase());
  const expected = Buffer.from(idMac(secret, conversationId, seq));
  return timingSafeEqual(given, expected) ? { conversationId, seq } : undefined;
}

/** What ties a mail to a conversation, in the order in which it is believed. */
export interface ThreadHints {
  /** From a signed address that it was sent to. */
  conversationId?: string;
  /** Conversations and messages of ours that its references name. */
  ours: { conversationId: string; seq: number }[];
  /** Message-IDs it answers, nearest first, for those of the buyer's own earlier mails. */
  references: string[];
  /** "ebay:1234-5678": what a marketplace calls the thread or the order. */
  marketplace?: string;
}

export function threadHints(
  mail: ParsedMail,
  options: { inboxId: string; secret: string; recipients?: readonly string[] },
): ThreadHints {
  const addresses = [
    ...(options.recipients ?? []),
    ...mail.to.map((to) => to.address),
    ...mail.cc.map((cc) => cc.address),
    ...mail.deliveredTo,
  ];
  const conversationId = addresses
    .map((address) => conversationOfAddress(address, options.inboxId, options.secret))
    .find((id) => id !== undefined);
  const references = [...new Set([...mail.inReplyTo, ...mail.references.toReversed()])];
  const marketplace = marketplaceThread(mail);
  return {
    ...(conversationId && { conversationId }),
    ours: references.map((id) => messageOfId(id, options.secret)).filter((found) => found !== undefined),
    references,
    ...(marketplace && { marketplace }),
  };
}

interface Marketplace {
  name: string;
  /** Domains that its mails come from. */
  senders: RegExp;
  headers: readonly string[];
  subject: RegExp;
}

/** Marketplaces that relay buyers' messages by mail, and where they put their ids. */
const MARKETPLACES: readonly Marketplace[] = [
  {
    name: "ebay",
    senders: /(?:^|\.)(?:ebay\.(?:com|[a-z]{2}|com?\.[a-z]{2}))$/i,
    headers: ["x-ebay-message-id-thread", "x-ebay-item", "x-ebay-mailtracker-thread"],
    subject: /#\s?(\d{10,14})|\b(\d{2}-\d{5}-\d{5})\b|\((\d{12})\)/,
  },
  {
    name: "amazon",
    senders: /(?:^|\.)(?:amazon\.(?:com|[a-z]{2}|com?\.[a-z]{2}))$/i,
    headers: ["x-amazon-order-id"],
    subject: /\b(\d{3}-\d{7}-\d{7})\b/,
  },
  {
    name: "aliexpress",
    senders: /(?:^|\.)(?:aliexpress\.(?:com|[a-z]{2}|com?\.[a-z]{2})|alibaba\.com)$/i,
    headers: ["x-ali-order-id"],
    subject: /\b(\d{14,18})\b/,
  },
  { name: "etsy", senders: /(?:^|\.)etsy\.com$/i, headers: ["x-etsy-conversation-id"], subject: /#\s?(\d{8,12})\b/ },
  { name: "walmart", senders: /(?:^|\.)(?:relay\.)?walmart\.com$/i, headers: [], subject: /\b(\d{13,15})\b/ },
  {
    name: "shopee",
    senders: /(?:^|\.)shopee\.(?:com|[a-z]{2}|com?\.[a-z]{2})$/i,
    headers: [],
    subject: /\b(\d{6}[A-Z0-9]{8})\b/,
  },
  {
    name: "lazada",
    senders: /(?:^|\.)lazada\.(?:com|[a-z]{2}|com?\.[a-z]{2})$/i,
    headers: [],
    subject: /\b(\d{13,16})\b/,
  },
  {
    name: "mercadolibre",
    senders: /(?:^|\.)mercadoli[bv]re\.(?:com|[a-z]{2}|com?\.[a-z]{2})$/i,
    headers: [],
    subject: /\b(\d{10,17})\b/,
  },
  {
    name: "allegro",
    senders: /(?:^|\.)allegro(?:mail)?\.pl$/i,
    headers: [],
    subject: /\b([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b/i,
  },
  { name: "cdiscount", senders: /(?:^|\.)cdiscount\.com$/i, headers: [], subject: /\b(\d{10}[A-Z0-9]{4,6})\b/ },
  { name: "tiktok", senders: /(?:^|\.)tiktok\.com$/i, headers: [], subject: /\b(\d{18})\b/ },
  { name: "temu", senders: /(?:^|\.)temu\.com$/i, headers: [], subject: /\b(PO-\d{3}-\d{15,20})\b/i },
];

/**
 * The thread or order that a marketplace's mail is about, with the marketplace's name before it. Only mails that say they
 * come from the marketplace count; whether they do is the business of whoever checked SPF, DKIM and DMARC on arrival.
 */
export function marketplaceThread(mail: ParsedMail): string | undefined {
  const domain = mail.from?.address.split("@")[1] ?? "";
  const market = MARKETPLACES.find(({ senders }) => senders.test(domain));
  if (!market) return undefined;
  for (const name of market.headers) {
    const id = /[\w-]{4,64}/.exec(headerValues(mail, name)[0] ?? "")?.[0];
    if (id) return `${market.name}:${id}`;
  }
  const match = market.subject.exec(mail.subject);
  const id = match?.slice(1).find((group) => group !== undefined);
  return id && `${market.name}:${id}`;
}

/**
 * What counts a mail once: its Message-ID; where there is none, what does not change on the way (who, when, what
 * about, which words, which files), so that the same mail fetched twice or delivered to two mailboxes is one.
 */
export function dedupeKey(mail: ParsedMail): string {
  if (mail.messageId) return mail.messageId.length <= 300 ? mail.messageId : `<sha256:${sha256(mail.messageId)}>`;
  const hash = createHash("sha256");
  const add = (value: string) => hash.update(`${value.length}:`).update(value);
  add(mail.from?.address ?? headerValues(mail, "from")[0] ?? "");
  add(headerValues(mail, "date")[0] ?? "");
  add(baseSubject(mail.subject));
  add(bodyText(mail).replace(/\s+/g, " ").trim());
  for (const file of mail.files) add(`${file.type}:${createHash("sha256").update(file.content).digest("hex")}`);
  return `<none:${hash.digest("hex")}>`;
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
