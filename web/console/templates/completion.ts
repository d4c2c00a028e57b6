/** Completing variables and filters in a template as they are typed. */

export interface Completion {
  kind: "variable" | "filter";
  /** What was typed of the name so far. */
  typed: string;
  /** Where the name begins in the text. */
  from: number;
}

/** What is being written at the caret: the name of a variable behind `{{`, or of a filter behind `|`; else nothing. */
export function completionAt(text: string, caret: number): Completion | undefined {
  const before = text.slice(0, caret);
  const open = Math.max(before.lastIndexOf("{{"), before.lastIndexOf("{%"));
  if (open < 0) return undefined;
  const inside = before.slice(open + 2);
  if (/\}\}|%\}/.test(inside) || inside.includes("\n")) return undefined;
  const filter = /\|\s*(\w*)$/.exec(inside);
  if (filter) return { kind: "filter", typed: filter[1]!, from: caret - filter[1]!.length };
  const pattern = text.startsWith("{{", open)
    ? /^-?\s*([\w.]*)$/
    : /(?:^-?\s*(?:if|elsif|unless|case)\s+|\b(?:and|or)\s+)([\w.]*)$/;
  const name = pattern.exec(inside)?.[1];
  return name === undefined ? undefined : { kind: "variable", typed: name, from: caret - name.length };
}

/** Names that fit what was typed: those that begin with it first, then those with a part that does. */
export function matching<T extends { name: string }>(names: readonly T[], typed: string): T[] {
  const wanted = typed.toLowerCase();
  const begins = names.filter(({ name }) => name.startsWith(wanted));
  const others = names.filter(
    ({ name }) => !name.startsWith(wanted) && name.split(/[._]/).some((part) => part.startsWith(wanted)),
  );
  return [...begins, ...others];
}

/** The text with the name put in and its braces closed, and where the caret goes on. */
export function complete(
  text: string,
  caret: number,
  { kind, from }: Completion,
  name: string,
): { text: string; caret: number } {
  const before = text.slice(0, from);
  const rest = text.slice(caret);
  const inOutput = before.lastIndexOf("{{") > before.lastIndexOf("{%");
  const opened = /\{\{-?$/.test(before) ? " " : "";
  const closed = /^[^{\n]*\}\}/.test(rest);
  const close = inOutput && kind === "variable" && !closed ? " }}" : "";
  const put = `${before}${opened}${name}${close}`;
  return { text: put + rest, caret: put.length };
}

/** A variable in its braces at the caret, for those who choose it from a list. */
export function insertVariable(
  text: string,
  start: number,
  end: number,
  { name, optional }: { name: string; optional: boolean },
): { text: string; caret: number } {
  // What a buyer or order may lack is asked for first: a message with a gap would be held.
  const put = optional ? `{% if ${name} %}{{ ${name} }}{% endif %}` : `{{ ${name} }}`;
  return { text: text.slice(0, start) + put + text.slice(end), caret: start + put.length };
}

/** The place of a line and column in a text, both counted from 1. */
export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  return Math.min(text.length, before + column - 1);
}
