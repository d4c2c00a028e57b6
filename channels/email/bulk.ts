import { BULK_SENDERS, PROGRAM_WORDS, UNATTENDED_SENDERS, UNSUBSCRIBE_WORDS } from "./automatic-phrases.ts";
import { bodyText } from "./bounce.ts";
import type { Envelope, MailClass } from "./classify.ts";
import { isShopsList, listHeader } from "./lists.ts";
import { headerValue, type ParsedMail } from "./mail.ts";

interface Evidence {
  /** Two together tell a machine. */
  weight: number;
  class: Extract<MailClass, "bulk" | "notification">;
  evidence: string;
}
const ENOUGH = 2;
const FOOT_CHARACTERS = 4_000;

/**
 * Whether a mail went to many, or a program sent it by itself, as far as headers tell that stand on people's mail too.
 * One alone is not enough: mail services and rules put them on everything that passes through. Undefined for a person's.
 */
export function bulkEvidence(mail: ParsedMail, envelope: Envelope): Pick<Evidence, "class" | "evidence"> | undefined {
  const found: Evidence[] = [];
  const add = (weight: number, evidence: string, kind: Evidence["class"] = "bulk") =>
    found.push({ weight, class: kind, evidence });
  const list = listHeader(mail);
  const shops = isShopsList(mail, envelope);
  if (list && !shops) add(ENOUGH, list);
  if (!shops) addPrecedence(mail, add);
  for (const name of ["x-campaign-id", "x-campaign", "x-mailgun-tag-bulk"])
    if (headerValue(mail, name) !== undefined) add(ENOUGH, name);
  const unsubscribes = headerValue(mail, "list-unsubscribe") !== undefined && !shops;
  if (unsubscribes) add(1, "list-unsubscribe");
  // RFC 8058: mailbox providers ask it of those who send to many.
  if (unsubscribes && headerValue(mail, "list-unsubscribe-post") !== undefined) add(1, "list-unsubscribe-post");
  if (headerValue(mail, "feedback-id") !== undefined && !isZoho(mail)) add(1, "feedback-id");
  // [MS-OXCMAIL] 2.2.3.2.14: that no automatic answer is wanted. Exchange writes it on people's mail too.
  const suppress = headerValue(mail, "x-auto-response-suppress");
  if (suppress !== undefined && /\b(?:all|oof|autoreply|dr|rn|nrn)\b/i.test(suppress))
    add(1, "x-auto-response-suppress", "notification");
  if (found.length === 0) return undefined;

  const local = mail.from?.address.slice(0, mail.from.address.lastIndexOf("@")) ?? "";
  if (!shops && (BULK_SENDERS.test(local) || UNATTENDED_SENDERS.test(local))) add(1, "sender");
  if (isBouncePath(mail, envelope)) add(1, "return-path");
  const answers = envelope.answersUs || mail.inReplyTo.length > 0 || mail.references.length > 0;
  if (!answers) {
    const foot = bodyText(mail).slice(-FOOT_CHARACTERS);
    if (unsubscribes && UNSUBSCRIBE_WORDS.test(foot)) add(1, "body");
    if (PROGRAM_WORDS.test(foot)) add(1, "body", "notification");
  }
  let weight = found.reduce((sum, each) => sum + each.weight, 0);
  if (!list || shops) {
    if (envelope.answersUs) weight -= 1;
    if (isWritten(mail)) weight -= 1;
  }
  if (weight < ENOUGH) return undefined;
  const heaviest = found.reduce((most, each) => (each.weight > most.weight ? each : most));
  return { class: heaviest.class, evidence: heaviest.evidence };
}

function addPrecedence(mail: ParsedMail, add: (weight: number, evidence: string) => void): void {
  const precedence = headerValue(mail, "precedence")?.toLowerCase().trim() ?? "";
  if (/^(?:bulk|junk)$/.test(precedence)) add(ENOUGH, "precedence");
  // A distribution list of the shop's sets no more than this.
  else if (precedence === "list") add(1, "precedence");
}

/** Zoho puts a Feedback-ID on every mail that people write there. */
function isZoho(mail: ParsedMail): boolean {
  const program = `${headerValue(mail, "user-agent") ?? ""} ${headerValue(mail, "x-mailer") ?? ""}`;
  return (
    /zoho\s?mail/i.test(program) ||
    /:zoho\s?mail\s*$/i.test(headerValue(mail, "feedback-id") ?? "") ||
    headerValue(mail, "x-zohomailclient") !== undefined
  );
}

const MAIL_PROGRAMS =
  /outlook|thunderbird|apple mail|iphone mail|ipad mail|zoho|foxmail|k-9|evolution|kmail|roundcube|horde|squirrelmail|mutt|claws|the bat|yahoo|aol|webmail|qqmail|spark|airmail|postbox|em client|mailbird|sogo|becky|shuriken|naver|daum/i;

/** It names the program that a person wrote it in. */
function isWritten(mail: ParsedMail): boolean {
  return MAIL_PROGRAMS.test(`${headerValue(mail, "user-agent") ?? ""} ${headerValue(mail, "x-mailer") ?? ""}`);
}

/** Failures go to a program that counts them. Forwarders' and signed paths (SRS, BATV) are people's. */
function isBouncePath(mail: ParsedMail, { mailFrom }: Envelope): boolean {
  const path = (mailFrom ?? headerValue(mail, "return-path")?.replace(/[<>\s]/g, "") ?? "").toLowerCase().slice(0, 320);
  if (/^(?:srs[01][=+-]|prvs=|msprvs)/.test(path)) return false;
  if (
    /^(?:bounces?|return|returns?|errors?|mailer|verp|mta)[-+._@=\d]|@(?:[^@.]{1,63}\.){0,5}bounces?\d{0,5}\./.test(
      path,
    )
  )
    return true;
  // VERP: news-ana=buyer.example@carrier.example.
  const sign = path.search(/[-+]/);
  return sign >= 0 && path.indexOf("=", sign) > 0;
}
