import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
  type AddressObject,
  type AttachmentStream,
  type HeaderLines,
  type Headers,
  MailParser,
  type MailParserOptions,
  type MessageText,
} from "mailparser";
import { boundedHtml } from "./html-depth.ts";
import type { Address, MailFile, MailNote, MailReport, ParsedMail } from "./mail.ts";

export interface ParseLimits {
  /** Bytes of the raw mail; the rest is not read. */
  mail: number;
  /** Parts, however nested. */
  parts: number;
  files: number;
  /** Bytes of all files together. */
  fileBytes: number;
  /** Characters of one body. */
  body: number;
}

export const PARSE_LIMITS: ParseLimits = {
  mail: 50 * 1024 * 1024,
  parts: 500,
  files: 100,
  fileBytes: 50 * 1024 * 1024,
  body: 2_000_000,
};

const HEAD_BYTES = 256 * 1024;
const PIECE_BYTES = 64 * 1024;
const ORIGINAL_BYTES = 64 * 1024;
const MAX_HEADERS = 500;
const MAX_ADDRESSES = 500;
const MAX_IDS = 100;

type Options = MailParserOptions & { ignoreEmbedded: boolean; maxChildNodes: number; maxHeadSize: number };

/**
 * A raw mail into its parts. Never throws for what a mail contains: what cannot be read is left out and noted, and the
 * caller keeps the raw mail. Attached mails stay files. Memory is bounded by the limits.
 */
export async function parseMail(raw: Buffer | Readable, limits: ParseLimits = PARSE_LIMITS): Promise<ParsedMail> {
  const notes = new Set<MailNote>();
  const buffer = withoutGaps(await bounded(raw, limits.mail, notes));
  try {
    return await parseBuffer(buffer, limits, notes);
  } catch (error) {
    notes.add(isLimit(error) ? "too_many_parts" : "unreadable");
    // Its headers still say who wrote and to what it belongs.
    const head = buffer.subarray(0, Math.min(headLength(buffer), HEAD_BYTES));
    try {
      return await parseBuffer(head, limits, notes);
    } catch {
      return { ...EMPTY, notes: [...notes] };
    }
  }
}

const EMPTY: ParsedMail = {
  references: [],
  inReplyTo: [],
  replyTo: [],
  to: [],
  cc: [],
  deliveredTo: [],
  subject: "",
  headers: [],
  text: "",
  html: "",
  files: [],
  report: {},
  notes: [],
};

const LONGEST_GAP = 2_000;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * Blanks at the end of a line cost the decoder of quoted-printable the square of their number. Nobody writes thousands in a
 * row; where they stand, they are cut.
 */
function withoutGaps(raw: Buffer): Buffer {
  if (raw.length <= LONGEST_GAP || !/quoted-printable/i.test(raw.toString("latin1"))) return raw;
  const kept: Buffer[] = [];
  let from = 0;
  let gap = 0;
  for (let at = 0; at < raw.length; at++) {
    const blank = raw[at] === SPACE || raw[at] === TAB;
    if (!blank && gap > LONGEST_GAP) {
      kept.push(raw.subarray(from, at - gap + LONGEST_GAP));
      from = at;
    }
    gap = blank ? gap + 1 : 0;
  }
  if (gap > LONGEST_GAP) {
    kept.push(raw.subarray(from, raw.length - gap + LONGEST_GAP));
    from = raw.length;
  }
  return kept.length === 0 ? raw : Buffer.concat([...kept, raw.subarray(from)]);
}

function isLimit(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EMAXLEN";
}

function headLength(buffer: Buffer): number {
  const ends = [buffer.indexOf("\r\n\r\n"), buffer.indexOf("\n\n")].filter((at) => at >= 0);
  return ends.length > 0 ? Math.min(...ends) + 4 : buffer.length;
}

async function bounded(raw: Buffer | Readable, limit: number, notes: Set<MailNote>): Promise<Buffer> {
  if (Buffer.isBuffer(raw)) {
    if (raw.length <= limit) return raw;
    notes.add("too_large");
    return raw.subarray(0, limit);
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const piece of raw) {
    const chunk = Buffer.from(piece);
    chunks.push(chunk);
    length += chunk.length;
    if (length <= limit) continue;
    notes.add("too_large");
    break;
  }
  return Buffer.concat(chunks).subarray(0, limit);
}

async function parseBuffer(buffer: Buffer, limits: ParseLimits, notes: Set<MailNote>): Promise<ParsedMail> {
  const options: Options = {
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipImageLinks: true,
    keepDeliveryStatus: true,
    ignoreEmbedded: true,
    maxChildNodes: limits.parts,
    maxHeadSize: HEAD_BYTES,
    checksumAlgo: "sha256",
  };
  const parser = new MailParser(options);
  const collected: Collected = { files: [], report: {}, room: limits.fileBytes };
  let headers: Headers = new Map();
  let lines: HeaderLines = [];
  let body: MessageText | undefined;
  const collecting: Promise<void>[] = [];

  await new Promise<void>((resolve, reject) => {
    parser.on("headers", (value) => {
      headers = value;
    });
    parser.on("headerLines", (value: HeaderLines) => {
      lines = value;
    });
    parser.on("error", reject);
    parser.on("data", (data: AttachmentStream | MessageText) => {
      if (data.type === "text") body = data;
      else {
        const collection = collect(data, collected, limits, notes).then(() => data.release());
        collection.catch(reject);
        collecting.push(collection);
      }
    });
    parser.on("end", resolve);
    // A large one in pieces, so that it does not hold up everything else.
    if (buffer.length <= PIECE_BYTES) parser.end(buffer);
    else Readable.from(pieces(buffer)).on("error", reject).pipe(parser);
  });
  // The parser does not wait for a file that is the whole mail.
  await Promise.all(collecting);

  const text = cutBody(body?.text ?? "", limits, notes);
  const { html, cut } = boundedHtml(cutBody(typeof body?.html === "string" ? body.html : "", limits, notes));
  if (cut) notes.add("too_deep");
  if (/\ufffd/.test(text) || /\ufffd/.test(html)) notes.add("bad_charset");
  return structured({ headers, lines, text, html, ...collected, notes: [...notes] });
}

function* pieces(buffer: Buffer): Generator<Buffer> {
  for (let at = 0; at < buffer.length; at += PIECE_BYTES) yield buffer.subarray(at, at + PIECE_BYTES);
}

function cutBody(text: string, limits: ParseLimits, notes: Set<MailNote>): string {
  const clean = text.replaceAll("\u0000", "").toWellFormed();
  if (clean.length <= limits.body) return clean;
  notes.add("body_truncated");
  return clean.slice(0, limits.body).toWellFormed();
}

interface Collected {
  files: MailFile[];
  report: MailReport;
  /** Bytes that further files may still take. */
  room: number;
}

async function collect(
  part: AttachmentStream,
  collected: Collected,
  limits: ParseLimits,
  notes: Set<MailNote>,
): Promise<void> {
  const chunks: Buffer[] = [];
  let length = 0;
  const keep = collected.files.length < limits.files;
  if (!keep) notes.add("too_many_attachments");
  for await (const piece of part.content as Readable) {
    const chunk = piece as Buffer;
    if (!keep) continue;
    if (length + chunk.length > collected.room) {
      notes.add("attachment_truncated");
      continue;
    }
    chunks.push(chunk);
    length += chunk.length;
  }
  if (!keep) return;
  collected.room -= length;
  const content = Buffer.concat(chunks);
  noteReport(part.contentType, content, collected.report);
  const cid = part.contentId?.trim().replace(/^<|>$/g, "").trim();
  collected.files.push({
    name: fileName(part.filename, part.contentType, collected.files.length),
    type: part.contentType.toLowerCase().slice(0, 127),
    content,
    inline: part.related === true || (part.contentDisposition === "inline" && cid !== undefined),
    ...(cid && { cid: cid.slice(0, 250) }),
  });
}

function noteReport(type: string, content: Buffer, report: MailReport): void {
  const start = () => content.subarray(0, ORIGINAL_BYTES).toString("utf8");
  switch (type.toLowerCase()) {
    case "message/delivery-status":
    case "message/global-delivery-status":
      report.deliveryStatus ??= start();
      break;
    case "message/disposition-notification":
    case "message/global-disposition-notification":
      report.disposition ??= start();
      break;
    case "message/feedback-report":
      report.feedback ??= start();
      break;
    case "message/rfc822":
    case "message/global":
    case "text/rfc822-headers":
    case "message/rfc822-headers":
    case "message/global-headers":
      report.original ??= start();
      break;
  }
}

const EXTENSIONS: Record<string, string> = { "message/rfc822": "eml", "text/calendar": "ics", "image/jpeg": "jpg" };

/** A name that is safe to show and to save: no paths, control or direction characters. */
function fileName(name: string | undefined, type: string, index: number): string {
  const clean = (name ?? "")
    .toWellFormed()
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "")
    .replace(/^.*[\\/]/, "")
    .trim()
    .slice(-150);
  if (clean !== "" && !/^\.+$/.test(clean)) return clean;
  return `${index + 1}.${EXTENSIONS[type.toLowerCase()] ?? /\/([a-z0-9]{1,8})$/i.exec(type)?.[1] ?? "bin"}`;
}

function structured(found: {
  headers: Headers;
  lines: HeaderLines;
  text: string;
  html: string;
  files: MailFile[];
  report: MailReport;
  notes: MailNote[];
}): ParsedMail {
  const { headers, lines, text, html, files, report, notes } = found;
  const all = headerList(lines, headers);
  const values = (name: string) => all.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
  const from = addresses(headers.get("from"))[0] ?? addresses(headers.get("sender"))[0];
  const messageId = idsIn(values("message-id").join(" "))[0];
  const date = new Date(values("date")[0] ?? "");
  const subject = headers.get("subject");
  return {
    ...(messageId && { messageId }),
    references: values("references").flatMap(idsIn).slice(-MAX_IDS),
    inReplyTo: values("in-reply-to").flatMap(idsIn).slice(0, MAX_IDS),
    ...(from && { from }),
    replyTo: addresses(headers.get("reply-to")),
    to: addresses(headers.get("to")),
    cc: addresses(headers.get("cc")),
    deliveredTo: ["delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to"]
      .flatMap(values)
      .flatMap((value) => value.match(/[^\s<>,;:"]+@[^\s<>,;"]+/g) ?? [])
      .slice(0, MAX_ADDRESSES),
    subject: oneLine(typeof subject === "string" ? subject : "").slice(0, 2_000),
    ...(!Number.isNaN(date.getTime()) && { date }),
    headers: all,
    text,
    html,
    files,
    report,
    notes,
  };
}

const oneLine = (text: string) =>
  text
    .toWellFormed()
    .replace(/\p{Cc}+/gu, " ")
    .trim();

/** Names as written (the parser keeps only lower case in its map), values decoded where the parser did. */
function headerList(lines: HeaderLines, headers: Headers): [string, string][] {
  const counts = new Map<string, number>();
  for (const { key } of lines) counts.set(key, (counts.get(key) ?? 0) + 1);
  // The parser lists the headers from the last to the first of each name in some versions: order comes from the raw lines.
  return lines.slice(0, MAX_HEADERS).map(({ key, line }) => {
    const colon = line.indexOf(":");
    const name = colon > 0 ? line.slice(0, colon).trim() : key;
    const decoded = headers.get(key);
    const value =
      counts.get(key) === 1 && typeof decoded === "string" && !key.startsWith("list-")
        ? decoded
        : Buffer.from(line.slice(colon + 1), "binary").toString("utf8");
    return [name, oneLine(value).slice(0, 10_000)];
  });
}

/** "<a@b> <c@d>" as ["<a@b>", "<c@d>"]; also the ids that some programs write without brackets. */
export function idsIn(value: string): string[] {
  const bracketed = value.match(/<[^<>\s]{1,900}>/g);
  if (bracketed) return bracketed;
  const bare = value.trim();
  return /^[^\s<>]{1,900}@[^\s<>]{1,255}$/.test(bare) ? [`<${bare}>`] : [];
}

function addresses(value: unknown): Address[] {
  const objects = (Array.isArray(value) ? value : [value]) as (AddressObject | undefined)[];
  const flat = objects.flatMap((object) => object?.value ?? []).flatMap((entry) => entry.group ?? [entry]);
  return flat
    .filter((entry) => entry.address && ADDRESS.test(entry.address))
    .slice(0, MAX_ADDRESSES)
    .map((entry) => ({ address: canonicalAddress(entry.address!), name: oneLine(entry.name ?? "").slice(0, 200) }));
}

/**
 * Local parts may be quoted (RFC 5321 section 4.1.2). They may also be longer than the 64 that the standard grants: relays and
 * marketplaces write such, and one that cannot be read makes strangers one person.
 */
const ADDRESS = /^(?:"(?:[^"\\\p{Cc}]|\\[^\p{Cc}]){1,250}"|[^\s@<>"]{1,250})@[^\s@<>"]{1,255}$/u;

/** The address in a header that the parser does not know as one: `Ana <ana@buyer.example>`. */
export function readAddress(value: string | undefined): Address | undefined {
  const match = /^(?:(.{0,300}?)\s*<([^<>]{3,510})>|(\S{3,510}))$/.exec(value?.trim() ?? "");
  const address = match?.[2] ?? match?.[3];
  if (!match || !address || !ADDRESS.test(address)) return undefined;
  const name = oneLine(match[1] ?? "").replace(/^["']+|["']+$/g, "");
  return { address: canonicalAddress(address), name: name.slice(0, 200) };
}

/** Domains compare without case; local parts are the business of the server that owns them, so they stay. */
export function canonicalAddress(address: string): string {
  const at = address.lastIndexOf("@");
  return `${address.slice(0, at)}@${address.slice(at + 1).toLowerCase()}`;
}

/** A stable fingerprint of a raw mail. */
export function rawHash(raw: Buffer): string {
  return createHash("sha256").update(raw).digest("hex");
}
