import { Parser } from "htmlparser2";
import { z } from "zod";
import { type Locale, nearestLocale } from "../../contract/locales.ts";
import { AppError } from "../errors.ts";
import { draftOf, type ImportDraft, type ImportItem } from "./draft.ts";
import { draftOfSections, type Section } from "./sections.ts";

const SKIPPED = new Set([
  "script",
  "style",
  "noscript",
  "template",
  "svg",
  "nav",
  "header",
  "footer",
  "aside",
  "form",
  "button",
  "select",
  "iframe",
]);
const BLOCKS = new Set([
  "p",
  "div",
  "li",
  "br",
  "tr",
  "ul",
  "ol",
  "table",
  "section",
  "article",
  "dd",
  "blockquote",
  "pre",
]);
/** What asks: headings, the summary of a fold-out, the term of a list of definitions. */
const HEADINGS = /^(?:h[1-6]|summary|dt)$/;

/**
 * Reads a help-centre page: its structured data (schema.org FAQPage) where it has some, else its headings, fold-outs and
 * definition lists with the text under them.
 * @throws AppError page_unreadable when it has neither
 */
export function readPage(html: string, url: string, fallback: Locale): ImportDraft {
  const page = parsePage(html);
  const locale = nearestLocale(page.language) ?? fallback;
  const structured = page.data.flatMap((json) => itemsOf(json, locale));
  const draft =
    structured.length > 0 ? draftOf(structured, []) : draftOfSections(page.sections, locale, url.split("#")[0]);
  if (draft.entries.length === 0) throw new AppError("page_unreadable");
  return draft;
}

/** Text of HTML without its marks, paragraphs as lines. */
export function textOfHtml(html: string): string {
  return parsePage(`<h1>x</h1>${html}`).sections[0]?.body.trim() ?? "";
}

function parsePage(html: string): { language: string | undefined; data: string[]; sections: Section[] } {
  const sections: Section[] = [];
  const data: string[] = [];
  let language: string | undefined;
  let skipped: string[] = [];
  let json: string | undefined;
  let heading: Section | undefined;
  const append = (text: string) => {
    const last = sections.at(-1);
    if (heading) heading.heading += text;
    else if (last) last.body += text;
  };
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (name === "html") language = attributes.lang;
        if (name === "script" && attributes.type === "application/ld+json") json = "";
        if (skipped.length > 0 || SKIPPED.has(name)) {
          skipped.push(name);
          return;
        }
        if (HEADINGS.test(name)) {
          heading = { heading: "", body: "", ...(attributes.id && { id: attributes.id }) };
          sections.push(heading);
        } else if (BLOCKS.has(name) && !heading) append(name === "li" ? "\n- " : "\n");
      },
      ontext(text) {
        if (json !== undefined) json += text;
        else if (skipped.length === 0) append(text.replace(/[\s\u00a0]+/g, " "));
      },
      onclosetag(name) {
        if (name === "script" && json !== undefined) {
          data.push(json);
          json = undefined;
        }
        if (skipped.length > 0) {
          // A page may forget to close what is inside.
          const at = skipped.lastIndexOf(name);
          if (at >= 0) skipped = skipped.slice(0, at);
          return;
        }
        if (HEADINGS.test(name)) heading = undefined;
        else if (BLOCKS.has(name) && name !== "br") append("\n");
      },
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
  parser.write(html);
  parser.end();
  for (const section of sections) {
    section.heading = section.heading
      .replace(/\s+/g, " ")
      .replace(/[¶#]\s*$/, "")
      .trim();
    section.body = section.body
      .replace(/ {2,}/g, " ")
      .replace(/ ?\n ?/g, "\n")
      .replace(/\n{3,}/g, "\n\n")
      .trim();
  }
  return { language, data, sections };
}

const answerSchema = z.object({ text: z.string() });
const questionSchema = z.object({
  "@type": z.union([z.literal("Question"), z.array(z.string())]),
  name: z.string(),
  acceptedAnswer: z.union([answerSchema, z.array(answerSchema).min(1)]),
});

/** Questions anywhere in a JSON-LD document. */
function itemsOf(json: string, locale: Locale): ImportItem[] {
  let root: unknown;
  try {
    root = JSON.parse(json);
  } catch {
    return [];
  }
  const items: ImportItem[] = [];
  const visit = (value: unknown, depth: number): void => {
    if (depth > 8 || typeof value !== "object" || value === null) return;
    const question = questionSchema.safeParse(value);
    if (question.success) {
      const { name, acceptedAnswer } = question.data;
      const answer = Array.isArray(acceptedAnswer) ? acceptedAnswer[0]! : acceptedAnswer;
      items.push({ questions: [textOfHtml(name)], answer: textOfHtml(answer.text), locale });
    } else for (const each of Object.values(value)) visit(each, depth + 1);
  };
  visit(root, 0);
  return items;
}
