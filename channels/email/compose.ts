import { Liquid, type Template } from "liquidjs";
import type Mail from "nodemailer/lib/mailer/index.js";
import { directionOf } from "../../contract/locales.ts";
import type { DkimConfig } from "./config.ts";
import type { Address } from "./mail.ts";
import { sanitizeMailHtml, textToHtml } from "./sanitize.ts";
import { replySubject } from "./subject.ts";
import { outgoingMessageId, replyAddress } from "./thread.ts";
import { htmlToPlain } from "./visible/index.ts";

/** The two templates of a mail, as text. */
export interface EmailTemplates {
  html: string;
  text: string;
}

/** Texts of `locales/<lang>/email.json`, by key, in the mail's language. */
export type Words = (key: string, values?: Record<string, string>) => string;

export interface OutgoingFile {
  name: string;
  type: string;
  content: Buffer;
}

export interface OutgoingMail {
  conversationId: string;
  inboxId: string;
  seq: number;
  text: string;
  /** Rich text of an agent; cleaned before it is sent. */
  html?: string;
  locale: string;
  /** Written by the bot, or by a rule: RFC 3834 wants it said. */
  automatic: boolean;
  /** The shop begins: the buyer may stop such mails with one click. */
  unsubscribeUrl?: string;
  /** The address may be a stranger's: where they say so. */
  notMeUrl?: string;
  subject: string;
  /** The mail answers another one: its subject gets one prefix. */
  reply: boolean;
  to: Address[];
  cc?: Address[];
  bcc?: Address[];
  /** Message-IDs of the thread, oldest first. */
  references: readonly string[];
  files: OutgoingFile[];
  /** Opens the message centre for the one who gets it. */
  messagesUrl?: string;
  /** What was said in the chat after the buyer left, oldest first. */
  missed?: { author: string; at: Date; text: string }[];
  /** The buyer's mail that is answered or forwarded. */
  quote?: { author: string; at: Date; text: string };
  date: Date;
}

export interface Mailbox {
  address: string;
  senderName: string;
  signature: string;
  /** By language, where it differs. */
  signatures?: Partial<Record<string, string>>;
  addressPattern: "plus" | "plain";
  /** Right side of Message-IDs. */
  domain: string;
  dkim?: DkimConfig;
}

const MAX_REFERENCES = 20;
const MAX_SUBJECT = 500;

/** Builds mails from the two templates. One for the whole process: the templates are parsed once. */
export class Composer {
  readonly #secret: string;
  readonly #html: Template[];
  readonly #text: Template[];
  readonly #escaping = new Liquid({ outputEscape: "escape", ownPropertyOnly: true });
  readonly #plain = new Liquid({ ownPropertyOnly: true });

  constructor(templates: EmailTemplates, secret: string) {
    this.#secret = secret;
    this.#html = this.#escaping.parse(templates.html);
    this.#text = this.#plain.parse(templates.text);
  }

  /** What nodemailer sends: both forms, threading and automatic headers, envelope, DKIM. The same input gives the same Message-ID. */
  async compose(mail: OutgoingMail, mailbox: Mailbox, words: Words): Promise<Mail.Options> {
    const time = new Intl.DateTimeFormat(mail.locale, { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
    const subject = subjectOf(mail, words);
    const rich = mail.html
      ? sanitizeMailHtml(mail.html, { cidUrl: () => undefined, remoteImages: true }).html
      : undefined;
    const signature = mailbox.signatures?.[mail.locale] ?? mailbox.signature;
    const values = {
      lang: mail.locale,
      dir: directionOf(mail.locale),
      subject,
      body: rich ?? textToHtml(mail.text),
      bodyText: rich !== undefined && mail.text === "" ? htmlToPlain(rich) : mail.text,
      signature: textToHtml(signature),
      signatureText: signature,
      missed: (mail.missed ?? []).map((each) => ({
        author: each.author,
        at: time.format(each.at),
        text: each.text,
        html: textToHtml(each.text),
      })),
      words: {
        missed: words("mail.missed"),
        ...(mail.automatic && { automatic: words("mail.automatic") }),
        unsubscribe: words("mail.unsubscribe"),
        messages: words("mail.messages"),
        notMe: words("mail.notMe", { shop: mailbox.senderName }),
      },
      ...(mail.messagesUrl && { messages: mail.messagesUrl }),
      ...(mail.unsubscribeUrl && { unsubscribe: mail.unsubscribeUrl }),
      ...(mail.notMeUrl && { notMe: mail.notMeUrl }),
      ...(mail.quote && {
        quote: {
          line: words("mail.wrote", { date: time.format(mail.quote.at), name: mail.quote.author }),
          html: textToHtml(mail.quote.text),
          text: mail.quote.text.replace(/^/gm, "> ").replace(/^> $/gm, ">"),
        },
      }),
    };
    const [html, text] = await Promise.all([
      this.#escaping.render(this.#html, values) as Promise<string>,
      this.#plain.render(this.#text, values) as Promise<string>,
    ]);
    const answerTo =
      mailbox.addressPattern === "plus" ? replyAddress(mailbox.address, mail, this.#secret) : mailbox.address;
    const references = shorten(mail.references.filter((id) => /^<[^<>\s]+>$/.test(id)));
    return {
      messageId: outgoingMessageId(mail.conversationId, mail.seq, mailbox.domain, this.#secret),
      date: mail.date,
      from: person({ name: mailbox.senderName, address: mailbox.address }),
      replyTo: person({ name: mailbox.senderName, address: answerTo }),
      to: mail.to.map(person),
      ...(mail.cc?.length && { cc: mail.cc.map(person) }),
      ...(mail.bcc?.length && { bcc: mail.bcc.map(person) }),
      subject,
      text: text.trim(),
      html: html.trim(),
      ...(references.length > 0 && { references, inReplyTo: references.at(-1)! }),
      attachments: mail.files.map((file) => ({
        filename: oneLine(file.name),
        contentType: oneLine(file.type),
        content: file.content,
      })),
      headers: headersOf(mail),
      // What cannot be delivered comes back to the address that carries the conversation.
      envelope: {
        from: answerTo,
        to: [...mail.to, ...(mail.cc ?? []), ...(mail.bcc ?? [])].map((each) => oneLine(each.address)),
      },
      ...(mailbox.dkim && {
        dkim: {
          domainName: mailbox.dkim.domain,
          keySelector: mailbox.dkim.selector,
          privateKey: mailbox.dkim.privateKey,
        },
      }),
      // A text or a name can never make the hub read a file or fetch an address.
      disableFileAccess: true,
      disableUrlAccess: true,
      xMailer: false,
    };
  }
}

function subjectOf(mail: OutgoingMail, words: Words): string {
  const wanted = oneLine(mail.subject).slice(0, MAX_SUBJECT).toWellFormed();
  const subject = mail.reply ? replySubject(wanted) : wanted;
  return subject === "" ? words("mail.subject") : subject;
}

function headersOf(mail: OutgoingMail): Record<string, string> {
  return {
    "Content-Language": mail.locale,
    // RFC 3834 section 5; Exchange asks for its own header ([MS-OXCMAIL] 2.2.3.2.14).
    ...(mail.automatic && {
      "Auto-Submitted": mail.reply ? "auto-replied" : "auto-generated",
      "X-Auto-Response-Suppress": "All",
    }),
    // RFC 8058: one click, answered by POST.
    ...(mail.unsubscribeUrl && {
      "List-Unsubscribe": `<${oneLine(mail.unsubscribeUrl).replace(/[<>\s]/g, "")}>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }),
  };
}

/** RFC 5322 section 3.6.4 lets long chains be cut: the first mail and the latest keep the thread together. */
function shorten(references: readonly string[]): string[] {
  const unique = [...new Set(references)];
  return unique.length <= MAX_REFERENCES ? unique : [unique[0]!, ...unique.slice(-(MAX_REFERENCES - 1))];
}

const person = ({ name, address }: Address): Mail.Address => ({ name: oneLine(name), address: oneLine(address) });

/** No line end reaches a header, whoever wrote the value. */
function oneLine(value: string): string {
  return value
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .trim();
}
