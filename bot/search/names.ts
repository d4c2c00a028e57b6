import { normalize } from "../text/normalize.ts";

/** A word with a digit in it, parts joined by hyphens: what models and article numbers look like. */
const CODES =
  /[\p{L}\p{N}]*\p{N}[\p{L}\p{N}]*(?:[-./][\p{L}\p{N}]+)*|[\p{L}\p{N}]+(?:[-./][\p{L}\p{N}]*\p{N}[\p{L}\p{N}]*)+/gu;

/** Which of the names a text mentions, whatever its case, accents, hyphens and spaces; of KM-300 and KM-3000 the longer. */
export function mentioned(names: readonly string[], text: string): string[] {
  const plain = ` ${normalize(text).replace(/[^\p{L}\p{M}\p{N}]+/gu, " ")} `;
  const tight = squeeze(text);
  const found = names.filter((name) => {
    const words = normalize(name)
      .replace(/[^\p{L}\p{M}\p{N}]+/gu, " ")
      .trim();
    if (words === "") return false;
    // Scripts without spaces, and codes that people write with or without them.
    const loose = /\p{N}|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(words);
    return plain.includes(` ${words} `) || (loose && squeeze(name).length >= 4 && tight.includes(squeeze(name)));
  });
  return found.filter((name) => {
    const own = squeeze(name);
    return !found.some((other) => squeeze(other).length > own.length && squeeze(other).includes(own));
  });
}

/** Whether a text names a model or article that none of the names knows. */
export function namesAnother(names: readonly string[], text: string): boolean {
  const known = names.map(squeeze);
  return (text.match(CODES) ?? [])
    .map(squeeze)
    .filter((code) => code.length >= 3 && /\p{L}/u.test(code) && /\p{N}/u.test(code))
    .some((code) => !known.some((name) => name.includes(code)));
}

function squeeze(text: string): string {
  return normalize(text).replace(/[^\p{L}\p{M}\p{N}]+/gu, "");
}
