import { type Visible, visibleOf } from "./lines.ts";
import type { Line } from "./text.ts";

/** Longer bodies are cut before they are looked at; a person does not write that much. */
export const MAX_BODY_LENGTH = 500_000;
const MAX_LINES = 10_000;
const MAX_LINE_LENGTH = 20_000;

/** The lines of a plain-text body. Only ">" at the start of a line is a quote; a lone blank may stand before it. */
export function plainLines(body: string): Line[] {
  const rows = body
    .slice(0, MAX_BODY_LENGTH)
    .replace(/\r\n?|\u2028|\u2029/g, "\n")
    .split("\n", MAX_LINES);
  // The Bat! and some newsreaders put the writer's initials before the mark: "AR> Where is it?".
  const initials = rows.filter((row) => /^ ?\p{Lu}{1,3}> ?/u.test(row)).length >= 2;
  const mark = initials ? /^ ?(?:\p{Lu}{1,3}(?=>))?(?:\s{0,2}>){1,20}/u : /^(?:\s{0,2}>){1,20}/;
  return rows.map((raw) => {
    const text = raw.slice(0, MAX_LINE_LENGTH);
    const marks = mark.exec(text);
    // ">>> http://… <<<" is a decoration.
    if (!marks || /<<\s*$/.test(text)) return { text: text.trimEnd(), depth: 0 };
    return {
      text: text.slice(marks[0].length).replace(/^ /, "").trimEnd(),
      depth: marks[0].replace(/[^>]/g, "").length,
    };
  });
}

/** What a person wrote in a plain-text body. `forward`: the subject says that the mail passes on another. */
export function visiblePlain(body: string, forward = false): Visible {
  return visibleOf(plainLines(body), forward);
}
