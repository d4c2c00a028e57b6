/** Longer texts show their beginning first, so that one message does not push the rest out of reach. */
const LONG = 1_200;
const LONG_LINES = 20;
const JOINER = "\u200d";
/** Combining marks, joiners and variation selectors. */
const MODIFIES = /^(?:\p{M}|\u200d|\ufe0f)$/u;

/** The beginning of a long text, cut between words and never within a character; undefined when it is short enough. */
export function shorten(text: string): string | undefined {
  const lines = text.split("\n");
  if (text.length <= LONG && lines.length <= LONG_LINES) return undefined;
  const limit = Math.min(LONG, lines.slice(0, LONG_LINES).join("\n").length);
  const space = text.lastIndexOf(" ", limit);
  if (space > limit * 0.8) return text.slice(0, space);
  // No word ends near: end before whatever only modifies the character before it.
  const characters = Array.from(text.slice(0, limit + 1));
  let end = characters.length - 1;
  while (end > 1 && MODIFIES.test(characters[end] as string)) end--;
  if (characters[end - 1] === JOINER) end--;
  return characters.slice(0, end).join("");
}
