import { type BounceReason, DELAY_PHRASES, REASON_PHRASES } from "./automatic-phrases.ts";
import { ADDRESS, addressesIn, recipientsIn, uniqueAddresses as unique } from "./bounce-recipients.ts";
import { headerValue, headerValues, type ParsedMail } from "./mail.ts";
import { idsIn } from "./parse.ts";
import { htmlToPlain } from "./visible/index.ts";

/** What became of a mail of ours, as a server tells it. */
export interface Bounce {
  /** failed: given up. delayed: still being tried; a later mail tells the end. */
  action: "failed" | "delayed" | "delivered";
  /**
   * hard: the address does not work, so nothing more should go there. soft: it may work another time, or another mail
   * may (full, too large, refused for what it says or where it comes from).
   */
  kind: "hard" | "soft";
  /** In words: `bounce.<reason>` of the email locale files. */
  reason: BounceReason;
  /** RFC 3463, as "5.1.1"; where only an SMTP code is known, its class and zeros. */
  status?: string;
  /** What the server said, one line, for people who know mail. */
  diagnostic?: string;
  /** Whom it could not be delivered to. */
  recipients: string[];
  /** Message-IDs that the report names, the likeliest first. */
  originalIds: string[];
  /** Conversation tokens and the like may stand in the original's headers. */
  originalTo: string[];
}

const HARD: ReadonlySet<BounceReason> = new Set(["mailbox_unknown", "domain_unknown", "mailbox_disabled"]);
const MAX_TEXT = 60_000;

/** Reads a report that `classify` called a bounce: the standard part where there is one, else the words. */
export function readBounce(mail: ParsedMail): Bounce {
  const whole = bodyText(mail);
  const { notice, original } = splitOriginal(whole);
  const originalHead = mail.report.original ?? original;
  const fields = mail.report.deliveryStatus ?? mail.report.disposition ?? statusFields(whole, mail.report.original);
  const standard = fields === undefined ? undefined : readStatus(fields);
  const sentTo = ["to", "cc"].flatMap((name) => headerIn(originalHead, name)).flatMap(addressesIn);

  const status = standard?.status ?? statusIn(notice) ?? statusIn(mail.subject);
  const said = [standard?.diagnostic, saidIn(notice)].filter((text) => text !== undefined).join(" ");
  const reason = reasonOf({ said: standard?.diagnostic ?? "", notice, status });
  const delayed =
    standard?.action === "delayed" ||
    (standard?.action === undefined && (DELAY_PHRASES.test(mail.subject) || DELAY_PHRASES.test(notice)));
  const action = standard?.action ?? (delayed ? "delayed" : "failed");
  const permanent = !status?.startsWith("4") || action === "failed";
  const hard = action === "failed" && permanent && (HARD.has(reason) || (reason === "unknown" && isHardStatus(status)));
  const recipients = unique([
    ...(standard?.recipients ?? []),
    ...headerValues(mail, "x-failed-recipients").flatMap((value) => value.split(",")),
    ...(standard?.recipients.length ? [] : recipientsIn({ notice, sentTo, mail })),
  ]);
  return {
    action,
    kind: hard ? "hard" : "soft",
    reason,
    ...(status && { status }),
    ...(said !== "" && { diagnostic: said.replace(/\s+/g, " ").trim().slice(0, 500) }),
    recipients,
    originalIds: unique([
      ...headerIn(originalHead, "message-id").flatMap(idsIn),
      ...headerIn(whole, "message-id").flatMap(idsIn),
      ...headerIn(mail.report.deliveryStatus ?? "", "x-original-message-id").flatMap(idsIn),
      ...headerIn(mail.report.deliveryStatus ?? "", "original-message-id").flatMap(idsIn),
      ...mail.inReplyTo,
      ...mail.references,
    ]).filter((id) => id !== mail.messageId),
    originalTo: headerIn(originalHead, "to").flatMap(addressesIn),
  };
}

/** RFC 3464's fields where a relay has lost the part they stand in: in the text, or in the report that it passed on. */
function statusFields(...texts: (string | undefined)[]): string | undefined {
  return texts.find((text) => text !== undefined && /^final-recipient:\s*\S/im.test(text));
}

/** The mail's words, whatever form they have. Attached texts count: some servers put the notice there. */
export function bodyText(mail: ParsedMail): string {
  const text = mail.text.trim() !== "" ? mail.text : htmlToPlain(mail.html);
  return text.slice(0, MAX_TEXT);
}

interface Standard {
  action?: Bounce["action"];
  status?: string;
  diagnostic?: string;
  recipients: string[];
}

/** RFC 3464: one group of fields for the mail, then one for each recipient. The worst recipient speaks for all. */
function readStatus(part: string): Standard {
  const groups = part
    .replace(/\r\n?/g, "\n")
    .replace(/\n[ \t]+/g, " ")
    .split(/\n\s*\n/)
    .map((group) => new Map(group.split("\n").flatMap(fieldOf)));
  const people = groups.filter((group) => group.has("final-recipient") || group.has("original-recipient"));
  const chosen = people.find((group) => /^failed/i.test(group.get("action") ?? "")) ?? people[0];
  const recipients = people
    .filter((group) => group === chosen || /^failed/i.test(group.get("action") ?? ""))
    .flatMap((group) =>
      addressesIn(group.get("original-recipient") ?? "").concat(addressesIn(group.get("final-recipient") ?? "")),
    );
  if (!chosen) return { recipients: [] };
  const action = chosen.get("action")?.toLowerCase() ?? "";
  const diagnostic = chosen.get("diagnostic-code")?.replace(/^\s*[\w-]+\s*;\s*/, "");
  const status = /\d\.\d{1,3}\.\d{1,3}/.exec(chosen.get("status") ?? "")?.[0];
  // Some servers write 5.0.0 or 5.1.0 while the diagnostic is exact.
  const exact = statusIn(diagnostic ?? "");
  return {
    ...(action.startsWith("failed") && { action: "failed" as const }),
    ...(action.startsWith("delayed") && { action: "delayed" as const }),
    ...(/^(?:delivered|relayed|expanded)/.test(action) && { action: "delivered" as const }),
    ...((status || exact) && { status: status && !/\.0\.0$/.test(status) ? status : (exact ?? status!) }),
    ...(diagnostic && { diagnostic }),
    recipients,
  };
}

function fieldOf(line: string): [string, string][] {
  const colon = line.indexOf(":");
  return colon > 0 ? [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]] : [];
}

const ORIGINAL_BELOW =
  /^[\s>*-]*(?:-{2,}\s*)?(?:this is a copy of (?:the|your) message|below this line is a copy of the message|(?:original|returned|undelivered|the) (?:message|mail|email)(?: (?:follows|headers|header|attached|text))?|message header follows|header of the original message|the (?:body|header|text) of (?:the|your) (?:original )?message|original message headers?|unsent message (?:below|follows)|ursprüngliche (?:nachricht|kopfzeilen)|entête|en-têtes d'origine|encabezados? (?:del mensaje )?original|оригинал(?:ьное)? (?:письма|сообщени)|原(?:始)?邮件|邮件头|元のメッセージ|원본 메시지)[^\n]{0,80}$/gim;

/** The words of the server, and the copy of our mail that many put below them. */
function splitOriginal(text: string): { notice: string; original: string } {
  // A heading of the same words may stand at the top: a copy is below the words that name who did not get it.
  const marker = [...text.matchAll(ORIGINAL_BELOW)].find((match) => text.slice(0, match.index).includes("@"));
  const headers = /^(?:return-path|received|message-id|dkim-signature|mime-version):\s*\S/im.exec(text);
  const at = Math.min(marker?.index ?? text.length, headers?.index ?? text.length);
  return { notice: text.slice(0, at), original: text.slice(at) };
}

/** Whether the mail that came back stands below the notice, under a heading of its own. */
export function returnsMail(text: string): boolean {
  return splitOriginal(text).original !== "";
}

/** RFC 3463's code where one stands; else the SMTP code's class. */
export function statusIn(text: string): string | undefined {
  const enhanced = /(?<![\d.])([245])\.(\d{1,2})\.(\d{1,3})(?![\d.]*\d\.)/.exec(text);
  if (enhanced) return enhanced[0];
  const smtp =
    /(?:said|returned|error|response|reason|code|state|status|smtp;?|RCPT TO[^\n]{0,80}|DATA|:|\(|'|"|#|代码|返回)\D{0,12}\b([45])(\d)(\d)\b/i.exec(
      text,
    ) ?? /^\s*([45])(\d)(\d)[ -]/m.exec(text);
  return smtp ? `${smtp[1]}.0.0` : undefined;
}

function isHardStatus(status: string | undefined): boolean {
  return /^5\.(?:1\.(?:0|1|2|3|6|10)|2\.1|4\.4)$/.test(status ?? "");
}

/** The lines in which the server quotes another one. */
function saidIn(notice: string): string | undefined {
  const line = notice
    .split("\n")
    .find(
      (each) => /(?<!\d)[45]\d\d[ -]|(?<![\d.])[45]\.\d{1,2}\.\d{1,3}(?![\d.])/.test(each) && each.trim().length > 6,
    );
  return line?.trim();
}

/** The reason that a server's words and code tell. */
export function reasonOf({
  said,
  notice,
  status,
}: {
  said: string;
  notice: string;
  status: string | undefined;
}): BounceReason {
  const code = reasonOfStatus(status);
  for (const quoted of [said, notice.slice(0, 8_000)]) {
    if (quoted.trim() === "") continue;
    // The dots and words of an address are no part of the sentence around it.
    const text = quoted.replace(ADDRESS, "@");
    const found = REASON_PHRASES.find(([, pattern]) => pattern.test(text))?.[0];
    if (!found) continue;
    // "mailbox unavailable" with 5.2.2 is full; vague words yield to an exact code, and so does what may be a footer.
    const yields = code && (VAGUE.has(found) || (quoted !== said && MAYBE_FOOTER.has(found) && EXACT.has(code)));
    if (!yields) return refined(found, code);
  }
  return code ?? REASON_PHRASES.find(([, pattern]) => pattern.test(notice))?.[0] ?? "unknown";
}

const VAGUE: ReadonlySet<BounceReason> = new Set(["policy", "unreachable"]);
const MAYBE_FOOTER: ReadonlySet<BounceReason> = new Set(["spam", "blocked"]);
const EXACT: ReadonlySet<BounceReason> = new Set([...HARD, "mailbox_full", "too_large"]);

function refined(found: BounceReason, code: BounceReason | undefined): BounceReason {
  if (found === "mailbox_unknown" && (code === "mailbox_full" || code === "domain_unknown")) return code;
  return found;
}

/** RFC 3463 and the registry of enhanced status codes. */
function reasonOfStatus(status: string | undefined): BounceReason | undefined {
  const [, subject, detail] = /^\d\.(\d+)\.(\d+)$/.exec(status ?? "") ?? [];
  switch (`${subject}.${detail}`) {
    case "1.1":
    case "1.3":
    case "1.6":
    case "1.10":
      return "mailbox_unknown";
    case "1.2":
    case "4.4":
      return "domain_unknown";
    case "2.1":
      return "mailbox_disabled";
    case "2.2":
      return "mailbox_full";
    case "2.3":
    case "3.4":
      return "too_large";
    case "4.1":
    case "4.2":
    case "4.7":
    case "3.2":
      return "unreachable";
    case "4.6":
      return "loop";
    case "7.26":
    case "7.23":
    case "7.25":
      return "authentication";
    case "7.28":
      return "rate_limited";
  }
  if (subject === "7") return "policy";
  if (subject === "6") return "policy";
  return undefined;
}

/** Values of a header in a text that holds some, unfolded. */
function headerIn(text: string, name: string): string[] {
  const found = text
    .replace(/\r\n?/g, "\n")
    .matchAll(new RegExp(`^[ \\t>]*${name}:[ \\t]*((?:[^\\n]*)(?:\\n[ \\t]+[^\\n]+)*)`, "gim"));
  return [...found].map(([, value]) => value!.replace(/\s+/g, " ").trim()).slice(0, 20);
}

/** An abuse report (RFC 5965): the buyer pressed "spam". */
export interface Complaint {
  /** abuse, fraud, virus, not-spam … */
  feedbackType: string;
  recipients: string[];
  originalIds: string[];
}
export function readComplaint(mail: ParsedMail): Complaint {
  const feedback = mail.report.feedback ?? "";
  const original = mail.report.original ?? "";
  return {
    feedbackType: (headerIn(feedback, "feedback-type")[0] ?? "abuse").toLowerCase(),
    recipients: unique([
      ...headerIn(feedback, "original-rcpt-to").flatMap(addressesIn),
      ...headerIn(original, "to").flatMap(addressesIn),
    ]),
    originalIds: unique([
      ...headerIn(original, "message-id").flatMap(idsIn),
      ...headerIn(feedback, "original-message-id").flatMap(idsIn),
    ]),
  };
}

/** The report type of a multipart/report (RFC 6522), in lower case. */
export function reportType(mail: ParsedMail): string | undefined {
  const type = headerValue(mail, "content-type") ?? "";
  if (!/^\s*multipart\/report/i.test(type)) return undefined;
  return /report-type\s*=\s*"?([\w-]+)/i.exec(type)?.[1]?.toLowerCase() ?? "delivery-status";
}
