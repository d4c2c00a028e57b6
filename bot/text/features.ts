import { isFunctionWord } from "./function-words.ts";
import { comparable } from "./normalize.ts";
import { runs, segment, stem } from "./words.ts";

/**
 * What a text is compared by: counts of hashed features in two blocks. `shape` holds character n-grams, which forgive
 * typos and inflection; `words` holds stems and pairs of neighbours, which carry the meaning. 32-bit hashes keep the
 * dictionary small and transferable; at a million features a collision is rare and harmless.
 */
export interface Features {
  shape: Map<number, number>;
  words: Map<number, number>;
  /** Hashes of the single words in `words`, each once. */
  unigrams: number[];
  /** For each of `unigrams`, how much of a question it carries: little for words that hold sentences together. */
  load: number[];
}

const FNV_PRIME = 0x01000193;
const SHAPE_SEED = 0x811c9dc5;
const WORD_SEED = 0x2b5ca8f1;
const HANGUL = /\p{Script=Hangul}/u;
const MAX_GRAM = 5;
const FUNCTION_LOAD = 0.2;
/** Characters of a message that are compared; a wall of text says no more about its question. */
const MAX_LENGTH = 1_500;

/**
 * Features of a text; `language` (ISO 639-1) picks the stemmer and the segmenter. `spell` gives the stem that a
 * mistyped one was meant to be, which then stands in both blocks.
 */
export function extract(text: string, language: string, spell = (stem: string) => stem): Features {
  const features: Features = { shape: new Map(), words: new Map(), unigrams: [], load: [] };
  const words: string[] = [];
  const functional: boolean[] = [];
  for (const run of runs(comparable(text.slice(0, MAX_LENGTH)))) {
    if (run.spaced) {
      const own = stem(run.text, language);
      const meant = spell(own);
      const shown = meant === own ? run.text : meant;
      // A syllable block of Hangul is two or three letters.
      if (HANGUL.test(shown)) addGrams(features.shape, ` ${shown} `, 1, 3);
      else addGrams(features.shape, ` ${shown} `, 2, MAX_GRAM);
      words.push(meant);
      functional.push(isFunctionWord(run.text, language));
    } else {
      addGrams(features.shape, run.text, 1, 2);
      for (const word of segment(run.text, language)) {
        words.push(word);
        functional.push(isFunctionWord(word, language));
      }
    }
  }
  let previous = hash("^", WORD_SEED);
  for (const [at, word] of words.entries()) {
    const single = hash(word, WORD_SEED);
    const seen = features.words.get(single);
    if (seen === undefined) {
      features.unigrams.push(single);
      features.load.push(functional[at] ? FUNCTION_LOAD : 1);
    }
    features.words.set(single, (seen ?? 0) + 1);
    bump(features.words, pair(previous, single));
    previous = single;
  }
  if (words.length > 0) bump(features.words, pair(previous, hash("$", WORD_SEED)));
  return features;
}

function addGrams(into: Map<number, number>, text: string, from: number, to: number): void {
  for (let start = 0; start < text.length; start++) {
    let code = SHAPE_SEED;
    const end = Math.min(text.length, start + to);
    for (let at = start; at < end; at++) {
      code = Math.imul(code ^ text.charCodeAt(at), FNV_PRIME);
      const length = at - start + 1;
      if (length >= from) bump(into, finish(code + length));
    }
  }
}

function hash(text: string, seed: number): number {
  let code = seed;
  for (let at = 0; at < text.length; at++) code = Math.imul(code ^ text.charCodeAt(at), FNV_PRIME);
  return finish(code);
}

function pair(first: number, second: number): number {
  return finish(Math.imul(first ^ 0x9e3779b9, 0x85ebca6b) ^ second);
}

/** Spreads the bits (MurmurHash3's finalizer); 0 is kept free as the empty slot of hash tables. */
function finish(code: number): number {
  let mixed = code ^ (code >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  mixed ^= mixed >>> 16;
  return mixed >>> 0 || 1;
}

function bump(counts: Map<number, number>, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
