import type { CannedResponse } from "../../../contract/canned-response.ts";

/** A slash and a word being typed at the caret: where it begins, and what stands after the slash. */
export interface SlashWord {
  start: number;
  end: number;
  word: string;
}

const AT_CARET = /(?:^|\s)\/([\p{L}\p{M}\p{N}_-]*)$/u;
const MOST = 8;

/** The word that asks for a canned response; a slash inside a word (and/or, https://) asks for nothing. */
export function slashWordAt(text: string, caret: number): SlashWord | undefined {
  const word = AT_CARET.exec(text.slice(0, caret))?.[1];
  return word === undefined ? undefined : { start: caret - word.length - 1, end: caret, word };
}

/** Those whose shortcut begins with the word, then those that have it in their shortcut or text. */
export function matchCanned(all: readonly CannedResponse[], word: string): CannedResponse[] {
  const wanted = word.toLowerCase();
  const ranked = all.flatMap((each) => {
    if (each.shortcut.startsWith(wanted)) return [{ each, rank: 0 }];
    if (each.shortcut.includes(wanted)) return [{ each, rank: 1 }];
    const said = Object.values(each.texts).some((text) => text.toLowerCase().includes(wanted));
    return said ? [{ each, rank: 2 }] : [];
  });
  return ranked
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MOST)
    .map(({ each }) => each);
}

/** Fills in the names that are known; one that is not stays in braces, for the agent to see. */
export function fillCanned(text: string, names: Record<string, string | undefined>): string {
  return text.replace(/\{\{\s*([a-z.]+)\s*\}\}/g, (whole, name: string) => names[name] || whole);
}
