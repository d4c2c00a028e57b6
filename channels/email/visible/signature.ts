import { DISCLAIMER_GROUPS, DISCLAIMER_HEADS, FOOTER_PHRASES, SENDING_DEVICES } from "./footer-phrases.ts";
import { anyOf, isBlank, type Line, phrases, plain } from "./text.ts";

/** What stands below what a person wrote: signatures, what phones add, list footers, legal notices. */
const SENT_FROM = new RegExp(`^\\W{0,6}${anyOf(phrases("sentFrom"))}(?!\\p{L})|^\\W{0,6}${anyOf(unspaced())}`, "u");
const SENT_FROM_END = new RegExp(`${anyOf(phrases("sentFromEnd"))}\\W{0,4}$`, "u");
/** "Get Outlook for iOS", in whatever language: a short line with both names and no end of a sentence. */
const OUTLOOK_MOBILE = /^(?=.*\boutlook\b)(?=.*\b(?:ios|android)\b).*[^.!?。！？]$/;
const EXCUSES = /^\W{0,6}sent (?:from|via|with|by) .*\b(?:typos?|typoz\w*|brevity|errors)\W*$/;
const OF_MY = /^\W{0,6}(?:sent (?:from|via) (?:my )?(?:\S+ ?){1,4}|von meinem \S+(?: \S+)? gesendet)\W*$/;

function unspaced(): string[] {
  return phrases("sentFrom").filter((phrase) => /[\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff]$/.test(phrase));
}

/** Links behind words, as "[Outlook](https://…)" and "Outlook<https://…>", left out. */
function withoutLinks(text: string): string {
  return text
    .replace(/\[([^\]]*)\]\s?\([^)]*\)/g, "$1")
    .replace(/[<([]?https?:\/\/[^\s>)\]]+[>)\]]?/g, "")
    .trim();
}

/** Whether the line is what a phone or a mail program adds by itself: "Sent from my iPhone", "iPhoneから送信". */
export function isSentFromLine(text: string): boolean {
  if (text.length > 400) return false;
  const line = withoutLinks(plain(text)).replace(/\s+/g, " ").trim();
  if (line === "" || line.length > 110 || line.split(" ").length > 16) return false;
  if (/[?]$/.test(line)) return false;
  if (OUTLOOK_MOBILE.test(line) && line.length <= 60 && line.split(" ").length <= 7) return true;
  if (SENT_FROM.test(line)) return SENDING_DEVICES.test(line) || OF_MY.test(line) || EXCUSES.test(line);
  return SENT_FROM_END.test(line) && SENDING_DEVICES.test(line);
}

/** RFC 3676 section 4.3: "-- " alone. Mailers lose the blank, and some print a longer dash or two underscores. */
export function isSignatureDelimiter(text: string): boolean {
  return /^\s{0,3}(?:--|—|––|__)\s*$/.test(text.replace(/\u00a0/g, " "));
}

/** A rule drawn of one sign. */
export function isRule(text: string): boolean {
  return /^\s*(?:[-_=*~#.·•—–─━═+]\s?){3,}\s*$/.test(text);
}

const MAX_SIGNATURE_LINES = 20;

/**
 * One run of what a person wrote, without what stands below it. Everything removed is given back as `signature`.
 * A run that would vanish wholly is left to the caller by an empty `text`.
 */
export function withoutSignature(run: readonly Line[]): { text: Line[]; signature: Line[] } {
  const signature: Line[] = [];
  let text = [...run];
  const take = (from: number) => {
    signature.unshift(...text.slice(from));
    text = text.slice(0, from);
  };

  const hinted = text.filter((line) => line.hint === "signature");
  if (hinted.length > 0) {
    signature.push(...hinted);
    text = text.filter((line) => line.hint !== "signature");
  }

  const delimiter = text.findIndex((line) => isSignatureDelimiter(line.text));
  if (delimiter >= 0) {
    const below = text.slice(delimiter + 1).filter((line) => !isBlank(line.text));
    if (below.length <= MAX_SIGNATURE_LINES) take(delimiter);
  }

  for (let changed = true; changed; ) {
    changed = false;
    while (text.length > 0 && isBlank(text.at(-1)!.text)) text.pop();
    const last = text.at(-1);
    if (!last) break;
    if (isRule(last.text) || isSentFromLine(last.text)) {
      take(text.length - 1);
      changed = true;
      continue;
    }
    const start = lastParagraph(text);
    if (isFooterParagraph(text.slice(start))) {
      take(start);
      changed = true;
      continue;
    }
    const rule = footerRule(text);
    if (rule !== undefined) {
      take(rule);
      changed = true;
      continue;
    }
    if (isDashedName(text)) {
      take(text.length - 1);
      changed = true;
    }
  }

  // A phone's line with something below it (a name, a number): the line goes, what a person wrote stays.
  const sent = text.filter((line) => isSentFromLine(line.text));
  if (sent.length > 0) {
    signature.unshift(...sent);
    text = text.filter((line) => !sent.includes(line));
  }
  return { text: trimBlank(text), signature: trimBlank(signature) };
}

export function trimBlank(lines: readonly Line[]): Line[] {
  let start = 0;
  let end = lines.length;
  while (start < end && isBlank(lines[start]!.text)) start++;
  while (end > start && isBlank(lines[end - 1]!.text)) end--;
  return lines.slice(start, end);
}

function lastParagraph(text: readonly Line[]): number {
  let start = text.length;
  while (start > 0 && !isBlank(text[start - 1]!.text)) start--;
  return start;
}

function isFooterParagraph(paragraph: readonly Line[]): boolean {
  const joined = plain(paragraph.map((line) => line.text).join(" ")).replace(/\s+/g, " ");
  if (joined.length < 12) return false;
  if (FOOTER_PHRASES.some((phrase) => joined.includes(phrase))) return true;
  if (DISCLAIMER_HEADS.test(joined)) return joined.length > 60;
  return joined.length > 100 && DISCLAIMER_GROUPS.every((group) => group.test(joined));
}

/** A long rule of underscores or dashes with few lines below it that are mostly links: a mailing list's footer. */
function footerRule(text: readonly Line[]): number | undefined {
  for (let at = text.length - 1; at >= Math.max(0, text.length - 14); at--) {
    if (!/^\s*(?:_{5,}|-{8,}|={8,})\s*$/.test(text[at]!.text)) continue;
    const below = text.slice(at + 1).filter((line) => !isBlank(line.text));
    const links = below.filter((line) => /https?:\/\/|www\.|@|unsubscribe|list/i.test(line.text)).length;
    if (below.length > 0 && links * 3 >= below.length) return at;
  }
  return undefined;
}

/** "-Ana" or "— Ana Ruiz" as the very last line, not the last of a list of points. */
function isDashedName(text: readonly Line[]): boolean {
  const last = text.at(-1)!.text;
  if (!/^\s{0,2}[-–—]{1,2}\s?\p{Lu}[\p{L}.']*(?: \p{Lu}[\p{L}.']*){0,3}\s*$/u.test(last)) return false;
  const before = text.slice(0, -1).filter((line) => !isBlank(line.text));
  return before.length > 0 && !/^\s*[-–—*•]/.test(before.at(-1)!.text);
}
