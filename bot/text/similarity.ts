import { comparable } from "./normalize.ts";

/** Share of character trigrams two texts have in common (Dice): 1 for the same words, near 0 for unrelated ones. */
export function similarity(first: string, second: string): number {
  const a = grams(first);
  const b = grams(second);
  if (a.size === 0 || b.size === 0) return 0;
  let shared = 0;
  for (const gram of a) if (b.has(gram)) shared++;
  return (2 * shared) / (a.size + b.size);
}

function grams(text: string): Set<string> {
  const plain = ` ${comparable(text)
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, " ")
    .trim()} `;
  const found = new Set<string>();
  for (let at = 0; at + 3 <= plain.length; at++) found.add(plain.slice(at, at + 3));
  return found;
}
