import { attributionEnd, attributionInside, isAttribution } from "./attribution.ts";
import { REPLY_ABOVE } from "./footer-phrases.ts";
import { headerBlockEnd, separatorAt } from "./headers.ts";
import { isRule, trimBlank, withoutSignature } from "./signature.ts";
import { hasAddress, isBlank, type Line } from "./text.ts";

/** What a mail says, and what was left out of it. */
export interface Visible {
  /** What the person wrote, in order. Quotes that they answered between are kept, marked with ">". */
  text: string;
  /** The quoted history left out, as text. */
  quoted: string;
  /** Signature, what the phone added, list footer, legal notice. */
  signature: string;
  /** The person answered between quotes, which are therefore part of `text`. */
  inline: boolean;
  /** The mail passes on another one, which is therefore part of `text`. */
  forwarded: boolean;
}

interface Run {
  kind: "text" | "quote";
  lines: Line[];
  /** The quote says whose words it holds: it is history, not a few words that the writer picked. */
  attributed: boolean;
}

/** Finds what a person wrote among the lines of a mail. `forward`: the subject says that the mail passes on another. */
export function visibleOf(lines: readonly Line[], forward = false): Visible {
  const marked = lines.findIndex((line) => REPLY_ABOVE.test(line.text) && line.text.length < 200);
  const above = marked >= 0 ? lines.slice(0, marked) : lines;
  if (marked >= 0 && above.some((line) => line.depth === 0 && !isBlank(line.text))) {
    const visible = visibleOf(above, forward);
    return { ...visible, quoted: join([visible.quoted, render(lines.slice(marked))]) };
  }

  const { runs, tail, forwarded } = split(lines.flatMap(parted), forward);
  const quoted: Line[][] = [];
  const signature: Line[] = [];
  const cleaned: Run[] = [];
  for (const run of runs) {
    if (run.kind === "quote") {
      cleaned.push(run);
      continue;
    }
    const last = run === runs.findLast((other) => other.kind === "text");
    const parts = forwarded && last ? { text: trimBlank(run.lines), signature: [] } : withoutSignature(run.lines);
    signature.push(...parts.signature);
    if (parts.text.length > 0) cleaned.push({ ...run, lines: parts.text });
  }
  if (tail.length > 0) quoted.push(tail);

  const kept = choose(merge(cleaned), quoted);
  const inline = kept.some((run) => run.kind === "quote");
  let text = join(kept.map((run) => render(run.lines)));
  let below = render(trimBlank(signature));
  // A mail of nothing but a signature is better shown than hidden: it may be all that the person wanted to say.
  if (text === "" && below !== "" && quoted.length === 0) {
    text = below;
    below = "";
  }
  return { text, quoted: join(quoted.map(render)), signature: below, inline, forwarded };
}

/** An answer and "On … wrote:" that share a line above a quote, as two. */
function parted(line: Line, at: number, lines: readonly Line[]): Line[] {
  if (line.depth > 0 || line.hint) return [line];
  const next = lines.slice(at + 1, at + 4).find((candidate) => !isBlank(candidate.text));
  const inside = next && next.depth > 0 ? attributionInside(line.text) : undefined;
  if (inside === undefined) return [line];
  return [
    {
      ...line,
      text: line.text
        .slice(0, inside)
        .replace(/\s*-{2,}\s*$/, "")
        .trimEnd(),
    },
    { ...line, text: line.text.slice(inside) },
  ];
}

/** Lines into runs of text and quotes, and the unquoted history that ends the mail. */
function split(lines: readonly Line[], forward: boolean): { runs: Run[]; tail: Line[]; forwarded: boolean } {
  const runs: Run[] = [];
  let current: Run | undefined;
  const add = (kind: Run["kind"], line: Line, attributed = false) => {
    if (current?.kind !== kind) {
      current = { kind, lines: [], attributed };
      runs.push(current);
    }
    current.lines.push(line);
    current.attributed ||= attributed;
  };
  const cut = (from: number) => {
    // The rule that Outlook draws above its block belongs to the history.
    const before = runs.at(-1);
    const tail = lines.slice(from);
    while (before?.kind === "text" && before.lines.length > 0) {
      const last = before.lines.at(-1)!;
      if (!isBlank(last.text) && !isRule(last.text) && !isOwnAddress(before.lines, lines[from]!)) break;
      before.lines.pop();
    }
    return { runs, tail, forwarded: false };
  };

  const deepest = wrappedRemnants(lines);
  let at = 0;
  while (at < lines.length) {
    const line = lines[at]!;
    if (line.depth > 0 || deepest.has(at)) {
      add("quote", line.depth > 0 ? line : { ...line, depth: 1 });
      at++;
      continue;
    }
    if (isBlank(line.text)) {
      if (current) current.lines.push(line);
      at++;
      continue;
    }
    const wrote = runs.some((run) => run.kind === "text" && run.lines.some((each) => !isBlank(each.text)));
    if (line.hint === "cut") {
      if (wrote || !forward) return cut(at);
      at++;
      continue;
    }
    const separator = separatorAt(lines, at);
    const block = separator ? undefined : headerBlockEnd(lines, at);
    if (separator === "forwarded" || ((separator || block) && forward)) {
      for (const rest of lines.slice(at)) add("text", rest);
      return { runs, tail: [], forwarded: true };
    }
    const end = block ?? attributionEnd(lines, at);
    if (separator || end !== undefined) {
      const after = separator ? at + 1 : end!;
      const next = lines.slice(after).find((candidate) => !isBlank(candidate.text));
      if (next && next.depth > 0) {
        for (const each of lines.slice(at, after)) add("quote", { ...each, hint: "attribution" }, true);
        at = after;
        continue;
      }
      // Labels and nothing else are a form that the buyer filled in.
      if (wrote || line.hint || (next === undefined && !block)) return cut(at);
      // Nothing was written above: either the answer stands below unmarked history, or this is the buyer's own text.
      for (const rest of lines.slice(at)) add("text", rest);
      return { runs, tail: [], forwarded: false };
    }
    add("text", line);
    at++;
  }
  return { runs, tail: [], forwarded: false };
}

/** Foxmail puts the writer's address, alone after a blank line, above a block that names people without addresses. */
function isOwnAddress(text: readonly Line[], block: Line): boolean {
  const last = text.at(-1)!.text.trim();
  if (!/^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(last) || hasAddress(block.text) || !/[:：]/.test(block.text))
    return false;
  const above = text.slice(0, -1).findLast((line) => !isBlank(line.text));
  return isBlank(text.at(-2)?.text ?? "x") && above !== undefined && !/[:：?？]\s*$/.test(above.text);
}

/**
 * Ends of long quoted lines that a server wrapped without repeating the mark: a short line, in lower case, between two
 * quoted ones with no blank line around it.
 */
function wrappedRemnants(lines: readonly Line[]): Set<number> {
  const found = new Set<number>();
  for (let at = 1; at < lines.length - 1; at++) {
    const line = lines[at]!;
    const before = lines[at - 1]!;
    const after = lines[at + 1]!;
    if (line.depth > 0 || before.depth === 0 || after.depth === 0 || after.depth !== before.depth) continue;
    if (/^\s*[(<]https?:\/\/[^\s)>]+[)>][\s>]*$/.test(line.text)) found.add(at);
    if (/[(<]https?:\/\/[^\s)>]*$/.test(before.text) && /^\S+[)>]?\S*$/.test(line.text)) found.add(at);
    if (line.text.length > 30 || before.text.length < 55 || !/^[\p{Ll}\d(]/u.test(line.text)) continue;
    if (before.text.length + line.text.length > 70) found.add(at);
  }
  return found;
}

function merge(runs: readonly Run[]): Run[] {
  const merged: Run[] = [];
  for (const run of runs) {
    const last = merged.at(-1);
    if (last?.kind === run.kind) {
      last.lines.push({ text: "", depth: 0 }, ...run.lines);
      last.attributed ||= run.attributed;
    } else {
      merged.push({ ...run, lines: [...run.lines] });
    }
  }
  for (const run of merged) if (run.kind === "quote") run.attributed ||= startsAttributed(run.lines);
  return merged;
}

/** Apple Mail and others put "On … wrote:" inside the quote. */
function startsAttributed(lines: readonly Line[]): boolean {
  const start = lines.findIndex((line) => !isBlank(line.text));
  if (start < 0) return false;
  let joined = "";
  for (const line of lines.slice(start, start + 4)) {
    joined = `${joined} ${line.text.trim()}`.trim();
    if (isAttribution(joined, true)) return true;
  }
  return false;
}

/**
 * Which runs a reader is shown. A quote at the end is history. One attributed quote is history too, wherever it stands;
 * several with text between are what the person answered point by point, and stay, as do words quoted without saying whose.
 */
function choose(runs: readonly Run[], quoted: Line[][]): Run[] {
  const texts = runs.filter((run) => run.kind === "text");
  if (texts.length === 0) {
    const only = runs.every((run) => !run.attributed);
    if (only) return [...runs];
    quoted.unshift(...runs.map((run) => run.lines));
    return [];
  }
  const firstText = runs.findIndex((run) => run.kind === "text");
  const lastText = runs.findLastIndex((run) => run.kind === "text");
  const quotes = runs.filter((run) => run.kind === "quote");
  const between = runs.slice(0, lastText).filter((run) => run.kind === "quote");
  const pointByPoint = quotes.length >= 2 && firstText !== -1 && between.length >= 1;
  const keep = (run: Run, index: number) =>
    run.kind === "text" || (index < lastText && (pointByPoint || !run.attributed));
  quoted.unshift(...runs.filter((run, index) => !keep(run, index)).map((run) => run.lines));
  return runs
    .filter(keep)
    .map((run) =>
      run.kind === "text" ? run : { ...run, lines: run.lines.filter((line) => line.hint !== "attribution") },
    );
}

function render(lines: readonly Line[]): string {
  return trimBlank(lines)
    .map((line) => `${line.depth > 0 ? `${">".repeat(line.depth)} ` : ""}${line.text}`.trimEnd())
    .join("\n");
}

function join(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n\n");
}
