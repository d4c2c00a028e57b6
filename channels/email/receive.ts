import { createHash } from "node:crypto";
import { MESSAGE_MAX_LENGTH } from "../../contract/common.ts";
import { nearestLocale } from "../../contract/locales.ts";
import { type Classified, classify, type Envelope } from "./classify.ts";
import { type Address, headerValue, type MailFile, type MailNote, type ParsedMail } from "./mail.ts";
import { parseMail } from "./parse.ts";
import { formWriter } from "./sender.ts";
import { baseSubject } from "./subject.ts";
import { bareAddress, dedupeKey, type ThreadHints, threadHints } from "./thread.ts";
import { visibleText } from "./visible/index.ts";

/** A mail as the hub takes it in. */
export interface InboundMail {
  /** Counts once per inbox. */
  sourceId: string;
  from: Address;
  to: Address[];
  cc: Address[];
  subject: string;
  text: string;
  files: MailFile[];
  notes: string[];
  classified: Classified;
  hints: ThreadHints;
  /** For our answer: the mail's own id and those before it. */
  externalId?: string;
  references: string[];
  /** Of the writer's mail program, where it says. */
  locale?: string;
  sentAt?: Date;
}

/** Pictures below this are signatures' logos and lines; they stay in the original. */
const SMALL_INLINE_BYTES = 8_000;
const UNKNOWN_SENDER: Address = { address: "unknown@invalid", name: "" };

/** A raw mail in the hub's form. Never throws for what a mail contains. */
export async function receiveMail(
  raw: Buffer,
  options: { inboxId: string; secret: string; envelope: Envelope & { recipients?: readonly string[] } },
): Promise<InboundMail> {
  const mail = await parseMail(raw);
  const classified = classify(mail, options.envelope);
  const notes: (MailNote | "no_text")[] = [...mail.notes];
  let { text } = classified.bounce ? { text: mail.text } : visibleText(mail);
  if (text.length > MESSAGE_MAX_LENGTH) {
    text = text.slice(0, MESSAGE_MAX_LENGTH).toWellFormed();
    notes.push("body_truncated");
  }
  // A buyer who writes all of it into the subject has said something; one who sends a picture alone, too.
  const files = mail.files.filter((file) => shown(file, mail));
  if (text === "" && files.length === 0) text = baseSubject(mail.subject);
  if (text === "") notes.push("no_text");
  const locale = nearestLocale(headerValue(mail, "content-language")?.split(",")[0]?.trim());
  return {
    sourceId: dedupeKey(mail),
    from: senderOf(mail),
    to: mail.to,
    cc: mail.cc,
    subject: mail.subject,
    text,
    files,
    notes: [...new Set(notes)],
    classified,
    hints: threadHints(mail, {
      inboxId: options.inboxId,
      secret: options.secret,
      ...(options.envelope.recipients && { recipients: options.envelope.recipients }),
    }),
    ...(mail.messageId && { externalId: mail.messageId }),
    references: mail.references.length > 0 ? mail.references : mail.inReplyTo,
    ...(locale && { locale }),
    ...(mail.date && { sentAt: mail.date }),
  };
}

/** What stands for a mail that could not be taken in, however often it was tried. */
export function unreadableMail(raw: Buffer): InboundMail {
  return {
    sourceId: `<raw:${createHash("sha256").update(raw).digest("hex")}>`,
    from: UNKNOWN_SENDER,
    to: [],
    cc: [],
    subject: "",
    text: "",
    files: [],
    notes: ["unreadable"],
    classified: { class: "notification", automatic: true, evidence: "unreadable" },
    hints: { ours: [], references: [] },
    references: [],
  };
}

/** Who a conversation is with: a contact form only carries somebody's words. */
function senderOf(mail: ParsedMail): Address {
  const from = formWriter(mail) ?? mail.from ?? mail.replyTo[0];
  if (!from) return UNKNOWN_SENDER;
  return { address: from.address, name: from.name };
}

function shown(file: MailFile, mail: ParsedMail): boolean {
  if (/^(?:message\/|text\/rfc822|application\/(?:pgp-|pkcs7-|x-pkcs7-|ms-tnef)|text\/calendar)/.test(file.type))
    return false;
  if (!file.inline) return true;
  return file.content.length >= SMALL_INLINE_BYTES && mail.html !== "";
}

/** Addresses as they are compared: no plus part for ours, no capitals. */
export function addressKey(address: string): string {
  return address.trim().toLowerCase();
}
export { bareAddress };
