import { MESSAGE_MAX_LENGTH } from "../../contract/common.ts";
import { nearestLocale } from "../../contract/locales.ts";
import { type Classified, classify, type Envelope } from "./classify.ts";
import { type Address, headerValue, type MailFile, type MailNote, type ParsedMail } from "./mail.ts";
import { parseMail, rawHash } from "./parse.ts";
import { formWriter, groupWriter, noSender } from "./sender.ts";
import { shownFiles } from "./shown-files.ts";
import { baseSubject } from "./subject.ts";
import { bareAddress, dedupeKey, type ThreadHints, threadHints } from "./thread.ts";
import { visibleText } from "./visible/index.ts";

/** A mail as the hub takes it in. */
export interface InboundMail {
  /** Counts once per inbox. */
  sourceId: string;
  /** Who wrote it. An address that we made up where the mail names none (`isNoSender`). */
  from: Address;
  /** What told who wrote it: the header From, a contact form's Reply-To, or what a group of the shop's put in its place. */
  fromBy: "from" | "form" | "group" | "none";
  to: Address[];
  cc: Address[];
  subject: string;
  text: string;
  files: MailFile[];
  notes: string[];
  classified: Classified;
  /** It could not be read: people look at the original, the bot does not answer. */
  unread?: boolean;
  hints: ThreadHints;
  /** For our answer: the mail's own id and those before it. */
  externalId?: string;
  references: string[];
  /** Of the writer's mail program, where it says. */
  locale?: string;
  sentAt?: Date;
}

/** A raw mail in the hub's form. Never throws for what a mail contains. */
export async function receiveMail(
  raw: Buffer,
  options: { inboxId: string; secret: string; envelope: Envelope },
): Promise<InboundMail> {
  const mail = await parseMail(raw);
  const hints = threadHints(mail, {
    inboxId: options.inboxId,
    secret: options.secret,
    ...(options.envelope.recipients && { recipients: options.envelope.recipients }),
  });
  const envelope = { ...options.envelope, answersUs: hints.conversationId !== undefined || hints.ours.length > 0 };
  const classified = classify(mail, envelope);
  const notes: (MailNote | "no_text" | "no_sender" | "small_pictures")[] = [...mail.notes];
  const sender = senderOf(mail, envelope, raw);
  if (sender.fromBy === "none") notes.push("no_sender");
  let { text } = classified.bounce ? { text: mail.text } : visibleText(mail);
  if (text.length > MESSAGE_MAX_LENGTH) {
    text = text.slice(0, MESSAGE_MAX_LENGTH).toWellFormed();
    notes.push("body_truncated");
  }
  // A buyer who writes all of it into the subject has said something; one who sends a picture alone, too.
  const { files, notes: leftOut } = shownFiles(mail, classified);
  notes.push(...leftOut);
  if (text === "" && files.length === 0) text = baseSubject(mail.subject);
  if (text === "") notes.push("no_text");
  const locale = nearestLocale(headerValue(mail, "content-language")?.split(",")[0]?.trim());
  return {
    sourceId: dedupeKey(mail),
    ...sender,
    to: mail.to,
    cc: mail.cc,
    subject: mail.subject,
    text,
    files,
    notes: [...new Set(notes)],
    classified,
    hints,
    ...(mail.messageId && { externalId: mail.messageId }),
    references: mail.references.length > 0 ? mail.references : mail.inReplyTo,
    ...(locale && { locale }),
    ...(mail.date && { sentAt: mail.date }),
  };
}

const TOLD_HEADERS = /^(?:from|reply-to|subject|message-id|date):/i;
const TOLD_BYTES = 16_384;

/**
 * What stands for a mail that cannot be read: who it says it is from and its subject, so that a person finds it and looks at
 * the original.
 */
export async function unreadableMail(raw: Buffer, why: "unreadable" | "given_up"): Promise<InboundMail> {
  const hash = rawHash(raw);
  const head = raw
    .subarray(0, TOLD_BYTES)
    .toString("latin1")
    .split(/\r?\n\r?\n/, 1)[0]!;
  const lines = head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/);
  const told = lines.filter((line) => TOLD_HEADERS.test(line)).map((line) => line.slice(0, 500));
  const mail = await parseMail(Buffer.from(`${told.slice(0, 10).join("\r\n")}\r\n\r\n`, "latin1"));
  return {
    sourceId: `<raw:${hash}>`,
    ...senderOf(mail, {}, raw),
    to: [],
    cc: [],
    subject: mail.subject,
    text: baseSubject(mail.subject),
    files: [],
    notes: [why],
    classified: { class: "person", automatic: false, evidence: "unreadable" },
    unread: true,
    hints: { ours: [], references: [] },
    references: [],
  };
}

/** Who a conversation is with: a contact form or a group of the shop's only carries somebody's words. */
function senderOf(mail: ParsedMail, envelope: Envelope, raw: Buffer): Pick<InboundMail, "from" | "fromBy"> {
  const form = formWriter(mail);
  const group = form ? undefined : groupWriter(mail, envelope);
  const written = form ?? group ?? mail.from;
  if (written) {
    const { address, name } = written;
    return { from: { address, name }, fromBy: form ? "form" : group ? "group" : "from" };
  }
  // A mail without From is the Reply-To's, if it has one.
  const [answerTo] = mail.replyTo;
  if (answerTo) return { from: answerTo, fromBy: "from" };
  const name = (headerValue(mail, "from") ?? "").replace(/[<>"]/g, " ").replace(/\s+/g, " ").trim().slice(0, 100);
  return { from: noSender(rawHash(raw).slice(0, 24), name), fromBy: "none" };
}

/** Addresses as they are compared: no plus part for ours, no capitals. */
export function addressKey(address: string): string {
  return address.trim().toLowerCase();
}
export { bareAddress };
