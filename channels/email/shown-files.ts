import type { Classified } from "./classify.ts";
import type { MailFile, ParsedMail } from "./mail.ts";
import { visibleText } from "./visible/index.ts";

/** Pictures below this are signatures' logos and lines, unless they stand among the writer's words. */
const SMALL_INLINE_BYTES = 8_000;
/** Below this they are dots and spacers wherever they stand. */
const TINY_BYTES = 1_000;
/** They sign the mail itself and hold nothing of their own. */
const SIGNATURES = /^application\/(?:pgp-signature|(?:x-)?pkcs7-signature)$/;
const REPORTS = /^(?:message\/|text\/rfc822)/;

/**
 * Which files of a mail are shown beside its text. What is left out without being history or a signature is told by a
 * note; everything is in the original.
 */
export function shownFiles(mail: ParsedMail, classified: Classified): { files: MailFile[]; notes: "small_pictures"[] } {
  const report = classified.bounce ?? classified.complaint ?? (classified.class === "receipt" || undefined);
  let inWords: ReadonlySet<string> | undefined;
  let left = false;
  const files = mail.files.filter((file) => {
    if (SIGNATURES.test(file.type) || (report && REPORTS.test(file.type))) return false;
    if (!isInPlace(file, mail) || file.content.length >= SMALL_INLINE_BYTES) return true;
    inWords ??= picturesInWords(mail);
    if (!inWords.has(file.cid!.toLowerCase())) return false;
    if (file.content.length >= TINY_BYTES) return true;
    left = true;
    return false;
  });
  return { files, notes: left ? ["small_pictures"] : [] };
}

/** The HTML shows it where it belongs. A Content-ID that no HTML names makes it a file like any other. */
function isInPlace({ inline, cid }: MailFile, { html }: ParsedMail): boolean {
  return inline && cid !== undefined && html.toLowerCase().includes(`cid:${cid.toLowerCase()}`);
}

const PICTURE = /<img\b[^>]{0,500}?\bsrc\s{0,5}=\s{0,5}["']?cid:([^"'\s>]{1,250})[^>]{0,500}>/gi;

/** The Content-IDs of pictures that stand in what the person wrote, not in a quote or a signature. */
function picturesInWords({ html, subject }: ParsedMail): ReadonlySet<string> {
  const cids: string[] = [];
  const marked = html.replace(PICTURE, (_, cid: string) => ` [[picture ${cids.push(cid.toLowerCase()) - 1}]] `);
  const { text } = visibleText({ html: marked, subject });
  return new Set([...text.matchAll(/\[\[picture (\d+)\]\]/g)].map(([, at]) => cids[Number(at)]!));
}
