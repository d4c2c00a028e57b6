/** One mail as the channel knows it, whatever it was received by. */
export interface Address {
  /** Lower-case domain, in Unicode; local part as written. */
  address: string;
  name: string;
}

/** What went wrong while a mail was read; a person reads it as `notes.<key>` of the email locale files. */
export type MailNote =
  | "too_large"
  | "too_many_parts"
  | "too_many_attachments"
  | "attachment_truncated"
  | "body_truncated"
  | "bad_charset"
  | "too_deep"
  | "unreadable";

export interface MailFile {
  name: string;
  /** As the sender claims. */
  type: string;
  content: Buffer;
  /** Content-ID without its brackets: the HTML shows it in place. */
  cid?: string;
  inline: boolean;
}

/** The machine-readable parts of delivery status notifications (RFC 3464) and abuse reports (RFC 5965). */
export interface MailReport {
  deliveryStatus?: string;
  /** RFC 8098: what a mail program or server did with the mail. */
  disposition?: string;
  feedback?: string;
  /** The mail it is about, or its headers: the beginning. */
  original?: string;
}

export interface ParsedMail {
  /** With its brackets, as written. */
  messageId?: string;
  /** Message-IDs, oldest first. */
  references: string[];
  inReplyTo: string[];
  from?: Address;
  replyTo: Address[];
  to: Address[];
  cc: Address[];
  /** Where servers say they delivered it: Delivered-To, X-Original-To, Envelope-To. */
  deliveredTo: string[];
  subject: string;
  date?: Date;
  /** Every header in order, unfolded, words decoded where the reader knows how. */
  headers: [name: string, value: string][];
  text: string;
  html: string;
  files: MailFile[];
  report: MailReport;
  notes: MailNote[];
}

/** The values of a header, in order. `name` in lower case. */
export function headerValues(mail: Pick<ParsedMail, "headers">, name: string): string[] {
  return mail.headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}
export function headerValue(mail: Pick<ParsedMail, "headers">, name: string): string | undefined {
  return headerValues(mail, name)[0];
}
