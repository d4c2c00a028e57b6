import { parseDocument } from "htmlparser2";
import {
  type Element,
  isElement,
  isHidden,
  isOutlookDivider,
  type Mark,
  markOf,
  type Node,
  textOf,
} from "./html-marks.ts";
import { type Visible, visibleOf } from "./lines.ts";
import { MAX_BODY_LENGTH } from "./plain.ts";
import { isBlank, type Line } from "./text.ts";

const SKIPPED = new Set(["head", "style", "script", "title", "meta", "link", "template", "noscript", "object", "svg"]);
const BLOCKS = new Set(
  "address article aside blockquote body center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html includetail li main nav ol p pre section table tbody tfoot thead tr ul".split(
    " ",
  ),
);
/** Blocks that mail programs set apart with a blank line. */
const SPACED = new Set(["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre"]);
const MAX_LINES = 10_000;
const MAX_DEPTH = 400;

/** Prints a tree as lines, keeping for each how deep it is quoted and what its markup says of it. */
class Printer {
  readonly lines: Line[] = [];
  private text = "";
  private depth = 0;
  private marks: Mark[] = [];
  private pre = 0;
  /** The next line is the first of what the markup calls history. */
  private cut = false;
  private attribution = false;

  walk(nodes: readonly Node[], level: number): void {
    if (level > MAX_DEPTH) return;
    for (const node of nodes) {
      if (this.lines.length >= MAX_LINES) return;
      const text = textOf(node);
      if (text !== undefined) this.add(text);
      else if (isElement(node)) this.element(node, level);
    }
  }

  private add(data: string): void {
    if (this.pre > 0) {
      const parts = data.split("\n");
      for (const [index, part] of parts.entries()) {
        if (index > 0) this.flush(true);
        this.text += part;
      }
      return;
    }
    const text = data.replace(/[ \t\r\n\f]+/g, " ");
    this.text += this.text === "" || this.text.endsWith(" ") ? text.replace(/^ /, "") : text;
  }

  private element(element: Element, level: number): void {
    const { name } = element;
    if (SKIPPED.has(name) || isHidden(element)) return;
    if (name === "br") {
      this.flush(true);
      return;
    }
    if (name === "img") {
      this.image(element);
      return;
    }
    if (name === "td" || name === "th") {
      if (this.text !== "" && !this.text.endsWith(" ")) this.text += " ";
    }
    const mark = markOf(element);
    const block = BLOCKS.has(name) || mark !== undefined;
    if (block) this.flush(false);
    if (SPACED.has(name)) this.space();
    if (name === "hr") {
      this.lines.push({ text: "", depth: this.depth, hint: "rule" });
      if (mark === "cut" || /width\s*:\s*98%/.test(element.attribs.style ?? "")) this.cut = true;
      return;
    }
    if (name === "li") this.text = "- ";
    if (mark === "cut") this.cut = true;
    if (mark === "attribution") this.attribution = true;
    if (mark === "quote") this.depth++;
    if (mark) this.marks.push(mark);
    if (name === "pre" || /white-space\s*:\s*pre/i.test(element.attribs.style ?? "")) this.pre++;
    const divider = isOutlookDivider(element) && startsWithBoldLabel(element);
    if (divider) this.cut = true;

    this.walk(element.children, level + 1);

    if (block) this.flush(false);
    if (name === "pre" || /white-space\s*:\s*pre/i.test(element.attribs.style ?? "")) this.pre--;
    if (mark) this.marks.pop();
    if (mark === "quote") this.depth--;
    if (mark === "attribution") this.attribution = false;
    if (SPACED.has(name)) this.space();
  }

  /** Emoji are pictures in some programs: their alternative text belongs to the sentence. */
  private image(element: Element): void {
    const alt = element.attribs.alt ?? "";
    if (alt !== "" && alt.length <= 8 && /\p{Extended_Pictographic}/u.test(alt)) this.text += alt;
  }

  private space(): void {
    const last = this.lines.at(-1);
    if (last && !isBlank(last.text)) this.lines.push({ text: "", depth: this.depth });
  }

  flush(keepEmpty: boolean): void {
    const text = this.pre > 0 ? this.text.trimEnd() : this.text.replace(/[ \t\u00a0]+$/, "");
    this.text = "";
    if (isBlank(text)) {
      if (keepEmpty && this.lines.length > 0) this.lines.push({ text: "", depth: this.depth });
      return;
    }
    const line: Line = { text, depth: this.depth };
    if (this.marks.includes("signature") && this.depth === 0) line.hint = "signature";
    if (this.attribution && this.depth === 0) line.hint = "attribution";
    if (this.cut && this.depth === 0) line.hint = "cut";
    if (line.depth === 0) this.cut = false;
    this.lines.push(line);
  }

  end(): Line[] {
    this.flush(false);
    return this.lines;
  }
}

/** Outlook's divider stands above a bold label; a designed mail's may stand above anything. */
function startsWithBoldLabel(element: Element): boolean {
  let text = "";
  const bold = (node: Node): boolean => {
    text += textOf(node) ?? "";
    if (!isElement(node)) return false;
    if (node.name === "b" || node.name === "strong") return text.trim() === "";
    return node.children.some(bold);
  };
  return element.children.some(bold);
}

/** The lines of an HTML body, at most one blank one between two others. */
export function htmlLines(html: string): Line[] {
  const printer = new Printer();
  printer.walk(parseDocument(html.slice(0, MAX_BODY_LENGTH * 4)).children, 0);
  const lines: Line[] = [];
  for (const line of unquoteTyped(printer.end())) {
    if (isBlank(line.text) && line.hint !== "rule" && (lines.length === 0 || isBlank(lines.at(-1)!.text))) continue;
    lines.push(line);
  }
  return lines;
}

/** Text that was written as plain text with ">" and then turned into HTML. */
function unquoteTyped(lines: readonly Line[]): Line[] {
  return lines.map((line) => {
    const marks = /^(?:\s?>){1,10}\s?/.exec(line.text);
    return marks
      ? { ...line, text: line.text.slice(marks[0].length), depth: line.depth + marks[0].replace(/\s/g, "").length }
      : line;
  });
}

/** What a person wrote in an HTML body. `forward`: the subject says that the mail passes on another. */
export function visibleHtml(html: string, forward = false): Visible {
  return visibleOf(htmlLines(html), forward);
}

/** The whole body as plain text, for search, prompts and readers without HTML. */
export function htmlToPlain(html: string): string {
  return htmlLines(html)
    .map((line) => (line.depth > 0 ? `${">".repeat(line.depth)} ${line.text}` : line.text).trimEnd())
    .join("\n")
    .trim();
}
