import { Parser } from "htmlparser2";

/** Long threads nest some hundred; what shows mails looks no deeper. */
const MAX_DEPTH = 1_000;
/** Designed mails have some thousand. */
const MAX_ELEMENTS = 20_000;
const PIECE_CHARACTERS = 8_192;

/**
 * HTML up to where it nests too deeply or has too many elements. The time that parsers take grows with the depth as well as
 * with the length: a megabyte of `<div>` held up everybody's mail for minutes. `cut`: something was left out.
 */
export function boundedHtml(html: string): { html: string; cut: boolean } {
  let depth = 0;
  let elements = 0;
  let cutAt: number | undefined;
  const parser = new Parser({
    onopentag() {
      depth++;
      elements++;
      if (depth > MAX_DEPTH || elements > MAX_ELEMENTS) cutAt ??= parser.startIndex;
    },
    onclosetag() {
      depth--;
    },
  });
  for (let at = 0; at < html.length && cutAt === undefined; at += PIECE_CHARACTERS) {
    parser.write(html.slice(at, at + PIECE_CHARACTERS));
  }
  return cutAt === undefined ? { html, cut: false } : { html: html.slice(0, cutAt), cut: true };
}
