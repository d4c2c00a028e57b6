import type { Locale } from "../../contract/locales.ts";
import { draftOf, type ImportDraft } from "./draft.ts";

/** A heading with what stands under it, up to the next one. */
export interface Section {
  heading: string;
  body: string;
  line?: number;
  /** Where on the page it is, for a link. */
  id?: string;
}

/** Headings with text under them are questions; one with none is the title of those below. */
export function draftOfSections(sections: readonly Section[], locale: Locale, idPrefix?: string): ImportDraft {
  const items = sections
    .filter(({ heading, body }) => heading.trim() !== "" && body.trim() !== "")
    .map(({ heading, body, line, id }) => ({
      questions: [heading],
      answer: body.replace(/\n{3,}/g, "\n\n"),
      locale,
      ...(line !== undefined && { line }),
      ...(idPrefix !== undefined && id && { externalId: `${idPrefix}#${id}`.slice(-200) }),
    }));
  return draftOf(items, []);
}

/** Reads Markdown: every heading with text under it is a question (ATX and setext headings, CommonMark 4.2 and 4.3). */
export function readMarkdown(content: string, locale: Locale): ImportDraft {
  const sections: Section[] = [];
  let fence: string | undefined;
  const lines = content
    .replace(/^\uFEFF/, "")
    .replace(/^---\n[\s\S]*?\n---\n/, "")
    .split(/\r?\n/);
  lines.forEach((text, at) => {
    const mark = /^\s{0,3}(```+|~~~+)/.exec(text)?.[1];
    if (mark) fence = fence === undefined ? mark : text.trim().startsWith(fence) ? undefined : fence;
    const heading = fence === undefined && !mark ? headingOf(lines, at) : undefined;
    if (heading !== undefined) sections.push({ heading: plain(heading), body: "", line: at + 1 });
    else if (!isUnderline(lines, at) || fence !== undefined) {
      const last = sections.at(-1);
      if (last && !mark) last.body += `${fence === undefined ? plain(text) : text}\n`;
    }
  });
  return draftOfSections(sections, locale);
}

function headingOf(lines: string[], at: number): string | undefined {
  const atx = /^\s{0,3}#{1,6}\s(.*)$/.exec(lines[at] ?? "")?.[1];
  if (atx !== undefined)
    return atx
      .trim()
      .replace(/(?<=^|\s)#{1,9}$/, "")
      .trim();
  return isUnderline(lines, at + 1) ? lines[at] : undefined;
}

function isUnderline(lines: string[], at: number): boolean {
  return (
    /^\s{0,3}(=+|-{2,})$/.test((lines[at] ?? "").trimEnd()) && /^\s{0,3}[\p{L}\p{N}¿¡"']/u.test(lines[at - 1] ?? "")
  );
}

/** Markdown's marks are noise to a buyer: words and addresses stay. What a mark may hold is bounded, so that none costs more than its length. */
function plain(text: string): string {
  return text
    .replace(/!\[[^\][]{0,500}\]\([^()]{0,2000}\)/g, "")
    .replace(
      /\[([^\][]{1,500})\]\(\s{0,9}<?([^()\s<>]{1,2000})>?[^()]{0,300}\)/g,
      (_all, words: string, url: string) => (words === url || url.startsWith("#") ? words : `${words} (${url})`),
    )
    .replace(/(\*\*|__)(?=\S)([^*_]{1,1000})(?<=\S)\1/g, "$2")
    .replace(/(?<![\p{L}\p{N}*_])[*_](?=\S)([^*_]{1,1000})(?<=\S)[*_](?![\p{L}\p{N}*_])/gu, "$1")
    .replace(/`([^`]{1,1000})`/g, "$1")
    .replace(/^(\s{0,20})[*+](\s)/, "$1-$2")
    .replace(/^\s{0,3}>\s?/, "")
    .replace(/<\/?[a-z][^<>]{0,500}>/gi, "")
    .trimEnd();
}
