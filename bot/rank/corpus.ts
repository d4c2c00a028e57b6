import { extract, type Features } from "../text/features.ts";
import { createTable, type HashTable, intern, lookUp } from "../text/hash-table.ts";

/** A question the seller gave for an entry. */
export interface Example {
  text: string;
  /** ISO 639-1. */
  language: string;
}

/** The examples of all entries as sparse vectors, grouped by entry (its class number). */
export interface Corpus {
  classes: number;
  /** Feature hash → feature number. */
  table: HashTable;
  /** Inverse document frequency by feature number: ln((1 + examples) / (1 + those with it)) + 1. */
  idf: Float32Array;
  /** What a feature counts that no example has. */
  unseenIdf: number;
  /** Row i is feature[pointer[i] … pointer[i+1]) with value[…]. */
  pointer: Uint32Array;
  feature: Uint32Array;
  value: Float32Array;
  label: Uint32Array;
  /** Row → index into `languages`. */
  spoken: Uint8Array;
  languages: string[];
  /** Rows of class c are firstRow[c] … firstRow[c+1). */
  firstRow: Uint32Array;
  /** Words of each class (feature numbers), sorted: what coverage looks into. */
  wordPointer: Uint32Array;
  word: Uint32Array;
}

/** A text as a sparse vector over a corpus's features. */
export interface Vector {
  feature: number[];
  value: number[];
  /** Words: feature number (-1 when no example has it), and idf times what the word carries of a question. */
  word: number[];
  wordLoad: number[];
}

/** Builds the corpus of `entries[class] = its examples`. */
export function buildCorpus(entries: readonly (readonly Example[])[]): Corpus {
  const table = createTable(1024);
  let frequency = new Uint32Array(1024);
  const all: Features[] = [];
  const label: number[] = [];
  const spoken: number[] = [];
  const languages: string[] = [];
  const firstRow = new Uint32Array(entries.length + 1);
  entries.forEach((examples, cls) => {
    for (const example of examples) {
      const features = extract(example.text, example.language);
      all.push(features);
      label.push(cls);
      let language = languages.indexOf(example.language);
      if (language < 0) language = languages.push(example.language) - 1;
      spoken.push(language);
      for (const block of [features.shape, features.words]) {
        for (const key of block.keys()) {
          const index = intern(table, key);
          if (index >= frequency.length) {
            const larger = new Uint32Array(frequency.length * 2);
            larger.set(frequency);
            frequency = larger;
          }
          frequency[index]!++;
        }
      }
    }
    firstRow[cls + 1] = all.length;
  });
  const idf = new Float32Array(table.size);
  for (let index = 0; index < idf.length; index++) idf[index] = inverse(all.length, frequency[index]!);

  const corpus: Corpus = {
    classes: entries.length,
    table,
    idf,
    unseenIdf: inverse(all.length, 0),
    pointer: new Uint32Array(all.length + 1),
    feature: new Uint32Array(0),
    value: new Float32Array(0),
    label: Uint32Array.from(label),
    spoken: Uint8Array.from(spoken),
    languages,
    firstRow,
    wordPointer: new Uint32Array(entries.length + 1),
    word: new Uint32Array(0),
  };
  let total = 0;
  for (const features of all) total += features.shape.size + features.words.size;
  corpus.feature = new Uint32Array(total);
  corpus.value = new Float32Array(total);
  const words: number[] = [];
  let at = 0;
  let own = new Set<number>();
  all.forEach((features, row) => {
    const vector = vectorize(features, corpus);
    corpus.feature.set(vector.feature, at);
    corpus.value.set(vector.value, at);
    at += vector.feature.length;
    corpus.pointer[row + 1] = at;
    for (const word of vector.word) own.add(word);
    const cls = label[row]!;
    if (row + 1 === all.length || label[row + 1] !== cls) {
      words.push(...[...own].sort((a, b) => a - b));
      own = new Set();
      // Classes without examples in between keep an empty range.
      corpus.wordPointer.fill(words.length, cls + 1);
    }
  });
  corpus.word = Uint32Array.from(words);
  return corpus;
}

function inverse(examples: number, having: number): number {
  return Math.log((1 + examples) / (1 + having)) + 1;
}

/**
 * Weights a text's features by (1 + ln count) × idf and gives each block length 1. Features no example has count
 * towards that length: a text of mostly unknown words comes out short, hence uncertain.
 */
export function vectorize(features: Features, corpus: Corpus): Vector {
  const vector: Vector = { feature: [], value: [], word: [], wordLoad: [] };
  addBlock(features.shape, corpus, vector);
  addBlock(features.words, corpus, vector);
  for (const [at, key] of features.unigrams.entries()) {
    const index = lookUp(corpus.table, key);
    vector.word.push(index);
    vector.wordLoad.push(features.load[at]! * (index < 0 ? corpus.unseenIdf : corpus.idf[index]!));
  }
  return vector;
}

/** How much of the unknown features' mass counts in a block's length. */
const UNSEEN_SHARE = 0.5;

function addBlock(block: Map<number, number>, corpus: Corpus, vector: Vector): void {
  const start = vector.feature.length;
  let square = 0;
  for (const [key, count] of block) {
    const index = lookUp(corpus.table, key);
    if (index < 0) {
      square += UNSEEN_SHARE * corpus.unseenIdf * corpus.unseenIdf;
      continue;
    }
    const weight = (1 + Math.log(count)) * corpus.idf[index]!;
    square += weight * weight;
    vector.feature.push(index);
    vector.value.push(weight);
  }
  const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
  for (let at = start; at < vector.value.length; at++) vector.value[at]! *= scale;
}
