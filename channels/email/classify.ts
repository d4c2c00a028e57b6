import {
  AWAY_SUBJECTS,
  BOUNCE_SUBJECTS,
  type BounceReason,
  DAEMON_SENDERS,
  UNATTENDED_SENDERS,
  WEAK_AWAY_SUBJECTS,
} from "./automatic-phrases.ts";
import {
  type Bounce,
  bodyText,
  type Complaint,
  readBounce,
  readComplaint,
  reasonOf,
  reportType,
  returnsMail,
  statusIn,
} from "./bounce.ts";
import { bulkEvidence } from "./bulk.ts";
import { headerValue, headerValues, type ParsedMail } from "./mail.ts";
import { formWriter, groupWriter, isToItself } from "./sender.ts";
import { baseSubject } from "./subject.ts";

/**
 * person: somebody wrote it. auto_reply: an absence note or an acknowledgement. bulk: a list or a newsletter.
 * notification: a program sent it by itself. bounce, complaint, receipt: about a mail of ours.
 */
export type MailClass = "person" | "auto_reply" | "bulk" | "notification" | "bounce" | "complaint" | "receipt";

export interface Classified {
  class: MailClass;
  /** The bot must not answer it. */
  automatic: boolean;
  /** What told it, for people who wonder: a header's name, "subject", "sender", "report". */
  evidence: string;
  bounce?: Bounce;
  complaint?: Complaint;
}

export interface Envelope {
  /** The SMTP MAIL FROM; empty for `<>`. Undefined where the mail was fetched and only its Return-Path may tell. */
  mailFrom?: string;
  /** Addresses of the shop, and those that the mail was delivered to: through them customers write. */
  ours?: readonly string[];
  recipients?: readonly string[];
  /** It answers a mail of ours. */
  answersUs?: boolean;
}

/**
 * Tells people's mail from machines': RFC 3834, RFC 3464, RFC 5965, and what those who keep to none of them write. What
 * relays and groups put on everybody's mail is weighed together with the rest (`bulk.ts`), never taken alone.
 */
export function classify(mail: ParsedMail, envelope: Envelope = {}): Classified {
  const report = reportType(mail);
  if (mail.report.feedback !== undefined || report === "feedback-report") {
    return { class: "complaint", automatic: true, evidence: "report", complaint: readComplaint(mail) };
  }
  if (report === "disposition-notification" && !isRefusal(mail))
    return { class: "receipt", automatic: true, evidence: "report" };
  const bounced = bounceEvidence(mail, envelope, report);
  if (bounced) {
    const bounce = readBounce(mail);
    if (bounce.action === "delivered") return { class: "receipt", automatic: true, evidence: bounced };
    return { class: "bounce", automatic: true, evidence: bounced, bounce };
  }
  const header = automaticHeader(mail);
  const away = awaySubject(mail.subject);
  if (away && (header || saysAway(mail))) return { class: "auto_reply", automatic: true, evidence: "subject" };
  const form = formWriter(mail);
  // Programs that send forms mark what people wrote in them as their own.
  if (header && !(form && isToItself(mail) && header.class !== "auto_reply")) return { ...header, automatic: true };
  if (emptyReturnPath(mail, envelope) && !isForwarded(mail)) {
    return { class: "auto_reply", automatic: true, evidence: "return-path" };
  }
  if (form && isToItself(mail)) return { class: "person", automatic: false, evidence: "form" };
  const bulk = bulkEvidence(mail, envelope);
  if (bulk) return { ...bulk, automatic: true };
  if (form) return { class: "person", automatic: false, evidence: "form" };
  const writer = groupWriter(mail, envelope) ?? mail.from;
  const local = writer?.address.slice(0, writer.address.lastIndexOf("@")) ?? "";
  if (UNATTENDED_SENDERS.test(local) || DAEMON_SENDERS.test(local)) {
    return { class: "notification", automatic: true, evidence: "sender" };
  }
  return { class: "person", automatic: false, evidence: "none" };
}

/** A subject alone: "Re:" before it, or a question below, and a person may have written it. */
function saysAway(mail: ParsedMail): boolean {
  if (/^\s*(?:re|aw|sv|antw)\s*:/i.test(mail.subject) && !isShortAway(mail.subject)) return false;
  return !(isWeakAway(mail.subject) && /[?？؟]/.test(bodyText(mail).slice(0, 2_000)));
}

function bounceEvidence(mail: ParsedMail, envelope: Envelope, report: string | undefined): string | undefined {
  if (report === "delivery-status" || mail.report.deliveryStatus !== undefined) return "report";
  if (report === "disposition-notification") return "report";
  if (headerValues(mail, "x-failed-recipients").length > 0) return "x-failed-recipients";
  const subject = plain(mail.subject);
  const bounceSubject = BOUNCE_SUBJECTS.some((phrase) => subject.includes(phrase));
  const silent = emptyReturnPath(mail, envelope);
  if (isDaemon(mail) && (bounceSubject || silent || looksUndelivered(mail) || saysNobodyHasIt(mail))) return "sender";
  // Exchange sends with the administrator's name and a null sender; some gateways keep only the subject.
  if (bounceSubject && silent && looksUndelivered(mail)) return "subject";
  if (bounceSubject && headerValue(mail, "auto-submitted") !== undefined && looksUndelivered(mail)) return "subject";
  // Courier and others: no sender at all, and the words of a server with its code.
  if (silent && looksUndelivered(mail) && statusIn(bodyText(mail).slice(0, 8_000)) !== undefined) return "return-path";
  if (silent && looksUndelivered(mail) && reasonTold(mail) === "mailbox_unknown") return "return-path";
  // Gateways that send under any name. A person who tells of a failed delivery answers or passes on that mail.
  const own = bounceSubject && plain(baseSubject(mail.subject)) === subject.trim();
  if (own && namesUndelivered(mail)) return "words";
  return undefined;
}

const DAEMON_NAME =
  /mail delivery (?:sub)?system|mailer[- ]?daemon|postmaster|system administrator|mail administrator/i;

function isDaemon(mail: ParsedMail): boolean {
  const local = mail.from?.address.split("@")[0] ?? "";
  if (DAEMON_SENDERS.test(local) || DAEMON_NAME.test(mail.from?.name ?? "")) return true;
  if (/^<?mailer-daemon\b/i.test(headerValue(mail, "return-path")?.trim() ?? "")) return true;
  // Servers write addresses that are none, as `Postmaster <>`: then the words of the header say it.
  return mail.from === undefined && DAEMON_NAME.test(headerValue(mail, "from") ?? "");
}

/** A receipt by which a server says that it refused the mail, as Dovecot does for a full mailbox. */
function isRefusal(mail: ParsedMail): boolean {
  const disposition = /^disposition:\s*([^\r\n]+)/im.exec(mail.report.disposition ?? "")?.[1] ?? "";
  return /^automatic-action[^;]*;\s*(?:deleted|denied|failed)/i.test(disposition) && looksUndelivered(mail);
}

const UNKNOWN_TO_SERVER: ReadonlySet<BounceReason> = new Set([
  "mailbox_unknown",
  "mailbox_full",
  "mailbox_disabled",
  "domain_unknown",
]);

/** A server's words without a code: "no such user here", or the mail itself returned below a heading. */
function saysNobodyHasIt(mail: ParsedMail): boolean {
  return UNKNOWN_TO_SERVER.has(reasonTold(mail)) || returnsMail(bodyText(mail));
}

function reasonTold(mail: ParsedMail): BounceReason {
  const notice = `${mail.subject}\n${bodyText(mail).slice(0, 8_000)}`;
  return reasonOf({ said: "", notice, status: undefined });
}

/** In so many words: this mail did not reach this address. */
function namesUndelivered(mail: ParsedMail): boolean {
  return NOT_REACHED.test(bodyText(mail).slice(0, 8_000).replace(/\s+/g, " "));
}
const NOT_REACHED =
  /(?:(?:your|this|the) (?:following )?(?:e-?mail|message|mail)(?: below)?[^.]{0,160}(?:could not be|was not|cannot be|can't be|couldn't be|has not been|wasn't) (?:delivered|sent) to|unable to deliver (?:your |this |the )?(?:e-?mail|message|mail) to|did not reach the following recipient|failed recipients?\b|undeliverable to the following)[^@]{0,120}[^\s@]@[^\s@]/i;

/** The body names an address with a code or says in so many words that a mail was not delivered. */
function looksUndelivered(mail: ParsedMail): boolean {
  const text = bodyText(mail).slice(0, 8_000);
  if (!/@/.test(text)) return false;
  if (statusIn(text)?.match(/^[45]/)) return true;
  return /(?:could ?n[o']t|cannot|can not|unable to|wasn't|was not|not|failed to|nicht|pas pu|no se (?:pudo|ha podido)|n[aã]o (?:foi|p[oô]de)|не (?:может|удалось|доставлен)|无法|未能|無法|できません|없습니다)[^.\n]{0,60}(?:deliver|be sent|zugestellt|remis|livr|distribu|entreg|consegn|доставлен|доставить|送达|投递|发送|傳遞|傳送|配信|送信|전달|배달)|permanent (?:fatal )?error|returned because|no valid recipients|(?:automatically|was) rejected|has been postponed|not (?:a )?valid user|退信|被退回|退回/i.test(
    text,
  );
}

/** What only programs write of their own mail. That a person's mail was passed on by a rule says nothing of who wrote it. */
function automaticHeader(mail: ParsedMail): Pick<Classified, "class" | "evidence"> | undefined {
  const submitted = autoSubmitted(mail);
  if (submitted !== "" && !/^(?:no\b|auto-forwarded)/.test(submitted)) {
    return {
      class: /^auto-(?:replied|notified)/.test(submitted) ? "auto_reply" : "notification",
      evidence: "auto-submitted",
    };
  }
  for (const name of AUTOREPLY_HEADERS) {
    const value = headerValue(mail, name);
    if (value !== undefined && !/^(?:no|false|0)?$/i.test(value.trim())) return { class: "auto_reply", evidence: name };
  }
  const precedence = headerValue(mail, "precedence")?.toLowerCase().trim();
  if (precedence === "auto_reply" || precedence === "auto-reply")
    return { class: "auto_reply", evidence: "precedence" };
  return undefined;
}

const autoSubmitted = (mail: ParsedMail) => headerValue(mail, "auto-submitted")?.toLowerCase().trim() ?? "";

/** Sieve and others send what they pass on with a null sender, so that its failures come back to nobody. */
const isForwarded = (mail: ParsedMail) => autoSubmitted(mail).startsWith("auto-forwarded");

const AUTOREPLY_HEADERS = [
  "x-autoreply",
  "x-autorespond",
  "x-autoresponder",
  "x-auto-reply",
  "x-autoreply-from",
  "x-autogenerated",
  "x-mail-autoreply",
  "x-vacation",
  "x-amazon-auto-reply",
  "x-gm-autoreply",
  "x-qq-autoreply",
  "delivered-by-autoresponder",
];

const plain = (text: string) => text.normalize("NFKC").toLowerCase().replace(/[’‘]/g, "'");
const AWAY = Object.values(AWAY_SUBJECTS).flat().map(plain);

function awaySubject(subject: string): boolean {
  const base = plain(baseSubject(subject)).replace(/^[\s[(【<"']+/, "");
  const whole = plain(subject).replace(/^[\s[(【<"']+/, "");
  return AWAY.some(
    (phrase) => base.startsWith(phrase.replace(/^[[【]/, "")) || whole.startsWith(phrase.replace(/^[[【]/, "")),
  );
}

/** Words that absence notes begin with, and sentences of buyers too. */
function isWeakAway(subject: string): boolean {
  const base = plain(baseSubject(subject)).trim();
  return WEAK_AWAY.some((phrase) => base.startsWith(phrase));
}
const WEAK_AWAY = WEAK_AWAY_SUBJECTS.map(plain);

/** "Re: Automatic reply" alone comes from no person; "Re: Automatic reply: my order" may. */
function isShortAway(subject: string): boolean {
  const base = plain(baseSubject(subject)).trim();
  return AWAY.some((phrase) => base === phrase);
}

function emptyReturnPath(mail: ParsedMail, envelope: Envelope): boolean {
  if (envelope.mailFrom !== undefined) return envelope.mailFrom === "";
  return headerValue(mail, "return-path")?.replace(/\s/g, "") === "<>";
}
